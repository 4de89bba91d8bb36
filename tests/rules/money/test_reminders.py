"""On which days an open invoice is reminded of."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.money import reminders
from tests.rules.money.contracts import MK, SMILE, contract, day, open_invoice

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("due_on", "reminded_on", "expected"),
    [
        (None, None, None),
        (None, "2026-10-01", None),
        ("2026-09-30", None, "2026-10-01"),
        ("2026-09-30", "2026-10-01", "2026-10-08"),
        ("2026-09-30", "2026-10-08", "2026-10-15"),
    ],
)
def test_the_first_day_overdue_and_every_seventh_after_it(due_on, reminded_on, expected):
    for house in (MK, SMILE):
        on = reminders.remind_on(open_invoice(due_on, reminded_on), house)
        assert on == (day(expected) if expected else None)


@pytest.mark.parametrize(
    ("open_invoices", "expected"),
    [
        ([], None),
        ([open_invoice(None)], None),
        ([open_invoice("2026-09-30")], "2026-10-01"),
        (
            [open_invoice("2026-10-30"), open_invoice(None), open_invoice("2026-09-30")],
            "2026-10-01",
        ),
        (  # the older one was reminded of: on 22 October again, on the 21st the other
            [open_invoice("2026-09-30", "2026-10-15"), open_invoice("2026-10-20")],
            "2026-10-21",
        ),
    ],
)
def test_the_first_reminder_of_all_open_invoices(open_invoices, expected):
    given_contract = contract(SMILE, open_invoices=open_invoices)
    on = reminders.due(given_contract, SMILE)
    assert on == (day(expected) if expected else None)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-10-01", "2026-10-01"),
        ("2026-10-07", "2026-10-01"),
        ("2026-10-08", "2026-10-08"),
        ("2026-10-14", "2026-10-08"),
        ("2026-10-29", "2026-10-29"),
    ],
)
def test_reminders_of_missed_nights_are_not_made_up(today, expected):
    last = reminders.last_before(open_invoice("2026-09-30"), SMILE, day(today))
    assert last == day(expected)


@given(DAYS, st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(1, 20))
def test_reminders_lie_behind_the_due_date_and_whole_periods_apart(due_on, delays, every):
    billing = SMILE.billing._replace(remind_every_days=every)
    house = SMILE._replace(billing=billing)
    invoice = open_invoice(due_on.isoformat())
    first = due_on + timedelta(days=1)
    for delay in delays:
        today = reminders.remind_on(invoice, house) + timedelta(days=delay)
        last = reminders.last_before(invoice, house, today)
        assert first <= last <= today
        assert (last - first).days % every == 0
        assert today - last < timedelta(days=every)
        invoice.reminded_on = last
