"""From which day on a contract is paid for, until when it is served, and at which plan."""

from datetime import date, time

import pytest

from chalicelib.models.contract_parts import Declared, Period
from chalicelib.rules import calendar
from chalicelib.rules.contract import life
from chalicelib.rules.contract.lifecycle import ACTIVE, ENDED, PREPARING, TRIAL
from tests.rules.money.contracts import MK, SMILE, contract, day, plan

TODAY = date(2026, 9, 14)
NOT_STARTED = {"status": PREPARING, "started_on": None, "active_from": None}
IN_TRIAL = {"status": TRIAL, "active_from": None, "trial_last_day": "2026-09-10"}
PAUSED = IN_TRIAL | {"status": PREPARING, "paused_on": "2026-09-11"}


@pytest.mark.parametrize(
    ("house", "facts", "expected"),
    [
        # smile: from the day of the start, which is not known before.
        (SMILE, NOT_STARTED, "2026-09-14"),
        (SMILE, NOT_STARTED | {"start_on": "2026-10-01"}, "2026-10-01"),
        (SMILE, NOT_STARTED | {"start_on": "2026-09-10"}, "2026-09-14"),
        (SMILE, {"started_on": "2026-08-31", "active_from": "2026-09-09"}, "2026-08-31"),
        # mk without a trial: the same.
        (MK, NOT_STARTED | {"wants_trial": False}, "2026-09-14"),
        (MK, {"started_on": "2026-09-03", "wants_trial": False}, "2026-09-03"),
        # mk: from the day after the trial of ten days, the first of which counts.
        (MK, NOT_STARTED, "2026-09-24"),
        (MK, NOT_STARTED | {"start_on": "2026-10-01"}, "2026-10-11"),
        (MK, IN_TRIAL, "2026-09-11"),
        (MK, {"started_on": "2026-08-31", "active_from": "2026-09-20"}, "2026-09-20"),
        # A trial that was paused: from the payment's day, or as things stand from today.
        (MK, PAUSED, "2026-09-14"),
        (MK, PAUSED | {"paid_on": "2026-09-12"}, "2026-09-12"),
        (MK, PAUSED | {"paid_on": "2026-09-09"}, "2026-09-11"),
    ],
)
def test_the_first_day_that_is_paid_for(house, facts, expected):
    assert life.paid_from(contract(house, **facts), house, TODAY) == day(expected)


def test_a_trial_counted_from_the_application_may_be_over_before_the_start():
    first = SMILE.first_payment._replace(when="at_continuation")
    house = SMILE._replace(first_payment=first)
    # Applied for on 17 August, 14 days: until the 31st.
    late = contract(house, **NOT_STARTED, start_on="2026-10-01")
    in_time = contract(house, **NOT_STARTED, applied_on="2026-09-10", start_on="2026-09-20")
    assert life.paid_from(late, house, TODAY) == day("2026-10-01")
    assert life.paid_from(in_time, house, TODAY) == day("2026-09-25")


@pytest.mark.parametrize(
    ("facts", "last"),
    [
        ({}, None),
        ({"ends_on": "2026-09-30"}, "2026-09-30"),
        ({"ends_on": "2026-09-30", "terminate_on": "2026-09-20"}, "2026-09-20"),
        ({"ends_on": "2026-09-30", "terminate_on": "2026-10-20"}, "2026-09-30"),
        ({"stop_on": "2026-09-08", "terminate_on": "2026-09-20"}, "2026-09-08"),
    ],
)
def test_the_earliest_end_counts(facts, last):
    given = contract(SMILE, **facts)
    assert life.last_day(given) == (day(last) if last else None)


def served_until(text):
    moment = calendar.at(day(text), calendar.MIDNIGHT) if text else None
    return Period(since=calendar.at(day("2026-09-01"), calendar.MIDNIGHT), until=moment)


@pytest.mark.parametrize(
    ("status", "ends", "service", "last"),
    [
        (ACTIVE, "2026-09-30", [served_until(None)], "2026-09-30"),
        (ACTIVE, None, [served_until("2026-09-11")], None),
        # At its end a contract was served as long as it was served.
        (ENDED, "2026-09-30", [served_until("2026-10-01")], "2026-09-30"),
        (ENDED, "2026-09-30", [served_until("2026-09-21")], "2026-09-20"),
        (ENDED, None, [served_until("2026-09-05"), served_until("2026-10-01")], "2026-09-30"),
        (ENDED, None, [served_until(None)], None),
        (ENDED, "2026-09-30", [], "2026-09-30"),
    ],
)
def test_the_last_day_of_service(status, ends, service, last):
    given = contract(SMILE, status=status, ends_on=ends, service=service)
    assert life.last_service_day(given) == (day(last) if last else None)


@pytest.mark.parametrize(
    "clock", [time(0, 0, 0, 1), time(10, 0), time(23, 59, 59, 999_999)], ids=str
)
def test_an_end_within_a_day_leaves_that_day_the_last(clock):
    until = calendar.at(day("2026-09-08"), clock)
    given = contract(SMILE, status=ENDED, service=[Period(since=until, until=until)])
    assert life.last_service_day(given) == day("2026-09-08")


WISHES = {
    "fixed_plan": "regular",
    "fixed_plan_on": "2026-10-01",
    "next_plan": "business",
    "next_plan_on": "2026-11-01",
}


@pytest.mark.parametrize(
    ("on", "key"),
    [
        ("2026-09-05", "business"),
        ("2026-09-06", "light"),
        ("2026-09-30", "light"),
        ("2026-10-01", "regular"),
        ("2026-10-31", "regular"),
        ("2026-11-01", "business"),
        ("2027-05-01", "business"),
    ],
)
def test_a_wish_that_a_closing_has_fixed_comes_before_the_one_behind_it(on, key):
    given = contract(SMILE, plans=[plan("2026-09-06", "business", "light")], **WISHES)
    assert life.plan_on(given, day(on)) == key


@pytest.mark.parametrize(
    ("facts", "until"),
    [
        ({}, "2026-09-24"),  # fourteen days, the 11th among them
        ({"ends_on": "2026-09-20"}, "2026-09-20"),
        ({"ends_on": "2026-09-30"}, "2026-09-24"),
    ],
)
def test_an_unpaid_continuation_is_kept_for_fourteen_days(facts, until):
    assert life.kept_until(contract(MK, **PAUSED, **facts), MK) == day(until)


@pytest.mark.parametrize(
    ("asked_on", "expected"),
    [(None, "2026-03-02"), ("2027-03-02", "2027-03-02"), ("2026-02-01", "2026-03-02")],
)
def test_declared_numbers_are_asked_about_from_the_first_declaration_on(asked_on, expected):
    midnights = [calendar.at(day(on), calendar.MIDNIGHT) for on in ("2026-05-01", "2026-03-02")]
    declared = [Declared(number="0312345678", at=at, by="client") for at in midnights]
    given = contract(SMILE, declared=declared, declared_asked_on=asked_on)
    assert life.declared_asked(given) == day(expected)
