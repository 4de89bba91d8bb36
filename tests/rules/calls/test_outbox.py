"""The table of a mail's states: every pair is answered, and the answers hang together."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from chalicelib.rules.calls import outbox
from chalicelib.rules.calls.outbox import (
    EVENTS,
    HELD,
    LEFT,
    LIFE,
    NONE,
    OVERTAKEN,
    STATES,
    TRYING,
    WAITING,
    Goes,
    Stays,
)

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def mail(outbox=None, attempt_since=None, handed_over_at=None, is_overtaken=False):
    return SimpleNamespace(
        house="mk",
        outbox=outbox,
        attempt_since=attempt_since,
        handed_over_at=handed_over_at,
        is_overtaken=is_overtaken,
    )


@pytest.mark.parametrize(
    ("stored", "state"),
    [
        (mail(), NONE),
        (mail("mk"), WAITING),
        (mail("mk", attempt_since=NOW), TRYING),
        (mail("mk", handed_over_at=NOW), WAITING),  # by one way of several
        (mail("mk", attempt_since=NOW, handed_over_at=NOW), TRYING),
        (mail("mk:office"), HELD),
        (mail("mk:office", handed_over_at=NOW), HELD),
        (mail(handed_over_at=NOW), LEFT),
        (mail(is_overtaken=True), OVERTAKEN),
        (mail(handed_over_at=NOW, is_overtaken=True), OVERTAKEN),
    ],
)
def test_a_state_follows_from_what_is_stored(stored, state):
    assert outbox.state(stored) == state


def test_every_pair_is_answered():
    assert {event for _, event in LIFE} == set(EVENTS)
    assert LIFE.keys() == {(state, event) for state in STATES for event in EVENTS}


def goes(event: str) -> dict[str, str]:
    """Where each state goes by an event, as far as it goes anywhere."""
    answers = {state: LIFE[state, event] for state in STATES}
    return {state: answer.to for state, answer in answers.items() if isinstance(answer, Goes)}


@pytest.mark.parametrize(
    ("event", "moves"),
    [
        ("claimed", {WAITING: TRYING, TRYING: TRYING}),
        ("refused", {TRYING: WAITING}),
        ("refused_for_good", {TRYING: HELD}),
        (
            "left",
            {NONE: LEFT, WAITING: LEFT, TRYING: LEFT, HELD: LEFT, OVERTAKEN: OVERTAKEN},
        ),
        (
            "rejected",
            {NONE: HELD, WAITING: HELD, TRYING: HELD, HELD: HELD, LEFT: HELD}
            | {OVERTAKEN: OVERTAKEN},
        ),
        ("corrected", dict.fromkeys((NONE, WAITING, TRYING, HELD, LEFT), OVERTAKEN)),
        ("sent_again", {NONE: TRYING, HELD: TRYING}),
        ("copied", {HELD: LEFT}),
        ("released", {HELD: WAITING}),
        ("to_be_reported", {NONE: WAITING}),
        ("not_to_be_reported", {WAITING: NONE, HELD: NONE}),
    ],
)
def test_where_an_event_leads(event, moves):
    assert goes(event) == moves


def test_only_a_claim_or_a_person_begins_an_attempt():
    assert {event for event in EVENTS if TRYING in goes(event).values()} == {
        "claimed",
        "sent_again",
    }


def test_what_is_overtaken_never_leaves_by_itself_again():
    assert {to for event in EVENTS for state, to in goes(event).items() if state == OVERTAKEN} == {
        OVERTAKEN
    }


def test_whatever_stays_says_why():
    assert all(answer.why for answer in LIFE.values() if isinstance(answer, Stays))


def test_an_answer_is_that_of_the_present_state():
    assert outbox.answer(mail("mk"), "claimed") == Goes(TRYING)
    assert isinstance(outbox.answer(mail("mk:office"), "claimed"), Stays)
