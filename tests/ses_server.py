"""An SES on loopback that ends requests as it is told to: for what moto never does."""

import os
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from threading import Thread

from chalicelib.channels import aws
from dev import endings

SENT = (200, {"MessageId": "message-1"})


def refusal(status: int, code: str, message: str = "no"):
    return status, {"__type": code, "message": message}, {"x-amzn-errortype": code}


@contextmanager
def answering(*script):
    """SES answers each request with the next of `script`, the last one forever.

    Each is an answer, "reset", or a callable. Yields the list of raw requests that SES has read.
    """
    taken: list[bytes] = []

    class Handler(endings.Handler):
        def do_POST(self):
            taken.append(self.take())
            self.end(script[min(len(taken), len(script)) - 1])

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    with pointed_at(f"http://127.0.0.1:{server.server_port}"):
        yield taken
    server.shutdown()
    server.server_close()


@contextmanager
def pointed_at(address: str):
    """Our SES client, made anew for another address."""
    aws.forget()
    os.environ["AWS_ENDPOINT_URL_SESV2"] = address
    try:
        yield
    finally:
        os.environ.pop("AWS_ENDPOINT_URL_SESV2")
        aws.forget()
