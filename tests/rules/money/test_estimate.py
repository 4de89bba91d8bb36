"""An estimate's lines: the first month's, the calls over, and what is paid once."""

from datetime import date

import pytest

from chalicelib.rules import houses
from chalicelib.rules.contract import plans
from chalicelib.rules.money import estimate, invoice

ON = date(2026, 9, 15)
MK, SMILE = houses.find("mk"), houses.find("smile")

COSTS = [
    (MK, "small", [], "forwarding", 20, [("base", 2960)], [("deposit", 2960)]),
    (MK, "half", [], "forwarding", 42, [("base", 5720), ("overage", 286)], [("deposit", 5720)]),
    (SMILE, "light", [], "forwarding", 30, [("base", 5500)], []),
    (SMILE, "light", [], "listed", 31, [("base", 5500), ("listed", 1100), ("overage", 165)], []),
    (SMILE, "light", ["guidance"], "forwarding", 0, [("base", 5500), ("option", 1100)], []),
    (SMILE, "light", ["windows"], "forwarding", 0, [("base", 5500)], []),  # free of charge
]


@pytest.mark.parametrize(("house", "plan", "options", "use", "calls", "monthly", "once"), COSTS)
def test_what_an_estimate_adds_up(house, plan, options, use, calls, monthly, once):
    costs = estimate.costs(house, plan, options, use, calls, ON)
    assert [(line.kind, line.yen) for line in costs.monthly] == monthly
    assert [(line.kind, line.yen) for line in costs.once] == once
    assert {line.month for line in (*costs.monthly, *costs.once)} == {None}


def test_an_estimate_holds_thirty_days():
    assert estimate.VALID_DAYS == 30


@pytest.mark.parametrize("house", [MK, SMILE], ids=["mk", "smile"])
@pytest.mark.parametrize("calls", [0, 19, 45, 200])
def test_an_estimate_costs_what_the_advice_says(house, calls):
    for row in plans.advise(house, calls, ON)["plans"]:
        costs = estimate.costs(house, row["plan"], [], "forwarding", calls, ON)
        assert invoice.total(costs.monthly) == row["yen"]


NUMBERS = [
    ("mk-E-20260915-0A1B2C3D", True),
    ("smile-E-20260915-0A1B2C3D", False),
    ("mk-E-20260915-0A1B2C3", False),
    ("mk-E-20260915-0a1b2c3d", False),
    ("mk-E-２０２６０９１５-0A1B2C3D", False),
    ("../mk-E-20260915-0A1B2C3D", False),
]


@pytest.mark.parametrize(("text", "known"), NUMBERS)
def test_a_number_is_of_its_house_and_form(text, known):
    assert estimate.is_number("mk", text) is known


def test_a_number_follows_from_day_and_digest():
    number = estimate.number("mk", ON, "0a1b2c3d4e")
    assert number == "mk-E-20260915-0A1B2C3D"
    assert estimate.is_number("mk", number)
