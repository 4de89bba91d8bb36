"""What is ahead of a contract, what becomes of its trial, and when it is served."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from chalicelib.rules import houses
from chalicelib.rules.contract import life, lifecycle

MK, SMILE = houses.find("mk"), houses.find("smile")
BLANK = dict.fromkeys(
    (
        "confirmation_reminded_on",
        "paused_on",
        "paid_on",
        "ready_on",
        "start_on",
        "stop_on",
        "trial_reminded_on",
        "continuation_asked_on",
        "mail_confirmed_at",
        "ends_on",
        "terminate_on",
        "next_plan_on",
        "declared_asked_on",
        "start_check_reminded_on",
    )
) | {"people": [], "declared": [], "start_checks": list(life.CHECKS)}


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def contract(status, **facts):
    return SimpleNamespace(
        status=status, **BLANK | {name: day(each) for name, each in facts.items()}
    )


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


@pytest.mark.parametrize(("given", "house", "ahead"), AHEAD)
def test_what_is_ahead(given, house, ahead):
    assert life.dues(given, house) == [(day(when), what) for when, what in ahead]
    assert life.next_due(given, house) == (day(ahead[0][0]) if ahead else None)


def test_of_two_things_on_one_day_the_client_is_not_lost_before_being_reminded():
    given = contract(lifecycle.APPLIED, applied_on="09-01")
    house = SimpleNamespace(application=SimpleNamespace(remind_after_days=3, delete_after_days=3))
    assert [what for _, what in life.dues(given, house)] == [
        "remind_confirmation",
        "delete_unconfirmed",
    ]


def test_nothing_ahead_is_an_empty_list():
    assert (
        life.dues(contract(lifecycle.ACTIVE), MK) == life.dues(contract(lifecycle.ENDED), MK) == []
    )


@pytest.mark.parametrize(
    ("house", "facts", "outcome"),
    [
        (SMILE, {}, "continues"),
        (MK, {}, "lapses"),
        (MK, {"paid_on": "09-09"}, "lapses"),
        (MK, {"continuation_asked_on": "09-09"}, "waits_for_payment"),
        (MK, {"continuation_asked_on": "09-09", "paid_on": "09-10"}, "continues"),
        (MK, {"continuation_asked_on": "09-09", "paid_on": "09-11"}, "waits_for_payment"),
    ],
)
def test_what_becomes_of_a_trial(house, facts, outcome):
    assert life.trial_outcome(contract(lifecycle.TRIAL, **TRIAL, **facts), house) == outcome


NINE, TEN = datetime(2026, 9, 1, 9, tzinfo=UTC), datetime(2026, 9, 1, 10, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("periods", "moment", "served"),
    [
        ([(NINE, TEN)], NINE, True),
        ([(NINE, TEN)], NINE - timedelta(minutes=2), True),  # an operator's clock may be ahead
        ([(NINE, TEN)], NINE - timedelta(minutes=2) - INSTANT, False),
        ([(NINE, TEN)], TEN - INSTANT, True),
        ([(NINE, TEN)], TEN, False),
        ([(NINE, None)], TEN + timedelta(days=999), True),
        ([(NINE, TEN), (TEN + timedelta(hours=1), None)], TEN + timedelta(minutes=30), False),
        ([(NINE, TEN), (TEN + timedelta(hours=1), None)], TEN + timedelta(hours=2), True),
        ([], NINE, False),
    ],
)
def test_when_a_contract_is_served(periods, moment, served):
    given = SimpleNamespace(
        service=[SimpleNamespace(since=since, until=until) for since, until in periods]
    )
    assert life.served_at(given, moment) is served


@pytest.mark.parametrize(
    ("given", "in_service", "words"),
    [
        (contract(lifecycle.APPLIED), False, "開始前"),
        (contract(lifecycle.PREPARING), False, "開始前"),
        (contract(lifecycle.PREPARING, paused_on="09-11"), False, "一時停止"),
        (contract(lifecycle.ENDED, paused_on="09-11"), False, "終了"),
        (contract(lifecycle.TRIAL), True, ""),
        (contract(lifecycle.ACTIVE), True, ""),
    ],
)
def test_what_an_operator_is_told_on_a_line_without_service(given, in_service, words):
    assert life.in_service(given) is in_service
    assert words in life.why_no_service(given)


def test_a_start_waits_for_the_gates_that_are_missing():
    given = SimpleNamespace(
        status=lifecycle.PREPARING,
        paused_on=None,
        matches=[],
        wants_trial=True,
        mail_confirmed_at=None,
        people=[],
        passed_gates=lambda: {"identity", "greeting"},
    )
    assert [gate.key for gate in life.missing_to_start(given, MK)] == [
        "mail",
        "eligibility",
        "address",
        "number",
    ]
