"""Messages to Chatwork rooms.

Every way in which handing one over can end, what was typed, and which room is meant.
"""

import logging
import socket
from contextlib import contextmanager

import pytest

from chalicelib import config
from chalicelib.channels import chatwork
from chalicelib.channels import outcome as attempt
from chalicelib.input import rooms
from chalicelib.input.kinds import Room
from dev.chatwork import (
    LONGEST,
    NO_MEMBER,
    NO_ROOM,
    NO_TOKEN,
    TOO_MANY,
    TOO_MANY_IN_ROOM,
    Posted,
    refusal,
)
from tests import chatwork_server, stores
from tests.chatwork_server import TOKEN

REPORT = "受電のご報告\n髙橋様 & 佐藤様 100% +81 = ?"


def send(text: str = REPORT, room: str = "123456", house: str = "mk") -> attempt.Outcome:
    return chatwork.send(house, room, text)


def test_a_message_arrives_as_it_was_written():
    with chatwork_server.running(rooms={"123456"}) as room:
        outcome = send()
        assert outcome.kind == attempt.SENT
        assert outcome.problem == ""
        assert outcome.message_id.isdigit()
        assert room.messages("123456") == [REPORT]
    ((path, headers),) = room.asked
    assert path == "/v2/rooms/123456/messages"
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["x-chatworktoken"] == TOKEN


def test_two_messages_have_two_ids_and_two_connections():
    with chatwork_server.running() as room:
        assert send("一").message_id != send("二").message_id
        assert room.messages("123456") == ["一", "二"]
    assert [headers["connection"] for _, headers in room.asked] == ["close", "close"]


ENDINGS = [
    ("bad body", refusal(400, "no"), "never", "chatwork-400"),
    ("bad token", NO_TOKEN, "retry", "chatwork-401"),
    ("no member", NO_MEMBER, "never", "chatwork-403"),
    ("no room", NO_ROOM, "never", "chatwork-404"),
    ("too long", refusal(413, "no"), "never", "chatwork-413"),
    ("general limit", TOO_MANY, "retry", "chatwork-429"),
    ("limit of the room", TOO_MANY_IN_ROOM, "retry", "chatwork-429"),
    ("a request they gave up", refusal(408, "no"), "retry", "chatwork-408"),
    (
        "moved",
        (307, {}, {"location": "http://127.0.0.1:1/v2/rooms/123456/messages"}),
        "retry",
        "chatwork-307",
    ),
    ("internal", refusal(500, "no"), "unsure", "chatwork-500"),
    ("a gateway that gave up", (504, b"<html>"), "unsure", "chatwork-504"),
    ("unavailable", (503, b""), "unsure", "chatwork-503"),
    ("no JSON", (200, b"<html>"), "unsure", "chatwork-200"),
    ("no UTF-8", (200, b"\xff\xfe{"), "unsure", "chatwork-200"),
    ("JSON of another kind", (200, ["message_id"]), "unsure", "chatwork-200"),
    ("no id", (200, {"message_id": None}), "unsure", "chatwork-200"),
    ("nothing to say", (204, b""), "unsure", "chatwork-204"),
    ("an id as a number", (200, {"message_id": 7}), "sent", ""),
    ("cut short", (200, b"{", {"content-length": "99"}), "unsure", "chatwork-ProtocolError"),
    ("reset", "reset", "unsure", "chatwork-ProtocolError"),
    ("silence", "silence", "unsure", "chatwork-ReadTimeoutError"),
]


@pytest.mark.parametrize(
    ("ending", "kind", "problem"), [row[1:] for row in ENDINGS], ids=[row[0] for row in ENDINGS]
)
def test_every_ending_is_told_as_it_is_after_one_attempt(ending, kind, problem):
    with chatwork_server.running(ending) as room:
        outcome = send()
    assert outcome.kind == kind
    assert outcome.problem == problem
    assert len(room.asked) == 1


@pytest.mark.parametrize(
    "lost", ["reset", "silence", refusal(500, "no")], ids=["reset", "silence", "500"]
)
def test_an_answer_that_was_lost_is_in_doubt_though_the_message_stands_in_the_room(lost):
    with chatwork_server.running(Posted(lost), None) as room:
        assert send().kind == attempt.UNSURE
        assert room.messages("123456") == [REPORT]
        assert send().kind == attempt.SENT


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"room": "404404"}, "chatwork-404"),
        ({"room": "403403"}, "chatwork-403"),
        ({"text": ""}, "chatwork-400"),
        ({"text": "長" * (LONGEST + 1)}, "chatwork-400"),
    ],
)
def test_what_chatwork_refuses_by_itself(said, problem):
    with chatwork_server.running(rooms={"123456"}, foreign={"403403"}) as room:
        assert send(**said) == (attempt.NEVER, "", problem)
        assert send("長" * LONGEST).kind == attempt.SENT
    assert len(room.messages("123456")) == 1


def test_nobody_answering_is_a_definite_no():
    with chatwork_server.pointed_at(f"http://127.0.0.1:{stores.free_port()}/v2"):
        assert send() == (attempt.RETRY, "", "chatwork-NewConnectionError")


def test_a_name_that_is_not_found_is_a_definite_no():
    with chatwork_server.pointed_at("http://chatwork.invalid/v2"):
        assert send() == (attempt.RETRY, "", "chatwork-NameResolutionError")


