"""A mail in the store does what the table of its states says, for every pair of state and event."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.models import Letter
from chalicelib.models.records import Receipt
from chalicelib.rules.calls.delivery import Event
from chalicelib.rules.calls.outbox import HELD, LEFT, LIFE, NONE, TRYING, WAITING, Goes

NOW = datetime(2026, 9, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
TO = "a@b.example"


def letter(**facts) -> Letter:
    blank = {"id": "mk-1#stop", "house": "mk", "contract": "mk-1", "kind": "stop"}
    return Letter(**blank | {"to": [TO], "facts": {}, "written_at": NOW} | facts)


def prepared(state: str) -> Letter:
    """A letter that is stored in a state."""
    made = letter()
    if state in (TRYING, LEFT):
        made.lease(NOW)
    elif state == WAITING:
        made.wait_until(NOW)
    elif state == HELD:
        made.hold("a problem", NOW)
    made.save()
    if state == LEFT:
        made.mark_handed_over(NOW, "m1")
    assert Letter.find(made.id).state == state
    return Letter.find(made.id)


EVENTS = {
    "claimed": lambda letter: letter.claim(LATER),
    "refused": lambda letter: letter.retry_at(LATER, "refused"),
    "refused_for_good": lambda letter: letter.leave_to_office(LATER, "refused"),
    "left": lambda letter: letter.mark_handed_over(LATER, "m1"),
    "rejected": lambda letter: letter.give_back(LATER, TO, "m1", "rejected"),
}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", [NONE, WAITING, TRYING, HELD, LEFT])
def test_the_store_follows_the_table(services, state, event):
    stored = prepared(state)
    happened = EVENTS[event](stored)
    answer = LIFE[state, event]
    assert happened is isinstance(answer, Goes)
    assert Letter.find(stored.id).state == (answer.to if isinstance(answer, Goes) else state)


def test_of_two_who_claim_one_wins(services):
    first, second = prepared(WAITING), Letter.find("mk-1#stop")
    assert first.claim(LATER) is True
    assert second.claim(LATER) is False
    assert Letter.find(first.id).tries == 1


def test_a_claim_after_an_attempt_without_an_end_notes_the_doubt(services):
    stored = prepared(TRYING)
    assert stored.claim(LATER) is True
    assert Letter.find(stored.id).unsure == [NOW]


def test_a_mail_that_was_taken_out_meanwhile_has_left_all_the_same(services):
    ours, theirs = prepared(TRYING), Letter.find("mk-1#stop")
    theirs.update([Letter.outbox.remove(), Letter.next_try_at.remove()])
    assert ours.mark_handed_over(LATER, "m1") is False
    assert Letter.find(ours.id).handed_over_at == LATER


def test_events_and_receipts_are_kept_as_the_lines_that_older_items_hold(services):
    event = Event(NOW, "delivered", "0102-a", "a b@c.example")
    receipt = Receipt("mail1", "0102-a")
    letter(mail_events=[event], ids=[receipt]).save()
    item = Letter.find("mk-1#stop")
    raw = item.serialize()
    assert raw["mail_events"] == {
        "L": [{"S": "2026-09-01T01:00:00+00:00 delivered 0102-a a b@c.example"}]
    }
    assert raw["ids"] == {"L": [{"S": "mail1 0102-a"}]}
    assert item.mail_events == [event]
    assert item.ids == [receipt]


def test_an_event_told_twice_is_kept_once(services):
    stored = prepared(LEFT)
    event = Event(NOW, "delivered", "m1", TO, words="250 ok")
    stored.note_event(event)
    Letter.find(stored.id).note_event(event)
    assert Letter.find(stored.id).mail_events == [event._replace(words="")]
