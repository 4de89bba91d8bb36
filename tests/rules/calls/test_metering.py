"""The count of a month."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from chalicelib.rules.calls import metering


def memo(counts=True, handed_over=True):
    later = dict.fromkeys(("told_before", "corrected_by", "counts_now", "why_now"))
    at = datetime(2026, 9, 1, tzinfo=UTC)
    return SimpleNamespace(
        counts=counts, why="業務のお電話", handed_over_at=at if handed_over else None, **later
    )


def test_a_call_counts_once_its_report_was_handed_over():
    assert metering.counted(memo(handed_over=False)) == (False, metering.NOT_YET)
    assert metering.counted(memo()) == (True, "業務のお電話")
    assert metering.counted(memo(counts=False, handed_over=False)) == (False, "業務のお電話")


@pytest.mark.parametrize(
    ("count", "today", "over", "over_yen", "forecast"),
    [
        (0, date(2026, 9, 1), 0, 0, 0),
        (10, date(2026, 9, 15), 0, 0, 20),
        (20, date(2026, 9, 30), 0, 0, 20),
        (23, date(2026, 9, 30), 3, 444, 23),
        (23, date(2026, 10, 5), 3, 444, 23),
        (5, date(2026, 9, 1), 0, 0, 150),
    ],
)
def test_usage_against_the_plan(count, today, over, over_yen, forecast):
    told = metering.usage([memo()] * count + [memo(counts=False)] * 2, 20, 148, "2026-09", today)
    assert told == {
        "taken": count + 2,
        "counted": count,
        "included": 20,
        "over": over,
        "over_yen": over_yen,
        "forecast": forecast,
    }


def test_the_forecast_of_a_first_month_goes_by_days_of_service():
    started = date(2026, 9, 25)
    assert metering.usage([memo()] * 4, 20, 148, "2026-09", started, started)["forecast"] == 24


def test_what_was_decided_last_about_a_call_counts():
    later = memo(counts=True)
    later.counts_now, later.why_now = False, "営業電話"
    assert metering.judged(later) == metering.counted(later) == (False, "営業電話")


def test_of_a_corrected_call_the_last_version_counts():
    wrong, right = memo(), memo(handed_over=False)
    wrong.corrected_by = "mk-right"
    assert metering.counted(wrong) == (False, metering.CORRECTED)
    assert metering.counted(right) == (False, metering.NOT_YET)
    right.told_before = wrong.handed_over_at
    assert metering.counted(right) == (True, "業務のお電話")
    assert metering.usage([wrong, right], 20, 148, "2026-09", date(2026, 9, 30))["counted"] == 1


@pytest.mark.parametrize(
    ("told_before", "handed_over", "counts"),
    [
        (None, 9, True),
        (None, 10, False),  # the moment of the freeze itself is the next month's
        (None, 11, False),
        (9, 11, True),  # reported in time, and told again since
        (11, 9, True),
        (None, None, False),
    ],
)
def test_a_closing_counts_what_was_reported_before_it(told_before, handed_over, counts):
    def at(hour):
        return datetime(2026, 10, 12, hour, tzinfo=UTC) if hour else None

    given = memo()
    given.told_before, given.handed_over_at = at(told_before), at(handed_over)
    why = "業務のお電話" if counts else metering.NOT_YET
    assert metering.counted(given, at(10)) == (counts, why)
