"""A server on loopback that ends each request as a test wants: a service on its bad days."""

import json
import socket
import struct
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Literal

# An answer (status, body, headers), a connection that breaks, one on which nothing is said, or
# something to do.
_Answer = tuple[int, object] | tuple[int, object, Mapping[str, str]]
Ending = _Answer | Literal["reset", "silence"] | Callable[[], object]


class Handler(BaseHTTPRequestHandler):
    """What a request's handler needs to take a body and to end in a wanted way."""

    def take(self) -> bytes:
        return self.rfile.read(int(self.headers["content-length"]))

    def end(self, ending: Ending) -> None:
        if callable(ending):
            ending()
        elif ending == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif ending == "silence":
            self.rfile.read(1)  # until the other side gives up
        else:
            self.say(*ending)

    def say(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        """A body of JSON, or of bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        length = str(len(raw))
        own = {"content-type": "application/json", "content-length": length}
        self.send_response(status)
        for name, value in (own | dict(headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *args) -> None:
        pass
