"""Who is told of calls: the people in their order, and who stands in for whom (houses.md 7)."""

from typing import Any

from chalicelib.errors import Refused, wrong
from chalicelib.flows.change import Change
from chalicelib.flows.contract import addresses
from chalicelib.flows.contract.addresses import person_of
from chalicelib.models.contract_parts import Person

PEOPLE = 50  # on one roster [D]: a contract is one item of at most 400 KB


def add_person(change: Change, said: dict[str, Any]) -> str:
    """Add somebody, at `position` (1 is the top; None: last), with addresses. Returns the id."""
    change.proceed("people_changed")
    people = change.contract.people
    if len(people) >= PEOPLE:
        raise Refused(f"名簿に登録できるのは{PEOPLE}名までです。")
    person_id = addresses.next_id("p", (person.id for person in people))
    person = Person(id=person_id, name=said["name"])
    _describe(change, person, said)
    people.append(person)
    change.record("person_added", text=person.id, becomes=person.name)
    _move(change, person, said["position"] or len(people))
    for mail in dict.fromkeys(said["addresses"] or []):
        addresses.add(change, person.id, mail)
    return person.id


def change_person(change: Change, person_id: str, said: dict[str, Any]) -> None:
    """Change what is given: name, reading, aliases, position, or an absence with a deputy."""
    change.proceed("people_changed")
    person = person_of(change, person_id)
    before = _facts(person)
    if said["name"]:
        person.name = said["name"]
    _describe(change, person, said)
    for name, becomes in _facts(person).items():
        if becomes != before[name]:
            text = f"{person.id}.{name}"
            change.record("person_changed", text=text, was=before[name], becomes=becomes)
    if said["position"]:
        _move(change, person, said["position"])


def come_back(change: Change, person_id: str) -> None:
    """An absence is over."""
    change.proceed("people_changed")
    person = person_of(change, person_id)
    if person.away_until:
        person.away_until = person.deputy = None
        change.record("person_back", text=person.id)


def remove_person(change: Change, person_id: str) -> None:
    """Take somebody off the roster with all addresses.

    Raises Refused where nobody could be told any more.
    """
    change.proceed("people_changed")
    contract = change.contract
    person = person_of(change, person_id)
    if len(contract.people) == 1:
        raise Refused("名簿の最後のお一人は削除できません。先に別の方を登録してください。")
    addresses.refuse_losing_the_last(change, {address.id for address in person.addresses})
    contract.people = [each for each in contract.people if each is not person]
    for other in contract.people:
        if other.deputy == person.id:
            other.deputy = None
    change.record("person_removed", text=person.id, was=person.name)


def _describe(change: Change, person: Person, said: dict[str, Any]) -> None:
    """What is known of a person beside the name; what was not given stays as it is."""
    for name in ("reading", "aliases"):
        if said[name] is not None:
            setattr(person, name, said[name])
    _note_absence(change, person, said["away_until"], said["deputy"])


def _note_absence(change: Change, person: Person, away_until: Any, deputy: str | None) -> None:
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
