"""What dates do to a contract: everything due up to today, in order, each with its own date (life.md)."""

from datetime import date, timedelta
from typing import Any

from chalicelib.flows.change import DATES, Case
from chalicelib.flows.contract import addresses as address
from chalicelib.flows.contract import ending, plan
from chalicelib.flows.contract.recognise import forget
from chalicelib.models import Letter
from chalicelib.rules import calendar
from chalicelib.rules.contract import life, lifecycle, offer, trial

CHECK_DAYS = 30  # how long the start check's page is open [D]
DECLARED_DAYS = 60  # and that of the declared numbers [D]


def settle(case: Case) -> bool:
    """Apply what is due, oldest first, until nothing is or one write is full. True if anything happened.

    The caller keeps the case; what is left is still due then.
    """
    happened = False
    for _ in range(20):
        _note_readiness(case)
        ahead = life.dues(case.contract, case.house)
        if case.deleted or case.is_full or not ahead or ahead[0][0] > case.today:
            return happened
        on, what = ahead[0]
        HAPPENINGS[what](case, on)
        happened = True
    raise RuntimeError(f"contract {case.contract.id} does not come to rest")


def _note_readiness(case: Case) -> None:
    contract = case.contract
    if contract.status != lifecycle.PREPARING or contract.paused_on:
        return
    missing = life.missing_to_start(contract, case.house)
    contract.ready_on = None if missing else contract.ready_on or case.today


def _start(case: Case, on: date) -> None:
    contract, house = case.contract, case.house
    contract.started_on = on
    case.turn_on(
        case.now if on == case.today and case.by != DATES else calendar.at(on, calendar.MIDNIGHT)
    )
    last = trial.last_day(house, contract.applied_on, on) if contract.wants_trial else None
    contract.trial_last_day = last
    contract.status = lifecycle.TRIAL if last and on <= last else lifecycle.ACTIVE
    if contract.status == lifecycle.ACTIVE:
        contract.active_from = on
    case.note("started", on)
    in_trial = contract.status == lifecycle.TRIAL
    used_up = last is not None and not in_trial
    facts: dict[str, Any] = {
        "day": on.isoformat(),
        "in_trial": in_trial,
        "trial_used_up": used_up,
        "checks": list(life.CHECKS.values()),
    }
    letter = case.write("started", on, **service_facts(case, on), **facts)
    case.give_link(letter, "start_check", CHECK_DAYS)


def _remind_start_check(case: Case, on: date) -> None:
    """Once, for the points that the client has not ticked yet."""
    case.contract.start_check_reminded_on = on
    case.note("start_check_reminded", on)
    open_points = [
        name for point, name in life.CHECKS.items() if point not in case.contract.start_checks
    ]
    letter = case.write("start_check", on, **service_facts(case, on), checks=open_points)
    case.give_link(letter, "start_check", CHECK_DAYS)


def _ask_declared(case: Case, on: date) -> None:
    """Once a year: whether the numbers that the client declared as sales are still to be kept from them."""
    case.contract.declared_asked_on = on
    case.note("declared_asked", on)
    letter = case.write("declared", on, numbers=[each.number for each in case.contract.declared])
    case.give_link(letter, "declared", DECLARED_DAYS)


def _remind_trial(case: Case, on: date) -> None:
    """A reminder that comes after the trial's end helps nobody: it is only noted."""
    contract = case.contract
    contract.trial_reminded_on = on
    if case.today > contract.trial_last_day:
        case.note("trial_reminder_missed", on)
        return
    case.note("trial_reminded", on)
    asked, paid = contract.continuation_asked_on is not None, contract.paid_on is not None
    paid_from = contract.trial_last_day + timedelta(days=1)
    facts: dict[str, Any] = {
        "asked": asked,
        "paid": paid,
        "paid_yen": contract.paid_yen,
        "paid_from": paid_from.isoformat(),
    }
    case.write("trial_reminder", on, **service_facts(case, paid_from), **facts)


