"""Days, months and instants as the office says and cuts them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import calendar, houses

MK = houses.find("mk")


@pytest.mark.parametrize(
    ("instant", "day", "spoken"),
    [
        ("2026-09-14T14:59:00+00:00", date(2026, 9, 14), "2026年9月14日(月) 23:59"),
        ("2026-09-14T15:00:00+00:00", date(2026, 9, 15), "2026年9月15日(火) 00:00"),
        ("2026-12-31T15:05:00+00:00", date(2027, 1, 1), "2027年1月1日(金) 00:05"),
        ("2026-09-20T10:05:59+09:00", date(2026, 9, 20), "2026年9月20日(日) 10:05"),
    ],
)
def test_an_instant_belongs_to_its_day_in_japan(instant, day, spoken):
    moment = datetime.fromisoformat(instant)
    assert calendar.day_of(moment) == day
    assert calendar.spoken_time(moment) == spoken


def test_a_date_is_spoken_with_its_weekday_and_no_date_is_not_spoken():
    assert calendar.spoken_day(date(2026, 9, 15)) == "2026年9月15日(火)"
    assert calendar.spoken_day(None) == ""


def test_a_day_begins_at_midnight_in_japan():
    assert calendar.at(date(2026, 9, 1), calendar.MIDNIGHT) == datetime(
        2026, 8, 31, 15, 0, tzinfo=UTC
    )
    assert calendar.at(date(2026, 9, 1), time(9, 30)) == datetime(2026, 9, 1, 0, 30, tzinfo=UTC)


@given(st.integers(2000, 2100), st.integers(1, 12))
def test_a_month_ends_the_day_before_the_next_one(year, month):
    last = calendar.last_day_of(f"{year}-{month:02}")
    assert (last.year, last.month) == (year, month)
    assert (last + timedelta(days=1)).day == 1


def test_the_last_month_that_there_is_has_an_end():
    assert calendar.last_day_of("9999-12") == date(9999, 12, 31)


@pytest.mark.parametrize("day", [date(2026, 9, 15), date(2026, 9, 20)])
def test_no_business_days_on_is_the_day_itself(day):
    assert calendar.add_business_days(day, 0, MK) == day


def test_the_api_gives_instants_with_japans_offset():
    moment = datetime(2026, 9, 14, 15, 0, tzinfo=UTC)
    assert calendar.clock_of(moment) == "2026-09-15T00:00:00+09:00"
    assert calendar.clock_of(None) is None
