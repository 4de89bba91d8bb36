"""Memos coming in over real HTTP, each at its time, whatever became of the earlier ones.

A time is measured from the moment at which a request was due, so that a slow
answer cannot hold back the requests that would have shown it. Some are sent
again with the same key, as operators' programs do when an answer is late.
"""

import http.client
import json
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from typing import NamedTuple

from chalicelib.rules import calendar
from dev.crowd import Crowd, Served

PATIENCE = 60  # seconds until a caller calls it lost
LATER = 1.0  # seconds after which the impatient send again
_BEFORE = 60  # seconds between a call and its memo
_TEXT = "お見積りの件で、至急ご連絡をいただきたいとのことです。" * 7


class Request(NamedTuple):
    """A memo that an operator wants taken."""

    key: str  # its Idempotency-Key
    token: str
    client: Served
    body: dict

    @property
    def month(self) -> str:
        """The JST month in which the call counts, as `2026-09`."""
        return calendar.month_of(datetime.fromisoformat(self.body["received_at"]))


class Attempt(NamedTuple):
    due: float  # seconds after the start
    request: Request
    hangs_up: bool = False  # closes the connection without waiting for an answer


class Answer(NamedTuple):
    """What came of an attempt; moments are seconds since 1970."""

    attempt: Attempt
    due: float
    sent: float
    ended: float
    status: int  # 0: there was none
    body: bytes = b""
    problem: str = ""


def plan(crowd: Crowd, name: str, dues: Iterable[float], start: float) -> list[Attempt]:
    """A memo for each of `dues` (seconds after `start`), and the repeats among them.

    Every client and every operator gets a turn.
    """
    attempts: list[Attempt] = []
    for number, due in enumerate(dues):
        request = _request(crowd, name, number, start + due)
        attempts += _attempts(request, number, due)
    return sorted(attempts, key=lambda attempt: attempt.due)


def _attempts(request: Request, number: int, due: float) -> Iterator[Attempt]:
    """The attempts for one memo.

    One in 40 is sent twice at the same moment, one in 40 again later, one in
    100 again after hanging up.
    """
    hangs_up = number % 100 == 31
    yield Attempt(due, request, hangs_up)
    if number % 40 == 7:
        yield Attempt(due, request)
    if number % 40 == 17 or hangs_up:
        yield Attempt(due + LATER, request)


def _request(crowd: Crowd, name: str, number: int, at: float) -> Request:
    calls, place = divmod(number, len(crowd.clients))
    client = crowd.clients[place]
    tokens = crowd.keys[client.house]
    caller = {
        "company": "青葉電機",
        "name": f"佐藤{number}",
        "phone": f"090-{calls % 40 + 1000}-5678",
    }
    body = {
        "line": client.line,
        "received_at": datetime.fromtimestamp(at - _BEFORE, UTC).isoformat(),
        "caller": caller,
        "business": f"{name} {number}: {_TEXT}",
        "class": "business",
    }
    return Request(f"{name}-{number}", tokens[calls % len(tokens)], client, body)


def send(attempts: list[Attempt], port: int, start: float) -> list[Answer]:
    """Send each when it is due after `start` (seconds since 1970), and wait for the last answer."""
    with ThreadPoolExecutor(max_workers=len(attempts)) as threads:
        futures = []
        for attempt in attempts:
            time.sleep(max(0.0, start + attempt.due - time.time()))
            futures.append(threads.submit(_send, attempt, start + attempt.due, port))
    return [future.result() for future in futures]


def _send(attempt: Attempt, due: float, port: int) -> Answer:
    sent = time.time()
    try:
        status, body = ask(port, "POST", "/v1/memos", attempt.request, attempt.hangs_up)
        return Answer(attempt, due, sent, time.time(), status, body)
    except (OSError, http.client.HTTPException) as loss:
        return Answer(attempt, due, sent, time.time(), 0, problem=type(loss).__name__)


def ask(
    port: int, method: str, path: str, request: Request, hangs_up: bool = False
) -> tuple[int, bytes]:
    """(status, body) of an answer, over a connection of its own.

    (0, b"") stands for an answer that was not waited for.

    Raises OSError, HTTPException.
    """
    headers = {"Authorization": f"Bearer {request.token}"}
    body = None

    if method == "POST":
        headers |= {"Content-Type": "application/json", "Idempotency-Key": request.key}
        body = json.dumps(request.body, ensure_ascii=False).encode()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as wire:
        wire.request(method, path, body, headers)
        if hangs_up:
            return 0, b""
        answer = wire.getresponse()
        return answer.status, answer.read()