def _end_trial(case: Case, on: date) -> None:
    match life.trial_outcome(case.contract, case.house):
        case "continues":
            _become_active(case, on)
        case "waits_for_payment":
            case.contract.status, case.contract.paused_on = lifecycle.PREPARING, on
            case.turn_off(calendar.at(on, calendar.MIDNIGHT))
            case.note("paused_until_paid", on)
            kept_until = life.kept_until(case.contract, case.house)
            case.write("paused", on, **service_facts(case, on), kept_until=kept_until.isoformat())
        case "lapses":
            _lapse(case, on)


def _become_active(case: Case, on: date) -> None:
    case.contract.status, case.contract.active_from = lifecycle.ACTIVE, on
    case.note("continued", on)
    case.write("continued", on, **service_facts(case, on), day=on.isoformat())


def _resume_paid(case: Case, on: date) -> None:
    """The money came in late: a contract from the day of payment, and the line on again from now."""
    contract = case.contract
    contract.status, contract.active_from, contract.paused_on = lifecycle.ACTIVE, on, None
    case.turn_on(case.now)
    case.note("resumed", on)
    case.write(
        "resumed", on, **service_facts(case, on), day=on.isoformat(), resumed=case.today.isoformat()
    )


def _lapse_unpaid(case: Case, on: date) -> None:
    """Nobody paid while the place was kept."""
    ending.end_at_midnight(case, on, "lapsed")
    numbers = ending.numbers_of(case.contract)
    case.write(
        "ended_unpaid",
        on,
        **service_facts(case, on),
        numbers=numbers,
        kept_until=(on - timedelta(days=1)).isoformat(),
    )


def _lapse(case: Case, on: date) -> None:
    ending.end_at_midnight(case, on, "lapsed")
    numbers = ending.numbers_of(case.contract)
    case.write(
        "lapsed", on, **service_facts(case, on), numbers=numbers, paid_yen=case.contract.paid_yen
    )


def _remind_confirmation(case: Case, on: date) -> None:
    case.contract.confirmation_reminded_on = on
    case.note("confirmation_reminded", on)
    ask_confirmation(case, reminder=True)


def _delete_unconfirmed(case: Case, on: date) -> None:
    """Somebody who never confirmed is forgotten, with what was written to them."""
    contract = case.contract
    case.deleted = True
    forget(case)
    case.letters = [
        Letter(confirmation_id(contract.id, place + 1))
        for place in range(contract.confirmations_sent)
    ]
    case.tokens = []


def ask_confirmation(case: Case, reminder: bool = False) -> Letter:
    """Write the auto-reply whose link confirms the applicant's own address."""
    contract = case.contract
    contract.confirmations_sent += 1
    letter = case.write(
        "confirm",
        contract.applied_on,
        reminder=reminder,
        seen=contract.seen["offer"],
        answer_by=(
            contract.applied_on + timedelta(days=case.house.application.delete_after_days - 1)
        ).isoformat(),
        receipt=contract.id,
    )
    letter.id = confirmation_id(contract.id, contract.confirmations_sent)
    case.give_link(letter, "mail", case.house.application.delete_after_days)
    return letter


def confirmation_id(contract: str, count: int) -> str:
    return f"{contract}#confirm#{count}"


def service_facts(case: Case, on: date) -> dict:
    """What most letters need to say about a contract, at the prices of the JST date `on`."""
    contract, house = case.contract, case.house
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


def say_number(case: Case) -> None:
    """Tell a number that is lent for a start on a later day, with the dates that follow from it."""
    contract, house = case.contract, case.house
    last = (
        trial.last_day(house, contract.applied_on, contract.start_on)
        if contract.wants_trial
        else None
    )
    trial_until = last.isoformat() if last and last >= contract.start_on else None
    facts = service_facts(case, contract.start_on) | {"trial_until": trial_until}
    case.tell("number", **facts, day=contract.start_on.isoformat())


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
