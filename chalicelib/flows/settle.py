"""What dates do to a contract: everything due up to today, in order, each with its own date (life.md)."""

from datetime import date, datetime, timedelta
from typing import Any

from chalicelib import log
from chalicelib.flows.case import DATES, Case
from chalicelib.models import Letter, Mark
from chalicelib.rules import calendar, offer, trial
from chalicelib.rules import contract as life

LINK_DAYS = 30  # how long a report address may be confirmed by its test mail [D]


def settle(case: Case) -> bool:
    """Apply what is due, oldest first, until nothing is. True if anything happened; the caller keeps the case."""
    happened = False
    for _ in range(20):
        _note_readiness(case)
        ahead = life.dues(case.contract, case.house)
        if case.deleted or not ahead or ahead[0][0] > case.today:
            return happened
        on, what = ahead[0]
        HAPPENINGS[what](case, on)
        happened = True
    raise RuntimeError(f"contract {case.contract.id} does not come to rest")


def _note_readiness(case: Case) -> None:
    contract = case.contract
    if contract.status == life.PREPARING and not contract.ready_on and not life.missing_to_start(contract, case.house):
        contract.ready_on = case.today


def _start(case: Case, on: date) -> None:
    contract, house = case.contract, case.house
    contract.started_on = on
    case.turn_on(case.now if on == case.today and case.by != DATES else calendar.at(on, calendar.MIDNIGHT))
    last = trial.last_day(house, contract.applied_on, on) if contract.wants_trial else None
    contract.trial_last_day = last
    contract.status = life.TRIAL if last and on <= last else life.ACTIVE
    if contract.status == life.ACTIVE:
        contract.active_from = on
    case.note("started", on)
    in_trial = contract.status == life.TRIAL
    used_up = last is not None and not in_trial
    case.write("started", on, **service_facts(case, on), day=on.isoformat(), in_trial=in_trial, trial_used_up=used_up)


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
    facts: dict[str, Any] = {"asked": asked, "paid": paid, "paid_yen": contract.paid_yen, "paid_from": paid_from.isoformat()}
    case.write("trial_reminder", on, **service_facts(case, paid_from), **facts)


def _end_trial(case: Case, on: date) -> None:
    match life.trial_outcome(case.contract, case.house):
        case "continues":
            _become_active(case, on)
        case "waits_for_payment":
            case.contract.status, case.contract.paused_on = life.PREPARING, on
            case.turn_off(calendar.at(on, calendar.MIDNIGHT))
            case.note("paused_until_paid", on)
            kept_until = on + timedelta(days=case.house.trial.pause_days - 1)
            case.write("paused", on, **service_facts(case, on), kept_until=kept_until.isoformat())
        case "lapses":
            _lapse(case, on)


def _become_active(case: Case, on: date) -> None:
    case.contract.status, case.contract.active_from = life.ACTIVE, on
    case.note("continued", on)
    case.write("continued", on, **service_facts(case, on), day=on.isoformat())


def _resume_paid(case: Case, on: date) -> None:
    """The money came in late: a contract from the day of payment, and the line on again from now."""
    contract = case.contract
    contract.status, contract.active_from, contract.paused_on = life.ACTIVE, on, None
    case.turn_on(case.now)
    case.note("resumed", on)
    case.write("resumed", on, **service_facts(case, on), day=on.isoformat(), resumed=case.today.isoformat())


def _lapse_unpaid(case: Case, on: date) -> None:
    """Nobody paid while the place was kept."""
    _end(case, on, "lapsed", calendar.at(on, calendar.MIDNIGHT))
    case.write("ended_unpaid", on, **service_facts(case, on), kept_until=(on - timedelta(days=1)).isoformat())


def _lapse(case: Case, on: date) -> None:
    if case.contract.paid_yen:
        log.alarm("a paid trial lapses: the money goes back", contract=case.contract.id)
    _end(case, on, "lapsed", calendar.at(on, calendar.MIDNIGHT))
    case.write("lapsed", on, **service_facts(case, on), paid_yen=case.contract.paid_yen)


def _stop(case: Case, on: date) -> None:
    """The day after the last one that the client asked for."""
    _end(case, on, "stopped", calendar.at(on, calendar.MIDNIGHT))
    _say_stopped(case, on, on - timedelta(days=1))


def stop_now(case: Case) -> None:
    """The client stopped: the service is off from this moment (houses.md 3)."""
    _end(case, case.today, "stopped", case.now)
    _say_stopped(case, case.today, case.today)


def _say_stopped(case: Case, on: date, last_service_day: date) -> None:
    case.write("stopped", on, day=last_service_day.isoformat(), paid_yen=case.contract.paid_yen)


def _end(case: Case, on: date, reason: str, off_from: datetime) -> None:
    """Ended as of the JST date `on`, off from an instant; the number goes into quarantine."""
    contract = case.contract
    contract.status, contract.ended_on, contract.end_reason = life.ENDED, on, reason
    contract.stop_on = contract.paused_on = None
    case.turn_off(off_from)
    case.note(reason, on)
    case.take_back(calendar.day_of(off_from - timedelta(microseconds=1)))


def _remind_confirmation(case: Case, on: date) -> None:
    case.contract.confirmation_reminded_on = on
    case.note("confirmation_reminded", on)
    ask_confirmation(case, reminder=True)


def _delete_unconfirmed(case: Case, on: date) -> None:
    """Somebody who never confirmed is forgotten, with what was written to them."""
    contract = case.contract
    case.deleted = True
    case.dropped_marks = house_marks(case)
    case.letters = [Letter(confirmation_id(contract.id, place + 1)) for place in range(contract.confirmations_sent)]
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
        answer_by=(contract.applied_on + timedelta(days=case.house.application.delete_after_days - 1)).isoformat(),
        receipt=contract.id,
    )
    letter.id = confirmation_id(contract.id, contract.confirmations_sent)
    case.give_link(letter, "mail", case.house.application.delete_after_days)
    return letter


def confirmation_id(contract: str, count: int) -> str:
    return f"{contract}#confirm#{count}"


def house_marks(case: Case) -> list[Mark]:
    """What this house would recognise the contract's client by."""
    found = trial.marks({"phone": case.contract.phone_number, "mail": case.contract.mail})
    return [Mark(f"{case.house.key}#{mark}", case.contract.id) for mark in found]


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
        "last_day": contract.trial_last_day.isoformat() if contract.trial_last_day else None,
        "first_lines": [list(line) for line in lines],
        "first_total": offer.total(lines),
    }


HAPPENINGS = {
    "remind_confirmation": _remind_confirmation,
    "delete_unconfirmed": _delete_unconfirmed,
    "start": _start,
    "remind_trial": _remind_trial,
    "end_trial": _end_trial,
    "resume_paid": _resume_paid,
    "lapse_unpaid": _lapse_unpaid,
    "stop": _stop,
}
