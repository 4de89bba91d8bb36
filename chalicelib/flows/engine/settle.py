"""What dates do to a contract: everything due up to today, in order, each with its own date (life.md)."""

from datetime import date, timedelta
from typing import Any

from chalicelib.flows.change import DATES, Change
from chalicelib.flows.contract import addresses as address
from chalicelib.flows.contract import ending, plan
from chalicelib.flows.contract.recognise import forget
from chalicelib.models import Letter
from chalicelib.rules import calendar
from chalicelib.rules.contract import life, lifecycle, offer, trial

CHECK_DAYS = 30  # how long the start check's page is open [D]
DECLARED_DAYS = 60  # and that of the declared numbers [D]


def settle(change: Change) -> bool:
    """Apply what is due, oldest first, until nothing is or one write is full. True if anything happened.

    The caller keeps the change; what is left is still due then.
    """
    happened = False
    for _ in range(20):
        _note_readiness(change)
        ahead = life.dues(change.contract, change.house)
        if change.deleted or change.is_full or not ahead or ahead[0][0] > change.today:
            return happened
        on, what = ahead[0]
        HAPPENINGS[what](change, on)
        happened = True
    raise RuntimeError(f"contract {change.contract.id} does not come to rest")


def _note_readiness(change: Change) -> None:
    contract = change.contract
    if contract.status != lifecycle.PREPARING or contract.paused_on:
        return
    missing = life.missing_to_start(contract, change.house)
    contract.ready_on = None if missing else contract.ready_on or change.today


def _start(change: Change, on: date) -> None:
    contract, house = change.contract, change.house
    contract.started_on = on
    change.turn_on(
        change.now
        if on == change.today and change.by != DATES
        else calendar.at(on, calendar.MIDNIGHT)
    )
    last = trial.last_day(house, contract.applied_on, on) if contract.wants_trial else None
    contract.trial_last_day = last
    contract.status = lifecycle.TRIAL if last and on <= last else lifecycle.ACTIVE
    if contract.status == lifecycle.ACTIVE:
        contract.active_from = on
    change.note("started", on)
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


def _remind_start_check(change: Change, on: date) -> None:
    """Once, for the points that the client has not ticked yet."""
    change.contract.start_check_reminded_on = on
    change.note("start_check_reminded", on)
    open_points = [
        name for point, name in life.CHECKS.items() if point not in change.contract.start_checks
    ]
    letter = change.write("start_check", on, **service_facts(change, on), checks=open_points)
    change.give_link(letter, "start_check", CHECK_DAYS)


def _ask_declared(change: Change, on: date) -> None:
    """Once a year: whether the numbers that the client declared as sales are still to be kept from them."""
    change.contract.declared_asked_on = on
    change.note("declared_asked", on)
    letter = change.write(
        "declared", on, numbers=[each.number for each in change.contract.declared]
    )
    change.give_link(letter, "declared", DECLARED_DAYS)


def _remind_trial(change: Change, on: date) -> None:
    """A reminder that comes after the trial's end helps nobody: it is only noted."""
    contract = change.contract
    contract.trial_reminded_on = on
    if change.today > contract.trial_last_day:
        change.note("trial_reminder_missed", on)
        return
    change.note("trial_reminded", on)
    asked, paid = contract.continuation_asked_on is not None, contract.paid_on is not None
    paid_from = contract.trial_last_day + timedelta(days=1)
    facts: dict[str, Any] = {
        "asked": asked,
        "paid": paid,
        "paid_yen": contract.paid_yen,
        "paid_from": paid_from.isoformat(),
    }
    change.write("trial_reminder", on, **service_facts(change, paid_from), **facts)


def _end_trial(change: Change, on: date) -> None:
    match life.trial_outcome(change.contract, change.house):
        case "continues":
            _become_active(change, on)
        case "waits_for_payment":
            change.contract.status, change.contract.paused_on = lifecycle.PREPARING, on
            change.turn_off(calendar.at(on, calendar.MIDNIGHT))
            change.note("paused_until_paid", on)
            kept_until = life.kept_until(change.contract, change.house)
            change.write(
                "paused", on, **service_facts(change, on), kept_until=kept_until.isoformat()
            )
        case "lapses":
            _lapse(change, on)


