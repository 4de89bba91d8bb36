"""Addresses that reports go to: each has to prove itself, and an old one lives until the new one has (houses.md 7)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from chalicelib import log
from chalicelib.errors import Fault, Invalid, NotFound, Refused, TooMany
from chalicelib.flows.access import limits
from chalicelib.flows.change import CLIENT, DATES, Change
from chalicelib.input import rooms
from chalicelib.models import Contract
from chalicelib.models.contract_parts import Address, Person
from chalicelib.rules.contract import lifecycle

LINK_DAYS = 30  # how long a report address may be confirmed by its test mail [D]
TEST_MAILS = 10  # to one address on request [D]


def add(change: Change, person_id: str, mail: str, replaces: str | None = None) -> str:
    """Register an address; it gets a test mail and, until its button is pressed, no reports. Returns its id."""
    change.proceed("people_changed")
    person = person_of(change, person_id)
    if rooms.room_of(mail) and "chatwork" not in change.house.report.channels:
        raise Invalid(
            [
                Fault(
                    "chatwork",
                    "この事業者の報告はメールのみです。メールアドレスを登録してください。",
                )
            ]
        )
    if any(each.mail.lower() == mail.lower() for each in person.addresses):
        raise Invalid(
            [Fault("mail", "このメールアドレスは、この方の報告先としてすでに登録されています。")]
        )
    staying = [each for each in person.addresses if each.id != replaces and each.replaces is None]
    if len(staying) >= change.house.roster.addresses_per_person:
        most = change.house.roster.addresses_per_person
        raise Refused(
            f"お一人につき登録できるメールアドレスは{most}件までです。不要なアドレスを先に削除してください。"
        )
    used = (each.id.removeprefix(person.id) for each in person.addresses)
    address = Address(id=person.id + next_id("a", used), mail=mail, replaces=replaces)
    person.addresses.append(address)
    change.record("address_added", text=address.id)
    return address.id


def replace(change: Change, person_id: str, address_id: str, mail: str) -> None:
    """Put a new address in an old one's place, which lives until the new one is confirmed (houses.md 7)."""
    person, old = person_of(change, person_id), _address(change, person_id, address_id)
    if not old.confirmed_at:
        person.addresses = [each for each in person.addresses if each is not old]
        add(change, person_id, mail, old.replaces)
        return
    person.addresses = [
        each for each in person.addresses if each.replaces != old.id
    ]  # the last change asked wins
    add(change, person_id, mail, old.id)


def remove(change: Change, person_id: str, address_id: str) -> None:
    """Take an address off. Raises Refused for the last confirmed one of the contract."""
    change.proceed("people_changed")
    person, address = person_of(change, person_id), _address(change, person_id, address_id)
    refuse_losing_the_last(change, {address.id})
    person.addresses = [
        each for each in person.addresses if each is not address and each.replaces != address.id
    ]
    change.record("address_removed", text=address.id)


def send_first_test_mails(change: Change, _: date) -> None:
    """Addresses that have had no test mail yet get it, as many as one write can hold."""
    for person, address in _each(change.contract):
        if not address.confirmed_at and not address.asked_on and not change.is_full:
            _send_test_mail(change, person, address)


def _send_test_mail(
    change: Change, person: Person, address: Address, reminder: bool = False
) -> None:
    """Reports go to an address only after the button in this mail was pressed (houses.md 7).

    Its cause is noted first: the letter's id follows from the history's length, and two of a day must differ.
    Raises TooMany where the office asks for too many to one address; a stranger's are held.
    """
    address.asked_on, address.asked = change.today, address.asked + 1
    facts = {"person": person.name, "address": address.mail, "reminder": reminder}
    letter = change.write(
        "test_mail", change.today, [address.mail], f"{address.id}-{change.recorded}", **facts
    )
    change.give_link(letter, "address", LINK_DAYS, address.id)
    if limits.spend(
        change.house,
        "recipient",
        address.mail.lower(),
        change.house.limits.per_recipient,
        change.now,
    ):
        return
    log.alarm("too many mails to one address", contract=change.contract.id)
    if change.by == CLIENT:
        letter.hold(
            "同じ宛先へのメールが集中しているため、テストメールの送信を保留しました。", change.now
        )
    elif change.by == DATES:
        letter.wait_until(change.now + timedelta(hours=1))
    else:
        later = limits.seconds_left(change.now)
        raise TooMany(
            "この宛先へのメールが集中しています。1時間ほど待ってから、もう一度お試しください。",
            retry_after=later,
        )


