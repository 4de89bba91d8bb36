"""What becomes of a contract's trial, and when it is served."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from chalicelib.rules import houses
from chalicelib.rules.contract import life, lifecycle
from tests.flows.engine.test_contract_dues import TRIAL, contract

MK, SMILE = houses.find("mk"), houses.find("smile")


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
