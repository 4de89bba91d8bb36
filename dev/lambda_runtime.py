"""A small Lambda: the unpacked package in a fresh process.

AWS's own runtime client runs the package; a runtime API on loopback feeds it.
"""

import json
import os
import queue
import subprocess
import sys
import sysconfig
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree
from threading import Thread

from chalice.local import LambdaEventConverter, RouteMatcher

CLIENT = ("awslambdaric", "simplejson", "snapshot_restore_py")


def install_client(folder: Path) -> Path:
    """The runtime client alone, as the Lambda image has it beside the function's own folder."""
    site = Path(sysconfig.get_path("platlib"))
    for part in site.iterdir():
        name = part.name
        if name.split(".")[0] not in CLIENT and not name.startswith("runtime_client"):
            continue
        if part.is_dir():
            copytree(part, folder / name)
        else:
            (folder / name).write_bytes(part.read_bytes())
    return folder


def web_event(
    app, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> dict:
    """A request as API Gateway hands it to the app's function, under its stage `api`."""
    convert = LambdaEventConverter(RouteMatcher(list(app.routes)))
    event = convert.create_lambda_event(method, path, headers or {}, body)
    event["requestContext"]["path"] = f"/api{path.partition('?')[0]}"
    if isinstance(event["body"], bytes):
        event["body"] = event["body"].decode()
    return event


class _Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address) -> None:
        """A function's process ends by being killed while it waits for its next event."""


class Lambda:
    """One function: `call` hands it an event and waits for the answer."""

    def __init__(self, handler: str, unpacked: Path, client: Path, environment: dict[str, str]):
        self.events: queue.Queue = queue.Queue()
        self.answers: queue.Queue = queue.Queue()
        self.api = _Server(("127.0.0.1", 0), self._api())
        Thread(target=self.api.serve_forever, daemon=True).start()
        own = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{unpacked}:{client}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LAMBDA_TASK_ROOT": str(unpacked),
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.api.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": handler,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "_HANDLER": handler,
        }
        # -S: no site-packages, nothing but the zip
        command = [sys.executable, "-S", "-m", "awslambdaric", handler]
        self.process = subprocess.Popen(command, cwd=unpacked, env=own | environment)

    def call(self, event: dict) -> dict:
        """The function's answer. Raises AssertionError for a function that failed."""
        self.events.put(event)
        answer = self.answers.get(timeout=60)
        assert "errorType" not in answer, answer
        return answer

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.api.shutdown()
        self.api.server_close()

    def _api(self) -> type[BaseHTTPRequestHandler]:
        return type("Api", (_Api,), {"function": self})


class _Api(BaseHTTPRequestHandler):
    """The runtime API: it gives the function's process events, and takes their answers."""

    protocol_version = "HTTP/1.1"
    function: Lambda

    def do_GET(self) -> None:
        event = json.dumps(self.function.events.get()).encode()
        arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:x"
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "request-1")
        self.send_header("Lambda-Runtime-Deadline-Ms", "99999999999999")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", arn)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(event)))
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self) -> None:
        self.function.answers.put(json.loads(self._body() or b"null"))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, *args) -> None:
        pass
