"""When each date-bound thing of a contract is due."""

from datetime import UTC, datetime

import pytest

from chalicelib.models.contract_parts import Address, Declared, Person
from chalicelib.rules.contract import dues, life
from chalicelib.rules.contract.lifecycle import APPLIED, PREPARING, TRIAL
from tests.rules.money.contracts import MK, SMILE, contract, day

NIGHT = datetime(2026, 9, 1, 15, 30, tzinfo=UTC)  # half past midnight of 2 September
IN_TRIAL = {"status": TRIAL, "active_from": None, "trial_last_day": "2026-09-15"}


def due(text):
    return day(text) if text else None


@pytest.mark.parametrize(("reminded_on", "expected"), [(None, "2026-08-19"), ("2026-08-19", None)])
def test_an_application_is_reminded_of_once_after_two_days(reminded_on, expected):
    given = contract(SMILE, status=APPLIED, confirmation_reminded_on=reminded_on)
    assert dues.confirmation_reminder(given, SMILE) == due(expected)


def test_an_application_that_nobody_confirmed_is_deleted_after_fourteen_days():
    assert dues.deletion(contract(SMILE, status=APPLIED), SMILE) == day("2026-08-31")


def address(asked_on=None, reminded_on=None, confirmed_at=None):
    return Address(asked_on=due(asked_on), reminded_on=due(reminded_on), confirmed_at=confirmed_at)


def with_addresses(*addresses, **facts):
    people = [Person(name="佐藤", addresses=[each]) for each in addresses]
    return contract(SMILE, people=people, **{"mail_confirmed_at": NIGHT} | facts)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (with_addresses(), None),
        (with_addresses(address()), "2026-09-02"),
        (with_addresses(address(), mail_confirmed_at=None), None),
        (with_addresses(address("2026-09-02")), None),
        (with_addresses(address(confirmed_at=NIGHT)), None),
        (with_addresses(address("2026-09-02"), address()), "2026-09-02"),
    ],
)
def test_each_new_address_gets_a_test_mail_once_the_applicants_own_is_confirmed(given, expected):
    assert dues.test_mails(given, SMILE) == due(expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (with_addresses(), None),
        (with_addresses(address()), None),
        (with_addresses(address("2026-09-02")), "2026-09-05"),
        (with_addresses(address("2026-09-04"), address("2026-09-02")), "2026-09-05"),
        (
            with_addresses(address("2026-09-04"), address("2026-09-02", "2026-09-05")),
            "2026-09-07",
        ),
        (with_addresses(address("2026-09-02", confirmed_at=NIGHT)), None),
    ],
)
def test_an_address_that_does_not_answer_is_asked_once_more_after_three_days(given, expected):
    assert dues.address_reminder(given, SMILE) == due(expected)


@pytest.mark.parametrize(
    ("ready_on", "start_on", "expected"),
    [
        (None, "2026-09-20", None),
        ("2026-09-05", None, "2026-09-05"),
        ("2026-09-05", "2026-09-20", "2026-09-20"),
        ("2026-09-05", "2026-09-02", "2026-09-05"),
    ],
)
def test_a_start_waits_for_the_gates_and_for_its_day(ready_on, start_on, expected):
    given = contract(SMILE, status=PREPARING, ready_on=ready_on, start_on=start_on)
    assert dues.start(given, SMILE) == due(expected)


EVERYTHING = list(life.CHECKS)


@pytest.mark.parametrize(
    ("started_on", "checks", "reminded_on", "expected"),
    [
        ("2026-09-01", [], None, "2026-09-04"),
        ("2026-09-18", EVERYTHING[:2], None, "2026-09-28"),  # 24, 25, 28: 21 to 23 are holidays
        ("2026-09-01", EVERYTHING, None, None),
        ("2026-09-01", [*EVERYTHING, "another"], None, None),
        ("2026-09-01", [], "2026-09-04", None),
    ],
)
def test_an_unfinished_start_check_is_reminded_of_after_three_business_days(
    started_on, checks, reminded_on, expected
):
    given = contract(
        SMILE, started_on=started_on, start_checks=checks, start_check_reminded_on=reminded_on
    )
    assert dues.start_check_reminder(given, SMILE) == due(expected)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "2026-09-12"),
        ({"trial_reminded_on": "2026-09-12"}, None),
        ({"started_on": "2026-09-14"}, "2026-09-14"),
        ({"stop_on": "2026-09-14"}, None),
        ({"terminate_on": "2026-09-15"}, None),
        ({"ends_on": "2026-09-16"}, "2026-09-12"),
    ],
)
def test_a_trials_end_is_told_three_days_before_to_whom_it_concerns(facts, expected):
    given = contract(SMILE, **IN_TRIAL | facts)
    assert dues.trial_reminder(given, SMILE) == due(expected)


def test_a_trial_ends_on_the_day_after_its_last():
    assert dues.trial_end(contract(SMILE, **IN_TRIAL), SMILE) == day("2026-09-16")


@pytest.mark.parametrize(
    ("paid_on", "expected"),
    [(None, None), ("2026-09-14", "2026-09-16"), ("2026-09-20", "2026-09-20")],
)
def test_a_paid_continuation_goes_on_behind_the_trial(paid_on, expected):
    given = contract(MK, **IN_TRIAL, paused_on="2026-09-16", paid_on=paid_on)
    assert dues.resumption(given, MK) == due(expected)


def test_an_unpaid_continuation_lapses_after_fourteen_days():
    # The 16th to the 29th are fourteen days.
    given = contract(MK, **IN_TRIAL, paused_on="2026-09-16")
    assert dues.lapse(given, MK) == day("2026-09-30")


@pytest.mark.parametrize(
    ("field", "rule"),
    [("stop_on", dues.stop), ("ends_on", dues.leave), ("terminate_on", dues.termination)],
)
def test_an_end_is_due_on_the_day_after_the_last(field, rule):
    given = contract(SMILE, **{field: "2026-09-30"})
    assert rule(given, SMILE) == day("2026-10-01")
    assert rule(contract(SMILE), SMILE) is None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, None),
        ({"next_plan": "regular", "next_plan_on": "2026-11-01"}, "2026-11-01"),
        (
            {
                "next_plan": "regular",
                "next_plan_on": "2026-11-01",
                "fixed_plan": "business",
                "fixed_plan_on": "2026-10-01",
            },
            "2026-10-01",
        ),
    ],
)
def test_a_change_of_plan_is_due_on_the_day_from_which_it_counts(facts, expected):
    assert dues.plan_change(contract(SMILE, **facts), SMILE) == due(expected)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "2026-09-11"),
        ({"active_from": "2026-09-16"}, "2026-09-16"),
        ({"closed_through": "2026-09"}, "2026-10-14"),
        ({"active_from": None}, None),
    ],
)
def test_a_close_is_due_behind_the_closing_or_on_the_first_active_day(facts, expected):
    assert dues.close(contract(SMILE, **facts), SMILE) == due(expected)


DECLARED = [Declared(number="0312345678", at=NIGHT, by="client")]


@pytest.mark.parametrize(
    ("house", "facts", "expected"),
    [
        (SMILE, {}, None),
        (SMILE, {"declared": DECLARED}, "2027-09-02"),  # 365 days
        (SMILE, {"declared": DECLARED, "declared_asked_on": "2027-09-02"}, "2028-09-01"),
        (MK, {"declared": DECLARED}, None),
    ],
)
def test_declared_numbers_are_asked_about_once_a_year(house, facts, expected):
    assert dues.declared_question(contract(house, **facts), house) == due(expected)
