"""The app behind a threaded server on 127.0.0.1.

The mailbox and the clock are beside it under `/_dev/`.
"""

import json
import re
import socket
import sys
import threading
import time
import traceback
from datetime import date

from chalice.config import Config
from chalice.local import ChaliceRequestHandler, ForbiddenError, LocalChalice, ThreadedHTTPServer

_NOT_FOUND = {
    "type": "/problems/not-found",
    "title": "見つかりません",
    "status": 404,
    "detail": "アドレスをご確認ください。",
}
_BETWEEN_SWEEPS = 5  # seconds; in the cloud a minute
_UNKNOWN = json.dumps(_NOT_FOUND, ensure_ascii=False)


# As in the cloud, there is a limit to what is worked on at once: beyond it a process only gets
# slower, until its own calls time out. Later requests wait in their turn.
_AT_WORK = threading.BoundedSemaphore(16)


class Server(ThreadedHTTPServer):
    request_queue_size = 1024  # chalice's own takes 5 at a time
    daemon_threads = True

    def get_request(self):
        """Take nobody in while there is no room: another process of the socket may have some."""
        with _AT_WORK:
            pass
        return super().get_request()

    def handle_error(self, request, client_address) -> None:
        """Who hangs up before the answer is no error of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(ChaliceRequestHandler):
    disable_nagle_algorithm = True

    def _generic_handle(self) -> None:
        try:
            self._serve_dev() if self.path.startswith("/_dev/") else self._serve_app()
        except (ValueError, OverflowError) as unreadable:  # a length, header or date that is none
            self._say(400, f"cannot be read: {type(unreadable).__name__}", "text/plain")
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle

    def _serve_app(self) -> None:
        with _AT_WORK:
            super()._generic_handle()

    def _send_error_response(self, error) -> None:
        """An unknown path is a 404, as in the deployed template, not Chalice's 403."""
        if isinstance(error, ForbiddenError):
            self._send_http_response(404, {"Content-Type": "application/problem+json"}, _UNKNOWN)
        else:
            super()._send_error_response(error)

    def _send_http_response(self, code, headers, body) -> None:
        """Chalice's own 405 is a 404 in the cloud too: API Gateway knows no such door."""
        if code == 405:
            code, headers, body = 404, {"Content-Type": "application/problem+json"}, _UNKNOWN
        super()._send_http_response(code, headers, body)

    def _serve_dev(self) -> None:
        from dev import days, mailbox

        path = self.path.removeprefix("/_dev/").partition("?")[0]
        if path == "mails":
            self._say(200, mailbox.listing())
        elif path == "chatwork":
            self._say(200, mailbox.rooms())
        elif night := re.fullmatch(r"nightly/(\d{4}-\d\d-\d\d)", path):
            nights = days.live_until(date.fromisoformat(night[1]))
            self._say(200, "\n".join(nights) + "\n", "text/plain")
        elif mail := re.fullmatch(r"mails/(\d+)(/html)?", path):
            view = mailbox.html_of if mail[2] else mailbox.one
            page = view(int(mail[1]))
            self._say(200 if page else 404, page or "no such mail")
        else:
            self._say(404, "no such page")

    def _say(self, code: int, body: str, kind: str = "text/html") -> None:
        self._send_http_response(code, {"Content-Type": f"{kind}; charset=utf-8"}, body)

    def log_message(self, *args) -> None:
        """Keep the terminal for what the app itself has to say."""


def make_server(app, port: int) -> Server:
    """A server for the app, bound and ready to `serve_forever`."""
    app.__class__ = LocalChalice  # keeps each thread's request apart
    return Server(
        ("127.0.0.1", port),
        lambda ask, peer, server: Handler(ask, peer, server, app_object=app, config=Config()),
    )


def main(listening: int) -> None:
    """The app alone, on a socket that listens already (its descriptor).

    The environment names the cloud. Several of these can serve one socket. The
    sweep runs every few seconds.

    """
    import app

    http = make_server(app.app, 0)
    http.socket.close()
    http.socket = socket.socket(fileno=listening)
    threading.Thread(target=_sweep_again_and_again, args=(app.sweep,), daemon=True).start()
    print("ready", flush=True)
    http.serve_forever()


def _sweep_again_and_again(sweep) -> None:
    while True:
        time.sleep(_BETWEEN_SWEEPS)
        try:
            sweep({}, None)
        except Exception:  # the next turn comes anyway, as in the cloud
            traceback.print_exc()


if __name__ == "__main__":
    main(int(sys.argv[1]))
