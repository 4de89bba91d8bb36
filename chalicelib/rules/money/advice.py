"""Which plan a client should look at: one cheaper in each of the last months (houses.md 5).

Yen include tax; months are JST months, the oldest first.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.rules import calendar
from chalicelib.rules.contract import plans
from chalicelib.rules.contract.plans import Plan
from chalicelib.rules.houses import House

MONTHS = 3  # in a row (S0)


class Served(NamedTuple):
    """A closed month: its plan, and its counted calls."""

    month: str
    plan: str
    calls: int


class Compared(NamedTuple):
    """What a month cost, and what it would have cost with the advised plan."""

    month: str
    calls: int
    yen: int
    advised_yen: int


class Advice(NamedTuple):
    """Another plan, and the months in which it would have been cheaper."""

    plan: str
    months: list[Compared]

    @property
    def saved_yen(self) -> int:
        """What the months would have cost less."""
        return sum(month.yen - month.advised_yen for month in self.months)


def advise(house: House, served: Sequence[Served]) -> Advice | None:
    """The plan that would have saved most in the last months, where it did in each of them.

    None where no plan did, where there are not yet enough months, or where the client has changed
    the plan within them. Of plans that save the same the smaller one is advised [D].
    """
    last = served[-MONTHS:]
    if len(last) < MONTHS or len({month.plan for month in last}) > 1:
        return None
    choices = [_compare(house, plan.key, last) for plan in house.plans]
    better = [advice for advice in choices if _always_saves(advice)]
    in_order = [plan.key for plan in plans.smaller_first(house, _day(last[-1]))]
    better.sort(key=lambda advice: (-advice.saved_yen, in_order.index(advice.plan)))
    return better[0] if better else None


def _compare(house: House, key: str, served: Sequence[Served]) -> Advice:
    months = []
    for month in served:
        yen = _cost(house, month.plan, month)
        months.append(Compared(month.month, month.calls, yen, _cost(house, key, month)))
    return Advice(key, months)


def _cost(house: House, key: str, month: Served) -> int:
    """Yen of a month's calls with a plan, at the month's price."""
    price = house.price(key, _day(month))
    plan = Plan(key, "", price.fee, price.included, price.over)
    return plan.cost(month.calls)


def _day(month: Served) -> date:
    return calendar.first_day_of(month.month)


def _always_saves(advice: Advice) -> bool:
    return all(month.advised_yen < month.yen for month in advice.months)