def _become_active(change: Change, on: date) -> None:
    change.contract.status, change.contract.active_from = lifecycle.ACTIVE, on
    change.note("continued", on)
    change.write("continued", on, **service_facts(change, on), day=on.isoformat())


def _resume_paid(change: Change, on: date) -> None:
    """The money came in late: a contract from the day of payment, and the line on again from now."""
    contract = change.contract
    contract.status, contract.active_from, contract.paused_on = lifecycle.ACTIVE, on, None
    change.turn_on(change.now)
    change.note("resumed", on)
    change.write(
        "resumed",
        on,
        **service_facts(change, on),
        day=on.isoformat(),
        resumed=change.today.isoformat(),
    )


def _lapse_unpaid(change: Change, on: date) -> None:
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


def _remind_confirmation(change: Change, on: date) -> None:
    change.contract.confirmation_reminded_on = on
    change.note("confirmation_reminded", on)
    ask_confirmation(change, reminder=True)


def _delete_unconfirmed(change: Change, on: date) -> None:
    """Somebody who never confirmed is forgotten, with what was written to them."""
    contract = change.contract
    change.deleted = True
    forget(change)
    change.letters = [
        Letter(confirmation_id(contract.id, place + 1))
        for place in range(contract.confirmations_sent)
    ]
    change.tokens = []


def ask_confirmation(change: Change, reminder: bool = False) -> Letter:
    """Write the auto-reply whose link confirms the applicant's own address."""
    contract = change.contract
    contract.confirmations_sent += 1
    letter = change.write(
        "confirm",
        contract.applied_on,
        reminder=reminder,
        seen=contract.seen["offer"],
        answer_by=(
            contract.applied_on + timedelta(days=change.house.application.delete_after_days - 1)
        ).isoformat(),
        receipt=contract.id,
    )
    letter.id = confirmation_id(contract.id, contract.confirmations_sent)
    change.give_link(letter, "mail", change.house.application.delete_after_days)
    return letter


def confirmation_id(contract: str, count: int) -> str:
    return f"{contract}#confirm#{count}"


def service_facts(change: Change, on: date) -> dict:
    """What most letters need to say about a contract, at the prices of the JST date `on`."""
    contract, house = change.contract, change.house
    lines = offer.first_charge(house, contract.plan, contract.use, on)
    return {
        "plan": house.plan(contract.plan).name,
        "monthly": offer.monthly(house, contract.plan, contract.use, on),
        "line": contract.line,
        "use": contract.use,
        "greeting": contract.greeting,
        "ends_on": contract.ends_on.isoformat() if contract.ends_on else None,
        "last_day": contract.trial_last_day.isoformat() if contract.trial_last_day else None,
        "first_lines": [list(line) for line in lines],
        "first_total": offer.total(lines),
    }


def say_number(change: Change) -> None:
    """Tell a number that is lent for a start on a later day, with the dates that follow from it."""
    contract, house = change.contract, change.house
    last = (
        trial.last_day(house, contract.applied_on, contract.start_on)
        if contract.wants_trial
        else None
    )
    trial_until = last.isoformat() if last and last >= contract.start_on else None
    facts = service_facts(change, contract.start_on) | {"trial_until": trial_until}
    change.tell("number", **facts, day=contract.start_on.isoformat())


HAPPENINGS = {
    "remind_confirmation": _remind_confirmation,
    "delete_unconfirmed": _delete_unconfirmed,
    "start": _start,
    "remind_trial": _remind_trial,
    "end_trial": _end_trial,
    "resume_paid": _resume_paid,
    "lapse_unpaid": _lapse_unpaid,
    "stop": ending.stop,
    "leave": ending.leave,
    "terminate": ending.terminate,
    "change_plan": plan.change_when_due,
    "test_addresses": address.send_first_test_mails,
    "remind_addresses": address.remind,
    "remind_start_check": _remind_start_check,
    "ask_declared": _ask_declared,
}
