"""Months as the office counts and says them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import calendar

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
STEPS = st.integers(-300, 300)


@pytest.mark.parametrize(
    ("month", "steps", "expected"),
    [
        ("2026-09", 0, "2026-09"),
        ("2026-09", 1, "2026-10"),
        ("2026-09", -1, "2026-08"),
        ("2026-12", 1, "2027-01"),
        ("2027-01", -1, "2026-12"),
        ("2026-09", 3, "2026-12"),
        ("2026-09", 4, "2027-01"),
        ("2026-09", 16, "2028-01"),
        ("2026-09", -9, "2025-12"),
    ],
)
def test_months_later_and_earlier(month, steps, expected):
    assert calendar.month_after(month, steps) == expected


def test_a_month_later_is_the_next_one():
    assert calendar.month_after("2026-12") == "2027-01"


@given(DAYS, STEPS)
def test_months_there_and_back(day, steps):
    month = calendar.month_of_day(day)
    assert calendar.month_after(calendar.month_after(month, steps), -steps) == month


@given(DAYS)
def test_a_month_begins_on_the_day_after_the_one_before_has_ended(day):
    month = calendar.month_of_day(day)
    first = calendar.first_day_of(month)
    assert first == day.replace(day=1)
    assert calendar.last_day_of(calendar.month_after(month, -1)) == first - timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-09", "2026-08", []),
        ("2026-09", "2026-09", ["2026-09"]),
        ("2026-11", "2027-02", ["2026-11", "2026-12", "2027-01", "2027-02"]),
    ],
)
def test_every_month_from_one_to_another(first, last, expected):
    assert calendar.months(first, last) == expected


@given(DAYS, st.integers(0, 60))
def test_so_many_months_lie_between_two(day, steps):
    month = calendar.month_of_day(day)
    assert len(calendar.months(month, calendar.month_after(month, steps))) == steps + 1


@pytest.mark.parametrize(("month", "spoken"), [("2026-09", "2026年9月"), ("2026-12", "2026年12月")])
def test_a_month_is_spoken_without_a_zero(month, spoken):
    assert calendar.spoken_month(month) == spoken
