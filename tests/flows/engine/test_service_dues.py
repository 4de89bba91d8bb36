"""What is ahead of a service: its end, another plan, the start check, open addresses."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.flows.engine.happenings import next_due
from chalicelib.models import Contract
from chalicelib.rules import houses
from chalicelib.rules.contract import life, lifecycle
from tests.flows.engine.test_contract_dues import TRIAL, day, dues

MK, SMILE = houses.find("mk"), houses.find("smile")


def address(asked_on=None, reminded_on=None, confirmed=False):
    return SimpleNamespace(
        asked_on=asked_on and day(asked_on),
        reminded_on=reminded_on and day(reminded_on),
        confirmed_at="then" if confirmed else None,
    )


def contract(status=lifecycle.ACTIVE, addresses=(), start_checks=tuple(life.CHECKS), **dates):
    people = [SimpleNamespace(addresses=[each]) for each in addresses]
    dates = {"started_on": "09-01"} | dates
    given = Contract(status=status, start_checks=list(start_checks))
    given.attribute_values["people"] = people
    for name, each in dates.items():
        setattr(given, name, day(each))
    return given


def ahead(given, house=MK):
    return [(f"{when:%m-%d}", what) for when, what in dues(given, house)]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"ends_on": "09-30"}, [("10-01", "leave")]),
        ({"terminate_on": "09-20"}, [("09-21", "terminate")]),
        ({"ends_on": "09-30", "terminate_on": "09-20"}, [("09-21", "terminate")]),
        ({"ends_on": "09-30", "terminate_on": "10-20"}, [("10-01", "leave")]),
        ({"ends_on": "09-30", "terminate_on": "09-30"}, [("10-01", "terminate")]),
        ({"next_plan_on": "10-01"}, [("10-01", "change_plan")]),
        (
            {"next_plan_on": "10-01", "ends_on": "10-31"},
            [("10-01", "change_plan"), ("11-01", "leave")],
        ),
        (
            {"next_plan_on": "10-01", "ends_on": "09-30"},
            [("10-01", "leave")],
        ),  # no plan changes with the end
        ({"next_plan_on": "11-01", "ends_on": "09-30"}, [("10-01", "leave")]),
    ],
)
def test_a_contract_goes_on_up_to_its_end(dates, expected):
    assert ahead(contract(**dates)) == expected


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (
            {"stop_on": "09-08", "terminate_on": "09-08"},
            [("09-04", "remind_addresses"), ("09-09", "terminate")],
        ),
        (
            {"stop_on": "09-08", "ends_on": "09-08"},
            [("09-04", "remind_addresses"), ("09-09", "stop")],
        ),
        ({"stop_on": "09-03"}, [("09-04", "stop")]),
        ({"terminate_on": "09-03"}, [("09-04", "terminate")]),
        ({"next_plan_on": "09-04", "stop_on": "09-03"}, [("09-04", "stop")]),
        (
            {"stop_on": "09-10"},
            [("09-04", "remind_addresses"), ("09-11", "stop")],
        ),  # stopped on the trial's last day
        (
            {"terminate_on": "09-10", "trial_reminded_on": "09-04"},
            [("09-04", "remind_addresses"), ("09-11", "terminate")],
        ),
    ],
)
def test_what_ends_a_trial_goes_before_what_else_falls_on_its_day(dates, expected):
    assert ahead(contract(lifecycle.TRIAL, [address("09-01")], **TRIAL | dates)) == expected


@pytest.mark.parametrize(
    ("ends", "what"), [("ends_on", "lapse_unpaid"), ("terminate_on", "terminate")]
)
def test_nobody_is_reminded_of_an_address_on_the_day_a_paused_contract_ends(ends, what):
    given = contract(
        lifecycle.PREPARING, [address("09-10")], paused_on="09-11", **TRIAL | {ends: "09-12"}
    )
    assert ahead(given) == [("09-13", what)]


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ([address()], [("08-20", "test_addresses")]),
        (
            [address("09-01"), address()],
            [("08-20", "test_addresses"), ("09-04", "remind_addresses")],
        ),
        ([address("09-01")], [("09-04", "remind_addresses")]),
        ([address(confirmed=True)], []),
        ([], []),
    ],
)
def test_a_new_address_is_tested_as_soon_as_the_applicant_is_known(addresses, expected):
    given = contract(lifecycle.ACTIVE, addresses)
    given.mail_confirmed_at = datetime(2026, 8, 20, 3, tzinfo=UTC)
    assert ahead(given) == expected


@pytest.mark.parametrize(
    ("ends", "kept"), [(None, "09-24"), ("09-30", "09-24"), ("09-20", "09-20")]
)
def test_an_unpaid_continuation_is_kept_until_its_days_or_its_notice_are_over(ends, kept):
    given = contract(
        lifecycle.PREPARING, paused_on="09-11", **TRIAL | ({"ends_on": ends} if ends else {})
    )
    assert life.kept_until(given, MK) == day(kept)


@pytest.mark.parametrize(
    ("dates", "last"),
    [
        ({}, None),
        ({"ends_on": "09-30"}, "09-30"),
        ({"ends_on": "09-30", "terminate_on": "09-12"}, "09-12"),
        ({"stop_on": "09-05", "ends_on": "09-30", "terminate_on": "09-12"}, "09-05"),
    ],
)
def test_the_last_day_is_the_earliest_that_anybody_has_set(dates, last):
    assert life.last_day(contract(lifecycle.TRIAL, **TRIAL | dates)) == (
        day(last) if last else None
    )


@pytest.mark.parametrize(
    ("checks", "dates", "expected"),
    [
        ((), {}, [("09-04", "remind_start_check")]),
        (("call", "report"), {}, [("09-04", "remind_start_check")]),
        (tuple(life.CHECKS), {}, []),
        ((), {"start_check_reminded_on": "09-04"}, []),
        (
            (),
            {"started_on": "09-18"},
            [("09-28", "remind_start_check")],
        ),  # a weekend and three holidays between
    ],
)
def test_one_reminder_of_the_start_check_after_three_business_days(checks, dates, expected):
    assert ahead(contract(start_checks=checks, **dates)) == expected


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ([], []),
        ([address("09-01")], ["09-04"]),
        ([address("09-05"), address("09-01")], ["09-04"]),
        ([address("09-05"), address("09-01", reminded_on="09-04")], ["09-08"]),
        ([address("09-05"), address("09-01", confirmed=True)], ["09-08"]),
        ([address("09-01", reminded_on="09-04")], []),
        ([address()], []),  # no test mail has gone out
        ([address("09-01", confirmed=True)], []),
    ],
)
@pytest.mark.parametrize("status", [lifecycle.PREPARING, lifecycle.ACTIVE])
def test_one_reminder_of_an_address_after_the_houses_days(status, addresses, expected):
    assert ahead(contract(status, addresses)) == [(each, "remind_addresses") for each in expected]


def declared(day_of_month):
    return SimpleNamespace(at=datetime(2026, 9, day_of_month, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    ("numbers", "dates", "expected"),
    [
        ([], {}, None),
        ([declared(1)], {}, date(2027, 9, 1)),
        ([declared(8), declared(1)], {}, date(2027, 9, 1)),
        ([declared(1)], {"declared_asked_on": "10-01"}, date(2027, 10, 1)),
        ([declared(1)], {"declared_asked_on": "08-01"}, date(2027, 9, 1)),  # of other numbers
    ],
)
def test_a_client_is_asked_once_a_year_whether_numbers_still_are_sales(numbers, dates, expected):
    given = contract(**dates)
    given.declared = numbers
    assert dues(given, SMILE) == ([(expected, "ask_declared")] if expected else [])
    assert dues(given, MK) == []  # which keeps no such numbers


DATES = st.dates(date(2026, 8, 1), date(2026, 12, 31)) | st.none()


@given(
    st.sampled_from([MK, SMILE]),
    st.sampled_from([lifecycle.PREPARING, lifecycle.TRIAL, lifecycle.ACTIVE]),
    st.fixed_dictionaries(
        dict.fromkeys(
            (
                "ready_on",
                "start_on",
                "paid_on",
                "stop_on",
                "ends_on",
                "terminate_on",
                "next_plan_on",
            ),
            DATES,
        )
    ),
    st.lists(st.tuples(DATES, DATES), max_size=3),
    st.booleans(),
)
def test_dues_are_in_order_and_nothing_lies_behind_an_end(house, status, dates, asked, paused):
    given = contract(status, [address() for _ in asked], start_checks=(), **TRIAL)
    for each, (asked_on, reminded_on) in zip(
        (person.addresses[0] for person in given.people), asked, strict=True
    ):
        each.asked_on, each.reminded_on = asked_on, reminded_on
    for name, value in dates.items():
        setattr(given, name, value)
    given.paused_on = (
        day("09-11") if paused and status == lifecycle.PREPARING and house is MK else None
    )
    found = dues(given, house)
    assert [when for when, _ in found] == sorted(when for when, _ in found)
    assert not [what for _, what in found[:-1] if what in ("stop", "leave", "terminate")]
    assert next_due(given, house) == (found[0][0] if found else None)
    last_days = (
        [given.stop_on, given.ends_on, given.terminate_on] if status != lifecycle.PREPARING else []
    )
    if given.paused_on:
        last_days = [given.terminate_on, life.kept_until(given, house)]
    if known := [each for each in last_days if each]:
        assert found[-1][0] == min(known) + timedelta(days=1)
