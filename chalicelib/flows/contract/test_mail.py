"""The test mail by which an address shows that it receives (houses.md 7)."""

from datetime import date, timedelta

from chalicelib import log
from chalicelib.errors import Refused, TooMany
from chalicelib.flows.access import limits
from chalicelib.flows.change import CLIENT, DATES, Change
from chalicelib.flows.contract.addresses import LINK_DAYS, address_of, person_of
from chalicelib.models import Letter
from chalicelib.models.contract_parts import Address, Person
from chalicelib.words import letters

TEST_MAILS = 10  # to one address on request [D]


def send_first(change: Change, _: date) -> None:
    """Addresses that have had no test mail yet get it, as many as one write can hold."""
    for person, address in change.contract.addresses():
        if change.is_full:
            return
        if not address.confirmed_at and not address.asked_on:
            _send(change, person, address)


def send_again(change: Change, person: str, address: str) -> None:
    """Send the test mail once more.

    Raises NotFound, and Refused for a confirmed address, or after many.
    """
    change.proceed("people_changed")
    member = person_of(change, person)
    entry = address_of(member, address)
    if entry.confirmed_at:
        raise Refused("このメールアドレスは確認済みです。")
    if not change.contract.mail_confirmed_at:
        raise Refused("テストメールは、お申込み者様のメールアドレスが確認されてから送信されます。")
    if entry.asked >= TEST_MAILS:
        raise Refused(
            f"テストメールの送信が{TEST_MAILS}回に達しました。お電話などでご本人にご確認ください。"
        )
    change.record("test_mail_sent_again", text=entry.id)
    _send(change, member, entry)


def remind(change: Change, on: date) -> None:
    """Addresses whose button nobody has pressed get their test mail once more, each in its time."""
    change.record("addresses_reminded", on)
    late = on - timedelta(days=change.house.roster.remind_after_days)
    for person, address in change.contract.addresses():
        if change.is_full:
            return
        if _waits_since(address, late):
            address.reminded_on = on
            _send(change, person, address, reminder=True)


def _waits_since(address: Address, day: date) -> bool:
    """Whether nobody has pressed the button of a test mail of that day or before."""
    if address.confirmed_at or address.reminded_on or not address.asked_on:
        return False
    return address.asked_on <= day


def _send(change: Change, person: Person, address: Address, reminder: bool = False) -> None:
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
    if not limits.spend_on_recipient(change.house, address.mail, change.now):
        _slow_down(change, letter)


def _slow_down(change: Change, letter: Letter) -> None:
    """Too many mails to one address: a stranger's are held, a date's wait, an office is told.

    Raises TooMany.
    """
    if change.by not in (CLIENT, DATES):
        raise too_many(change)
    log.alarm("too many mails to one address", contract=change.contract.id)
    if change.by == CLIENT:
        problem = "同じ宛先へのメールが集中しているため、テストメールの送信を保留しました。"
        letter.hold(problem, change.now)
    else:
        letter.wait_until(change.now + timedelta(hours=1))


def too_many(change: Change) -> TooMany:
    """What the office is told: it can wait, and nobody has to be woken."""
    return TooMany(
        "この宛先へのメールが集中しています。"
        "1時間以上おいて(1日の上限に達した場合は翌日に)、もう一度お試しください。",
        retry_after=limits.seconds_left(change.now),
    )
