"""Closing days: from when a plan counts, on which day a contract ends (houses.md 5, houses.md 6).

All dates are JST dates.
"""

from datetime import date, timedelta

from chalicelib.rules import calendar
from chalicelib.rules.houses import House


def closing_day(day: date, house: House) -> date:
    """The day that closes the month of `day`: the house's day, or the next business day."""
    nominal = day.replace(day=house.closing.day)
    if calendar.is_business_day(nominal, house):
        return nominal
    return calendar.add_business_days(nominal, 1, house)


def plan_changes_on(house: House, asked_on: date) -> date:
    """The first of a month from which a plan asked for on a day counts.

    smile: asked up to the closing day, the next month; later, the one after,
    since the next is fixed and billed at the closing. mk: the next month.
    """
    cut_off = house.plan_change.cut_off
    late = cut_off == "closing" and asked_on > closing_day(asked_on, house)
    return _first_of_month(asked_on, 1 + late)


def plan_withdrawn_until(house: House, counts_from: date) -> date:
    """The last day on which a change of plan that counts from a first of month can be withdrawn.

    smile's closing bills the month, and with it fixes the plan.
    """
    eve = counts_from - timedelta(days=1)
    return closing_day(eve, house) if house.plan_change.cut_off == "closing" else eve


def ends_on(house: House, notice_on: date, contract_from: date) -> date:
    """The last day of service for a notice given on a day.

    `contract_from` is the first day after the trial. smile: a notice up to the
    closing day ends this month, a later one the next; mk: always this month. A
    notice within the trial means to continue and then to leave, so no contract
    ends before its first month does.
    """
    late = house.leaving.cut_off == "closing" and notice_on > closing_day(notice_on, house)
    by_rule = _last_of_month(notice_on, int(late))
    return max(by_rule, _last_of_month(contract_from, 0))


def _first_of_month(day: date, later: int) -> date:
    """The first day of the month that is `later` months after that of `day`."""
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)


def _last_of_month(day: date, later: int) -> date:
    """The last day of the month that is `later` months after that of `day`."""
    return _first_of_month(day, later + 1) - timedelta(days=1)
