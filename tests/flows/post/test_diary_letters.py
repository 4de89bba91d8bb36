"""Letters of the outbox: each has an id of its own."""

import pytest

from chalicelib.flows.post import act
from chalicelib.rules import houses
from chalicelib.words import call_letters


def test_two_letters_of_one_id_are_a_fault_of_ours_and_no_conflict(any_desk):
    desk = any_desk
    desk.starts("smile")

    def writes(change):
        change.record("names_changed")
        change.write(call_letters.Declared(numbers=[]), change.today, part="once")

    smile = houses.find("smile")
    act.on_contract(smile, desk.contract, desk.moment, "office1", writes)
    with pytest.raises(RuntimeError, match="the id of another one"):
        act.on_contract(smile, desk.contract, desk.moment, "office1", writes)
