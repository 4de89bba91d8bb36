"""Dates: business days, trial ends, reminders, months."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import calendar, houses
from chalicelib.rules.contract import trial

MK, SMILE = houses.find("mk"), houses.find("smile")
DAYS = st.dates(date(2005, 1, 1), date(2035, 12, 31))
INSTANTS = st.datetimes(datetime(2005, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("house", "applied", "started", "last", "reminded"),
    [
        (SMILE, date(2026, 9, 1), None, date(2026, 9, 15), date(2026, 9, 12)),
        (SMILE, date(2026, 12, 25), None, date(2027, 1, 8), date(2027, 1, 5)),
        (MK, date(2026, 7, 20), date(2026, 8, 3), date(2026, 8, 12), date(2026, 8, 5)),
        (MK, date(2026, 12, 20), date(2026, 12, 25), date(2027, 1, 3), date(2026, 12, 23)),
    ],
)
def test_trials_end_and_are_reminded(house, applied, started, last, reminded):
    assert trial.last_day(house, applied, started) == last
    assert trial.remind_on(house, last) == reminded


def test_mk_cannot_know_the_last_day_before_the_start():
    assert trial.last_day(MK, date(2026, 9, 1), None) is None


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        ("2026-09-01T00:00:00+00:00", True),  # 09:00 JST
        ("2026-08-31T23:59:59+00:00", False),
        ("2026-09-01T08:59:59+00:00", True),
        ("2026-09-01T09:00:00+00:00", False),  # 18:00 JST
        ("2026-09-05T03:00:00+00:00", False),  # Saturday
        ("2026-09-21T03:00:00+00:00", False),  # Respect for the Aged Day
        ("2026-12-29T03:00:00+00:00", False),
    ],
)
def test_opening_hours(day, open_):
    assert calendar.is_open(datetime.fromisoformat(day), MK) is open_


def test_the_last_business_day_of_2026():
    assert calendar.add_business_days(date(2027, 1, 1), -1, MK) == date(2026, 12, 28)


def test_holidays_agree_with_a_second_source_for_every_day():
    second = holidays.Japan(years=range(2000, 2036))
    no_closure = SimpleNamespace(hours=SimpleNamespace(closed=[]))
    for ordinal in range(date(2000, 1, 1).toordinal(), date(2036, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        assert calendar.is_business_day(day, no_closure) == (
            day.weekday() < 5 and day not in second
        ), day


@given(INSTANTS)
def test_every_instant_lies_in_exactly_one_month(moment):
    month = calendar.month_of(moment)
    first = calendar.at(date.fromisoformat(f"{month}-01"), calendar.MIDNIGHT)
    after = calendar.at(calendar.last_day_of(month) + timedelta(days=1), calendar.MIDNIGHT)
    assert first <= moment < after


@given(DAYS, st.integers(1, 30))
def test_business_days_there_and_back(day, count):
    there = calendar.add_business_days(day, count, MK)
    assert there > day
    assert calendar.is_business_day(there, MK)
    back = calendar.add_business_days(there, -count, MK)
    assert back <= day if not calendar.is_business_day(day, MK) else back == day


@given(DAYS, DAYS)
def test_a_later_application_never_has_an_earlier_end(one, other):
    first, second = sorted((one, other))
    for house in (MK, SMILE):
        assert trial.last_day(house, first, first) <= trial.last_day(house, second, second)
