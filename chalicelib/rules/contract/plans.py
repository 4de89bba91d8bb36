"""Which plan for N calls a month (life.md, Asking for advice): the cheapest one, and from where another is cheaper.

Calls are those that count, yen include tax and stand for a month without
options; fees and calls over come from the house file (houses.md 4).
"""

from datetime import date
from itertools import pairwise
from typing import NamedTuple

MOST_CALLS = (
    10_000  # [D] a month: far beyond every plan, and what somebody types by mistake is told so
)


class Plan(NamedTuple):
    """A plan as priced on one day: `fee` and `over` in yen, `included` in calls a month."""

    key: str
    name: str
    fee: int
    included: int
    over: int

    def calls_over(self, calls: int) -> int:
        """How many of `calls` a month the fee does not include."""
        return max(0, calls - self.included)

    def cost(self, calls: int) -> int:
        """Yen for a month of `calls`."""
        return self.fee + self.over * self.calls_over(calls)


class Stretch(NamedTuple):
    """The calls a month, `first` to `last`, for which one plan is the cheapest; without end where `last` is None."""

    plan: Plan
    first: int
    last: int | None


def advise(house, calls: int, on: date) -> dict:
    """The cheapest plan for `calls` a month by the prices of the JST date `on`; ties go to the smaller plan (S0, houses.md 5).

    Plain JSON: every plan's cost (yen a month), smaller plans first, and the
    break-evens: from how many calls a month on a plan is cheaper than the one
    that was the cheapest up to there.
    """
    plans = smaller_first(house, on)
    best = _cheapest(plans, calls)
    return {
        "calls": calls,
        "on": on.isoformat(),
        "plan": best.key,
        "name": best.name,
        "yen": best.cost(calls),
        "plans": [
            {"plan": plan.key}
            | {name: getattr(plan, name) for name in ("name", "fee", "included", "over")}
            | {"calls_over": plan.calls_over(calls), "yen": plan.cost(calls)}
            for plan in plans
        ],
        "break_evens": [
            {
                "from": after.first,
                "plan": after.plan.key,
                "name": after.plan.name,
                "instead_of": before.plan.key,
            }
            for before, after in pairwise(stretches(house, on))
        ],
    }


def smaller_first(house, on: date) -> list[Plan]:
    """Every plan of the house by the prices of the JST date `on`; the smaller one includes fewer calls, then costs less."""
    prices = [(plan, house.price(plan.key, on)) for plan in house.plans]
    found = [
        Plan(plan.key, plan.name, price.fee, price.included, price.over) for plan, price in prices
    ]
    return sorted(found, key=lambda plan: (plan.included, plan.fee))


def stretches(house, on: date) -> list[Stretch]:
    """The cheapest plan for every number of calls a month from 0 on, by the prices of the JST date `on`."""
    plans, first = smaller_first(house, on), 0
    found: list[Stretch] = []
    while True:
        best = _cheapest(plans, first)
        place = plans.index(best)
        overtaken = [
            _overtaken(best, other, int(rank > place), first)
            for rank, other in enumerate(plans)
            if rank != place
        ]
        following = min((calls for calls in overtaken if calls is not None), default=None)
        if following is None:
            return [*found, Stretch(best, first, None)]
        found.append(Stretch(best, first, following - 1))
        first = following


def _cheapest(plans: list[Plan], calls: int) -> Plan:
    return min(
        plans, key=lambda plan: plan.cost(calls)
    )  # of equals the first, which is the smaller


def _overtaken(best: Plan, other: Plan, by: int, first: int) -> int | None:
    """From how many calls on, `first` or more, `best` costs at least `by` yen more than `other`; None for never.

    Between the numbers of included calls both costs are straight lines, so the
    crossing is a division, exact in integers.
    """
    bends = sorted({first} | {plan.included for plan in (best, other) if plan.included > first})
    for here, there in zip(bends, [*bends[1:], None], strict=True):
        gap = best.cost(here) - other.cost(here)
        growth = best.cost(here + 1) - other.cost(here + 1) - gap
        if gap >= by:
            return here
        if growth > 0:
            crossing = here - (gap - by) // growth  # rounded up
            if there is None or crossing <= there:
                return crossing
    return None
