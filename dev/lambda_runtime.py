"""A small Lambda: the unpacked package in a fresh process, under AWS's own runtime client, fed by a runtime API."""

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
    for found in [
        path
        for path in site.iterdir()
        if path.name.split(".")[0] in CLIENT or path.name.startswith("runtime_client")
    ]:
        if found.is_dir():
            copytree(found, folder / found.name)
        else:
            (folder / found.name).write_bytes(found.read_bytes())
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
        given = {
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
        command = [
            sys.executable,
            "-S",
            "-m",
            "awslambdaric",
            handler,
        ]  # -S: no site-packages, nothing but the zip
        self.process = subprocess.Popen(command, cwd=unpacked, env=given | environment)

    def call(self, event: dict) -> dict:
        self.events.put(event)
        answer = self.answers.get(timeout=60)
        assert "errorType" not in answer, answer
        return answer

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.api.shutdown()
        self.api.server_close()

    def _api(self):
        outer = self

        class Api(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                event = json.dumps(outer.events.get()).encode()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", "request-1")
                self.send_header("Lambda-Runtime-Deadline-Ms", "99999999999999")
                self.send_header(
                    "Lambda-Runtime-Invoked-Function-Arn",
                    "arn:aws:lambda:ap-northeast-1:123456789012:function:x",
                )
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(event)))
                self.end_headers()
                self.wfile.write(event)

            def do_POST(self):
                outer.answers.put(json.loads(self._body() or b"null"))
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

            def log_message(self, *args):
                pass

        return Api
