"""What SES's words add up to: never backwards, whatever comes late, twice or out of order."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.calls import delivery
from chalicelib.rules.calls.delivery import Event

FILES = Path(__file__).parents[2] / "fixtures" / "ses"
AT = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
A, B = "pc@sakura.example", "mobile@sakura.example"


def event(state: str, address: str = A, message: str = "m1", at: datetime = AT) -> Event:
    return Event(at, state, message, address)


def state(*events: Event, done=(A,)) -> str | None:
    return delivery.ledger([A], done, events)[0]["state"]


@pytest.mark.parametrize(
    ("file", "states"),
    [
        ("send", ["handed_over"]),
        ("delivery", ["delivered"]),
        ("delivery_delay", ["delayed"]),
        ("bounce_permanent", ["bounced_hard"]),
        ("bounce_transient", ["bounced_soft"]),
        ("complaint", ["complained"]),
        ("reject", ["rejected"]),
        ("rendering_failure", ["rejected"]),
    ],
)
def test_each_kind_of_event_in_its_real_form(file, states):
    event = json.loads((FILES / f"{file}.json").read_text())
    told = delivery.read(event)
    assert sorted({each.state for each in told}) == states
    assert all(
        each.message == event["mail"]["messageId"] and "@" in each.address and each.at.tzinfo
        for each in told
    )
    assert delivery.sent_at(event).tzinfo


def test_every_fixture_can_be_read():
    files = sorted(FILES.glob("*.json"))
    assert len(files) >= 8
    for file in files:
        assert delivery.read(json.loads(file.read_text()))


def test_a_kind_that_tells_nothing_of_delivery_is_passed_over():
    assert delivery.read({"eventType": "Open", "open": {}, "mail": {"destination": [A]}}) == []


@pytest.mark.parametrize(
    "broken", [{}, {"eventType": "Bounce"}, {"eventType": "Delivery", "mail": {"timestamp": "x"}}]
)
def test_what_is_no_event_is_an_error(broken):
    with pytest.raises((KeyError, ValueError, TypeError)):
        delivery.read(broken)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("pc@sakura.example", A),
        ("さくら <pc@sakura.example>", A),
        ("PC@Sakura.Example", "PC@sakura.example"),
        ('"a..b."@docomo.ne.jp', "a..b.@docomo.ne.jp"),
        ({"emailAddress": '"taro."@ezweb.ne.jp'}, "taro.@ezweb.ne.jp"),
    ],
)
def test_addresses_as_ses_writes_them(written, read):
    mail = {"timestamp": "2026-09-15T01:00:00.000Z", "messageId": "m1", "destination": [written]}
    assert delivery.read({"eventType": "Send", "send": {}, "mail": mail})[0].address == read


ORDER = [
    ((), A, "handed_over"),
    ((), None, None),
    (("delayed",), A, "delayed"),
    (("delayed", "delivered"), A, "delivered"),
    (("delivered", "bounced_hard"), A, "bounced_hard"),
    (("delayed", "bounced_soft"), A, "bounced_soft"),
    (("delivered", "complained"), A, "complained"),
    (("handed_over", "rejected"), A, "rejected"),
]


@pytest.mark.parametrize(("states", "done", "expected"), ORDER)
def test_how_it_stands_at_an_address(states, done, expected):
    assert state(*map(event, states), done=[done] if done else []) == expected
    assert state(*reversed(list(map(event, states))), done=[done] if done else []) == expected


@pytest.mark.parametrize(
    ("facts", "recipient", "expected"),
    [
        ("Permanent", {}, "bounced_hard"),
        ("Transient", {"status": "4.2.2"}, "bounced_soft"),
        ("Transient", {"status": "5.1.1", "diagnosticCode": "550 user unknown"}, "bounced_hard"),
        ("Transient", {"diagnosticCode": "smtp; 550 5.1.1 user unknown"}, "bounced_hard"),
        ("Transient", {"diagnosticCode": "554 no such user"}, "bounced_hard"),
        ("Transient", {"diagnosticCode": "X-Postfix; host said 5.7.1"}, "bounced_hard"),
        ("Transient", {"diagnosticCode": "smtp; 452 4.2.2 full (5.1 GB)"}, "bounced_soft"),
        ("Undetermined", {"status": "5.0.0"}, "bounced_hard"),
        ("Undetermined", {"status": ""}, "bounced_unstated"),
        ("Transient", {}, "bounced_unstated"),
        ("Transient", {"status": "", "diagnosticCode": None}, "bounced_unstated"),
    ],
)
def test_the_status_of_a_bounce_tells_more_than_its_type(facts, recipient, expected):
    mail = {"timestamp": "2026-09-15T01:00:00.000Z", "messageId": "m1", "destination": [A]}
    bounce = {"bounceType": facts, "bouncedRecipients": [{"emailAddress": A} | recipient]}
    told = delivery.read({"eventType": "Bounce", "bounce": bounce, "mail": mail})
    assert [each.state for each in told] == [expected]


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("bounced_soft", "delivered"), "delivered"),  # tried again by the other side
        (("delivered", "bounced_soft"), "bounced_soft"),
        (("delivered", "delayed"), "delayed"),
        (("bounced_hard", "delivered"), "bounced_hard"),
        (("bounced_hard", "complained"), "complained"),
        (("complained", "delivered"), "complained"),
        (("rejected", "delivered"), "rejected"),
        (("delivered", "bounced_unstated"), "delivered"),  # an absence note
        (("bounced_unstated", "delivered"), "delivered"),
        (("delayed", "bounced_unstated"), "bounced_unstated"),
        (("bounced_unstated", "bounced_soft"), "bounced_soft"),
    ],
)
def test_the_latest_word_of_one_mail_by_its_own_time_counts(states, expected):
    events = [event(each, at=AT + place * MINUTE) for place, each in enumerate(states)]
    assert state(*events) == state(*events[::-1]) == expected


def test_an_automatic_reply_is_one_only_behind_the_delivery_of_the_same_mail_to_the_same_address():
    unstated = event("bounced_unstated")
    assert delivery.is_automatic_reply(unstated, [event("delivered")])
    assert not delivery.is_automatic_reply(unstated, [event("delivered", message="m2")])
    assert not delivery.is_automatic_reply(unstated, [event("delivered", address=B)])
    assert not delivery.is_automatic_reply(unstated, [event("delayed"), unstated])
    assert not delivery.is_automatic_reply(event("bounced_soft"), [event("delivered")])


def test_of_two_mails_the_one_that_came_furthest_tells_how_it_stands():
    assert (
        state(event("bounced_hard", message="m1"), event("delivered", message="m2")) == "delivered"
    )
    assert (
        state(event("bounced_hard", message="m1"), event("handed_over", message="m2"))
        == "handed_over"
    )
    assert (
        state(
            event("delivered", message="m1"),
            event("bounced_hard", message="m1"),
            event("bounced_soft", message="m2"),
        )
        == "bounced_soft"
    )


def test_each_address_stands_by_itself():
    rows = delivery.ledger([A, B, A], [A], [event("delivered"), event("bounced_soft", B.upper())])
    assert [(row["address"], row["state"]) for row in rows] == [
        (A, "delivered"),
        (B, "bounced_soft"),
    ]


EVENTS = st.lists(
    st.builds(
        event,
        st.sampled_from(sorted(delivery.STATES)),
        st.sampled_from([A, B]),
        st.sampled_from(["m1", "m2"]),
        st.sampled_from([AT, AT + timedelta(seconds=1)]),
    ),
    max_size=12,
)


@given(EVENTS, st.randoms())
def test_order_and_repeats_change_nothing(events, chance):
    shuffled = events + events[: len(events) // 2]
    chance.shuffle(shuffled)
    assert delivery.ledger([A, B], [A], events) == delivery.ledger([A, B], [A], shuffled)


@given(EVENTS, st.sampled_from(sorted(delivery.STATES)))
def test_within_one_mail_nothing_goes_backwards(events, later):
    rank = list(delivery.STATES)
    one = [each for each in events if " m1 " in each and each.endswith(A)]
    before, after = state(*one), state(*one, event(later))
    assert before is not None
    assert after is not None
    assert rank.index(after) >= (rank.index(before) if one else 0)


@pytest.mark.parametrize(
    ("recipient", "words"),
    [
        ({"emailAddress": A, "diagnosticCode": "550 no such user"}, "550 no such user"),
        ({"emailAddress": A, "diagnosticCode": "x" * 301}, "x" * 300),
        ({"emailAddress": A, "diagnosticCode": None}, ""),
        ({"emailAddress": A}, ""),
    ],
)
def test_the_words_of_an_address_own_server_are_kept_up_to_300_letters(recipient, words):
    event = {
        "eventType": "Bounce",
        "bounce": {"bounceType": "Permanent", "bouncedRecipients": [recipient]},
        "mail": {"timestamp": AT.isoformat(), "messageId": "m1", "destination": [A]},
    }
    assert delivery.read(event) == [Event(AT, "bounced_hard", "m1", A, words)]


def test_an_event_that_names_bare_addresses_has_no_words():
    event = {
        "eventType": "Send",
        "mail": {"timestamp": AT.isoformat(), "messageId": "m1", "destination": [A]},
    }
    assert delivery.read(event) == [Event(AT, "handed_over", "m1", A, "")]


@pytest.mark.parametrize(
    ("lines", "done", "name"),
    [
        ([], [], "未送信"),
        ([], [A], "送信済み"),
        ([event("delivered")], [A], "配信済み"),
    ],
)
def test_how_it_stands_has_a_name(lines, done, name):
    assert [row["state_name"] for row in delivery.ledger([A], done, lines)] == [name]


def test_an_address_with_a_space_in_its_name_is_read_whole():
    address = '"a b"@sakura.example'
    events = [event("delivered", address)]
    assert delivery.ledger([address], [], events)[0]["state"] == "delivered"


BOUNCED = Event(
    datetime(2026, 9, 1, 1, 5, tzinfo=UTC), "bounced_hard", "0102-a", "a b@old.example", "550 none"
)


def test_an_event_is_kept_as_one_line_and_read_again_without_the_servers_words():
    line = "2026-09-01T01:05:00+00:00 bounced_hard 0102-a a b@old.example"
    assert BOUNCED.line == line
    assert Event.of_line(line) == BOUNCED._replace(words="")


@pytest.mark.parametrize(
    ("other", "repeated"),
    [
        ({"at": datetime(2026, 9, 2, tzinfo=UTC)}, True),
        ({"words": "550 5.1.1"}, True),
        ({"state": "bounced_soft"}, False),
        ({"message": "0102-b"}, False),
        ({"address": "b@old.example"}, False),
    ],
)
def test_an_event_is_repeated_at_another_time_or_in_other_words(other, repeated):
    assert BOUNCED.is_repeated_by(BOUNCED._replace(**other)) is repeated


def test_an_event_is_among_others_by_its_line():
    again = BOUNCED._replace(words="")
    later = BOUNCED._replace(at=datetime(2026, 9, 2, tzinfo=UTC))
    assert BOUNCED.is_among([later, again]) is True
    assert BOUNCED.is_among([later]) is False
    assert BOUNCED.is_among([]) is False
