"""Who is told of a call (houses.md 7, calls.md Report 1)."""

import re
import unicodedata
from datetime import date
from typing import Any, NamedTuple

from chalicelib.rules import calendar
from chalicelib.rules.house import House

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_HONORIFICS = re.compile("(?<=.)(さん|様|さま|氏|殿)+$")  # a name that is nothing but one stays


class Route(NamedTuple):
    """The confirmed addresses a report goes to, whose they are, and what the report says about the choice."""

    told: list[dict]
    asked_for: str | None
    note: str | None


def folded(name: str) -> str:
    """A name as it is compared: width, kana form, spaces and what closes it, さん or 様 or both, make no difference."""
    plain = unicodedata.normalize("NFKC", name).translate(_KATAKANA_TO_HIRAGANA).casefold()
    return _HONORIFICS.sub("", "".join(plain.split()).replace("・", ""))


def find_person(people: list, wanted: str) -> Any | None:
    """The one person on the roster meant by `wanted`: name, reading, alias, or a family name that only one bears.

    A name that fits two people fits nobody: telling the wrong one is worse
    than telling the top of the roster that somebody was asked for.
    """
    sought = folded(wanted)
    exact = [each for each in people if sought in {folded(name) for name in _names(each)}]
    family = [each for each in people if sought in {folded(name.split()[0]) for name in _names(each) if name.split()}]
    return next((found[0] for found in (exact, family) if len(found) == 1), None)


def route(house: House, people: list, wanted: str | None, today: date) -> Route:
    """Who gets the report, on the JST date `today`, for a call that asked for `wanted` (None: nobody was named).

    Only confirmed addresses are told. Who is away gives way to a deputy, else
    to the top of the roster. An empty `told` means that nobody can be reached:
    the caller raises an alarm.
    """
    person = find_person(people, wanted) if wanted else None
    unknown = f"ご指名の「{wanted}」は名簿に見当たらないため、" if wanted and not person else None
    if house.report.who == "everyone":
        why = unknown or (_why_not(person, today) if person else None)
        told = confirmed(people)
        return Route(told, person and person.name, why + "ご登録のすべての報告先へお送りしています。" if why and told else None)
    first = person or (people[0] if people else None)
    for candidate in _in_turn(first, people, today):
        if told := confirmed([candidate]):
            why = unknown or (_why_not(first, today) if candidate is not first else None)
            who = "名簿の先頭の" if unknown and candidate is people[0] else ""
            return Route(told, person and person.name, why and f"{why}{who}{candidate.name}様へお送りしています。")
    return Route([], person and person.name, None)


def _in_turn(first, people: list, today: date) -> list:
    """Whom to try: the one meant, a deputy, the roster from its top; the absent last, since silence would be worse."""
    here = [each for each in people if not is_away(each, today)]
    if first is None or not is_away(first, today):
        return [first, *here, *people] if first else here
    deputies = [each for each in here if each.id == first.deputy]
    return [*deputies, *here, first, *people]


def is_away(person, today: date) -> bool:
    """Whether somebody is absent on a JST date; the last day of an absence is given."""
    return person.away_until is not None and today <= person.away_until


def _why_not(person, today: date) -> str | None:
    if is_away(person, today):
        return f"{person.name}様は{calendar.spoken_day(person.away_until)}までご不在のため、"
    return None if confirmed([person]) else f"{person.name}様の確認済みの報告先がないため、"


def confirmed(people: list) -> list[dict]:
    """Every confirmed address of these people, and whose it is."""
    return [
        {"person": person.name, "address": address.mail}
        for person in people
        for address in person.addresses
        if address.confirmed_at
    ]


def _names(person) -> list[str]:
    return [name for name in (person.name, person.reading, *person.aliases) if name]
