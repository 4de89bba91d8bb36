"""A Chatwork on loopback that answers in the form of the real one and keeps what was posted.

The local run and the tests write to it. It has no limits of its own:
`TOO_MANY` and `TOO_MANY_IN_ROOM` are what the real one answers beyond 300
requests in 5 minutes of one token, and beyond 10 messages in 10 seconds to one
room.
"""

import re
import threading
import time
from collections.abc import Mapping
from http.server import ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs

from dev.endings import Ending, Handler

LONGEST = 65_535  # characters of a message
_FORM = "application/x-www-form-urlencoded"


def refusal(status: int, why: str) -> tuple[int, dict]:
    """An error as the API words it."""
    return status, {"errors": [why]}


NO_TOKEN = refusal(401, "Invalid API token")
NO_MEMBER = refusal(403, "You don't have permission to send/edit message in this room")
NO_ROOM = refusal(404, "This room does not exist")
NO_BODY = refusal(400, "Parameter 'body' is invalid: the length must be between 1 and 65535")
TOO_MANY = refusal(429, "Rate limit exceeded")
TOO_MANY_IN_ROOM = refusal(429, "Rate limit for message posting per room exceeded.")


class Posted(NamedTuple):
    """The message is posted first, and then the request ends so."""

    then: Ending


class Chatwork(ThreadingHTTPServer):
    """One account's Chatwork, listening from its making on.

    `rooms` are those that there are, None for every number; the account is no
    member of the `foreign` ones. `endings` say how the next requests end, the
    last one forever; None is an ordinary answer.
    """

    request_queue_size = 1024
    daemon_threads = True

    def __init__(self, token: str, rooms: set[str] | None = None, foreign: set[str] | None = None):
        super().__init__(("127.0.0.1", 0), _Door)
        self.token = token
        self.rooms = rooms
        self.foreign = foreign or set()
        self.endings: list[Ending | Posted | None] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._posted: list[tuple[str, str]] = []
        self._posting = threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v2"

    def messages(self, room: str) -> list[str]:
        """What was posted to a room, oldest first."""
        return self.posted().get(room, [])

    def posted(self) -> dict[str, list[str]]:
        """The messages of every room that has any."""
        rooms: dict[str, list[str]] = {}
        for room, text in list(self._posted):
            rooms.setdefault(room, []).append(text)
        return rooms

    def post(self, room: str, text: str) -> str:
        """Put a message into a room; its id, which the API writes as a string."""
        with self._posting:
            self._posted.append((room, text))
            return str(1_800_000_000_000_000_000 + len(self._posted))

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Door(Handler):
    server: Chatwork

    def do_POST(self) -> None:
        raw = self.take()
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.path, headers))
        ending = self._ending()
        if isinstance(ending, Posted):
            self._answer(raw)
            ending = ending.then
        self.end(ending or self._answer(raw))

    def _ending(self) -> Ending | Posted | None:
        """How this request is to end; the last of the endings holds forever."""
        endings = self.server.endings
        if not endings:
            return None
        place = min(len(self.server.asked), len(endings)) - 1
        return endings[place]

    def _answer(self, raw: bytes) -> Ending:
        path = re.fullmatch(r"/v2/rooms/([0-9]+)/messages", self.path)
        if path is None or self.headers["content-type"] != _FORM:
            return refusal(400, "Invalid Endpoint or HTTP method")
        if self.headers["x-chatworktoken"] != self.server.token:
            return NO_TOKEN
        room = path[1]
        text = parse_qs(raw.decode()).get("body", [""])[0]
        if room in self.server.foreign:
            return NO_MEMBER
        if self.server.rooms is not None and room not in self.server.rooms:
            return NO_ROOM
        if not 1 <= len(text) <= LONGEST:
            return NO_BODY
        return 200, {"message_id": self.server.post(room, text)}

    def say(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        """An answer, with what is left of the general limit and the second when it starts anew.

        That second counts from 1970, as Chatwork's does.
        """
        limit = {
            "x-ratelimit-limit": "300",
            "x-ratelimit-remaining": "0" if status == 429 else "299",
            "x-ratelimit-reset": str(int(time.time()) + 300),
        }
        super().say(status, body, limit | dict(headers or {}))
