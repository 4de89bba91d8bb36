"""Who is told of a call (houses.md 7, calls.md Report 1)."""

import unicodedata
from typing import Any, NamedTuple

from chalicelib.rules.house import House

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_HONORIFICS = ("さん", "様", "さま", "氏", "殿")


class Route(NamedTuple):
    """The confirmed addresses a report goes to, whose they are, and what the report says about the choice."""

    told: list[dict]
    asked_for: str | None
    note: str | None


def folded(name: str) -> str:
    """A name as it is compared: width, kana form, spaces and a closing さん or 様 make no difference."""
    plain = unicodedata.normalize("NFKC", name).translate(_KATAKANA_TO_HIRAGANA).casefold()
    plain = "".join(plain.split()).replace("・", "")
    for honorific in _HONORIFICS:
        plain = plain.removesuffix(honorific) or plain
    return plain


def find_person(people: list, wanted: str) -> Any | None:
    """The one person on the roster meant by `wanted`: name, reading, alias, or a family name that only one bears.

    A name that fits two people fits nobody: telling the wrong one is worse
    than telling the top of the roster that somebody was asked for.
    """
    sought = folded(wanted)
    exact = [each for each in people if sought in {folded(name) for name in _names(each)}]
    family = [each for each in people if sought in {folded(name.split()[0]) for name in _names(each) if name.split()}]
    return next((found[0] for found in (exact, family) if len(found) == 1), None)


def route(house: House, people: list, wanted: str | None) -> Route:
    """Who gets the report for a call that asked for `wanted` (None: nobody was named).

    Only confirmed addresses are told. An empty `told` means that nobody can be
    reached: the caller raises an alarm.
    """
    person = find_person(people, wanted) if wanted else None
    name = person.name if person else None
    unknown = f"ご指名の「{wanted}」は名簿に見当たらないため、" if wanted and not person else None
    if house.report.who == "everyone":
        absent = f"{name}様の確認済みの報告先がないため、" if person and not _confirmed([person]) else None
        why = unknown or absent
        return Route(_confirmed(people), name, why and why + "ご登録のすべての報告先へお送りしています。")
    for candidate in [person, *people] if person else people:
        if told := _confirmed([candidate]):
            return Route(told, name, _note(person, candidate, unknown))
    return Route([], name, None)


def _note(person, told, unknown: str | None) -> str | None:
    if unknown:
        return unknown + f"名簿の先頭の{told.name}様へお送りしています。"
    if person is not None and told is not person:
        return f"{person.name}様の確認済みの報告先がないため、{told.name}様へお送りしています。"
    return None


def _confirmed(people: list) -> list[dict]:
    return [
        {"person": person.name, "address": address.mail}
        for person in people
        for address in person.addresses
        if address.confirmed_at
    ]


def _names(person) -> list[str]:
    return [name for name in (person.name, person.reading, *person.aliases) if name]
