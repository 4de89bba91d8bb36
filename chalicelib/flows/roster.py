"""Who is told of calls: the contract's people in their order, and addresses that have to prove themselves (houses.md 7)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from chalicelib import log
from chalicelib.errors import Fault, Invalid, NotFound, Refused, TooMany
from chalicelib.flows import limits
from chalicelib.flows.case import CLIENT, DATES, Case
from chalicelib.models import Contract
from chalicelib.models.contract import Address, Person
from chalicelib.rules import lifecycle

LINK_DAYS = 30  # how long a report address may be confirmed by its test mail [D]
PEOPLE = 50  # on one roster [D]: a contract is one item of at most 400 KB
TEST_MAILS = 10  # to one address on request [D]


def add_person(case: Case, said: dict) -> str:
    """Add somebody, at `position` (1 is the top; None: last), with their addresses. Returns the person's id."""
    case.proceed("people_changed")
    people = case.contract.people
    if len(people) >= PEOPLE:
        raise Refused(f"名簿に登録できるのは{PEOPLE}名までです。")
    person = Person(id=_next_id("p", (each.id for each in people)), name=said["name"])
    _describe(case, person, said)
    people.append(person)
    case.note("person_added", text=person.id, becomes=person.name)
    _move(case, person, said["position"] or len(people))
    for mail in dict.fromkeys(said["addresses"] or []):
        add_address(case, person.id, mail)
    return person.id


def change_person(case: Case, person_id: str, said: dict) -> None:
    """Change what is given: name, reading, aliases, position, or an absence until a day with a deputy."""
    case.proceed("people_changed")
    person = _person(case, person_id)
    before = _facts(person)
    if said["name"]:
        person.name = said["name"]
    _describe(case, person, said)
    for name, becomes in _facts(person).items():
        if becomes != before[name]:
            case.note("person_changed", text=f"{person.id}.{name}", was=before[name], becomes=becomes)
    if said["position"]:
        _move(case, person, said["position"])


def come_back(case: Case, person_id: str) -> None:
    """An absence is over."""
    case.proceed("people_changed")
    person = _person(case, person_id)
    if person.away_until:
        person.away_until = person.deputy = None
        case.note("person_back", text=person.id)


def remove_person(case: Case, person_id: str) -> None:
    """Take somebody off the roster with their addresses. Raises Refused where nobody could be told any more."""
    case.proceed("people_changed")
    person = _person(case, person_id)
    if len(case.contract.people) == 1:
        raise Refused("名簿の最後のお一人は削除できません。先に別の方を登録してください。")
    _refuse_losing_the_last(case, {address.id for address in person.addresses})
    case.contract.people = [each for each in case.contract.people if each is not person]
    for each in case.contract.people:
        if each.deputy == person.id:
            each.deputy = None
    case.note("person_removed", text=person.id, was=person.name)


def add_address(case: Case, person_id: str, mail: str, replaces: str | None = None) -> str:
    """Register an address; it gets a test mail and, until its button is pressed, no reports. Returns its id."""
    case.proceed("people_changed")
    person = _person(case, person_id)
    if any(each.mail.lower() == mail.lower() for each in person.addresses):
        raise Invalid([Fault("mail", "このメールアドレスは、この方の報告先としてすでに登録されています。")])
    staying = [each for each in person.addresses if each.id != replaces and each.replaces is None]
    if len(staying) >= case.house.roster.addresses_per_person:
        most = case.house.roster.addresses_per_person
        raise Refused(f"お一人につき登録できるメールアドレスは{most}件までです。不要なアドレスを先に削除してください。")
    used = (each.id.removeprefix(person.id) for each in person.addresses)
    address = Address(id=person.id + _next_id("a", used), mail=mail, replaces=replaces)
    person.addresses.append(address)
    case.note("address_added", text=address.id)
    return address.id


def change_address(case: Case, person_id: str, address_id: str, mail: str) -> None:
    """Put a new address in an old one's place, which lives until the new one is confirmed (houses.md 7)."""
    person, old = _person(case, person_id), _address(case, person_id, address_id)
    if not old.confirmed_at:
        person.addresses = [each for each in person.addresses if each is not old]
        add_address(case, person_id, mail, old.replaces)
        return
    person.addresses = [each for each in person.addresses if each.replaces != old.id]  # the last change asked wins
    add_address(case, person_id, mail, old.id)


def remove_address(case: Case, person_id: str, address_id: str) -> None:
    """Take an address off. Raises Refused for the last confirmed one of the contract."""
    case.proceed("people_changed")
    person, address = _person(case, person_id), _address(case, person_id, address_id)
    _refuse_losing_the_last(case, {address.id})
    person.addresses = [each for each in person.addresses if each is not address and each.replaces != address.id]
    case.note("address_removed", text=address.id)


def test_new(case: Case, _: date) -> None:
    """Addresses that have had no test mail yet get it, as many as one write can hold."""
    for person, address in _each(case.contract):
        if not address.confirmed_at and not address.asked_on and not case.is_full:
            _send_test_mail(case, person, address)


def _send_test_mail(case: Case, person: Person, address: Address, reminder: bool = False) -> None:
    """Reports go to an address only after the button in this mail was pressed (houses.md 7).

    Its cause is noted first: the letter's id follows from the history's length, and two of a day must differ.
    Raises TooMany where the office asks for too many to one address; a stranger's are held.
    """
    address.asked_on, address.asked = case.today, address.asked + 1
    facts = {"person": person.name, "address": address.mail, "reminder": reminder}
    letter = case.write("test_mail", case.today, [address.mail], f"{address.id}-{case.notes}", **facts)
    case.give_link(letter, "address", LINK_DAYS, address.id)
    if limits.spend(case.house, "recipient", address.mail.lower(), case.house.limits.per_recipient, case.now):
        return
    log.alarm("too many mails to one address", contract=case.contract.id)
    if case.by == CLIENT:
        letter.hold("同じ宛先へのメールが集中しているため、テストメールの送信を保留しました。", case.now)
    elif case.by == DATES:
        letter.wait_until(case.now + timedelta(hours=1))
    else:
        later = limits.seconds_left(case.now)
        raise TooMany("この宛先へのメールが集中しています。1時間ほど待ってから、もう一度お試しください。", retry_after=later)


