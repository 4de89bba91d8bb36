"""A client's weekly windows, and which holidays the computed dates rest on."""

from datetime import UTC, date, datetime, timedelta

import jpholiday
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import calendar

MONDAY_MORNING = {"day": 0, "from": "09:00", "to": "12:00"}
FRIDAY = {"day": 4, "from": "09:30", "to": "18:00"}


@pytest.mark.parametrize(
    ("here", "inside"),
    [
        ("2026-09-14T08:59:59", False),  # a Monday
        ("2026-09-14T09:00:00", True),
        ("2026-09-14T11:59:59", True),
        ("2026-09-14T12:00:00", False),
        ("2026-09-15T10:00:00", False),
        ("2026-09-18T09:29:59", False),
        ("2026-09-18T09:30:00", True),
        ("2026-09-18T17:59:59", True),
        ("2026-09-18T18:00:00", False),
        ("2026-09-20T10:00:00", False),
    ],
)
def test_when_an_instant_lies_in_a_window(here, inside):
    moment = datetime.fromisoformat(f"{here}+09:00")
    assert calendar.is_inside(moment, [MONDAY_MORNING, FRIDAY]) is inside
    assert calendar.is_inside(moment.astimezone(UTC), [FRIDAY, MONDAY_MORNING]) is inside


INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(INSTANTS)
def test_who_has_ordered_no_windows_is_always_inside_and_with_none_left_never(moment):
    assert calendar.is_inside(moment, None) is True
    assert calendar.is_inside(moment, []) is False


@given(INSTANTS, st.integers(-52, 52))
def test_windows_come_back_every_week(moment, weeks):
    windows = [MONDAY_MORNING, FRIDAY]
    assert calendar.is_inside(moment, windows) is calendar.is_inside(
        moment + timedelta(weeks=weeks), windows
    )


@pytest.fixture
def digest_with(monkeypatch):
    """The digest as it would be if these days were holidays too."""
    known = jpholiday.year_holidays

    def digest(*more: date) -> str:
        monkeypatch.setattr(
            jpholiday,
            "year_holidays",
            lambda year: known(year) + [(d, "新しい祝日") for d in more if d.year == year],
        )
        return calendar.holidays_digest.__wrapped__()

    return digest


@pytest.mark.parametrize("day", [date(2025, 1, 6), date(2026, 9, 15), date(2031, 12, 24)])
def test_another_holiday_makes_another_digest(digest_with, day):
    assert digest_with(day) != digest_with()


@pytest.mark.parametrize("day", [date(2024, 12, 24), date(2032, 1, 6)])
def test_years_without_stored_dates_leave_the_digest_alone(digest_with, day):
    assert digest_with(day) == digest_with()


def test_the_digest_is_short_and_the_same_each_time(digest_with):
    assert digest_with() == digest_with() == calendar.holidays_digest()
    assert len(digest_with()) == 16
