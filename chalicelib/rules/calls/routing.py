"""Who is told of a call (houses.md 7, calls.md Report 1)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.rules import calendar
from chalicelib.rules.calls.facts import Person
from chalicelib.rules.calls.names import folded, meant
from chalicelib.rules.houses import House


class Route(NamedTuple):
    """The confirmed addresses a report goes to, whose they are, and what it says of the choice."""

    told: list[dict[str, str]]
    asked_for: str | None
    note: str | None


def find_person(people: Sequence[Person], wanted: str) -> Person | None:
    """The one person on the roster that `wanted` means.

    A name that fits two people fits nobody: telling the wrong one is worse
    than telling the top of the roster that somebody was asked for.
    """
    candidates = meant(people, wanted)
    return candidates[0] if len(candidates) == 1 else None


def route(house: House, people: Sequence[Person], wanted: str | None, today: date) -> Route:
    """Who gets the report of a call that asked for `wanted` (None: nobody was named).

    `today` is a JST date. Only confirmed addresses are told. Who is away gives
    way to a deputy, else to the top of the roster. An empty `told` means that
    nobody can be reached: the caller raises an alarm.
    """
    person = find_person(people, wanted) if wanted else None
    unknown = _why_nobody(people, wanted) if wanted and not person else None
    if house.report.who == "everyone":
        return _route_to_everyone(people, person, unknown, today)
    return _route_to_one(people, person, unknown, today)


def _route_to_everyone(
    people: Sequence[Person], person: Person | None, unknown: str | None, today: date
) -> Route:
    addresses = confirmed(people)
    why = unknown or (_why_not(person, today) if person else None)
    note = f"{why}ご登録のすべての報告先へお送りしています。" if why and addresses else None
    return Route(addresses, _name(person), note)


def _route_to_one(
    people: Sequence[Person], person: Person | None, unknown: str | None, today: date
) -> Route:
    if not people:
        return Route([], None, None)
    top = people[0]
    first = person or top
    for candidate in _in_turn(first, people, today):
        addresses = confirmed([candidate])
        if addresses:
            why = unknown or (_why_not(first, today) if candidate is not first else None)
            rank = "名簿の先頭の" if unknown and candidate is top else ""
            note = f"{why}{rank}{candidate.name}様へお送りしています。" if why else None
            return Route(addresses, _name(person), note)
    return Route([], _name(person), None)


def _name(person: Person | None) -> str | None:
    return person.name if person else None


def _in_turn(first: Person, people: Sequence[Person], today: date) -> list[Person]:
    """Whom to try: who is meant, a deputy, the roster from its top.

    The absent come last, since silence would be worse.
    """
    here = [person for person in people if not is_away(person, today)]
    if not is_away(first, today):
        return [first, *here, *people]
    deputies = [person for person in here if person.id == first.deputy]
    return [*deputies, *here, first, *people]


def is_away(person: Person, today: date) -> bool:
    """Whether somebody is absent on a JST date; the last day of an absence is given."""
    return person.away_until is not None and today <= person.away_until


def _why_nobody(people: Sequence[Person], wanted: str) -> str:
    names = [f"{person.name}様" for person in meant(people, wanted)]
    if not names:
        return f"お名指しの「{wanted}」は名簿に見当たらないため、"
    listed = "、".join(names)
    return f"お名指しの「{wanted}」に当てはまる方が名簿に複数いらっしゃるため({listed})、"


def _why_not(person: Person, today: date) -> str | None:
    if is_away(person, today):
        return f"{person.name}様は{calendar.spoken_day(person.away_until)}までご不在のため、"
    return None if confirmed([person]) else f"{person.name}様の確認済みの報告先がないため、"


def confirmed(people: Sequence[Person]) -> list[dict[str, str]]:
    """Every confirmed address of these people, and whose it is."""
    return [
        {"person": person.name, "address": address.mail}
        for person in people
        for address in person.addresses
        if address.confirmed_at
    ]


__all__ = ["Route", "confirmed", "find_person", "folded", "is_away", "meant", "route"]
