"""An SES on loopback that takes every mail.

The bench uses it, and so does the load, which asks it afterwards what it took.
"""

import itertools
import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue
from typing import NamedTuple

_ANSWER = b'{"MessageId": "loopback"}'
_taken: list[dict] = []
_numbers = itertools.count(1)


class Mail(NamedTuple):
    """A mail that SES took.

    It has the item that it carries, its recipients, when SES answered (seconds
    since 1970), and its id.
    """

    item: str
    to: list[str]
    at: float
    id: str


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._answer(_ANSWER)

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass


class _Remembering(_Handler):
    """Takes `delay` seconds for each mail, gives each an id of its own, and lists them on GET."""

    delay = 0.0

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        time.sleep(self.delay)
        tags = {tag["Name"]: tag["Value"] for tag in request["EmailTags"]}
        mail = Mail(
            tags.get("memo") or tags["letter"],
            request["Destination"]["ToAddresses"],
            time.time(),
            f"loopback-{next(_numbers)}",
        )
        _taken.append(mail._asdict())
        self._answer(json.dumps({"MessageId": mail.id}).encode())

    def do_GET(self) -> None:
        self._answer(json.dumps(_taken).encode())


class _Server(ThreadingHTTPServer):
    request_queue_size = 1024  # a burst of memos is a burst of mails


def _serve(ports: Queue, delay: float | None) -> None:
    _Remembering.delay = delay or 0.0
    server = _Server(("127.0.0.1", 0), _Handler if delay is None else _Remembering)
    ports.put(server.server_port)
    server.serve_forever()


@contextmanager
def ses_on_loopback(delay: float | None = None) -> Iterator[str]:
    """The address of an SES in a process of its own, so that its CPU is not counted as ours.

    With a `delay` in seconds it takes that long for each mail, and remembers it.
    """
    ports: Queue = Queue()
    process = Process(target=_serve, args=(ports, delay), daemon=True)
    process.start()
    yield f"http://127.0.0.1:{ports.get()}"
    process.terminate()


def mails(address: str) -> list[Mail]:
    """What an SES with a delay has taken so far."""
    with urllib.request.urlopen(address) as answer:
        return [Mail(**each) for each in json.load(answer)]
