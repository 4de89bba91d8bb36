"""An SES on loopback that ends requests as it is told to: for what moto never does."""

import json
import os
import socket
import struct
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from chalicelib import ses

SENT = (200, {"MessageId": "message-1"})


def refusal(status: int, code: str):
    return status, {"__type": code, "message": "no"}


@contextmanager
def answering(*script):
    """SES answers each request with the next of `script` (the last one forever): (status, body), "reset", or a callable.

    Yields the list of raw requests it has read.
    """
    taken: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append(self.rfile.read(int(self.headers["content-length"])))
            ending = script[min(len(taken), len(script)) - 1]
            if callable(ending):
                ending()
            elif ending == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            else:
                self._say(*ending)

        def _say(self, status, body):
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("x-amzn-errortype", body.get("__type", ""))
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    with pointed_at(f"http://127.0.0.1:{server.server_port}"):
        yield taken
    server.shutdown()
    server.server_close()


@contextmanager
def pointed_at(address: str):
    """Our SES client, made anew for another address."""
    before, ses._client = ses._client, None
    os.environ["AWS_ENDPOINT_URL_SESV2"] = address
    try:
        yield
    finally:
        os.environ.pop("AWS_ENDPOINT_URL_SESV2")
        ses._client = before