def test_again(case: Case, person_id: str, address_id: str) -> None:
    """Send the test mail once more. Raises Refused for a confirmed address, or after many."""
    case.proceed("people_changed")
    person, address = _person(case, person_id), _address(case, person_id, address_id)
    if address.confirmed_at:
        raise Refused("このメールアドレスは確認済みです。")
    if not case.contract.mail_confirmed_at:
        raise Refused("テストメールは、お申込み者様のメールアドレスが確認されてから送信されます。")
    if address.asked >= TEST_MAILS:
        raise Refused(f"テストメールの送信が{TEST_MAILS}回に達しました。お電話などでご本人にご確認ください。")
    case.note("test_mail_sent_again", text=address.id)
    _send_test_mail(case, person, address)


def remind(case: Case, on: date) -> None:
    """Addresses whose button nobody has pressed get their test mail once more, each once, in its own time."""
    case.note("addresses_reminded", on)
    late = on - timedelta(days=case.house.roster.remind_after_days)
    for person, address in _each(case.contract):
        waits = not address.confirmed_at and address.asked_on and not address.reminded_on
        if waits and address.asked_on <= late and not case.is_full:
            address.reminded_on = on
            _send_test_mail(case, person, address, reminder=True)


def confirm(case: Case, address_id: str, mail: str | None, ground: str | None = None) -> None:
    """An address has shown that it receives, by its button or, with the `ground`, by word to the office.

    Raises Refused if it is no longer registered.
    """
    address = case.contract.address(address_id)
    if address is None or mail not in (None, address.mail):
        raise Refused("このメールアドレスは、報告先の登録から外れています。")
    if address.confirmed_at or not case.proceed("address_confirmed"):
        return
    address.confirmed_at = case.now
    case.note("address_confirmed", text=f"{address_id}: {ground}" if ground else address_id)
    if address.replaces:
        for person in case.contract.people:
            person.addresses = [each for each in person.addresses if each.id != address.replaces]
        case.note("address_removed", text=address.replaces)
        address.replaces = None


def confirm_by_word(case: Case, person_id: str, address_id: str, ground: str) -> None:
    """The client has told the office that the test mail arrived (doors.md). Raises NotFound."""
    confirm(case, _address(case, person_id, address_id).id, None, ground)


def _each(contract: Contract) -> Iterator[tuple[Person, Address]]:
    for person in contract.people:
        for address in person.addresses:
            yield person, address


def _person(case: Case, person_id: str) -> Person:
    found = next((each for each in case.contract.people if each.id == person_id), None)
    if found is None:
        raise NotFound("この方は名簿に登録されていません。")
    return found


def _address(case: Case, person_id: str, address_id: str) -> Address:
    found = next((each for each in _person(case, person_id).addresses if each.id == address_id), None)
    if found is None:
        raise NotFound("このメールアドレスは、この方の報告先に登録されていません。")
    return found


def _describe(case: Case, person: Person, said: dict) -> None:
    """What is known of a person beside the name; what was not given stays as it is."""
    for name in ("reading", "aliases"):
        if said[name] is not None:
            setattr(person, name, said[name])
    if said["deputy"] and not said["away_until"] and not person.away_until:
        raise Invalid([Fault("away_until", "代わりの方を指定する場合は、ご不在の最終日も指定してください。")])
    if said["away_until"]:
        if said["away_until"] < case.today:
            raise Invalid([Fault("away_until", "ご不在の最終日は、本日以降の日付を指定してください。")])
        person.away_until = said["away_until"]
    if said["deputy"]:
        if said["deputy"] == person.id or said["deputy"] not in {each.id for each in case.contract.people}:
            raise Invalid([Fault("deputy", "代わりの方には、名簿に登録されている別の方の番号(例: p2)を指定してください。")])
        person.deputy = said["deputy"]


def _facts(person: Person) -> dict[str, str | None]:
    return {
        "name": person.name,
        "reading": person.reading,
        "aliases": "、".join(person.aliases) or None,
        "away_until": person.away_until.isoformat() if person.away_until else None,
        "deputy": person.deputy,
    }


def _move(case: Case, person: Person, position: int) -> None:
    """Put a person at a place of the roster, 1 being the top."""
    people = [each for each in case.contract.people if each is not person]
    people.insert(min(position, len(people) + 1) - 1, person)
    if [each.id for each in people] != [each.id for each in case.contract.people]:
        case.contract.people = people
        case.note("person_moved", text=person.id, becomes=str(people.index(person) + 1))


def _refuse_losing_the_last(case: Case, going: set[str]) -> None:
    """The last confirmed address stays, or nobody could be told of a call."""
    confirmed = {each.id for person in case.contract.people for each in person.addresses if each.confirmed_at}
    if confirmed and confirmed <= going and case.contract.status != lifecycle.APPLIED:
        raise Refused("確認済みの報告先がなくなるため、削除できません。先に別のメールアドレスを登録し、確認を済ませてください。")


def _next_id(prefix: str, used: Iterable[str]) -> str:
    """The next free id; numbers are never given twice while the one before them is there."""
    return f"{prefix}{max((int(each.removeprefix(prefix)) for each in used), default=0) + 1}"
