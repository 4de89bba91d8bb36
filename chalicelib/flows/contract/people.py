"""Who is told of calls: the contract's people in their order, and who stands in for whom (houses.md 7)."""

from chalicelib.errors import Fault, Invalid, Refused
from chalicelib.flows.change import Change
from chalicelib.flows.contract import addresses
from chalicelib.models.contract_parts import Person

PEOPLE = 50  # on one roster [D]: a contract is one item of at most 400 KB


def add_person(change: Change, said: dict) -> str:
    """Add somebody, at `position` (1 is the top; None: last), with their addresses. Returns the person's id."""
    change.proceed("people_changed")
    people = change.contract.people
    if len(people) >= PEOPLE:
        raise Refused(f"名簿に登録できるのは{PEOPLE}名までです。")
    person = Person(id=addresses.next_id("p", (each.id for each in people)), name=said["name"])
    _describe(change, person, said)
    people.append(person)
    change.record("person_added", text=person.id, becomes=person.name)
    _move(change, person, said["position"] or len(people))
    for mail in dict.fromkeys(said["addresses"] or []):
        addresses.add(change, person.id, mail)
    return person.id


def change_person(change: Change, person_id: str, said: dict) -> None:
    """Change what is given: name, reading, aliases, position, or an absence until a day with a deputy."""
    change.proceed("people_changed")
    person = addresses.person_of(change, person_id)
    before = _facts(person)
    if said["name"]:
        person.name = said["name"]
    _describe(change, person, said)
    for name, becomes in _facts(person).items():
        if becomes != before[name]:
            change.record(
                "person_changed", text=f"{person.id}.{name}", was=before[name], becomes=becomes
            )
    if said["position"]:
        _move(change, person, said["position"])


def come_back(change: Change, person_id: str) -> None:
    """An absence is over."""
    change.proceed("people_changed")
    person = addresses.person_of(change, person_id)
    if person.away_until:
        person.away_until = person.deputy = None
        change.record("person_back", text=person.id)


def remove_person(change: Change, person_id: str) -> None:
    """Take somebody off the roster with their addresses. Raises Refused where nobody could be told any more."""
    change.proceed("people_changed")
    person = addresses.person_of(change, person_id)
    if len(change.contract.people) == 1:
        raise Refused("名簿の最後のお一人は削除できません。先に別の方を登録してください。")
    addresses.refuse_losing_the_last(change, {each.id for each in person.addresses})
    change.contract.people = [each for each in change.contract.people if each is not person]
    for each in change.contract.people:
        if each.deputy == person.id:
            each.deputy = None
    change.record("person_removed", text=person.id, was=person.name)


def _describe(change: Change, person: Person, said: dict) -> None:
    """What is known of a person beside the name; what was not given stays as it is."""
    for name in ("reading", "aliases"):
        if said[name] is not None:
            setattr(person, name, said[name])
    if said["deputy"] and not said["away_until"] and not person.away_until:
        raise Invalid(
            [Fault("away_until", "代わりの方を指定する場合は、ご不在の最終日も指定してください。")]
        )
    if said["away_until"]:
        if said["away_until"] < change.today:
            raise Invalid(
                [Fault("away_until", "ご不在の最終日は、本日以降の日付を指定してください。")]
            )
        person.away_until = said["away_until"]
    if said["deputy"]:
        if said["deputy"] == person.id or said["deputy"] not in {
            each.id for each in change.contract.people
        }:
            raise Invalid(
                [
                    Fault(
                        "deputy",
                        "代わりの方には、名簿に登録されている別の方の番号(例: p2)を指定してください。",
                    )
                ]
            )
        person.deputy = said["deputy"]


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
    people = [each for each in change.contract.people if each is not person]
    people.insert(min(position, len(people) + 1) - 1, person)
    if [each.id for each in people] != [each.id for each in change.contract.people]:
        change.contract.people = people
        change.record("person_moved", text=person.id, becomes=str(people.index(person) + 1))
