"""The lifecycle table is whole, and its refusals are sentences."""

from itertools import product

import pytest

from chalicelib.rules import contract as life


@pytest.mark.parametrize(("state", "event"), list(product([*life.STATES, life.PAUSED], life.EVENTS)))
def test_every_state_answers_every_event(state, event):
    leads_to, sentence = life.LIFE[state, event]
    assert leads_to in {*life.STATES, life.NOTHING, ""}
    if not leads_to:
        assert sentence.endswith("。") and len(sentence) > 10
    assert state != life.ENDED or leads_to == ""


def test_nothing_is_ahead_of_the_active_and_the_ended():
    for state in (life.ACTIVE, life.ENDED):
        assert life.next_due(type("C", (), {"status": state}), None) is None
