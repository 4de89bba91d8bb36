"""What dates bring to a contract: the trial's end, late money, the yearly question (life.md)."""

from datetime import date, timedelta

from chalicelib.flows.change import Change
from chalicelib.flows.contract import ending, first_payment
from chalicelib.flows.contract.wording import service
from chalicelib.rules import calendar
from chalicelib.rules.contract import life, lifecycle
from chalicelib.words import call_letters, letters

DECLARED_DAYS = 60  # how long the page of the declared numbers is open [D]
_DAY = timedelta(days=1)


def remind_trial(change: Change, on: date) -> None:
    """A reminder that comes after the trial's end helps nobody: it is only recorded."""
    contract = change.contract
    contract.trial_reminded_on = on
    if change.today > contract.trial_last_day:
        change.record("trial_reminder_missed", on)
        return
    change.record("trial_reminded", on)
    paid_from = contract.trial_last_day + _DAY
    change.write(
        letters.TrialReminder(
            service=service(change, paid_from),
            asked=contract.continuation_asked_on is not None,
            paid=contract.paid_on is not None,
            paid_yen=contract.paid_yen,
            paid_from=paid_from,
        ),
        on,
    )


def end_trial(change: Change, on: date) -> None:
    """The day after the trial's last: the contract begins, waits for its payment, or ends."""
    match life.trial_outcome(change.contract, change.house):
        case "continues":
            _become_active(change, on)
        case "waits_for_payment":
            _pause(change, on)
        case "lapses":
            _lapse(change, on)


def _become_active(change: Change, on: date) -> None:
    change.contract.status = lifecycle.ACTIVE
    change.contract.active_from = on
    change.record("continued", on)
    change.write(letters.Continued(service=service(change, on), day=on), on)


def _pause(change: Change, on: date) -> None:
    contract = change.contract
    contract.status = lifecycle.PREPARING
    contract.paused_on = on
    contract.turn_off(calendar.at(on, calendar.MIDNIGHT))
    change.record("paused_until_paid", on)
    kept_until = life.kept_until(contract, change.house)
    change.write(letters.Paused(service=service(change, on), kept_until=kept_until), on)


def _lapse(change: Change, on: date) -> None:
    ending.end_at_midnight(change, on, "lapsed")
    change.write(
        letters.Lapsed(
            service=service(change, on),
            numbers=ending.numbers_of(change.contract),
            paid_yen=change.contract.paid_yen,
        ),
        on,
    )


def resume_paid(change: Change, on: date) -> None:
    """The money came late: a contract from the day of payment, the line on again from now."""
    contract = change.contract
    contract.status = lifecycle.ACTIVE
    contract.active_from = on
    first_payment.begin(change, on)
    contract.paused_on = None
    contract.turn_on(change.now)
    change.record("resumed", on)
    change.write(letters.Resumed(service=service(change, on), day=on, resumed=change.today), on)


def lapse_unpaid(change: Change, on: date) -> None:
    """Nobody paid while the place was kept."""
    ending.end_at_midnight(change, on, "lapsed")
    change.write(
        letters.EndedUnpaid(
            service=service(change, on),
            numbers=ending.numbers_of(change.contract),
            kept_until=on - _DAY,
        ),
        on,
    )


def ask_declared(change: Change, on: date) -> None:
    """Once a year: whether the numbers that the client declared as sales still are."""
    contract = change.contract
    contract.declared_asked_on = on
    change.record("declared_asked", on)
    numbers = [declared.number for declared in contract.declared]
    letter = change.write(call_letters.Declared(numbers=numbers), on)
    change.give_link(letter, "declared", DECLARED_DAYS)