@contextmanager
def full_house():
    """A port whose queue of callers is full: one more is neither let in nor turned away."""
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as door,
        socket.create_connection(door.getsockname()),
    ):
        yield door.getsockname()[1]


def test_nobody_letting_us_in_is_a_definite_no():
    with full_house() as port, chatwork_server.pointed_at(f"http://127.0.0.1:{port}/v2"):
        assert send() == (attempt.RETRY, "", "chatwork-ConnectTimeoutError")


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "no JSON",
        "[]",
        '{"smile": "x"}',
        '{"mk": ""}',
        '{"mk": 7}',
        '{"mk": "a\\nb"}',
        '{"mk": "鍵"}',
    ],
)
def test_a_house_without_a_usable_token_sends_nothing(secret):
    with chatwork_server.running() as room, chatwork_server.pointed_at(room.address, secret):
        assert send() == (attempt.RETRY, "", "chatwork-no-token")
        assert room.asked == []


def test_each_house_writes_with_its_own_token():
    with (
        chatwork_server.running() as room,
        chatwork_server.pointed_at(room.address, f'{{"mk": "{TOKEN}\\n", "smile": "other"}}'),
    ):
        assert send().kind == attempt.SENT
        assert send(house="smile") == (attempt.RETRY, "", "chatwork-401")
        assert send(house="third") == (attempt.RETRY, "", "chatwork-no-token")


def test_the_token_is_never_told(caplog, capfd):
    caplog.set_level(logging.DEBUG)
    outcomes = []
    for ending in (None, NO_TOKEN, TOO_MANY, refusal(500, TOKEN), "reset", (200, b"<html>")):
        with chatwork_server.running(ending):
            outcomes.append(send())
    with chatwork_server.pointed_at(f"http://127.0.0.1:{stores.free_port()}/v2"):
        outcomes.append(send())
    for secret in (TOKEN, f'{{"mk": "{TOKEN}\\n{TOKEN}"}}', f'{{"mk": ["{TOKEN}"]}}'):
        with (
            chatwork_server.pointed_at("http://127.0.0.1:1/v2", secret),
            pytest.raises(RuntimeError, match="CHATWORK_TOKENS") as why,
        ):
            config.chatwork_token("mk")
        chain = [why.value, why.value.__cause__, why.value.__context__]
        outcomes.append((chain, why.value.args))
    assert caplog.records
    for told in (repr(outcomes), caplog.text, *capfd.readouterr()):
        assert TOKEN not in told
        assert "髙橋" not in told


TAGS = [
    "[To:123]",
    "[toall]",
    "[info][title]a[/title]b[/info]",
    "[rp aid=1 to=2-3]",
    "[返信 aid=1 to=2-3]",
    "[code]",
    "[/code]",
    "[hr]",
    "[picon:1]",
    "[piconname:1]",
    "[qt][qtmeta aid=1 time=2]a[/qt]",
    "[TO:1]",
    "[download:1]",
    "[",
    "]",
    "[[hr]]",
]


@pytest.mark.parametrize("typed", TAGS)
def test_what_was_typed_is_no_notation_and_reads_the_same(typed):
    shown = chatwork.plain(f"前{typed}後")
    assert not {"[", "]"} & set(shown)
    assert shown.translate(str.maketrans("［］", "[]")) == f"前{typed}後"
    assert chatwork.plain(shown) == shown


@pytest.mark.parametrize(
    "typed", ["", "髙橋(本社)", "株式会社｢青葉｣【至急】", "https://a.example/?b=1#c", "一\n二"]
)
def test_what_is_no_notation_stays_as_it_is(typed):
    assert chatwork.plain(typed) == typed


@pytest.mark.parametrize(
    ("typed", "room"),
    [
        ("123456", "123456"),
        (" １２３４５６ ", "123456"),
        ("rid123456", "123456"),
        ("#!rid123456", "123456"),
        ("＃！ｒｉｄ１２３４５６", "123456"),
        ("https://www.chatwork.com/#!rid123456", "123456"),
        # This links to one of the messages of the room.
        ("https://www.chatwork.com/#!rid123456-1800000000000000001", "123456"),
        ("https://kcw.kddi.ne.jp/#!rid123456", "123456"),
    ],
)
def test_a_room_as_people_type_it(typed, room):
    assert Room("ルーム").read(typed) == room
    assert rooms.room_of(rooms.address_of(room)) == room


NO_ROOMS = [
    "",
    "0",
    "012345",
    "09012345678",
    "03-6700-1234",
    "1234-5678",
    "-5",
    "1.5",
    "rid",
    "rid0",
    "12 34",
    "1" * 20,
    "٣",
    "https://www.chatwork.com/",
    "https://www.chatwork.com/#!rid1/../2",
    "https://evil.example/#!rid1",
    "taro@a.example",
    "https://www.chatwork.com.evil.example/#!rid1",
    "chatwork",
    123456,
    None,
    "123\n456",
]


@pytest.mark.parametrize("typed", NO_ROOMS)
def test_what_is_no_room_is_refused_with_a_remedy(typed):
    with pytest.raises(ValueError, match="。"):
        Room("ルーム").read(typed)


@pytest.mark.parametrize(
    "address",
    [
        "taro@a.example",
        "chatwork:",
        "chatwork:012",
        "chatwork:1/../2",
        "chatwork:1\n",
        "chatwork:１",
        "123456",
        "Chatwork:1",
    ],
)
def test_an_address_that_is_no_room(address):
    assert rooms.room_of(address) is None
