"""Another plan is advised where it was cheaper in each of three months in a row (houses.md 5)."""

from datetime import date

import pytest

from chalicelib.rules import houses
from chalicelib.rules.house_types import Plan, Price
from chalicelib.rules.money import advice
from chalicelib.rules.money.advice import Compared, Served

MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10")


def served(*months: tuple[str, int]) -> list[Served]:
    """Months in a row up to October, each of a plan and its calls."""
    names = MONTHS[len(MONTHS) - len(months) :]
    return [Served(name, *month) for name, month in zip(names, months, strict=True)]


def house_of(**prices):
    """A house whose plans cost these a month (fee, included, over)."""
    since = date(2020, 1, 1)
    rows = [Plan(key, key, (Price(since, *price),)) for key, price in prices.items()]
    return houses.find("mk")._replace(plans=tuple(rows))


DEAR, QUIET = ("small", 45), ("small", 20)


@pytest.mark.parametrize(
    ("house", "months", "plan"),
    [
        ("mk", [DEAR, DEAR, DEAR], "half"),
        ("mk", [DEAR, DEAR], None),
        ("mk", [], None),
        ("mk", [QUIET, DEAR, DEAR, DEAR], "half"),  # only the last three matter
        ("mk", [("half", 45), DEAR, DEAR, DEAR], "half"),
        ("mk", [DEAR, DEAR, DEAR, QUIET], None),
        ("mk", [DEAR, QUIET, DEAR], None),
        ("mk", [("half", 45), DEAR, DEAR], None),  # the client has changed the plan already
        ("mk", [("standard", 0), ("half", 0), ("half", 0)], None),
        ("mk", [("half", 20)] * 3, "small"),
        ("mk", [("small", 100)] * 3, "standard"),  # half, too, would have been cheaper
        ("mk", [("small", 20), ("small", 20), ("small", 20)], None),
        ("mk", [("small", 39), ("small", 38), ("small", 39)], None),  # 5,624 is less than 5,720
        ("smile", [("regular", 50)] * 3, None),  # light costs the same: 8,800
    ],
)
def test_the_plan_that_would_have_been_cheaper_each_month(house, months, plan):
    found = advice.advise(houses.find(house), served(*months))
    assert (found and found.plan) == plan


def test_the_advice_compares_month_by_month():
    """スモール 2,960 + 25 × 148 = 6,660; ハーフ 5,720 + 5 × 143 = 6,435."""
    found = advice.advise(houses.find("mk"), served(DEAR, ("small", 60), DEAR))
    assert found.months == [
        Compared("2026-08", 45, 6_660, 6_435),
        Compared("2026-09", 60, 8_880, 8_580),
        Compared("2026-10", 45, 6_660, 6_435),
    ]
    assert found.saved_yen == 225 + 300 + 225


@pytest.mark.parametrize(
    ("prices", "plan"),
    [
        ({"large": (900, 9, 1), "small": (900, 5, 1), "own": (1_000, 0, 0)}, "small"),
        ({"small": (900, 5, 1), "large": (900, 9, 1), "own": (1_000, 0, 0)}, "small"),
        ({"small": (900, 5, 1), "large": (899, 9, 1), "own": (1_000, 0, 0)}, "large"),
        ({"a": (990, 9, 1), "b": (980, 9, 1), "c": (985, 9, 1), "own": (1_000, 0, 0)}, "b"),
    ],
)
def test_most_is_saved_and_of_equal_plans_the_smaller_one_is_advised(prices, plan):
    months = served(("own", 3), ("own", 3), ("own", 3))
    assert advice.advise(house_of(**prices), months).plan == plan


def test_each_month_is_compared_at_its_own_price():
    """A price that rose in September alone makes no three months."""
    dearer = Plan(
        "own", "own", (Price(date(2020, 1, 1), 900, 9, 1), Price(date(2026, 9, 1), 1_100, 9, 1))
    )
    house = house_of(other=(1_000, 9, 1))
    house = house._replace(plans=(*house.plans, dearer))
    months = served(("own", 3), ("own", 3), ("own", 3))
    assert advice.advise(house, months) is None
    assert advice.advise(house_of(other=(1_000, 9, 1), own=(1_100, 9, 1)), months).plan == "other"


def test_the_smaller_plan_is_the_one_that_is_smaller_in_the_last_month():
    house = house_of(own=(1_000, 9, 1), other=(900, 4, 1))
    prices = (Price(date(2020, 1, 1), 900, 3, 1), Price(date(2026, 10, 1), 900, 5, 1))
    house = house._replace(plans=(*house.plans, Plan("growing", "growing", prices)))
    months = served(("own", 3), ("own", 3), ("own", 3))
    assert advice.advise(house, months).plan == "other"
