"""What the bench measures with.

A desk that takes memos, a count of requests and units, seconds, and what AWS
asks for them.
"""

import json
import os
import statistics
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

PRICES = tomllib.loads((Path(__file__).parent.parent / "infra" / "prices.toml").read_text())
TEXT = (
    "お見積りの件で、至急ご連絡をいただきたいとのことです。" * 7
    + "以上です。よろしくお願いいたします"
)


class Row(NamedTuple):
    """A row of the bench's table."""

    name: str
    measure: str
    target: str
    is_met: bool


def print_table(rows: list[Row]) -> None:
    width = max(len(row.name) for row in rows)
    print(f"{'':{width}}  {'measured':>22}  {'target':>14}")
    for row in rows:
        verdict = "" if row.is_met else "MISSED"
        print(f"{row.name:{width}}  {row.measure:>22}  {row.target:>14}  {verdict}")


class Desk:
    """One house, one client in service, one key: made through the app's own flows."""

    def __init__(self):
        from chalice.test import Client

        import app
        from chalicelib.models import TABLES
        from chalicelib.rules import houses
        from dev import demo

        for model in TABLES:
            model.create_table(wait=True)
        self.now = datetime.now(UTC)
        example = demo.fill(self.now)[0]
        self.house = houses.find("mk")
        self.line = example.line
        self.key = example.keys["operator"]
        self.contract = example.contract
        self.client = Client(app.app)
        self.count = 0

    def clear(self) -> None:
        """A contract has a handful of calls a day, not hundreds: forget the earlier ones."""
        from chalicelib.models import Memo

        identities = [memo.id for memo in Memo.scan(attributes_to_get=["id"])]
        with Memo.batch_write() as batch:
            for identity in identities:
                batch.delete(Memo(identity))

    def memo(self) -> dict:
        """One memo through the front door, as it is answered."""
        answer = self.client.http.request("POST", "/v1/memos", **self.request())
        assert answer.status_code == 201, answer.body
        return answer.json_body

    def request(self) -> dict:
        """Headers and body of the next memo."""
        self.count += 1
        memo = {
            "line": self.line,
            "received_at": datetime.now(UTC).isoformat(),
            "caller": {
                "company": "青葉電機",
                "name": "佐藤",
                "phone": f"090-{self.count % 9000 + 1000}-5678",
            },
            "business": TEXT,
            "class": "business",
        }
        headers = {
            "authorization": f"Bearer {self.key}",
            "content-type": "application/json",
            "idempotency-key": f"bench-{self.count}",
        }
        return {"headers": headers, "body": json.dumps(memo, ensure_ascii=False).encode()}


@contextmanager
def counting():
    """Requests by operation and the capacity they took, while the block runs."""
    from chalicelib.channels import ses
    from chalicelib.models.base import connection

    counts: defaultdict[str, float] = defaultdict(float)

    def note(parsed, model, **_):
        counts[model.name] += 1
        writes = model.name in ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
        counts["write units" if writes else "read units"] += _units(parsed.get("ConsumedCapacity"))

    def ask(params, **_):
        params["ReturnConsumedCapacity"] = "TOTAL"

    dynamodb = connection.client.meta.events
    for events in (dynamodb, ses.client().meta.events):
        events.register_last("after-call", note, unique_id="count")
    dynamodb.register_first("before-parameter-build.dynamodb", ask, unique_id="ask")
    yield counts
    for events in (dynamodb, ses.client().meta.events):
        events.unregister("after-call", unique_id="count")
    dynamodb.unregister("before-parameter-build.dynamodb", unique_id="ask")


def _units(capacity) -> float:
    """The units of a request: DynamoDB names one table's capacity, several tables', or none."""
    if capacity is None:
        return 0
    tables = capacity if isinstance(capacity, list) else [capacity]
    return sum(table.get("CapacityUnits", 0) for table in tables)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """(wall, CPU) seconds of some work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def dollars(writes: float, reads: float, seconds: float) -> float:
    """USD of one memo without its delivery events.

    The memo takes a mail, a request, a function, units and two log lines of 300 bytes.
    """
    log = 600 / 2**30 * PRICES["log_gb"]
    function = function_dollars(writes, reads, seconds)
    return PRICES["ses_mail"] + PRICES["api_request"] + function + log


def function_dollars(writes: float, reads: float, seconds: float) -> float:
    """USD of a function's run of so many seconds, with its units of the tables."""
    gb_seconds = seconds * PRICES["lambda_gb"]
    run = PRICES["lambda_request"] + gb_seconds * PRICES["lambda_gb_second"]
    units = writes * PRICES["write_unit"] + reads * PRICES["read_unit"]
    return run + units


def dollars_of_events(desk: Desk) -> float:
    """USD of what SES tells of one mail that arrives: Send and Delivery.

    Each takes a topic, a function, units and Lambda's own 300 bytes of log.
    """
    import app
    from dev.topic import Topic

    topic = Topic()
    os.environ |= topic.environment
    records = []
    for _ in range(20):
        records += _delivery_records(desk, topic)
    with counting() as counts:
        times = [timed(partial(app.mail_events, record, None))[0] for record in records]
    topic.close()
    log = 300 / 2**30 * PRICES["log_gb"]
    writes = counts["write units"] / len(records)
    reads = counts["read units"] / len(records)
    function = function_dollars(writes, reads, statistics.median(times))
    return 2 * (PRICES["sns_publish"] + log + function)


def _delivery_records(desk: Desk, topic) -> list[dict]:
    """The events of a new memo's mail, as Lambda would bring them."""
    from chalicelib.channels import ses
    from dev import ses_events

    memo = desk.memo()
    tags = {"memo": ses.tagged(memo["id"]), "contract": desk.contract, "stage": "bench"}
    mail = ses_events.Mail(memo["id"], tags, [memo["reported_to"][0]["address"]], desk.now)
    events = [ses_events.send(mail), ses_events.delivery(mail, desk.now)]
    return [topic.record(event) for event in events]