def send_test_mail_again(change: Change, person_id: str, address_id: str) -> None:
    """Send the test mail once more. Raises Refused for a confirmed address, or after many."""
    change.proceed("people_changed")
    person, address = person_of(change, person_id), _address(change, person_id, address_id)
    if address.confirmed_at:
        raise Refused("このメールアドレスは確認済みです。")
    if not change.contract.mail_confirmed_at:
        raise Refused("テストメールは、お申込み者様のメールアドレスが確認されてから送信されます。")
    if address.asked >= TEST_MAILS:
        raise Refused(
            f"テストメールの送信が{TEST_MAILS}回に達しました。お電話などでご本人にご確認ください。"
        )
    change.record("test_mail_sent_again", text=address.id)
    _send_test_mail(change, person, address)


def remind(change: Change, on: date) -> None:
    """Addresses whose button nobody has pressed get their test mail once more, each once, in its own time."""
    change.record("addresses_reminded", on)
    late = on - timedelta(days=change.house.roster.remind_after_days)
    for person, address in _each(change.contract):
        waits = not address.confirmed_at and address.asked_on and not address.reminded_on
        if waits and address.asked_on <= late and not change.is_full:
            address.reminded_on = on
            _send_test_mail(change, person, address, reminder=True)


def confirm(change: Change, address_id: str, mail: str | None, ground: str | None = None) -> None:
    """An address has shown that it receives, by its button or, with the `ground`, by word to the office.

    Raises Refused if it is no longer registered.
    """
    address = change.contract.address(address_id)
    if address is None or mail not in (None, address.mail):
        raise Refused("このメールアドレスは、報告先の登録から外れています。")
    if address.confirmed_at or not change.proceed("address_confirmed"):
        return
    address.confirmed_at, address.bounced_at = change.now, None
    change.record("address_confirmed", text=f"{address_id}: {ground}" if ground else address_id)
    if address.replaces:
        for person in change.contract.people:
            person.addresses = [each for each in person.addresses if each.id != address.replaces]
        change.record("address_removed", text=address.replaces)
        address.replaces = None


def confirm_by_word(change: Change, person_id: str, address_id: str, ground: str) -> None:
    """The client has told the office that the test mail arrived (doors.md). Raises NotFound, and Refused where none can have."""
    found = _address(change, person_id, address_id)
    if found.bounced_at and found.asked == found.asked_in_vain:
        raise Refused(
            "このアドレスには報告が届きませんでした。先にテストメールを送り直し、届いたことをご確認ください。"
        )
    confirm(change, found.id, None, ground)


def _each(contract: Contract) -> Iterator[tuple[Person, Address]]:
    for person in contract.people:
        for address in person.addresses:
            yield person, address


def person_of(change: Change, person_id: str) -> Person:
    found = next((each for each in change.contract.people if each.id == person_id), None)
    if found is None:
        raise NotFound("この方は名簿に登録されていません。")
    return found


def _address(change: Change, person_id: str, address_id: str) -> Address:
    found = next(
        (each for each in person_of(change, person_id).addresses if each.id == address_id), None
    )
    if found is None:
        raise NotFound("このメールアドレスは、この方の報告先に登録されていません。")
    return found


def refuse_losing_the_last(change: Change, going: set[str]) -> None:
    """The last confirmed address stays, or nobody could be told of a call."""
    confirmed = {
        each.id
        for person in change.contract.people
        for each in person.addresses
        if each.confirmed_at
    }
    if confirmed and confirmed <= going and change.contract.status != lifecycle.APPLIED:
        raise Refused(
            "確認済みの報告先がなくなるため、削除できません。先に別のメールアドレスを登録し、確認を済ませてください。"
        )


def next_id(prefix: str, used: Iterable[str]) -> str:
    """The next free id; numbers are never given twice while the one before them is there."""
    return f"{prefix}{max((int(each.removeprefix(prefix)) for each in used), default=0) + 1}"
