"""SES gone for an hour, then back: everything goes out.

Nothing goes out twice but what was in doubt, and no faster than SES takes it.
"""

import base64
import email
import email.policy
import itertools
import json
import time
from collections import Counter, deque
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from threading import Thread

import pytest

from chalicelib.flows.post import repair
from chalicelib.models import Letter, Memo
from dev import endings
from tests.desk import LINE
from tests.ses_server import pointed_at, refusal

pytestmark = pytest.mark.truth  # moto reads a whole table for every query


class Post:
    """An SES that knows bad days.

    It counts what it took, by item, and how many it turned away for coming too fast.
    """

    def __init__(self, rate: int):
        self.rate = rate  # mails a second that it takes
        self.taken, self.repeats, self.too_fast = Counter(), Counter(), 0
        self.recent, self.bad_day = deque(), None

    def take(self, request: dict) -> endings.Ending:
        if self.bad_day:
            ending = next(self.bad_day)
            if ending == "taken, reply lost":
                self._note(request)
                return "reset"
            return ending
        now = time.monotonic()
        while self.recent and self.recent[0] <= now - 1:
            self.recent.popleft()
        if len(self.recent) > self.rate:
            self.too_fast += 1
            return refusal(429, "TooManyRequestsException")
        self.recent.append(now)
        self._note(request)
        return 200, {"MessageId": f"mail-{sum(self.taken.values())}"}

    def _note(self, request: dict) -> None:
        tags = {each["Name"]: each["Value"] for each in request["EmailTags"]}
        item = tags.get("memo") or tags["letter"]
        raw = base64.b64decode(request["Content"]["Raw"]["Data"])
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        self.taken[item] += 1
        text = mail.get_body(("plain",)).get_content()
        self.repeats[item] += "重ねてお送りしている可能性" in text


@contextmanager
def post(rate: int):
    office = Post(rate)

    class Handler(endings.Handler):
        def do_POST(self):
            self.end(office.take(json.loads(self.take())))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    with pointed_at(f"http://127.0.0.1:{server.server_port}"):
        yield office
    server.shutdown()
    server.server_close()


TROUBLE = [
    refusal(429, "TooManyRequestsException"),
    refusal(500, "InternalFailure"),
    "reset",
    "taken, reply lost",
]


def live_through_a_bad_hour(desk, ses: Post) -> None:
    """20 memos and 5 new people, a sweep every minute, then SES is well for 40 minutes."""
    ses.bad_day = itertools.cycle(TROUBLE)
    for minute in range(60):
        if minute % 3 == 0:
            caller = {"company": "a", "name": f"n{minute}", "phone": "0312345678"}
            assert desk.memo(f"key-{minute}", caller=caller).status == 201
        if minute % 12 == 0:
            person = {"name": f"社員 {minute}", "addresses": [f"p{minute}@sakura.example"]}
            desk.does("people", person)
        repair.sweep(desk.later(minutes=1).moment)
    ses.bad_day = None
    for _ in range(40):
        repair.sweep(desk.later(minutes=1).moment)


def test_an_hour_of_every_kind_of_trouble(true_desk, monkeypatch):
    monkeypatch.setenv("SENDING_RATE", "100")
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    before = {letter.id for letter in Letter.scan()}
    with post(100) as ses:
        live_through_a_bad_hour(desk, ses)
    items = [*Memo.scan(), *(letter for letter in Letter.scan() if letter.id not in before)]
    assert len(items) == 25
    for item in items:
        assert item.handed_over_at, item.id
        assert item.outbox is None, item.id
        tag = item.id.replace("#", "__")
        count = ses.taken[tag]
        assert 1 <= count <= 1 + len(item.unsure), item.id
        assert ses.repeats[tag] >= count - 1, item.id  # every further one says what it is
    assert any(item.unsure for item in items)
    assert ses.too_fast == 0
    assert desk.counted("2026-09") == 20


def test_a_backlog_leaves_no_faster_than_ses_takes_it(true_desk, monkeypatch):
    monkeypatch.setenv("SENDING_RATE", "10")
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    with post(10) as ses:
        ses.bad_day = itertools.repeat(refusal(503, "ServiceUnavailable"))
        for place in range(20):
            desk.memo(f"key-{place}", line=LINE)
        ses.bad_day = None
        repair.sweep(desk.later(minutes=1).moment)
        repair.sweep(desk.moment)
    assert (len(ses.taken), ses.too_fast, set(ses.taken.values())) == (20, 0, {1})
