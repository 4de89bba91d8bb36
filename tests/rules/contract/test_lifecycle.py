"""The lifecycle table is whole, and its refusals are sentences that a client understands."""

from itertools import product
from types import SimpleNamespace

import pytest

from chalicelib.rules.contract import lifecycle
from chalicelib.rules.contract.lifecycle import (
    COLUMNS,
    ENDED,
    EVENTS,
    LIFE,
    STATES,
    Moves,
    Refusal,
    Unchanged,
)

# The events of life.md, and how they are called here.
SPECIFIED = {
    "mail_confirmed", "gate_passed", "refused", "withdrawn", "payment_seen", "continuation_asked",
    "stop_asked", "plan_asked", "option_asked", "notice_given", "notice_withdrawn", "terminated",
    "plan_withdrawn",
}  # fmt: skip


def test_every_event_of_the_specification_has_its_row():
    assert set(EVENTS) >= SPECIFIED
    assert set(COLUMNS) == {*STATES, lifecycle.PAUSED}


@pytest.mark.parametrize(("state", "event"), list(product(COLUMNS, EVENTS)))
def test_every_state_answers_every_event(state, event):
    answer = LIFE[state, event]
    match answer:
        case Moves(to):
            assert to is None or to in STATES
        case Unchanged(why):
            assert why
        case Refusal(sentence):
            said = sentence.format(ends_on="2026年9月30日(水)", last_day="2026年9月15日(火)")
            assert said.endswith("。")
            assert len(said) > 10
            assert "{" not in said
    may_follow = event in ("names_changed", "revived")
    assert state != ENDED or may_follow or isinstance(answer, Refusal)


@pytest.mark.parametrize(
    ("state", "event", "to"),
    [
        ("applied", "mail_confirmed", "preparing"),
        ("applied", "withdrawn", "ended"),
        ("preparing", "withdrawn", "ended"),
        ("applied", "refused", "ended"),
        ("preparing", "refused", "ended"),
        ("ended", "revived", "active"),
    ],
)
def test_wishes_that_move_a_contract_at_once(state, event, to):
    assert LIFE[state, event] == Moves(to)


def test_no_other_wish_moves_a_contract_by_itself():
    moving = {
        (state, event)
        for (state, event), answer in LIFE.items()
        if isinstance(answer, Moves) and answer.to
    }
    assert moving == {
        ("applied", "mail_confirmed"), ("applied", "withdrawn"), ("applied", "refused"),
        ("preparing", "withdrawn"), ("preparing", "refused"), ("ended", "revived"),
    }  # fmt: skip


def test_a_paused_contract_has_answers_of_its_own():
    paused = SimpleNamespace(status="preparing", paused_on=True)
    assert (
        lifecycle.answer(paused, "gate_passed")
        == LIFE["paused", "gate_passed"]
        != LIFE["preparing", "gate_passed"]
    )


PENDING = {
    "continuation_withdrawn": "継続のお申し出はありません。",
    "stop_withdrawn": "停止のお申し出はありません。",
    "notice_withdrawn": "解約のお申し出はありません。",
    "plan_withdrawn": "予約されているプランの変更はありません。",
    "termination_withdrawn": "当方からの終了の予定はありません。",
}


@pytest.mark.parametrize("event", [event for event in EVENTS if event.endswith("_withdrawn")])
def test_withdrawing_nothing_has_a_sentence_that_says_what_there_is_none_of(event):
    assert (
        lifecycle.no_pending(event) == PENDING[event] + "取り消しの対象になるお申し出はありません。"
    )
