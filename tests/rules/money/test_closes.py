"""Which closing a contract awaits, on which day, and by when its invoice is due."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import calendar
from chalicelib.rules.contract.closing import closing_day
from chalicelib.rules.money import closes
from chalicelib.rules.money.closes import Close
from tests.rules.money.contracts import MK, SMILE, contract, day, ended

HOUSES = st.sampled_from([MK, SMILE])
DAYS = st.dates(date(2026, 1, 1), date(2030, 12, 31))


def close(month, due, dated):
    return Close(month, day(due), day(dated))


@pytest.mark.parametrize(
    ("started_on", "active_from", "closed_through", "expected"),
    [
        # No trial, or one that was over: the day after the closing, dated the closing.
        ("2026-09-01", "2026-09-01", None, close("2026-09", "2026-09-11", "2026-09-10")),
        ("2026-09-01", "2026-09-01", "2026-09", close("2026-10", "2026-10-14", "2026-10-13")),
        ("2026-09-01", "2026-09-01", "2026-11", close("2026-12", "2026-12-11", "2026-12-10")),
        ("2026-09-01", "2026-09-01", "2026-12", close("2027-01", "2027-01-13", "2027-01-12")),
        # In the trial at the closing: on the first active day instead.
        ("2026-08-31", "2026-09-09", None, close("2026-08", "2026-09-09", "2026-09-09")),
        ("2026-08-31", "2026-09-09", "2026-08", close("2026-09", "2026-09-11", "2026-09-10")),
        ("2026-10-20", "2026-10-31", None, close("2026-10", "2026-10-31", "2026-10-31")),
        ("2026-10-20", "2026-10-31", "2026-10", close("2026-11", "2026-11-11", "2026-11-10")),
        # Active on the day of the closing itself, and on the day after it.
        ("2026-09-01", "2026-09-10", None, close("2026-09", "2026-09-11", "2026-09-10")),
        ("2026-09-01", "2026-09-11", None, close("2026-09", "2026-09-11", "2026-09-11")),
        # Paused over a closing: each month that was closed for others, on the first active day.
        ("2026-08-20", "2026-09-12", None, close("2026-08", "2026-09-12", "2026-09-12")),
        ("2026-08-20", "2026-09-12", "2026-08", close("2026-09", "2026-09-12", "2026-09-12")),
        ("2026-08-20", "2026-09-12", "2026-09", close("2026-10", "2026-10-14", "2026-10-13")),
    ],
)
def test_the_next_closing(started_on, active_from, closed_through, expected):
    facts = {
        "started_on": started_on,
        "active_from": active_from,
        "closed_through": closed_through,
    }
    for house in (MK, SMILE):
        assert closes.ahead(contract(house, **facts), house) == expected


@pytest.mark.parametrize(
    "facts",
    [{"active_from": None}, {"started_on": None}, {"active_from": None, "started_on": None}],
)
def test_no_closing_lies_ahead_of_a_contract_that_is_not_paid_for_yet(facts):
    assert closes.ahead(contract(SMILE, **facts), SMILE) is None


@pytest.mark.parametrize(
    ("last", "last_month"),
    [
        # 90 days of objections: 30 September + 90 = 29 December, and the month after it.
        ("2026-09-30", "2027-01"),
        ("2026-10-02", "2027-01"),  # + 90 = 31 December
        ("2026-10-03", "2027-02"),  # + 90 = 1 January
    ],
)
def test_closings_go_on_after_the_end_while_calls_can_be_objected_to(last, last_month):
    assert closes.last_month(ended(SMILE, last), SMILE) == last_month


@pytest.mark.parametrize(
    ("closed_through", "month"), [("2026-11", "2026-12"), ("2026-12", "2027-01"), ("2027-01", None)]
)
def test_an_ended_contract_is_closed_for_the_last_time(closed_through, month):
    ahead = closes.ahead(ended(SMILE, "2026-09-30", closed_through=closed_through), SMILE)
    assert (ahead.month if ahead else None) == month


def test_a_closing_counts_up_to_the_midnight_before_it_and_freezes_the_month_before():
    ahead = close("2027-01", "2027-01-13", "2027-01-12")
    assert ahead.frozen_at == datetime(2027, 1, 12, 15, 0, tzinfo=UTC)
    assert ahead.freezes == "2026-12"


@pytest.mark.parametrize(
    ("today", "month"),
    [
        ("2026-09-10", "2026-08"),  # its own closing is due on the day after
        ("2026-09-11", "2026-09"),
        ("2026-10-13", "2026-09"),
        ("2026-10-14", "2026-10"),
        ("2026-10-31", "2026-10"),
        ("2027-01-01", "2026-12"),
    ],
)
def test_the_last_month_whose_closing_is_due(today, month):
    assert closes.last_closed(SMILE, day(today)) == month


@pytest.mark.parametrize(
    ("given_contract", "months"),
    [
        (contract(SMILE), []),
        (contract(SMILE, closed_through="2026-09"), []),
        (contract(SMILE, closed_through="2026-10"), ["2026-09"]),
        (contract(SMILE, closed_through="2026-12"), ["2026-09", "2026-10", "2026-11"]),
        (
            contract(SMILE, closed_through="2026-10", started_on="2026-08-31"),
            ["2026-08", "2026-09"],
        ),
        (ended(SMILE, "2026-10-15", closed_through="2027-01"), ["2026-09", "2026-10"]),
        (ended(SMILE, "2026-12-31", closed_through="2026-11"), ["2026-09", "2026-10"]),
        (contract(SMILE, started_on=None, closed_through="2026-10"), []),
    ],
)
def test_which_months_were_frozen(given_contract, months):
    assert closes.frozen_months(given_contract) == months


@pytest.mark.parametrize(
    ("house", "month", "through"),
    [
        (SMILE, "2026-09", "2026-10"),
        (SMILE, "2026-12", "2027-01"),
        (MK, "2026-09", "2026-09"),
        (MK, "2026-12", "2026-12"),
    ],
)
def test_smile_bills_a_month_in_advance_and_mk_its_own(house, month, through):
    assert closes.billed_through(house, month) == through


@pytest.mark.parametrize(
    ("house", "issued_on", "due_on"),
    [
        (SMILE, "2026-09-10", "2026-09-30"),
        (SMILE, "2026-12-10", "2026-12-28"),  # the house is closed from the 29th on
        (SMILE, "2026-10-13", "2026-10-30"),  # the 31st is a Saturday
        (SMILE, "2026-10-31", "2026-11-09"),  # 2, 4, 5, 6, 9: the 3rd is a holiday
        (SMILE, "2026-10-23", "2026-10-30"),  # 26, 27, 28, 29, 30: both on one day
        (SMILE, "2026-10-26", "2026-11-02"),  # 27, 28, 29, 30, and Monday
        (MK, "2026-09-10", "2026-09-28"),  # the 27th is a Sunday
        (MK, "2026-10-13", "2026-10-27"),
        (MK, "2027-02-10", "2027-03-01"),  # 27 February is a Saturday
        (MK, "2026-10-20", "2026-10-27"),  # 21, 22, 23, 26, 27
        (MK, "2026-10-21", "2026-10-28"),
        (MK, "2026-12-27", "2027-01-07"),  # 28 December, then 4, 5, 6, 7 January
    ],
)
def test_by_when_an_invoice_is_due(house, issued_on, due_on):
    assert closes.due_on(house, day(issued_on)) == day(due_on)


@given(HOUSES, DAYS)
def test_an_invoice_is_due_on_a_business_day_and_never_within_five_of_its_issue(house, issued_on):
    due_on = closes.due_on(house, issued_on)
    between = [issued_on + timedelta(days=days + 1) for days in range((due_on - issued_on).days)]
    assert calendar.is_business_day(due_on, house)
    assert sum(calendar.is_business_day(each, house) for each in between) >= 5


@given(HOUSES, DAYS, st.integers(0, 60), st.integers(1, 12))
def test_closings_come_month_by_month_each_on_the_later_of_closing_and_first_active_day(
    house, started_on, trial_days, count
):
    active_from = started_on + timedelta(days=trial_days)
    given_contract = contract(house, started_on=started_on, active_from=active_from)
    month = calendar.month_of_day(started_on)
    for _ in range(count):
        ahead = closes.ahead(given_contract, house)
        closing = closing_day(calendar.first_day_of(month), house)
        assert ahead.month == month
        assert ahead.dated == max(closing, active_from)
        assert ahead.due == max(closing + timedelta(days=1), active_from)
        given_contract.closed_through = month
        month = calendar.month_after(month)
