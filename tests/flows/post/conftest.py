"""Houses whose reports can be followed: the desk knows the topic of SES, and a Chatwork."""

import pytest

from tests import chatwork_server, stores
from tests.flows.post.reports import MOBILE, SUZUKI, adds_room


@pytest.fixture
def mk(any_desk, topic):
    """House mk with 髙橋 at two addresses and 鈴木 below."""

    def story():
        any_desk.on("2026-09-01").starts("mk")
        any_desk.does("people/p1/addresses", {"mail": MOBILE})
        any_desk.does("people", {"name": "鈴木 花子", "addresses": [SUZUKI]})
        any_desk.presses("テストメール", to=MOBILE)
        any_desk.presses("テストメール", to=SUZUKI)

    stores.once("mk with three addresses", any_desk, story)
    any_desk.topic = topic
    return any_desk


@pytest.fixture
def smile(any_desk, topic):
    stores.once("smile started", any_desk, lambda: any_desk.on("2026-09-01").starts("smile"))
    any_desk.topic = topic
    return any_desk


@pytest.fixture
def with_room(mk):
    """House mk, and a Chatwork with two rooms."""
    with chatwork_server.running(rooms={"12", "123456"}) as chatwork:
        mk.chatwork = chatwork
        yield mk


@pytest.fixture
def with_room_reader(with_room):
    """The same, where 鈴木 reads one of the rooms."""
    adds_room(with_room)
    return with_room
