"""What the bench measures with: a desk that takes memos, a count of requests and units, seconds, and what AWS asks for them."""

import json
import os
import statistics
import time
import tomllib
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

PRICES = tomllib.loads((Path(__file__).parent.parent / "infra" / "prices.toml").read_text())
TEXT = (
    "お見積りの件で、至急ご連絡をいただきたいとのことです。" * 7
    + "以上です。よろしくお願いいたします"
)


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
        shown = demo.fill(self.now)[0]
        self.house, self.line, self.key, self.contract = (
            houses.find("mk"),
            shown.line,
            shown.keys["operator"],
            shown.contract,
        )
        self.client, self.count = Client(app.app), 0

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
        said = {
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
        return {"headers": headers, "body": json.dumps(said, ensure_ascii=False).encode()}


@contextmanager
def counting():
    """Requests by operation and the capacity they took, while the block runs."""
    from chalicelib.channels import ses
    from chalicelib.models.base import connection

    seen: defaultdict[str, float] = defaultdict(float)

    def note(parsed, model, **_):
        seen[model.name] += 1
        for used in _capacities(parsed.get("ConsumedCapacity")):
            writes = model.name in ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
            seen["write units" if writes else "read units"] += used

    def ask(params, **_):
        params["ReturnConsumedCapacity"] = "TOTAL"

    events = [connection.client.meta.events, ses.client().meta.events]
    for each in events:
        each.register_last("after-call", note, unique_id="count")
    connection.client.meta.events.register_first(
        "before-parameter-build.dynamodb", ask, unique_id="ask"
    )
    yield seen
    for each in events:
        each.unregister("after-call", unique_id="count")
    connection.client.meta.events.unregister("before-parameter-build.dynamodb", unique_id="ask")


def _capacities(told) -> list[float]:
    if told is None:
        return []
    return [each.get("CapacityUnits", 0) for each in (told if isinstance(told, list) else [told])]


def timed(work) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def dollars(writes: float, reads: float, seconds: float) -> float:
    """One memo without its delivery events: mail, request, function, units, two log lines of 300 bytes."""
    return (
        PRICES["ses_mail"]
        + PRICES["api_request"]
        + _function(writes, reads, seconds)
        + 600 / 2**30 * PRICES["log_gb"]
    )


def _function(writes: float, reads: float, seconds: float) -> float:
    called = PRICES["lambda_request"] + seconds * PRICES["lambda_gb"] * PRICES["lambda_gb_second"]
    return called + writes * PRICES["write_unit"] + reads * PRICES["read_unit"]


def dollars_of_events(desk: Desk) -> float:
    """USD of what SES tells of one mail that arrives, Send and Delivery: topic, function, units, Lambda's own 300 bytes of log."""
    import app
    from chalicelib.channels import ses
    from dev import ses_events
    from dev.topic import Topic

    topic = Topic()
    os.environ |= topic.environment
    told = []
    for _ in range(20):
        memo = desk.memo()
        tags = {"memo": ses.tagged(memo["id"]), "contract": desk.contract, "stage": "bench"}
        mail = ses_events.Mail(memo["id"], tags, [memo["reported_to"][0]["address"]], desk.now)
        told += [
            topic.record(ses_events.send(mail)),
            topic.record(ses_events.delivery(mail, desk.now)),
        ]
    with counting() as seen:
        seconds = [timed(lambda event=event: app.mail_events(event, None))[0] for event in told]
    topic.close()
    log = 300 / 2**30 * PRICES["log_gb"]
    each = (
        PRICES["sns_publish"]
        + log
        + _function(seen["write units"] / 40, seen["read units"] / 40, statistics.median(seconds))
    )
    return 2 * each
