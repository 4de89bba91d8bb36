"""When the first payment is asked for, and whether what was asked is still right (houses.md 11).

All dates are JST dates.
"""

from datetime import date

from chalicelib.rules import calendar
from chalicelib.rules.contract import life
from chalicelib.rules.houses import House
from chalicelib.rules.money import charges, invoice
from chalicelib.rules.money.facts import Billable


def due(contract: Billable, house: House) -> date | None:
    """Since when an invoice of the first payment is due; None where it says what is to be paid.

    Before the start a price that rises with a month makes another part due on that month's first.
    """
    since = _asked_on(contract, house)
    if since is None:
        return None
    days = [since, *_price_changes(contract, house, since)]
    wishes = [wish(contract, house, day) for day in days]
    if contract.first_asked not in wishes:
        return since
    asked = len(wishes) - 1 - wishes[::-1].index(contract.first_asked)
    return days[asked + 1] if asked + 1 < len(days) else None


def _price_changes(contract: Billable, house: House, since: date) -> list[date]:
    """The days behind `since` from which the contract's plan has another price."""
    if contract.started_on:
        return []
    return [price.since for price in house.plan(contract.plan).prices if price.since > since]


def _asked_on(contract: Billable, house: House) -> date | None:
    """From which day on the first payment is expected; None while it is not, or no longer."""
    if contract.active_from:
        return None
    if contract.started_on is None and _is_paid_before_start(contract, house):
        confirmed_at = contract.mail_confirmed_at
        return calendar.day_of(confirmed_at) if confirmed_at else None
    if house.first_payment.when == "at_continuation":
        return contract.continuation_asked_on
    return None


def _is_paid_before_start(contract: Billable, house: House) -> bool:
    return house.first_payment.when == "before_start" or not contract.wants_trial


def wish(contract: Billable, house: House, since: date) -> str:
    """What the first payment is for and how much it is, in one word.

    Before the start its month is not known, and makes no difference.
    """
    lines = charges.first_payment(contract, house, since)
    month = lines[0].month if contract.started_on else "start"
    kinds = "+".join(f"{line.kind}:{line.key}" for line in lines)
    plan = life.plan_on(contract, life.paid_from(contract, house, since))
    return f"{month} {plan} {kinds} {invoice.total(lines)}"
