"""The forecast of a month at its edges."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.calls import metering
from tests.rules.calls.test_metering import memo


@pytest.mark.parametrize(
    ("month", "today", "since", "forecast"),
    [
        (
            "2026-09",
            date(2026, 9, 20),
            date(2026, 9, 25),
            12,
        ),  # looked at before the service began: as on its first day
        (
            "2026-09",
            date(2026, 10, 5),
            date(2026, 10, 5),
            2,
        ),  # a month before the service: nothing is extrapolated
        (
            "2026-09",
            date(2026, 9, 15),
            date(2026, 8, 3),
            4,
        ),  # in service from before: the whole month
    ],
)
def test_the_forecast_goes_by_the_days_of_service_within_the_month(month, today, since, forecast):
    assert metering.usage([memo()] * 2, 20, 148, month, today, since)["forecast"] == forecast


@given(
    st.integers(0, 60),
    st.dates(date(2026, 9, 1), date(2026, 9, 30)),
    st.dates(date(2026, 8, 1), date(2026, 10, 31)) | st.none(),
)
def test_a_forecast_is_never_below_what_was_counted(count, today, since):
    told = metering.usage([memo()] * count, 20, 148, "2026-09", today, since)
    assert told["forecast"] >= told["counted"] == count
