"""An SES on loopback that takes every mail and answers at once: for the bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue

_ANSWER = b'{"MessageId": "loopback"}'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(_ANSWER)))
        self.end_headers()
        self.wfile.write(_ANSWER)

    def log_message(self, *args) -> None:
        pass


def _serve(told: Queue) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    told.put(server.server_port)
    server.serve_forever()


@contextmanager
def ses_on_loopback() -> Iterator[str]:
    """Its address; in a process of its own, so that its CPU is not counted as ours."""
    told: Queue = Queue()
    process = Process(target=_serve, args=(told,), daemon=True)
    process.start()
    yield f"http://127.0.0.1:{told.get()}"
    process.terminate()
