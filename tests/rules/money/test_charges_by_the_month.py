"""What a month costs, how it is kept that it was billed, and that no month is billed twice."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import calendar
from chalicelib.rules.contract.lifecycle import TRIAL
from chalicelib.rules.money import charges, closes, invoice
from tests.rules.money.contracts import (
    MK,
    SMILE,
    contract,
    day,
    dearer,
    ended,
    number,
    option,
    people,
    plan,
)

TODAY = date(2026, 9, 14)
BESIDE = {"use": "listed", "options": [option("guidance", "2026-10-20", "2026-11-05")]}
AT_MK = {
    "extra_lines": [number("0367000001", "2026-09-10")],
    "extra_people": people(("2026-09-05", 2)),
}
IN_TRIAL = {
    "status": TRIAL,
    "started_on": "2026-09-24",
    "trial_last_day": "2026-10-03",
    "active_from": None,
}


@pytest.mark.parametrize(
    ("house", "facts", "on", "other_plan", "yen"),
    [
        (SMILE, {}, "2026-09-14", None, 5_500),
        (SMILE, BESIDE, "2026-09-14", None, 5_500 + 1_100),
        (SMILE, BESIDE, "2026-10-01", None, 5_500 + 1_100 + 1_100),
        (SMILE, BESIDE, "2026-11-30", None, 5_500 + 1_100 + 1_100),
        (SMILE, BESIDE, "2026-12-01", None, 5_500 + 1_100),
        (SMILE, BESIDE, "2026-10-01", "regular", 8_800 + 1_100 + 1_100),
        (MK, AT_MK, "2026-09-14", None, 2_960 + 1_100 + 210 + 210),
        (MK, AT_MK, "2026-09-14", "half", 5_720 + 1_100 + 210 + 210),
        (  # in the free trial it is what the first month will cost, at its plan
            MK,
            IN_TRIAL | {"next_plan": "half", "next_plan_on": "2026-10-01"},
            "2026-09-29",
            None,
            5_720,
        ),
        (MK, IN_TRIAL, "2026-09-29", None, 2_960),
        (  # a plan asked for counts from its day
            SMILE,
            {"next_plan": "business", "next_plan_on": "2026-11-01"},
            "2026-10-31",
            None,
            5_500,
        ),
        (
            SMILE,
            {"next_plan": "business", "next_plan_on": "2026-11-01"},
            "2026-11-01",
            None,
            16_500,
        ),
        (SMILE, {"ends_on": "2026-09-30"}, "2026-10-14", None, 5_500),
    ],
)
def test_what_is_billed_each_month(house, facts, on, other_plan, yen):
    given_contract = contract(house, **facts)
    assert charges.monthly_yen(given_contract, house, day(on), TODAY, other_plan) == yen


@pytest.mark.parametrize(("on", "yen"), [("2026-09-30", 5_500), ("2026-10-01", 6_000)])
def test_a_months_fee_is_that_of_its_own_price(on, yen):
    house = dearer(SMILE, "light", "2026-10-01", 6_000)
    assert charges.monthly_yen(contract(house), house, day(on), TODAY) == yen


def line(kind, key="", month="2026-10"):
    return invoice.line(kind, key, "", month, 100)


@pytest.mark.parametrize(
    ("given_line", "name"),
    [
        (line("base"), "base"),
        (line("listed"), "listed"),
        (line("deposit", month=None), "deposit"),
        (line("option", "guidance"), "option:guidance"),
        (line("number", "0367000001"), "number:0367000001"),
        (line("person", "1"), "person:1"),
        (line("overage", "light"), None),
        (line("returned", "base"), None),
        (line("plan_difference", "regular"), None),
    ],
)
def test_under_which_name_a_line_is_kept(given_line, name):
    assert charges.monthly_name(given_line) == name


@pytest.mark.parametrize(
    ("billed", "lines", "expected"),
    [
        ({}, [line("base")], {"base": {"2026-10": "regular"}}),
        ({}, [line("deposit", month=None)], {"deposit": {"": "100"}}),
        ({}, [line("option", "guidance")], {"option:guidance": {"2026-10": "100"}}),
        ({}, [line("overage", "light"), line("surcharge", "200")], {}),
        (
            {"base": {"2026-09": "light"}},
            [line("base"), line("listed")],
            {"base": {"2026-09": "light", "2026-10": "regular"}, "listed": {"2026-10": "100"}},
        ),
        (
            {"base": {"2026-10": "light"}},
            [line("plan_difference", "regular")],
            {"base": {"2026-10": "regular"}},
        ),
        (
            {"option:guidance": {"2026-09": "100", "2026-10": "100"}},
            [line("returned", "option:guidance")],
            {"option:guidance": {"2026-09": "100"}},
        ),
    ],
)
def test_what_was_billed_is_kept_by_thing_and_month_the_fee_with_its_plan(billed, lines, expected):
    before = {name: dict(by_month) for name, by_month in billed.items()}
    given_contract = contract(
        SMILE, billed=billed, plan="regular", plans=[plan("2026-10-01", "light", "regular")]
    )
    assert charges.note(lines, given_contract) == expected
    assert given_contract.billed == before


@pytest.mark.parametrize(
    ("billed", "expected"),
    [
        ({}, {}),
        (
            {"base": {"2026-09": "light"}, "listed": {"2026-09": ""}},
            {"base": {"2026-11": "light"}, "listed": {"2026-11": ""}},
        ),
        (
            {"base": {"2026-10": "half", "2026-09": "small"}, "deposit": {"": ""}},
            {"base": {"2026-10": "half", "2026-11": "small"}, "deposit": {"": ""}},
        ),
    ],
)
def test_a_service_that_begins_in_another_month_takes_its_first_payment_along(billed, expected):
    assert charges.move_first_month(billed, "2026-11") == expected


STARTS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
TRIALS = st.integers(0, 20)
LENGTHS = st.integers(0, 200) | st.none()
ORDERS = st.lists(st.tuples(st.integers(0, 300), LENGTHS), max_size=4)


def _periods(started_on, orders):
    """Each order as its first and its last day, None while it is not given up."""
    sinces = [started_on + timedelta(days=ahead) for ahead, _ in orders]
    return [
        (since, None if length is None else since + timedelta(days=length))
        for since, (_, length) in zip(sinces, orders, strict=True)
    ]


def _ordered(house, since, until):
    if house is SMILE:
        return option("guidance", since.isoformat(), until and until.isoformat())
    return number("0367000001", since.isoformat(), until and until.isoformat())


def _with(given_contract, house, orders):
    field = "options" if house is SMILE else "extra_lines"
    setattr(given_contract, field, orders)


def _bills(given_contract, house, orders, closings):
    """The lines of the first payment and of so many closings, each noted as it is billed.

    A closing knows what was ordered up to its day.
    """
    lines = charges.first_payment(given_contract, house, given_contract.started_on)
    given_contract.billed = charges.note(lines, given_contract)
    yield given_contract.started_on, lines
    for _ in range(closings):
        close = closes.ahead(given_contract, house)
        _with(given_contract, house, [each for each in orders if each.since <= close.dated])
        up_to = closes.billed_through(house, close.month)
        lines = charges.unbilled(given_contract, house, up_to, close.due)
        given_contract.billed = charges.note(lines, given_contract)
        given_contract.closed_through = close.month
        yield close.dated, lines


@pytest.mark.parametrize(
    ("house", "started_on", "active_from", "expected"),
    [
        (
            SMILE,
            "2026-09-01",
            "2026-09-01",
            [("2026-09-10", "2026-10"), ("2026-10-13", "2026-11"), ("2026-11-10", "2026-12")],
        ),
        (  # after August's closing, trial to 8 September
            SMILE,
            "2026-08-31",
            "2026-09-09",
            [("2026-09-09", "2026-09"), ("2026-09-10", "2026-10"), ("2026-10-13", "2026-11")],
        ),
        (
            SMILE,
            "2026-10-20",
            "2026-10-31",
            [("2026-10-31", "2026-11"), ("2026-11-10", "2026-12"), ("2026-12-10", "2027-01")],
        ),
        (  # the first month was paid at first
            MK,
            "2026-09-01",
            "2026-09-01",
            [("2026-09-10", None), ("2026-10-13", "2026-10"), ("2026-11-10", "2026-11")],
        ),
        (  # trial to 4 October: nothing of September
            MK,
            "2026-09-25",
            "2026-10-05",
            [("2026-10-05", None), ("2026-10-13", None), ("2026-11-10", "2026-11")],
        ),
    ],
)
def test_which_month_each_closing_bills(house, started_on, active_from, expected):
    given_contract = contract(house, started_on=started_on, active_from=active_from)
    _, *bills = _bills(given_contract, house, [], len(expected))
    months = [(dated, [each.month for each in lines]) for dated, lines in bills]
    assert months == [(day(dated), [month] if month else []) for dated, month in expected]


@pytest.mark.parametrize(("house", "due_at_once"), [(SMILE, ["2026-07"]), (MK, [])])
def test_a_notice_withdrawn_after_a_closing_makes_the_month_due_that_it_left_out(
    house, due_at_once
):
    plan_key = "light" if house is SMILE else "small"
    billed = {"base": {"2026-06": plan_key}, "deposit": {"": ""}}
    facts = {"started_on": "2026-06-01", "active_from": "2026-06-01", "billed": billed}
    leaving = contract(house, ends_on="2026-06-30", **facts)
    staying = contract(house, **facts)
    today = day("2026-06-20")
    up_to = closes.billed_through(house, closes.last_closed(house, today))
    assert charges.unbilled(leaving, house, up_to, today) == []
    assert [each.month for each in charges.unbilled(staying, house, up_to, today)] == due_at_once


@given(st.sampled_from([MK, SMILE]), STARTS, TRIALS, ORDERS, st.integers(1, 14))
def test_every_month_in_service_is_billed_exactly_once_over_all_closings(
    house, started_on, trial_days, orders, closings
):
    active_from = started_on + timedelta(days=trial_days)
    given_contract = contract(house, started_on=started_on, active_from=active_from)
    paid_from = started_on if house is SMILE else active_from
    listed = [_ordered(house, *period) for period in _periods(started_on, orders)]
    bills = list(_bills(given_contract, house, listed, closings))
    tally = Counter(
        (charges.monthly_name(each), each.month) for _, lines in bills for each in lines
    )
    last = bills[-1][0]
    up_to = closes.billed_through(house, given_contract.closed_through)
    in_service = calendar.months(calendar.month_of_day(paid_from), up_to)
    name = "option:guidance" if house is SMILE else "number:0367000001"
    ordered = {
        month
        for each in listed
        for month in in_service
        if each.since <= last
        and each.since <= calendar.last_day_of(month)
        and (each.until is None or each.until >= max(paid_from, calendar.first_day_of(month)))
    }
    first = calendar.month_of_day(paid_from)
    base = set(in_service) | {first}
    once = {("base", month) for month in base} | {(name, month) for month in ordered}
    deposit = {("deposit", None)} if house is MK else set()
    assert tally == Counter(once | deposit)


@given(st.sampled_from([MK, SMILE]), STARTS, ORDERS, st.integers(-2, 14), st.booleans())
def test_what_was_noted_as_billed_is_not_billed_again(house, started_on, orders, ahead, is_over):
    last = started_on + timedelta(days=40)
    given_contract = ended(house, last.isoformat()) if is_over else contract(house)
    given_contract.started_on = given_contract.active_from = started_on
    listed = [_ordered(house, *period) for period in _periods(started_on, orders)]
    _with(given_contract, house, listed)
    given_contract.billed = {"base": {"2028-01": "half" if house is MK else "regular"}}
    up_to = calendar.month_after(calendar.month_of_day(started_on), ahead)
    lines = charges.unbilled(given_contract, house, up_to, TODAY)
    given_contract.billed = charges.note(lines, given_contract)
    assert charges.unbilled(given_contract, house, up_to, TODAY) == []


@given(st.sampled_from([MK, SMILE]), STARTS, ORDERS, st.integers(0, 400))
def test_what_is_billed_each_month_is_the_sum_of_the_months_lines(house, started_on, orders, days):
    given_contract = contract(house, started_on=started_on, active_from=started_on)
    listed = [_ordered(house, *period) for period in _periods(started_on, orders)]
    _with(given_contract, house, listed)
    on = started_on + timedelta(days=days)
    month = calendar.month_of_day(on)
    lines = charges.unbilled(given_contract, house, month, on)
    of_month = sum(each.yen for each in lines if each.month == month)
    assert charges.monthly_yen(given_contract, house, on, on) == of_month
