"""From the application to the first call: confirmation, the start, the start check (life.md)."""

from datetime import date

from chalicelib.errors import Refused, wrong
from chalicelib.flows.access import limits
from chalicelib.flows.change import DATES, Change
from chalicelib.flows.contract import first_payment
from chalicelib.flows.contract.recognise import forget, recognise
from chalicelib.flows.contract.test_mail import too_many
from chalicelib.flows.contract.wording import (
    ask_confirmation,
    confirmation_id,
    say_number,
    service,
)
from chalicelib.models import Letter
from chalicelib.rules import calendar
from chalicelib.rules.contract import dues, gates, life, lifecycle, trial
from chalicelib.words import letters

CHECK_DAYS = 30  # how long the start check's page is open [D]
CONFIRMATIONS = 10  # to one applicant


def confirm_mail(change: Change, mail: str) -> None:
    """The applicant's address `mail` is theirs: guidance goes out, and test mails fall due.

    Raises Refused if the address was corrected meanwhile.
    """
    contract = change.contract
    if mail != contract.mail and contract.mail_confirmed_at is None:
        raise Refused(
            "このメールアドレスは訂正されました。"
            "新しいメールアドレスに届いた確認メールをご利用ください。"
        )
    if not change.proceed("mail_confirmed"):
        return
    contract.mail_confirmed_at = change.now
    change.record("mail_confirmed")
    waiting = [
        {"name": gate.name, "asks": gate.asks, "waits_on": gate.waits_on}
        for gate in gates.waiting(contract, change.house)
    ]
    change.write(
        letters.Guidance(
            waiting=waiting,
            seen=contract.seen["offer"],
            receipt=contract.id,
            addresses=[address.mail for _, address in contract.addresses()],
        ),
        change.today,
    )


def correct_mail(change: Change, mail: str | None) -> None:
    """Correct the applicant's own address, or not, and send the confirmation again (S0)."""
    change.proceed("mail_corrected")
    contract = change.contract
    if contract.confirmations_sent >= CONFIRMATIONS:
        raise Refused(
            f"確認メールの送信が{CONFIRMATIONS}回に達しました。お電話などでご本人にご確認ください。"
        )
    if mail and mail != contract.mail:
        contract.mail = mail
        _await_the_reminder_anew(change)
        recognise(change)
    if not limits.spend_on_recipient(change.house, contract.mail, change.now):
        raise too_many(change)
    ask_confirmation(change)
    change.record("confirmation_sent_again")


def _await_the_reminder_anew(change: Change) -> None:
    """The bounce of an address that was wrong has spared it the reminder, not the right one."""
    contract = change.contract
    contract.confirmation_reminded_on = None
    day = dues.confirmation_reminder(contract, change.house)
    if day is not None and day <= change.today:
        contract.confirmation_reminded_on = change.today


def remind_confirmation(change: Change, on: date) -> None:
    """Nobody has pressed the button of the confirmation mail yet: it goes out once more."""
    change.contract.confirmation_reminded_on = on
    change.record("confirmation_reminded", on)
    ask_confirmation(change, reminder=True)


def delete_unconfirmed(change: Change, on: date) -> None:
    """Whoever never confirmed is forgotten, with what was written to them."""
    contract = change.contract
    change.forget()
    forget(change)
    for count in range(1, contract.confirmations_sent + 1):
        change.delete(Letter(confirmation_id(contract.id, count)))


def date_start(change: Change, on: date) -> None:
    """Set the day of the start. Raises Invalid for a day gone by, Refused once the service runs."""
    change.proceed("start_dated")
    contract = change.contract
    if contract.ready_on:
        raise Refused("手続きが完了しているため、開始日は変更できません。")
    if on < change.today:
        today = calendar.spoken_day(change.today)
        raise wrong("on", f"開始日は本日({today})以降の日付を指定してください。")
    contract.start_on = on
    change.record("start_dated", on)
    if contract.line and on > change.today:
        say_number(change)


def start(change: Change, on: date) -> None:
    """The service begins on the JST date `on`: at midnight, or at once where a person caused it."""
    contract = change.contract
    by_hand = on == change.today and change.by != DATES
    contract.started_on = on
    contract.turn_on(change.now if by_hand else calendar.at(on, calendar.MIDNIGHT))
    last_day = None
    if contract.wants_trial:
        last_day = trial.last_day(change.house, contract.applied_on, on)
    contract.trial_last_day = last_day
    in_trial = last_day is not None and on <= last_day
    if in_trial:
        contract.status = lifecycle.TRIAL
    else:
        contract.status = lifecycle.ACTIVE
        contract.active_from = on
    if contract.first_invoice:
        first_payment.begin(change, on)
    change.record("started", on)
    letter = change.write(
        letters.Started(
            service=service(change, on),
            day=on,
            in_trial=in_trial,
            trial_used_up=last_day is not None and not in_trial,
            checks=list(life.CHECKS.values()),
        ),
        on,
    )
    change.give_link(letter, "start_check", CHECK_DAYS)


def check_start(change: Change, points: list[str]) -> None:
    """The client ticks what worked in the first call: a check, never a gate (houses.md 10)."""
    change.proceed("start_checked")
    contract = change.contract
    for point in points:
        if point not in contract.start_checks:
            contract.start_checks.append(point)
            change.record("start_checked", text=point)


def remind_start_check(change: Change, on: date) -> None:
    """Once, for the points that the client has not ticked yet."""
    contract = change.contract
    contract.start_check_reminded_on = on
    change.record("start_check_reminded", on)
    open_points = [
        name for point, name in life.CHECKS.items() if point not in contract.start_checks
    ]
    reminder = letters.StartCheck(service=service(change, on), checks=open_points)
    letter = change.write(reminder, on)
    change.give_link(letter, "start_check", CHECK_DAYS)
