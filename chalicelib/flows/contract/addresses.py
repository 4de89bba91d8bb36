"""Addresses that reports go to: each proves itself, an old one lives until then (houses.md 7)."""

from collections.abc import Iterable
from datetime import date, timedelta

from chalicelib import log
from chalicelib.errors import NotFound, Refused, TooMany, wrong
from chalicelib.flows.access import limits
from chalicelib.flows.change import CLIENT, DATES, Change
from chalicelib.input import rooms
from chalicelib.models import Letter
from chalicelib.models.contract_parts import Address, Person
from chalicelib.rules.contract import lifecycle
from chalicelib.words import letters

LINK_DAYS = 30  # how long a report address may be confirmed by its test mail [D]
TEST_MAILS = 10  # to one address on request [D]


def add(change: Change, person_id: str, mail: str, replaces: str | None = None) -> str:
    """Register an address; until its test mail's button is pressed, it gets no reports.

    Returns its id. Raises Invalid, and Refused where the person has enough of them.
    """
    change.proceed("people_changed")
    person = person_of(change, person_id)
    _check_address(change, person, mail, replaces)
    used = [address.id.removeprefix(person.id) for address in person.addresses]
    address = Address(id=person.id + next_id("a", used), mail=mail, replaces=replaces)
    person.addresses.append(address)
    change.record("address_added", text=address.id)
    return address.id


def _check_address(change: Change, person: Person, mail: str, replaces: str | None) -> None:
    house = change.house
    if rooms.room_of(mail) and "chatwork" not in house.report.channels:
        raise wrong(
            "chatwork",
            "この事業者の報告はメールのみです。メールアドレスを登録してください。",
        )
    if any(address.mail.lower() == mail.lower() for address in person.addresses):
        raise wrong("mail", "このメールアドレスは、この方の報告先としてすでに登録されています。")
    staying = [
        address
        for address in person.addresses
        if address.id != replaces and address.replaces is None
    ]
    most = house.roster.addresses_per_person
    if len(staying) >= most:
        raise Refused(
            f"お一人につき登録できるメールアドレスは{most}件までです。"
            "不要なアドレスを先に削除してください。"
        )


def replace(change: Change, person_id: str, address_id: str, mail: str) -> None:
    """Put a new address in an old one's place, which lives until the new one is confirmed."""
    person = person_of(change, person_id)
    old = _address_of(person, address_id)
    if old.confirmed_at:
        # Of several changes asked for, the last one wins.
        person.addresses = [each for each in person.addresses if each.replaces != old.id]
        add(change, person_id, mail, old.id)
    else:
        person.addresses = [each for each in person.addresses if each is not old]
        add(change, person_id, mail, old.replaces)


def remove(change: Change, person_id: str, address_id: str) -> None:
    """Take an address off. Raises Refused for the last confirmed one of the contract."""
    change.proceed("people_changed")
    person = person_of(change, person_id)
    address = _address_of(person, address_id)
    refuse_losing_the_last(change, {address.id})
    person.addresses = [
        each for each in person.addresses if each is not address and each.replaces != address.id
    ]
    change.record("address_removed", text=address.id)


def send_first_test_mails(change: Change, _: date) -> None:
    """Addresses that have had no test mail yet get it, as many as one write can hold."""
    for person, address in change.contract.addresses():
        if change.is_full:
            return
        if not address.confirmed_at and not address.asked_on:
            _send_test_mail(change, person, address)


def send_test_mail_again(change: Change, person_id: str, address_id: str) -> None:
    """Send the test mail once more. Raises Refused for a confirmed address, or after many."""
    change.proceed("people_changed")
    person = person_of(change, person_id)
    address = _address_of(person, address_id)
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
    """Addresses whose button nobody has pressed get their test mail once more, in their own time."""
    change.record("addresses_reminded", on)
    late = on - timedelta(days=change.house.roster.remind_after_days)
    for person, address in change.contract.addresses():
        if change.is_full:
            return
        if _waits_since(address, late):
            address.reminded_on = on
            _send_test_mail(change, person, address, reminder=True)


