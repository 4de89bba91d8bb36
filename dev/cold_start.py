"""The bench's cold start: from no process at all to the first memo that is answered.

The package runs under Lambda's runtime client, beside a function that only
makes the bare calls.
"""

import compileall
import json
import os
import shutil
import statistics
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from py_compile import PycInvalidationMode

from dev import bare
from dev.measure import Desk, Row
from infra import package


def cold_rows(desk: Desk, rounds: int) -> Iterator[Row]:
    place = package.package("dev", "ap-northeast-1")
    archive = place / "deployment.zip"
    size = archive.stat().st_size / 2**20
    yield Row("package, zipped", f"{size:.1f} MiB", "<= 25 MiB", size <= 25)
    with tempfile.TemporaryDirectory() as work:
        start = ColdStart(desk, Path(work), archive)
        turns = [(start.seconds("app.app"), start.seconds("bare.handler")) for _ in range(rounds)]
    ours, floors = zip(*turns, strict=True)
    median = statistics.median(ours)
    ratio = median / statistics.median(floors)
    name = "cold start to the first memo answered, x bare calls"
    yield Row(name, f"{ratio:.2f} ({median * 1000:.0f} ms)", "<= 1.45", ratio <= 1.45)
    slowest = max(ours)
    name = "accepted to handed over, the first cold call"
    yield Row(name, f"{slowest * 1000:.0f} ms", "<= 2000 ms", slowest <= 2)


class ColdStart:
    """The package, unpacked in a folder `work`, and all that a new process of it needs."""

    def __init__(self, desk: Desk, work: Path, archive: Path):
        from dev import lambda_runtime

        self.desk = desk
        self.function, self.client = work / "function", work / "client"
        self.client.mkdir()
        lambda_runtime.install_client(self.client)
        _unpack(archive, self.function)
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name.startswith(("AWS_", "STAGE", "LINK_SECRET"))
        }
        self.environment["BARE_CALLS"] = json.dumps(bare.names_of(desk))

    def seconds(self, handler: str) -> float:
        """Seconds until a new process has answered its first memo."""
        import app
        from dev import lambda_runtime

        event = lambda_runtime.web_event(app.app, "POST", "/v1/memos", **self.desk.request())
        start = time.perf_counter()
        process = lambda_runtime.Lambda(handler, self.function, self.client, self.environment)
        answer = process.call(event)
        seconds = time.perf_counter() - start
        process.stop()
        assert answer["statusCode"] == 201, answer
        return seconds


def _unpack(archive: Path, folder: Path) -> None:
    """The package, and beside it the bare calls with byte code as unchecked as the package's."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    shutil.copy(bare.__file__, folder)
    mode = PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(folder, maxlevels=0, quiet=2, invalidation_mode=mode)
