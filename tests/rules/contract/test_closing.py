"""Closing days, from when a plan counts, and on which day a contract ends (houses.md 5 and 6)."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import calendar, houses
from chalicelib.rules.contract import closing

MK, SMILE = houses.find("mk"), houses.find("smile")
HOUSES = st.sampled_from([MK, SMILE])
DAYS = st.dates(date(2000, 1, 1), date(2035, 12, 31))
LONG_AGO = date(1999, 1, 1)  # the first day of a contract whose trial is long over
A_DAY = timedelta(days=1)


def first_of(day: date, months_later: int) -> date:
    for _ in range(months_later):
        day = day.replace(day=monthrange(day.year, day.month)[1]) + A_DAY
    return day.replace(day=1)


@pytest.mark.parametrize(
    ("month", "closes"),
    [
        ("2026-05", 11),  # a Sunday
        ("2026-09", 10),
        ("2026-10", 13),  # a Saturday, and Monday is a holiday
        ("2027-01", 12),  # a Sunday, and Monday is a holiday
        ("2027-07", 12),  # a Saturday
        ("2016-01", 12),
    ],
)
def test_the_tenth_or_the_next_business_day_closes_a_month(month, closes):
    for house in (MK, SMILE):
        assert closing.closing_day(date.fromisoformat(f"{month}-01"), house) == date.fromisoformat(
            f"{month}-{closes}"
        )


def test_every_month_is_closed_within_itself_on_the_first_business_day_from_the_houses_day():
    for year in range(2000, 2036):
        for month in range(1, 13):
            tenth = date(year, month, 10)
            closes = closing.closing_day(tenth, SMILE)
            assert tenth <= closes
            assert (closes.year, closes.month) == (year, month)
            assert calendar.is_business_day(closes, SMILE)
            between = [tenth + A_DAY * days for days in range((closes - tenth).days)]
            assert not any(calendar.is_business_day(day, SMILE) for day in between)


@given(DAYS)
def test_a_month_has_one_closing_day(day):
    assert closing.closing_day(day, SMILE) == closing.closing_day(first_of(day, 0), SMILE)


@pytest.mark.parametrize(
    ("house", "notice_on", "ends_on"),
    [
        (SMILE, "2026-05-01", "2026-05-31"),
        (SMILE, "2026-05-11", "2026-05-31"),
        (SMILE, "2026-05-12", "2026-06-30"),
        (SMILE, "2026-05-31", "2026-06-30"),
        (SMILE, "2026-12-10", "2026-12-31"),
        (SMILE, "2026-12-11", "2027-01-31"),
        (SMILE, "2027-11-30", "2027-12-31"),
        (SMILE, "2028-01-12", "2028-02-29"),
        (MK, "2026-05-01", "2026-05-31"),
        (MK, "2026-05-12", "2026-05-31"),
        (MK, "2026-12-31", "2026-12-31"),
    ],
)
def test_on_which_day_a_notice_ends_a_contract(house, notice_on, ends_on):
    assert closing.ends_on(house, date.fromisoformat(notice_on), LONG_AGO) == date.fromisoformat(
        ends_on
    )


@pytest.mark.parametrize(
    ("house", "notice_on", "contract_from", "ends_on"),
    [
        (SMILE, "2026-09-05", "2026-09-16", "2026-09-30"),
        (SMILE, "2026-08-25", "2026-09-03", "2026-09-30"),
        (
            SMILE,
            "2026-08-05",
            "2026-09-01",
            "2026-09-30",
        ),  # by the rule August, in which no contract has begun
        (SMILE, "2026-08-05", "2026-08-31", "2026-08-31"),
        (SMILE, "2026-12-25", "2027-01-02", "2027-01-31"),
        (MK, "2026-08-30", "2026-09-04", "2026-09-30"),
        (MK, "2026-08-10", "2026-08-13", "2026-08-31"),
    ],
)
def test_a_notice_in_the_trial_lets_the_contract_have_its_first_month(
    house, notice_on, contract_from, ends_on
):
    found = closing.ends_on(house, date.fromisoformat(notice_on), date.fromisoformat(contract_from))
    assert found == date.fromisoformat(ends_on)


@given(HOUSES, DAYS, DAYS, st.integers(-400, 40))
def test_a_later_notice_never_ends_a_contract_earlier(house, one, other, trial_ahead):
    first, second = sorted((one, other))
    begins = first + A_DAY * trial_ahead
    assert closing.ends_on(house, first, begins) <= closing.ends_on(house, second, begins)


@given(HOUSES, DAYS, st.integers(-400, 40))
def test_a_contract_ends_with_a_month_neither_before_its_notice_nor_before_it_begins(
    house, notice_on, trial_ahead
):
    begins = notice_on + A_DAY * trial_ahead
    ends_on = closing.ends_on(house, notice_on, begins)
    assert (ends_on + A_DAY).day == 1
    assert ends_on >= max(notice_on, begins)
    assert ends_on < first_of(max(notice_on, begins), 2)


@given(DAYS)
def test_only_a_notice_after_the_closing_day_costs_a_month_more(notice_on):
    late = notice_on > closing.closing_day(notice_on, SMILE)
    assert (
        closing.ends_on(SMILE, notice_on, LONG_AGO) == first_of(notice_on, 2 if late else 1) - A_DAY
    )
    assert closing.ends_on(MK, notice_on, LONG_AGO) == first_of(notice_on, 1) - A_DAY


@pytest.mark.parametrize(
    ("house", "asked_on", "counts_from"),
    [
        (SMILE, "2026-05-11", "2026-06-01"),
        (SMILE, "2026-05-12", "2026-07-01"),
        (SMILE, "2026-10-13", "2026-11-01"),
        (SMILE, "2026-10-14", "2026-12-01"),
        (SMILE, "2026-11-11", "2027-01-01"),
        (SMILE, "2026-12-10", "2027-01-01"),
        (SMILE, "2026-12-11", "2027-02-01"),
        (MK, "2026-05-12", "2026-06-01"),
        (MK, "2026-12-31", "2027-01-01"),
    ],
)
def test_from_when_a_plan_counts(house, asked_on, counts_from):
    assert closing.plan_changes_on(house, date.fromisoformat(asked_on)) == date.fromisoformat(
        counts_from
    )


@given(HOUSES, DAYS)
def test_a_plan_counts_from_a_first_of_a_month_still_ahead(house, asked_on):
    counts_from = closing.plan_changes_on(house, asked_on)
    assert counts_from.day == 1
    assert asked_on < counts_from <= first_of(asked_on, 2 if house is SMILE else 1)


@given(HOUSES, DAYS, DAYS)
def test_a_plan_asked_for_later_never_counts_earlier(house, one, other):
    first, second = sorted((one, other))
    assert closing.plan_changes_on(house, first) <= closing.plan_changes_on(house, second)


@given(HOUSES, DAYS)
def test_a_plan_would_begin_as_a_contract_would_have_ended(house, day):
    assert closing.plan_changes_on(house, day) == closing.ends_on(house, day, LONG_AGO) + A_DAY


@pytest.mark.parametrize(
    ("house", "counts_from", "until"),
    [
        (SMILE, "2026-10-01", "2026-09-10"),
        (SMILE, "2026-11-01", "2026-10-13"),
        (SMILE, "2027-01-01", "2026-12-10"),
        (MK, "2026-10-01", "2026-09-30"),
        (MK, "2027-01-01", "2026-12-31"),
    ],
)
def test_until_when_a_plan_that_was_asked_for_can_be_withdrawn(house, counts_from, until):
    last = closing.plan_withdrawn_until(house, date.fromisoformat(counts_from))
    assert last == date.fromisoformat(until)


@given(DAYS)
def test_smile_fixes_a_plan_on_the_last_day_on_which_it_can_be_asked_for(asked_on):
    counts_from = closing.plan_changes_on(SMILE, asked_on)
    until = closing.plan_withdrawn_until(SMILE, counts_from)
    assert asked_on <= until
    assert closing.plan_changes_on(SMILE, until) == counts_from
    assert closing.plan_changes_on(SMILE, until + A_DAY) > counts_from