def _waits_since(address: Address, day: date) -> bool:
    """Whether nobody has pressed the button of a test mail of that day or before."""
    if address.confirmed_at or address.reminded_on or not address.asked_on:
        return False
    return address.asked_on <= day


def _send_test_mail(
    change: Change, person: Person, address: Address, reminder: bool = False
) -> None:
    """Reports go to an address only after the button in this mail was pressed (houses.md 7).

    Its cause is recorded first: the letter's id follows from the history's
    length, and two of a day must differ.
    """
    address.asked_on = change.today
    address.asked += 1
    facts = letters.TestMail(person=person.name, address=address.mail, reminder=reminder)
    part = f"{address.id}-{change.recorded}"
    letter = change.write(facts, change.today, [address.mail], part)
    change.give_link(letter, "address", LINK_DAYS, address.id)
    most = change.house.limits.per_recipient
    if not limits.spend(change.house, "recipient", address.mail.lower(), most, change.now):
        _slow_down(change, letter)


def _slow_down(change: Change, letter: Letter) -> None:
    """Too many mails to one address: a stranger's are held, a date's wait, an office is told.

    Raises TooMany.
    """
    log.alarm("too many mails to one address", contract=change.contract.id)
    if change.by == CLIENT:
        problem = "同じ宛先へのメールが集中しているため、テストメールの送信を保留しました。"
        letter.hold(problem, change.now)
    elif change.by == DATES:
        letter.wait_until(change.now + timedelta(hours=1))
    else:
        raise TooMany(
            "この宛先へのメールが集中しています。1時間ほど待ってから、もう一度お試しください。",
            retry_after=limits.seconds_left(change.now),
        )


def confirm(change: Change, address_id: str, mail: str | None, ground: str | None = None) -> None:
    """An address has shown that it receives, by its button or, with the `ground`, by word.

    Raises Refused if it is no longer registered.
    """
    contract = change.contract
    address = contract.address(address_id)
    if address is None or mail not in (None, address.mail):
        raise Refused("このメールアドレスは、報告先の登録から外れています。")
    if address.confirmed_at or not change.proceed("address_confirmed"):
        return
    address.confirmed_at = change.now
    address.bounced_at = None
    change.record("address_confirmed", text=f"{address_id}: {ground}" if ground else address_id)
    if address.replaces:
        for person in contract.people:
            person.addresses = [each for each in person.addresses if each.id != address.replaces]
        change.record("address_removed", text=address.replaces)
        address.replaces = None


def confirm_by_word(change: Change, person_id: str, address_id: str, ground: str) -> None:
    """The client has told the office that the test mail arrived (doors.md).

    Raises NotFound, and Refused where none can have arrived.
    """
    address = _address_of(person_of(change, person_id), address_id)
    if address.bounced_at and address.asked == address.asked_in_vain:
        raise Refused(
            "このアドレスには報告が届きませんでした。"
            "先にテストメールを送り直し、届いたことをご確認ください。"
        )
    confirm(change, address.id, None, ground)


def person_of(change: Change, person_id: str) -> Person:
    """Somebody on the roster. Raises NotFound."""
    for person in change.contract.people:
        if person.id == person_id:
            return person
    raise NotFound("この方は名簿に登録されていません。")


def _address_of(person: Person, address_id: str) -> Address:
    for address in person.addresses:
        if address.id == address_id:
            return address
    raise NotFound("このメールアドレスは、この方の報告先に登録されていません。")


def refuse_losing_the_last(change: Change, going: set[str]) -> None:
    """The last confirmed address stays, or nobody could be told of a call."""
    contract = change.contract
    confirmed = {address.id for _, address in contract.addresses() if address.confirmed_at}
    if confirmed and confirmed <= going and contract.status != lifecycle.APPLIED:
        raise Refused(
            "確認済みの報告先がなくなるため、削除できません。"
            "先に別のメールアドレスを登録し、確認を済ませてください。"
        )


def next_id(prefix: str, used: Iterable[str]) -> str:
    """The next free id; a number is never given twice while the one before it is there."""
    numbers = [int(each.removeprefix(prefix)) for each in used]
    return f"{prefix}{max(numbers, default=0) + 1}"
