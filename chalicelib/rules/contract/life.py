"""What holds of a contract on a day (life.md): whether its service is on, which plan counts.

All dates are JST dates; "today" is handed in.
"""

from datetime import date, datetime, timedelta

from chalicelib.rules import calendar
from chalicelib.rules.contract import closing, gates, trial
from chalicelib.rules.contract.facts import Address, Application, Contract, OnTrial, Paused, State
from chalicelib.rules.contract.lifecycle import ACTIVE, APPLIED, ENDED, PREPARING, TRIAL
from chalicelib.rules.house_types import Gate
from chalicelib.rules.houses import House

SKEW = timedelta(minutes=2)
CHECKS = {
    "call": "お電話が当方につながること",
    "greeting": "ご指定の名乗りで応対すること",
    "report": "報告が届くこと",
}
_DAY = timedelta(days=1)


def last_day(contract: Contract) -> date | None:
    """The last day of service as it stands: by a stop, a notice or the house, the earliest."""
    ends = (contract.stop_on, contract.ends_on, contract.terminate_on)
    return min(filter(None, ends), default=None)


def declared_asked(contract: Contract) -> date:
    """When the client last said, or was asked, that declared numbers are sales."""
    first = calendar.day_of(min(number.at for number in contract.declared))
    return max(first, contract.declared_asked_on or first)


def kept_until(contract: Paused, house: House) -> date:
    """The last day on which an unpaid continuation is kept; an earlier notice may end it sooner."""
    days = house.trial.pause_days
    assert days is not None  # no house file loads that pauses trials without saying how long
    last = contract.paused_on + timedelta(days=days) - _DAY
    return min(last, contract.ends_on or last)


def unconfirmed(contract: Application) -> list[Address]:
    """The addresses that have not shown yet that they receive."""
    return [
        address
        for person in contract.people
        for address in person.addresses
        if not address.confirmed_at
    ]


def trial_outcome(contract: OnTrial, house: House) -> str:
    """What becomes of a trial on the day after its last (houses.md 3).

    One of `continues`, `waits_for_payment`, `lapses`.
    """
    if house.trial.at_end == "continues":
        return "continues"
    if contract.continuation_asked_on is None:
        return "lapses"
    paid_in_time = contract.paid_on is not None and contract.paid_on <= contract.trial_last_day
    return "continues" if paid_in_time else "waits_for_payment"


def missing_to_start(contract: Application, house: House) -> list[Gate]:
    """The gates waited for before the start; none after it, or while an unpaid trial is paused."""
    return gates.waiting(contract, house) if _is_before_start(contract) else []


def target_on(contract: Application, house: House) -> date | None:
    """The day by which the service should run; None where no such day is set.

    smile: three business days from the application.
    """
    days = house.start.target_business_days
    if not days or contract.start_on or not _is_before_start(contract):
        return None
    return calendar.add_business_days(contract.applied_on, days, house)


def _is_before_start(contract: State) -> bool:
    return contract.status in (APPLIED, PREPARING) and not contract.paused_on


def in_service(contract: State) -> bool:
    """Whether the service is on."""
    return contract.status in (TRIAL, ACTIVE)


def served_at(contract: Contract, moment: datetime) -> bool:
    """Whether the service was on at an instant; each period is half-open.

    Operators' clocks may run a little ahead.
    """
    return any(
        period.since - SKEW <= moment and (period.until is None or moment < period.until)
        for period in contract.service
    )


def why_no_service(contract: State) -> str:
    """What an operator is told on a line whose contract is not in service."""
    if contract.status == PREPARING and contract.paused_on:
        return "継続のご入金待ちのため、サービスを一時停止しています。"
    if contract.status == ENDED:
        return "ご契約が終了しています。"
    return "サービスの開始前です。"


def contract_from(contract: Contract, today: date) -> date:
    """The first day of the paid contract: as it was, or as it will be after the trial."""
    if contract.active_from:
        return contract.active_from
    return contract.trial_last_day + _DAY if contract.trial_last_day else today


def paid_from(contract: Contract, house: House, today: date) -> date:
    """The first JST day that is paid for, as it was or, as things stand today, will be.

    smile's trial is paid in advance with its first month; mk's is free (houses.md 3).
    """
    start = contract.started_on or max(contract.start_on or today, today)
    if house.first_payment.when == "before_start" or not contract.wants_trial:
        return start
    if contract.active_from:
        return contract.active_from
    trial_last = contract.trial_last_day or trial.last_day(house, contract.applied_on, start)
    after_trial = trial_last + _DAY if trial_last else start
    if contract.paused_on:
        return max(after_trial, contract.paid_on or today)
    return max(after_trial, start)


def last_service_day(contract: Contract) -> date | None:
    """The last JST day of service, as it was or as it stands; None while no end is known."""
    if contract.status != ENDED or not contract.service:
        return last_day(contract)
    until = contract.service[-1].until
    return calendar.day_of(until - timedelta(microseconds=1)) if until else None


def ends_if_noticed(contract: Contract, house: House, today: date) -> date:
    """The last day of service if notice is given today; the first notice has set the day."""
    return contract.ends_on or closing.ends_on(house, today, contract_from(contract, today))


def plan_counts_from(contract: State, house: House, today: date) -> date:
    """The day from which a plan asked for today counts.

    At once before the start and in smile's trial.
    """
    in_trial = contract.status == TRIAL and house.plan_change.in_trial == "at_once"
    if contract.status == PREPARING or in_trial:
        return today
    return closing.plan_changes_on(house, today)


def plan_on(contract: Contract, day: date) -> str:
    """The key of the plan in force at the end of a date.

    Later changes are undone again; on a day to come the wishes that count from then are kept.
    """
    later = [change for change in contract.plans if change.on > day]
    if later:
        return later[0].was
    wishes = [wish for wish in contract.plan_wishes() if wish.on <= day]
    return wishes[-1].becomes if wishes else contract.plan


def undoes_earlier(contract: Contract, house: House, becomes: str, on: date) -> bool:
    """Whether a change of plan takes back one of the house's last months (houses.md 5).

    Seasons are not what plans are for.
    """
    months = house.plan_change.flag_undone_within_months
    if not months:
        return False
    since = on - timedelta(days=months * 366 // 12)
    return any(
        (change.was, change.becomes) == (becomes, contract.plan) and change.on >= since
        for change in contract.plans
    )


def extra_people(contract: Application, house: House) -> int:
    """People who receive reports beyond those included (S1 Q8).

    Somebody without a confirmed address is free.
    """
    if not house.roster.extra_person_yen:
        return 0
    receiving = sum(
        any(address.confirmed_at for address in person.addresses) for person in contract.people
    )
    return max(0, receiving - house.roster.people_free)
