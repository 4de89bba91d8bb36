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


def add(change: Change, person: str, mail: str | None = None, chatwork: str | None = None) -> str:
    """Register a mail address or a room; until its button is pressed, it gets no reports.

    `person` is an id of the roster, `chatwork` a room's number. Returns the
    address's id. Raises NotFound, Invalid, and Refused where the person has
    enough of them.
    """
    return _register(change, person, _one_of(mail, chatwork))


def _one_of(mail: str | None, chatwork: str | None) -> str:
    """The one address that was given, as the roster keeps it. Raises Invalid for none and both."""
    if mail and chatwork is None:
        return mail
    if chatwork and mail is None:
        return rooms.address_of(chatwork)
    raise wrong(
        "mail",
        "報告先は、メールアドレス(mail)かルーム(chatwork)のどちらか一方を入力してください。",
    )


def _register(change: Change, person: str, mail: str, replaces: str | None = None) -> str:
    change.proceed("people_changed")
    member = person_of(change, person)
    _check_address(change, member, mail, replaces)
    used = [address.id.removeprefix(member.id) for address in member.addresses]
    address = Address(id=member.id + next_id("a", used), mail=mail, replaces=replaces)
    member.addresses.append(address)
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


def replace(
    change: Change,
    person: str,
    address: str,
    mail: str | None = None,
    chatwork: str | None = None,
) -> None:
    """Put a new address in an old one's place, which lives until the new one is confirmed.

    `person` and `address` are ids of the roster. Raises as `add`.
    """
    becomes = _one_of(mail, chatwork)
    member = person_of(change, person)
    old = _address_of(member, address)
    if old.confirmed_at:
        # Of several changes asked for, the last one wins.
        member.addresses = [each for each in member.addresses if each.replaces != old.id]
        _register(change, person, becomes, old.id)
    else:
        member.addresses = [each for each in member.addresses if each is not old]
        _register(change, person, becomes, old.replaces)


def remove(change: Change, person: str, address: str) -> None:
    """Take an address off. Raises NotFound, and Refused for the contract's last confirmed one."""
    change.proceed("people_changed")
    member = person_of(change, person)
    old = _address_of(member, address)
    refuse_losing_the_last(change, {old.id})
    member.addresses = [
        each for each in member.addresses if each is not old and each.replaces != old.id
    ]
    change.record("address_removed", text=old.id)


def send_first_test_mails(change: Change, _: date) -> None:
    """Addresses that have had no test mail yet get it, as many as one write can hold."""
    for person, address in change.contract.addresses():
        if change.is_full:
            return
        if not address.confirmed_at and not address.asked_on:
            _send_test_mail(change, person, address)


def send_test_mail_again(change: Change, person: str, address: str) -> None:
    """Send the test mail once more.

    Raises NotFound, and Refused for a confirmed address, or after many.
    """
    change.proceed("people_changed")
    member = person_of(change, person)
    entry = _address_of(member, address)
    if entry.confirmed_at:
        raise Refused("このメールアドレスは確認済みです。")
    if not change.contract.mail_confirmed_at:
        raise Refused("テストメールは、お申込み者様のメールアドレスが確認されてから送信されます。")
    if entry.asked >= TEST_MAILS:
        raise Refused(
            f"テストメールの送信が{TEST_MAILS}回に達しました。お電話などでご本人にご確認ください。"
        )
    change.record("test_mail_sent_again", text=entry.id)
    _send_test_mail(change, member, entry)


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


def confirm_by_word(change: Change, person: str, address: str, ground: str) -> None:
    """The client has told the office that the test mail arrived (doors.md).

    Raises NotFound, and Refused where none can have arrived.
    """
    entry = _address_of(person_of(change, person), address)
    if entry.bounced_at and entry.asked == entry.asked_in_vain:
        raise Refused(
            "このアドレスには報告が届きませんでした。"
            "先にテストメールを送り直し、届いたことをご確認ください。"
        )
    confirm(change, entry.id, None, ground)


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
