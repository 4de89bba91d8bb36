"""From the application to the first call: confirmation, the day of the start, the start check (life.md)."""

from datetime import date
from typing import Any

from chalicelib.errors import Fault, Invalid, Refused
from chalicelib.flows.change import DATES, Change
from chalicelib.flows.contract.recognise import forget, recognise
from chalicelib.flows.contract.wording import (
    ask_confirmation,
    confirmation_id,
    say_number,
    service_facts,
)
from chalicelib.models import Letter
from chalicelib.rules import calendar
from chalicelib.rules.contract import gates, life, lifecycle, trial

CHECK_DAYS = 30  # how long the start check's page is open [D]


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
    change.record("mail_confirmed")
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
    change.record("confirmation_sent_again")


def remind_confirmation(change: Change, on: date) -> None:
    change.contract.confirmation_reminded_on = on
    change.record("confirmation_reminded", on)
    ask_confirmation(change, reminder=True)


def delete_unconfirmed(change: Change, on: date) -> None:
    """Somebody who never confirmed is forgotten, with what was written to them."""
    change.forget()
    forget(change)
    for count in range(change.contract.confirmations_sent):
        change.delete(Letter(confirmation_id(change.contract.id, count + 1)))


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
    change.record("start_dated", on)
    if change.contract.line and on > change.today:
        say_number(change)


def start(change: Change, on: date) -> None:
    contract, house = change.contract, change.house
    contract.started_on = on
    change.contract.turn_on(
        change.now
        if on == change.today and change.by != DATES
        else calendar.at(on, calendar.MIDNIGHT)
    )
    last = trial.last_day(house, contract.applied_on, on) if contract.wants_trial else None
    contract.trial_last_day = last
    contract.status = lifecycle.TRIAL if last and on <= last else lifecycle.ACTIVE
    if contract.status == lifecycle.ACTIVE:
        contract.active_from = on
    change.record("started", on)
    in_trial = contract.status == lifecycle.TRIAL
    used_up = last is not None and not in_trial
    facts: dict[str, Any] = {
        "day": on.isoformat(),
        "in_trial": in_trial,
        "trial_used_up": used_up,
        "checks": list(life.CHECKS.values()),
    }
    letter = change.write("started", on, **service_facts(change, on), **facts)
    change.give_link(letter, "start_check", CHECK_DAYS)


def check_start(change: Change, points: list[str]) -> None:
    """The client ticks what worked in their own first call: a check, never a gate (houses.md 10)."""
    change.proceed("start_checked")
    contract = change.contract
    for point in points:
        if point not in contract.start_checks:
            contract.start_checks.append(point)
            change.record("start_checked", text=point)


def remind_start_check(change: Change, on: date) -> None:
    """Once, for the points that the client has not ticked yet."""
    change.contract.start_check_reminded_on = on
    change.record("start_check_reminded", on)
    open_points = [
        name for point, name in life.CHECKS.items() if point not in change.contract.start_checks
    ]
    letter = change.write("start_check", on, **service_facts(change, on), checks=open_points)
    change.give_link(letter, "start_check", CHECK_DAYS)
