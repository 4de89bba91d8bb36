"""A contract on the desk: load it, change it, confirm who applied, date its start."""

import time
from collections.abc import Callable
from datetime import date, datetime

from pynamodb.exceptions import PynamoDBException

from chalicelib import log
from chalicelib.errors import Busy, Fault, Invalid, NotFound, Parked, Problem, Refused
from chalicelib.flows.change import DATES, Change
from chalicelib.flows.contract.recognise import recognise
from chalicelib.flows.engine.settle import ask_confirmation, say_number, settle
from chalicelib.flows.post import outbox
from chalicelib.models import Contract
from chalicelib.models.base import refused_as_wrong
from chalicelib.rules import calendar
from chalicelib.rules.contract import gates, life
from chalicelib.rules.houses import House

ROUNDS = 12  # of asking again, or of settling what does not fit into one write


def load(house: House, contract_id: str, now: datetime) -> Contract:
    """A contract of this house as it stands today: what is overdue is settled first.

    Raises NotFound for an unknown id and for another house's alike.
    """
    for attempt in range(ROUNDS):
        contract = _stored(house, contract_id)
        if contract.due is None or contract.due > calendar.day_of(now):
            return contract
        change = Change(contract, house, now, DATES)
        try:
            _settle_or_park(change)
        except Busy:  # somebody settled it at the same moment: see what they left
            if attempt == ROUNDS - 1:
                raise
        else:
            if change.deleted:
                raise NotFound(
                    "このお申し込みは、メールアドレスの確認がなかったため削除されました。"
                )
            if contract.due is None or contract.due > calendar.day_of(now):
                return contract
    raise Busy("このご契約の処理が続いています。少し待ってから、もう一度お試しください。")


def _stored(house: House, contract_id: str) -> Contract:
    contract = Contract.find(contract_id)
    if contract is None or contract.house != house.key:
        raise NotFound("このご契約は見つかりません。番号をご確認ください。")
    return contract


def _settle_or_park(change: Change) -> None:
    """Settle and keep. What no date should be able to do to a contract stops that one alone, and a person is told."""
    due = change.contract.due
    try:
        settle(change)
        change.keep()
    except Problem:
        raise
    except Exception as fault:
        if isinstance(fault, PynamoDBException) and not refused_as_wrong(fault):
            raise  # a store that is down is no fault of the contract's
        log.crash("contract cannot be settled", contract=change.contract.id)
        log.alarm("contract parked", contract=change.contract.id)
        Contract.park(change.contract.id, due, change.now)
        raise Parked(
            "このご契約は自動処理が止まっており、事務で確認しています。", retry_after=300
        ) from None


def look_at(house: House, contract_id: str, now: datetime) -> Contract:
    """A contract to show: one that cannot be settled is shown as it is stored. Raises NotFound."""
    try:
        return load(house, contract_id, now)
    except Parked:
        return Contract.get(contract_id, consistent_read=True)


def redate(house: House, contract_id: str, now: datetime, dry_run: bool = False) -> bool:
    """Date a contract anew by the house file and holidays of today; whether its date was, or would be, another one."""
    contract = _stored(house, contract_id) if dry_run else load(house, contract_id, now)
    due = life.next_due(contract, house)
    if due == contract.due:
        return False
    if not dry_run:
        contract.due = due
        _settle_or_park(Change(contract, house, now, DATES))
    return True


def during_a_call(house: House, contract_id: str, now: datetime) -> Contract:
    """A contract as it stands today with what a call needs of it, to read only. Raises NotFound."""
    contract = Contract.during_a_call(contract_id)
    if (
        contract is None
        or contract.house != house.key
        or (contract.due and contract.due <= calendar.day_of(now))
    ):
        return load(house, contract_id, now)
    return contract


def change(
    house: House, contract_id: str, now: datetime, by: str, story: Callable[[Change], object]
) -> Contract:
    """Load, let `story` make the change, settle what that makes due, keep all of it, send what it wrote.

    A change at the same moment by somebody else is not overwritten: the story
    is told again on what they left. Raises Busy if that keeps happening.
    """
    begun = time.monotonic()
    for attempt in range(ROUNDS):
        change = Change(load(house, contract_id, now), house, now, by)
        before = change.notes
        story(change)
        if change.notes == before:
            return change.contract
        settle(change)
        try:
            change.keep()
        except Busy:
            if attempt == ROUNDS - 1:
                raise
            continue
        outbox.deliver_all(change.letters, now, begun)
        return change.contract
    raise AssertionError("unreachable")


def confirm_mail(change: Change, mail: str) -> None:
    """The applicant's address `mail` is theirs: guidance goes out, and the test mails of all report addresses fall due.

    Raises Refused if it was corrected meanwhile.
    """
    contract = change.contract
    if mail != contract.mail and contract.mail_confirmed_at is None:
        raise Refused(
            "このメールアドレスは訂正されました。新しいメールアドレスに届いた確認メールをご利用ください。"
        )
    if not change.proceed("mail_confirmed"):
        return
    contract.mail_confirmed_at = change.now
    change.note("mail_confirmed")
    waiting = [
        {"name": gate.name, "asks": gate.asks, "waits_on": gate.waits_on}
        for gate in gates.waiting(contract, change.house)
    ]
    mails = [each.mail for person in contract.people for each in person.addresses]
    change.write(
        "guidance",
        change.today,
        waiting=waiting,
        seen=contract.seen["offer"],
        receipt=contract.id,
        addresses=mails,
    )


def correct_mail(change: Change, mail: str | None) -> None:
    """Correct the applicant's own address, or not, and send the confirmation again (S0)."""
    change.proceed("mail_corrected")
    contract = change.contract
    if contract.confirmations_sent >= 10:
        raise Refused("確認メールの送信が10回に達しました。お電話などでご本人にご確認ください。")
    if mail and mail != contract.mail:
        contract.mail = mail
        recognise(change)
    ask_confirmation(change)
    change.note("confirmation_sent_again")


def date_start(change: Change, on: date) -> None:
    """Set the day of the start. Raises Invalid for a day gone by, Refused once the service runs."""
    change.proceed("start_dated")
    if change.contract.ready_on:
        raise Refused("手続きが完了しているため、開始日は変更できません。")
    if on < change.today:
        raise Invalid(
            [
                Fault(
                    "on",
                    f"開始日は本日({calendar.spoken_day(change.today)})以降の日付を指定してください。",
                )
            ]
        )
    change.contract.start_on = on
    change.note("start_dated", on)
    if change.contract.line and on > change.today:
        say_number(change)


def check_start(change: Change, points: list[str]) -> None:
    """The client ticks what worked in their own first call: a check, never a gate (houses.md 10)."""
    change.proceed("start_checked")
    contract = change.contract
    for point in points:
        if point not in contract.start_checks:
            contract.start_checks.append(point)
            change.note("start_checked", text=point)
