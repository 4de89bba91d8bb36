"""Advice on plans: the cheapest, ties to the smaller one, and where another gets cheaper."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import houses
from chalicelib.rules.contract import plans
from chalicelib.rules.house_types import Plan, Price

TODAY = date(2026, 9, 1)
PRICES = st.tuples(st.integers(0, 20_000), st.integers(0, 200), st.integers(0, 300))
CALLS = st.integers(0, plans.MOST_CALLS)


def house_of(*prices):
    """A house with plans `p0`, `p1` … of these (fee, included, over)."""
    rows = [
        Plan(f"p{place}", f"P{place}", (Price(date(2020, 1, 1), *price),))
        for place, price in enumerate(prices)
    ]
    return houses.find("mk")._replace(plans=tuple(rows))


HOUSES = st.lists(PRICES, min_size=1, max_size=5).map(lambda prices: house_of(*prices))


@pytest.mark.parametrize(
    ("house", "calls", "plan", "yen"),
    [
        ("mk", 0, "small", 2960),
        ("mk", 20, "small", 2960),
        ("mk", 21, "small", 3108),
        ("mk", 38, "small", 5624),
        ("mk", 39, "half", 5720),
        ("mk", 45, "half", 6435),
        ("mk", 77, "half", 11011),
        ("mk", 78, "standard", 11040),
        ("mk", 100, "standard", 13800),
        ("smile", 50, "light", 8800),  # as dear as regular: the smaller one
        ("smile", 51, "regular", 8800),
        ("smile", 110, "regular", 16500),  # as dear as business
        ("smile", 111, "business", 16500),
        ("smile", 10_000, "business", 1_429_340),
    ],
)
def test_the_cheapest_plan(house, calls, plan, yen):
    advice = plans.advise(houses.find(house), calls, TODAY)
    assert (advice["plan"], advice["yen"]) == (plan, yen)


@pytest.mark.parametrize(
    ("house", "expected"),
    [
        ("mk", [(39, "half", "small"), (78, "standard", "half")]),
        ("smile", [(51, "regular", "light"), (111, "business", "regular")]),
    ],
)
def test_break_evens(house, expected):
    found = plans.advise(houses.find(house), 0, TODAY)["break_evens"]
    assert [(each["from"], each["plan"], each["instead_of"]) for each in found] == expected


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([(1000, 5, 100)], [("p0", 0, None)]),
        ([(1000, 5, 100), (5000, 10, 100)], [("p0", 0, None)]),  # never worth it
        ([(1000, 10, 100), (1000, 20, 100)], [("p0", 0, 10), ("p1", 11, None)]),  # equals up to ten
        (
            [(1500, 20, 300), (1000, 10, 100)],
            [("p1", 0, 15), ("p0", 16, 22), ("p1", 23, None)],
        ),  # ahead for a while only
        (
            [(1500, 20, 200), (1000, 10, 100)],
            [("p1", 0, 15), ("p0", 16, 24), ("p1", 25, None)],
        ),  # and behind as soon as the smaller one costs as much
        ([(1000, 10, 100), (2000, 10, 100)], [("p0", 0, None)]),
        ([(1000, 10, 100), (1000, 10, 100)], [("p0", 0, None)]),
        (
            [(2960, 20, 148), (9999, 41, 140), (5720, 40, 143)],
            [("p0", 0, 38), ("p2", 39, 1419), ("p1", 1420, None)],
        ),
        ([(0, 0, 1), (10**9, 10**9, 0)], [("p0", 0, 10**9), ("p1", 10**9 + 1, None)]),
    ],
)
def test_who_is_the_cheapest_from_where_to_where(prices, expected):
    found = plans.stretches(house_of(*prices), TODAY)
    assert [(each.plan.key, each.first, each.last) for each in found] == expected


def test_advice_follows_the_price_of_the_day():
    house = house_of((1000, 10, 100), (2000, 20, 100))
    first, second = house.plans
    dated = second._replace(prices=(*second.prices, Price(date(2027, 4, 1), 1500, 20, 100)))
    changing = house._replace(plans=(first, dated))
    days = (date(2027, 3, 31), date(2027, 4, 1))
    assert [plans.advise(changing, 18, day)["plan"] for day in days] == ["p0", "p1"]


@given(HOUSES, CALLS)
def test_no_plan_is_cheaper_and_of_equals_it_is_the_smaller(house, calls):
    advice = plans.advise(house, calls, TODAY)
    costs = [(each["yen"], each["included"]) for each in advice["plans"]]
    best = next(each for each in advice["plans"] if each["plan"] == advice["plan"])
    assert (advice["yen"], best["included"]) == min(costs)
    for each in advice["plans"]:
        price = house.price(each["plan"], TODAY)
        assert each["yen"] == price.fee + max(0, calls - price.included) * price.over


@given(HOUSES)
def test_break_evens_agree_with_trying_every_number(house):
    prices = [
        (price.included, price.fee, place, price.over)
        for place, price in enumerate(plan.prices[0] for plan in house.plans)
    ]
    chosen = []
    for calls in range(501):
        costs = [
            (fee + max(0, calls - included) * over, included, fee, place)
            for included, fee, place, over in prices
        ]
        chosen.append(f"p{min(costs)[-1]}")
    tried = [
        (calls, chosen[calls], chosen[calls - 1])
        for calls in range(1, 501)
        if chosen[calls] != chosen[calls - 1]
    ]
    found = plans.advise(house, 0, TODAY)["break_evens"]
    assert [
        (each["from"], each["plan"], each["instead_of"]) for each in found if each["from"] <= 500
    ] == tried


@given(HOUSES, CALLS)
def test_every_number_of_calls_lies_in_the_stretch_of_its_plan(house, calls):
    holding = [
        each.plan.key
        for each in plans.stretches(house, TODAY)
        if each.first <= calls and (each.last is None or calls <= each.last)
    ]
    assert holding == [plans.advise(house, calls, TODAY)["plan"]]
