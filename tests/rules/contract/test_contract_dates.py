"""What a contract's facts say of a day: its start, its end, its plan, whom it pays extra for."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import houses
from chalicelib.rules.contract import life
from chalicelib.rules.contract.lifecycle import ACTIVE, APPLIED, ENDED, PREPARING, TRIAL

MK, SMILE = houses.find("mk"), houses.find("smile")
TODAY = date(2026, 9, 14)  # past the closing of the 10th


def of(status=ACTIVE, **facts):
    blank = dict.fromkeys(("active_from", "trial_last_day", "ends_on", "start_on", "paused_on"))
    blank |= {"status": status, "applied_on": date(2026, 9, 1), "plan_wishes": list}
    return SimpleNamespace(**blank | facts)


@pytest.mark.parametrize(
    ("house", "given", "target"),
    [
        (SMILE, of(APPLIED), date(2026, 9, 4)),
        (SMILE, of(PREPARING), date(2026, 9, 4)),
        (SMILE, of(APPLIED, applied_on=date(2026, 9, 18)), date(2026, 9, 28)),
        (SMILE, of(APPLIED, start_on=date(2026, 9, 20)), None),
        (SMILE, of(PREPARING, paused_on=date(2026, 9, 11)), None),
        (SMILE, of(TRIAL), None),
        (SMILE, of(ACTIVE), None),
        (SMILE, of(ENDED), None),
        (MK, of(APPLIED), None),
    ],
)
def test_by_which_day_a_service_should_run(house, given, target):
    assert life.target_on(given, house) == target


@pytest.mark.parametrize(
    ("status", "paused_on", "waits"),
    [
        (APPLIED, None, True),
        (PREPARING, None, True),
        (PREPARING, date(2026, 9, 11), False),
        (TRIAL, None, False),
        (ACTIVE, None, False),
        (ENDED, None, False),
    ],
)
def test_only_a_service_before_its_first_start_waits_for_gates(status, paused_on, waits):
    given = of(
        status,
        paused_on=paused_on,
        matches=[],
        wants_trial=True,
        mail_confirmed_at=None,
        people=[],
        passed_gates=set,
    )
    assert bool(life.missing_to_start(given, MK)) is waits


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        (
            of(ACTIVE, active_from=date(2026, 9, 16), trial_last_day=date(2026, 9, 20)),
            date(2026, 9, 16),
        ),
        (of(TRIAL, trial_last_day=date(2026, 9, 20)), date(2026, 9, 21)),
        (of(PREPARING), TODAY),
    ],
)
def test_the_paid_contract_begins_after_the_trial(given, begins):
    assert life.contract_from(given, TODAY) == begins


@pytest.mark.parametrize(
    ("house", "given", "ends_on"),
    [
        (SMILE, of(ACTIVE, active_from=date(2026, 1, 1)), date(2026, 10, 31)),
        (MK, of(ACTIVE, active_from=date(2026, 1, 1)), date(2026, 9, 30)),
        (MK, of(TRIAL, trial_last_day=date(2026, 9, 30)), date(2026, 10, 31)),
        (
            SMILE,
            of(ACTIVE, active_from=date(2026, 1, 1), ends_on=date(2026, 9, 30)),
            date(2026, 9, 30),
        ),
    ],
)
def test_the_first_notice_sets_the_day_and_else_the_houses_rule(house, given, ends_on):
    assert life.ends_if_noticed(given, house, TODAY) == ends_on


@pytest.mark.parametrize(
    ("house", "status", "counts_from"),
    [
        (SMILE, PREPARING, TODAY),
        (SMILE, TRIAL, TODAY),
        (SMILE, ACTIVE, date(2026, 11, 1)),
        (MK, PREPARING, TODAY),
        (MK, TRIAL, date(2026, 10, 1)),
        (MK, ACTIVE, date(2026, 10, 1)),
    ],
)
def test_a_plan_counts_at_once_before_the_start_and_in_smiles_trial(house, status, counts_from):
    assert life.plan_counts_from(of(status), house, TODAY) == counts_from


def change(on: date, was: str, becomes: str):
    return SimpleNamespace(on=on, was=was, becomes=becomes)


CHANGES = [
    change(date(2026, 3, 1), "a", "b"),
    change(date(2026, 6, 1), "b", "c"),
    change(date(2026, 6, 1), "c", "d"),
]


@pytest.mark.parametrize(
    ("day", "plan"),
    [
        (date(2026, 2, 28), "a"),
        (date(2026, 3, 1), "b"),
        (date(2026, 5, 31), "b"),
        (date(2026, 6, 1), "d"),
        (date(2027, 1, 1), "d"),
    ],
)
def test_which_plan_was_in_force_on_a_day(day, plan):
    assert life.plan_on(of(plan="d", plans=CHANGES), day) == plan
    assert life.plan_on(of(plan="d", plans=[]), day) == "d"


ON = date(2027, 9, 1)


@pytest.mark.parametrize(
    ("house", "days_before", "was", "becomes", "flagged"),
    [
        (MK, 1, "small", "half", True),
        (MK, 366, "small", "half", True),  # a year that may have been a leap year
        (MK, 367, "small", "half", False),
        (MK, 1, "half", "small", False),
        (MK, 1, "standard", "half", False),
        (MK, 1, "small", "standard", False),
        (SMILE, 1, "small", "half", False),
    ],
)
def test_going_back_to_small_within_a_year_is_flagged_at_mk(
    house, days_before, was, becomes, flagged
):
    earlier = change(ON - timedelta(days=days_before), was, becomes)
    other = change(ON - timedelta(days=2), "standard", "small")
    for plans in ([earlier], [earlier, other], [other, earlier]):
        assert life.undoes_earlier(of(plan="half", plans=plans), house, "small", ON) is flagged
    assert life.undoes_earlier(of(plan="half", plans=[]), house, "small", ON) is False


def person(*confirmed: bool):
    return SimpleNamespace(
        addresses=[SimpleNamespace(confirmed_at="then" if each else None) for each in confirmed]
    )


ROSTER = st.lists(st.lists(st.booleans(), max_size=2), max_size=8)


@pytest.mark.parametrize(
    ("people", "extra"),
    [
        ([], 0),
        ([person(True)] * 3, 0),
        ([person(True)] * 4, 1),
        ([person(True, False)] * 5, 2),  # one address of the two is enough
        ([person(True, True)] * 3 + [person(False, False), person()], 0),
    ],
)
def test_people_who_receive_reports_beyond_three_are_charged_at_mk(people, extra):
    assert life.extra_people(of(people=people), MK) == extra
    assert life.extra_people(of(people=people), SMILE) == 0


@given(ROSTER)
def test_who_receives_nothing_is_never_charged(roster):
    receiving = [each for each in roster if any(each)]
    given = of(people=[person(*each) for each in roster])
    assert life.extra_people(given, MK) == life.extra_people(
        of(people=[person(*each) for each in receiving]), MK
    )
