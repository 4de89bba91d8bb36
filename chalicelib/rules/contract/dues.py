"""When each date-bound thing of a contract is due (life.md): one function each, the date or None.

All dates are JST dates. Each function is asked only in the states in which its
thing can happen: flows/engine/happenings.py says which those are.
"""

from datetime import date, timedelta

from chalicelib.rules import calendar
from chalicelib.rules.contract import life, trial
from chalicelib.rules.contract.facts import Application, Contract, OnTrial, Paused, Started
from chalicelib.rules.houses import House
from chalicelib.rules.money import closes
from chalicelib.rules.money.facts import Billable

_DAY = timedelta(days=1)


def confirmation_reminder(contract: Application, house: House) -> date | None:
    """The confirmation mail goes out once more to an applicant who has not pressed its button."""
    if contract.confirmation_reminded_on:
        return None
    return contract.applied_on + timedelta(days=house.application.remind_after_days)


def deletion(contract: Application, house: House) -> date:
    """An application that nobody confirmed is deleted."""
    return contract.applied_on + timedelta(days=house.application.delete_after_days)


def test_mails(contract: Application, house: House) -> date | None:
    """Each new address gets its test mail, once the applicant's own address is confirmed."""
    if contract.mail_confirmed_at is None:
        return None
    unasked = [address for address in life.unconfirmed(contract) if not address.asked_on]
    return calendar.day_of(contract.mail_confirmed_at) if unasked else None


def address_reminder(contract: Application, house: House) -> date | None:
    """An address whose button nobody has pressed gets its test mail once more."""
    waiting = [
        address.asked_on
        for address in life.unconfirmed(contract)
        if address.asked_on and not address.reminded_on
    ]
    if not waiting:
        return None
    return min(waiting) + timedelta(days=house.roster.remind_after_days)


def start(contract: Application, house: House) -> date | None:
    """The service starts once every gate is passed, and not before the day that was asked for."""
    if contract.ready_on is None:
        return None
    return max(contract.ready_on, contract.start_on or contract.ready_on)


def start_check_reminder(contract: Started, house: House) -> date | None:
    """The client is reminded of the points of the start check that are not ticked yet."""
    is_complete = set(contract.start_checks) >= set(life.CHECKS)
    if contract.start_check_reminded_on or is_complete:
        return None
    days = house.start.check_remind_business_days
    return calendar.add_business_days(contract.started_on, days, house)


def trial_reminder(contract: OnTrial, house: House) -> date | None:
    """The client of a trial is told what its end will bring, unless the client leaves before."""
    last = contract.trial_last_day
    leaves = life.last_day(contract)
    if contract.trial_reminded_on or (leaves and leaves <= last):
        return None
    return max(trial.remind_on(house, last), contract.started_on)


def trial_end(contract: OnTrial, house: House) -> date:
    """The day after the trial's last."""
    return contract.trial_last_day + _DAY


def resumption(contract: Paused, house: House) -> date | None:
    """A paused contract goes on from the day of payment, but not within its trial."""
    if contract.paid_on is None:
        return None
    return max(contract.paid_on, contract.trial_last_day + _DAY)


def lapse(contract: Paused, house: House) -> date:
    """A paused contract is kept for the house's period, then it lapses."""
    return life.kept_until(contract, house) + _DAY


def stop(contract: Contract, house: House) -> date | None:
    """The day after the last one that the client wants of a trial."""
    return _day_after(contract.stop_on)


def leave(contract: Contract, house: House) -> date | None:
    """The day after the last one by the client's notice."""
    return _day_after(contract.ends_on)


def termination(contract: Contract, house: House) -> date | None:
    """The day after the last one by the house's decision."""
    return _day_after(contract.terminate_on)


def _day_after(last_day: date | None) -> date | None:
    return last_day + _DAY if last_day else None


def plan_change(contract: Contract, house: House) -> date | None:
    """The day from which a plan asked for earlier counts."""
    wishes = contract.plan_wishes()
    return wishes[0].on if wishes else None


def close(contract: Billable, house: House) -> date | None:
    """The day after the next closing, or the first active day behind it (money.md The close)."""
    closing = closes.ahead(contract, house)
    return closing.due if closing else None


def declared_question(contract: Contract, house: House) -> date | None:
    """The client is asked once a year whether declared numbers still are sales."""
    days = house.objections.ask_again_days
    if not contract.declared or not days:
        return None
    return life.declared_asked(contract) + timedelta(days=days)
