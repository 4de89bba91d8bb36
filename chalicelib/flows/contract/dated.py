"""What dates bring to a running contract: the trial's end, late money, the yearly question (life.md)."""

from datetime import date, timedelta
from typing import Any

from chalicelib.flows.change import Change
from chalicelib.flows.contract import ending
from chalicelib.flows.contract.wording import service_facts
from chalicelib.rules import calendar
from chalicelib.rules.contract import life, lifecycle

DECLARED_DAYS = 60  # how long the page of the declared numbers is open [D]


def remind_trial(change: Change, on: date) -> None:
    """A reminder that comes after the trial's end helps nobody: it is only noted."""
    contract = change.contract
    contract.trial_reminded_on = on
    if change.today > contract.trial_last_day:
        change.record("trial_reminder_missed", on)
        return
    change.record("trial_reminded", on)
    asked, paid = contract.continuation_asked_on is not None, contract.paid_on is not None
    paid_from = contract.trial_last_day + timedelta(days=1)
    facts: dict[str, Any] = {
        "asked": asked,
        "paid": paid,
        "paid_yen": contract.paid_yen,
        "paid_from": paid_from.isoformat(),
    }
    change.write("trial_reminder", on, **service_facts(change, paid_from), **facts)


def end_trial(change: Change, on: date) -> None:
    match life.trial_outcome(change.contract, change.house):
        case "continues":
            _become_active(change, on)
        case "waits_for_payment":
            change.contract.status, change.contract.paused_on = lifecycle.PREPARING, on
            change.contract.turn_off(calendar.at(on, calendar.MIDNIGHT))
            change.record("paused_until_paid", on)
            kept_until = life.kept_until(change.contract, change.house)
            change.write(
                "paused", on, **service_facts(change, on), kept_until=kept_until.isoformat()
            )
        case "lapses":
            _lapse(change, on)


def _become_active(change: Change, on: date) -> None:
    change.contract.status, change.contract.active_from = lifecycle.ACTIVE, on
    change.record("continued", on)
    change.write("continued", on, **service_facts(change, on), day=on.isoformat())


def _lapse(change: Change, on: date) -> None:
    ending.end_at_midnight(change, on, "lapsed")
    numbers = ending.numbers_of(change.contract)
    change.write(
        "lapsed",
        on,
        **service_facts(change, on),
        numbers=numbers,
        paid_yen=change.contract.paid_yen,
    )


def resume_paid(change: Change, on: date) -> None:
    """The money came in late: a contract from the day of payment, and the line on again from now."""
    contract = change.contract
    contract.status, contract.active_from, contract.paused_on = lifecycle.ACTIVE, on, None
    change.contract.turn_on(change.now)
    change.record("resumed", on)
    change.write(
        "resumed",
        on,
        **service_facts(change, on),
        day=on.isoformat(),
        resumed=change.today.isoformat(),
    )


def lapse_unpaid(change: Change, on: date) -> None:
    """Nobody paid while the place was kept."""
    ending.end_at_midnight(change, on, "lapsed")
    numbers = ending.numbers_of(change.contract)
    change.write(
        "ended_unpaid",
        on,
        **service_facts(change, on),
        numbers=numbers,
        kept_until=(on - timedelta(days=1)).isoformat(),
    )


def ask_declared(change: Change, on: date) -> None:
    """Once a year: whether the numbers that the client declared as sales are still to be kept from them."""
    change.contract.declared_asked_on = on
    change.record("declared_asked", on)
    letter = change.write(
        "declared", on, numbers=[each.number for each in change.contract.declared]
    )
    change.give_link(letter, "declared", DECLARED_DAYS)
