"""Which plan for N calls a month (life.md, Asking for advice), and from where another is cheaper.

Calls are those that count, yen include tax and stand for a month without
options; fees and calls over come from the house file (houses.md 4).
"""

from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from chalicelib.rules.houses import House

MOST_CALLS = 10_000  # [D] a month, far beyond every plan: more is a slip of the hand


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
    """The calls a month, `first` to `last`, for which one plan is the cheapest; None: no end."""

    plan: Plan
    first: int
    last: int | None


def advise(house: House, calls: int, on: date) -> dict[str, Any]:
    """The cheapest plan for `calls` a month by the prices of the JST date `on`.

    Ties go to the smaller plan (S0, houses.md 5). Plain JSON: every plan's cost
    (yen a month), smaller plans first, and the break-evens: from how many calls
    a month on a plan is cheaper than the cheapest up to there.
    """
    plans = smaller_first(house, on)
    best = _cheapest(plans, calls)
    return {
        "calls": calls,
        "on": on.isoformat(),
        "plan": best.key,
        "name": best.name,
        "yen": best.cost(calls),
        "plans": [_row(plan, calls) for plan in plans],
        "break_evens": [
            _break_even(before, after) for before, after in pairwise(stretches(house, on))
        ],
    }


def _row(plan: Plan, calls: int) -> dict[str, str | int]:
    return {
        "plan": plan.key,
        "name": plan.name,
        "fee": plan.fee,
        "included": plan.included,
        "over": plan.over,
        "calls_over": plan.calls_over(calls),
        "yen": plan.cost(calls),
    }


def _break_even(before: Stretch, after: Stretch) -> dict[str, str | int]:
    return {
        "from": after.first,
        "plan": after.plan.key,
        "name": after.plan.name,
        "instead_of": before.plan.key,
    }


def smaller_first(house: House, on: date) -> list[Plan]:
    """Every plan of the house by the prices of the JST date `on`.

    The smaller plan includes fewer calls, then costs less.
    """
    plans = [_priced(house, plan.key, on) for plan in house.plans]
    return sorted(plans, key=lambda plan: (plan.included, plan.fee))


def _priced(house: House, key: str, on: date) -> Plan:
    price = house.price(key, on)
    return Plan(key, house.plan(key).name, price.fee, price.included, price.over)


def stretches(house: House, on: date) -> list[Stretch]:
    """The cheapest plan for every number of calls a month from 0 on, by the prices of `on`."""
    plans = smaller_first(house, on)
    stretches_so_far: list[Stretch] = []
    first = 0
    while True:
        best = _cheapest(plans, first)
        following = _end_of_lead(best, plans, first)
        if following is None:
            return [*stretches_so_far, Stretch(best, first, None)]
        stretches_so_far.append(Stretch(best, first, following - 1))
        first = following


def _cheapest(plans: list[Plan], calls: int) -> Plan:
    """Of equals the first, which is the smaller."""
    return min(plans, key=lambda plan: plan.cost(calls))


def _end_of_lead(best: Plan, plans: list[Plan], first: int) -> int | None:
    """From how many calls on, `first` or more, another plan is the cheapest; None for never.

    A smaller plan takes the lead where it costs as much, a larger one where it costs less.
    """
    place = plans.index(best)
    smaller, larger = plans[:place], plans[place + 1 :]
    crossings = [_overtaken(best, plan, 0, first) for plan in smaller]
    crossings += [_overtaken(best, plan, 1, first) for plan in larger]
    return min((calls for calls in crossings if calls is not None), default=None)


def _overtaken(best: Plan, other: Plan, by: int, first: int) -> int | None:
    """From how many calls on, `first` or more, `best` costs at least `by` yen more than `other`.

    None for never. Between the numbers of included calls both costs are
    straight lines, so the crossing is a division, exact in integers.
    """
    bends = sorted({first, *(plan.included for plan in (best, other) if plan.included > first)})
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
