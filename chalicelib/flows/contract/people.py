"""Who is told of calls: the people in their order, and who stands in for whom (houses.md 7)."""

from datetime import date
from typing import Any

from chalicelib.errors import Refused, wrong
from chalicelib.flows.change import Change
from chalicelib.flows.contract.addresses import (
    add,
    next_id,
    person_of,
    refuse_losing_the_last,
)
from chalicelib.models.contract_parts import Person

PEOPLE = 50  # on one roster [D]: a contract is one item of at most 400 KB


def add_person(
    change: Change,
    name: str,
    addresses: list[str] | None = None,
    position: int | None = None,
    **described: Any,
) -> str:
    """Add somebody, at `position` (1 is the top; None: last), with addresses. Returns the id.

    `described` is what `_describe` takes. Raises Invalid, and Refused where the
    roster is full.
    """
    change.proceed("people_changed")
    people = change.contract.people
    if len(people) >= PEOPLE:
        raise Refused(f"名簿に登録できるのは{PEOPLE}名までです。")
    person = Person(id=next_id("p", (each.id for each in people)), name=name)
    _describe(change, person, **described)
    people.append(person)
    change.record("person_added", text=person.id, becomes=person.name)
    _move(change, person, position or len(people))
    for mail in dict.fromkeys(addresses or []):
        add(change, person.id, mail)
    return person.id


def change_person(
    change: Change,
    person: str,
    name: str | None = None,
    position: int | None = None,
    **described: Any,
) -> None:
    """Change what is given of the person of that id: name, position, or what `_describe` takes.

    Raises NotFound and Invalid.
    """
    change.proceed("people_changed")
    member = person_of(change, person)
    before = _facts(member)
    if name:
        member.name = name
    _describe(change, member, **described)
    for fact, becomes in _facts(member).items():
        if becomes != before[fact]:
            text = f"{member.id}.{fact}"
            change.record("person_changed", text=text, was=before[fact], becomes=becomes)
    if position:
        _move(change, member, position)


def come_back(change: Change, person: str) -> None:
    """An absence of the person of that id is over. Raises NotFound."""
    change.proceed("people_changed")
    member = person_of(change, person)
    if member.away_until:
        member.away_until = member.deputy = None
        change.record("person_back", text=member.id)


def remove_person(change: Change, person: str) -> None:
    """Take the person of that id off the roster with all addresses.

    Raises NotFound, and Refused where nobody could be told any more.
    """
    change.proceed("people_changed")
    contract = change.contract
    member = person_of(change, person)
    if len(contract.people) == 1:
        raise Refused("名簿の最後のお一人は削除できません。先に別の方を登録してください。")
    refuse_losing_the_last(change, {address.id for address in member.addresses})
    contract.people = [each for each in contract.people if each is not member]
    for other in contract.people:
        if other.deputy == member.id:
            other.deputy = None
    change.record("person_removed", text=member.id, was=member.name)


def _describe(
    change: Change,
    person: Person,
    reading: str | None = None,
    aliases: list[str] | None = None,
    away_until: date | None = None,
    deputy: str | None = None,
) -> None:
    """What is known of a person beside the name; what was not given stays as it is."""
    if reading is not None:
        person.reading = reading
    if aliases is not None:
        person.aliases = aliases
    _note_absence(change, person, away_until, deputy)


def _note_absence(
    change: Change, person: Person, away_until: date | None, deputy: str | None
) -> None:
    if deputy and not away_until and not person.away_until:
        raise wrong(
            "away_until",
            "代わりの方を指定する場合は、ご不在の最終日も指定してください。",
        )
    if away_until and away_until < change.today:
        raise wrong("away_until", "ご不在の最終日は、本日以降の日付を指定してください。")
    if away_until:
        person.away_until = away_until
    others = {each.id for each in change.contract.people} - {person.id}
    if deputy and deputy not in others:
        raise wrong(
            "deputy",
            "代わりの方には、名簿に登録されている別の方の番号(例: p2)を指定してください。",
        )
    if deputy:
        person.deputy = deputy


def _facts(person: Person) -> dict[str, str | None]:
    return {
        "name": person.name,
        "reading": person.reading,
        "aliases": "、".join(person.aliases) or None,
        "away_until": person.away_until.isoformat() if person.away_until else None,
        "deputy": person.deputy,
    }


def _move(change: Change, person: Person, position: int) -> None:
    """Put a person at a place of the roster, 1 being the top."""
    contract = change.contract
    people = [each for each in contract.people if each is not person]
    people.insert(min(position, len(people) + 1) - 1, person)
    if [each.id for each in people] != [each.id for each in contract.people]:
        contract.people = people
        change.record("person_moved", text=person.id, becomes=str(people.index(person) + 1))
