"""What is ahead of a contract, each thing with its date."""

from datetime import date
from types import SimpleNamespace

import pytest

from chalicelib.flows.engine.happenings import ahead, next_due
from chalicelib.models import Contract
from chalicelib.rules import houses
from chalicelib.rules.contract import life, lifecycle

MK, SMILE = houses.find("mk"), houses.find("smile")


def dues(given, house) -> list[tuple[date, str]]:
    """(date, name) of what is ahead."""
    return [(due.on, due.happening.name) for due in ahead(given, house)]


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def contract(status, **facts):
    dates = {name: day(each) for name, each in facts.items()}
    return Contract(status=status, start_checks=list(life.CHECKS), **dates)


TRIAL = {"started_on": "09-01", "trial_last_day": "09-10"}
AHEAD = [
    (
        contract(lifecycle.APPLIED, applied_on="09-01"),
        MK,
        [("09-03", "remind_confirmation"), ("09-15", "delete_unconfirmed")],
    ),
    (
        contract(lifecycle.APPLIED, applied_on="09-01", confirmation_reminded_on="09-03"),
        MK,
        [("09-15", "delete_unconfirmed")],
    ),
    (contract(lifecycle.PREPARING), MK, []),
    (contract(lifecycle.PREPARING, start_on="09-20"), MK, []),
    (contract(lifecycle.PREPARING, ready_on="09-05"), MK, [("09-05", "start")]),
    (contract(lifecycle.PREPARING, ready_on="09-05", start_on="09-20"), MK, [("09-20", "start")]),
    (contract(lifecycle.PREPARING, ready_on="09-05", start_on="09-02"), MK, [("09-05", "start")]),
    (contract(lifecycle.PREPARING, paused_on="09-11", **TRIAL), MK, [("09-25", "lapse_unpaid")]),
    (
        contract(lifecycle.PREPARING, paused_on="09-11", paid_on="09-12", **TRIAL),
        MK,
        [("09-12", "resume_paid"), ("09-25", "lapse_unpaid")],
    ),
    (
        contract(lifecycle.PREPARING, paused_on="09-11", paid_on="09-09", **TRIAL),
        MK,
        [("09-11", "resume_paid"), ("09-25", "lapse_unpaid")],
    ),
    (
        contract(lifecycle.PREPARING, paused_on="09-11", paid_on="09-25", **TRIAL),
        MK,
        [("09-25", "resume_paid"), ("09-25", "lapse_unpaid")],
    ),
    (contract(lifecycle.TRIAL, **TRIAL), MK, [("09-04", "remind_trial"), ("09-11", "end_trial")]),
    (
        contract(lifecycle.TRIAL, started_on="09-07", trial_last_day="09-10"),
        MK,
        [("09-07", "remind_trial"), ("09-11", "end_trial")],
    ),
    (contract(lifecycle.TRIAL, trial_reminded_on="09-04", **TRIAL), MK, [("09-11", "end_trial")]),
    (contract(lifecycle.TRIAL, stop_on="09-08", **TRIAL), MK, [("09-09", "stop")]),
]


@pytest.mark.parametrize(("given", "house", "expected"), AHEAD)
def test_what_is_ahead(given, house, expected):
    assert dues(given, house) == [(day(when), what) for when, what in expected]
    assert next_due(given, house) == (day(expected[0][0]) if expected else None)


def test_of_two_things_on_one_day_the_client_is_not_lost_before_being_reminded():
    given = contract(lifecycle.APPLIED, applied_on="09-01")
    house = SimpleNamespace(application=SimpleNamespace(remind_after_days=3, delete_after_days=3))
    assert [what for _, what in dues(given, house)] == [
        "remind_confirmation",
        "delete_unconfirmed",
    ]


def test_nothing_ahead_is_an_empty_list():
    assert dues(contract(lifecycle.ACTIVE), MK) == dues(contract(lifecycle.ENDED), MK) == []
