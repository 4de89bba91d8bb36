"""The app behind a threaded server on 127.0.0.1, with the mailbox and the clock beside it under `/_dev/`."""

import json
import re
from datetime import date

from chalice.config import Config
from chalice.local import ChaliceRequestHandler, ForbiddenError, ThreadedHTTPServer, create_local_server


class Server(ThreadedHTTPServer):
    request_queue_size = 1024  # chalice's own takes 5 at a time
    daemon_threads = True


class Handler(ChaliceRequestHandler):
    disable_nagle_algorithm = True

    def _generic_handle(self) -> None:
        if self.path.startswith("/_dev/"):
            self._serve_dev()
        else:
            super()._generic_handle()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle

    def _send_error_response(self, error) -> None:
        """What API Gateway's 403 for an unknown path becomes: the deployed template answers 404 there."""
        if isinstance(error, ForbiddenError):
            body = {"type": "/problems/not-found", "title": "見つかりません", "status": 404, "detail": "アドレスをご確認ください。"}
            self._send_http_response(404, {"Content-Type": "application/problem+json"}, json.dumps(body, ensure_ascii=False))
        else:
            super()._send_error_response(error)

    def _serve_dev(self) -> None:
        from dev import days, mailbox

        path = self.path.removeprefix("/_dev/").partition("?")[0]
        if found := re.fullmatch(r"nightly/(\d{4}-\d\d-\d\d)", path):
            self._say(200, "\n".join(days.live_until(date.fromisoformat(found[1]))) + "\n", "text/plain")
        elif path == "mails":
            self._say(200, mailbox.listing())
        elif found := re.fullmatch(r"mails/(\d+)(/html)?", path):
            said = (mailbox.html_of if found[2] else mailbox.one)(int(found[1]))
            self._say(200 if said else 404, said or "no such mail")
        else:
            self._say(404, "no such page")

    def _say(self, code: int, body: str, kind: str = "text/html") -> None:
        self._send_http_response(code, {"Content-Type": f"{kind}; charset=utf-8"}, body)

    def log_message(self, *args) -> None:
        """Keep the terminal for what the app itself has to say."""


def make_server(app, port: int) -> Server:
    """A server for the app, bound and ready to `serve_forever`."""
    local = create_local_server(app, Config(), "127.0.0.1", 0)
    local.server.server_close()
    handler = local._wrapped_handler
    return Server(("127.0.0.1", port), lambda *given: Handler(*given, **handler.keywords))
