"""Which closing a contract awaits, when it is due, and by when its invoice is (houses.md 11).

The close of a month is due on the day after its closing day. A contract that is in its trial then
is closed on its first active day instead. Months are JST months, dates JST dates.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from chalicelib.rules import calendar
from chalicelib.rules.contract import life
from chalicelib.rules.contract.closing import closing_day
from chalicelib.rules.contract.lifecycle import ENDED
from chalicelib.rules.houses import House
from chalicelib.rules.money.facts import Billable

_DAY = timedelta(days=1)


class Close(NamedTuple):
    """The closing of `month`: done on the day `due`, its invoice dated `dated`."""

    month: str
    due: date
    dated: date

    @property
    def frozen_at(self) -> datetime:
        """Up to which instant it counts: what comes later is a matter of the next closing."""
        return calendar.at(self.due, calendar.MIDNIGHT)

    @property
    def freezes(self) -> str:
        """The month whose count it freezes."""
        return calendar.month_after(self.month, -1)


def ahead(contract: Billable, house: House) -> Close | None:
    """The next closing of a contract, or None where none is left."""
    if contract.active_from is None or contract.started_on is None:
        return None
    month = _month(contract, contract.started_on)
    if contract.status == ENDED and month > last_month(contract, house):
        return None
    closing = closing_day(calendar.first_day_of(month), house)
    if contract.active_from > closing:
        return Close(month, contract.active_from, contract.active_from)
    return Close(month, closing + _DAY, closing)


def _month(contract: Billable, started_on: date) -> str:
    if contract.closed_through:
        return calendar.month_after(contract.closed_through)
    return calendar.month_of_day(started_on)


def last_month(contract: Billable, house: House) -> str:
    """The last closing of a contract that has ended.

    Its last calls are billed in the month after, and can be objected to for a while.
    """
    last = life.last_service_day(contract)
    assert last is not None  # whoever has ended had a last day
    settled = last + timedelta(days=house.objections.days)
    return calendar.month_after(calendar.month_of_day(settled))


def last_closed(house: House, today: date) -> str:
    """The month whose closing is the last one that is due by a JST date."""
    month = calendar.month_of_day(today)
    closing = closing_day(calendar.first_day_of(month), house)
    return month if closing < today else calendar.month_after(month, -1)


def frozen_months(contract: Billable) -> list[str]:
    """The months in service whose count was frozen by a closing, its free trial included."""
    if contract.started_on is None or contract.closed_through is None:
        return []
    last = calendar.month_after(contract.closed_through, -1)
    end = life.last_service_day(contract)
    if end:
        last = min(last, calendar.month_of_day(end))
    return calendar.months(calendar.month_of_day(contract.started_on), last)


def billed_through(house: House, month: str) -> str:
    """The last month whose base fee the closing of a month bills."""
    return calendar.month_after(month, house.billing.advance_months)


def due_on(house: House, issued_on: date) -> date:
    """By when an invoice of a JST date is to be paid: never sooner than some business days on.

    mk: the 27th or the next business day; smile: the month's last business day.
    """
    soonest = calendar.add_business_days(
        issued_on, house.billing.due_business_days_after_issue, house
    )
    return max(_day_of_month(house, issued_on), soonest)


def _day_of_month(house: House, issued_on: date) -> date:
    day = house.billing.due_day
    if day is None:
        following = calendar.last_day_of(calendar.month_of_day(issued_on)) + _DAY
        return calendar.add_business_days(following, -1, house)
    nominal = issued_on.replace(day=day)
    if calendar.is_business_day(nominal, house):
        return nominal
    return calendar.add_business_days(nominal, 1, house)
