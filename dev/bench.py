"""`make bench`: what a memo costs in requests, units, time and money, beside bare calls.

Everything runs here: DynamoDB Local, a loopback SES, this machine. Machines
differ, so floors are measured in the same run and ratios are what counts.
"""

import gzip
import os
import statistics
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

os.environ.setdefault("AWS_ACCESS_KEY_ID", "bench")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "bench")
os.environ |= {
    "AWS_REGION": "ap-northeast-1",
    "AWS_DEFAULT_REGION": "ap-northeast-1",
    "STAGE": "bench",
    "LINK_SECRET": "b" * 40,
}

from dev import bare, store
from dev.cold_start import cold_rows
from dev.loopback import ses_on_loopback
from dev.measure import Desk, Row, counting, dollars, dollars_of_events, print_table, timed

ROUNDS = int(os.environ.get("ROUNDS") or 300)
COLD_ROUNDS = max(9, ROUNDS // 20)  # of fewer the median swings by a fifth
COUNT = 20  # memos whose requests are counted
DUE = 5  # contracts of a night that are due


def main() -> int:
    if why := store.missing():
        print(why)
        return 1
    with store.running() as dynamodb, ses_on_loopback() as ses:
        os.environ |= {"AWS_ENDPOINT_URL_DYNAMODB": dynamodb, "AWS_ENDPOINT_URL_SESV2": ses}
        desk = Desk()
        rows = [*memo_rows(desk), *cold_rows(desk, COLD_ROUNDS), *night_rows(), *page_rows()]
    print_table(rows)
    return 0


def memo_rows(desk: Desk) -> Iterator[Row]:
    for _ in range(10):
        desk.memo()
    with counting() as counts:
        for _ in range(COUNT):
            desk.memo()
    yield from _request_rows(counts)
    ours, floor = _turns(desk)
    yield _ratio_row("wall", ours[0], floor[0], 1.25)
    yield _ratio_row("CPU", ours[1], floor[1], 1.6)
    yield from _price_rows(desk, counts, ours[0])
    desk.clear()
    yield _slowest_row(desk)


def _request_rows(counts: dict[str, float]) -> Iterator[Row]:
    to_ses = counts["SendEmail"]
    to_dynamodb = (_requests(counts) - to_ses) / COUNT
    name = "requests to DynamoDB per memo, warm"
    yield Row(name, f"{to_dynamodb:.2f}", "<= 5", to_dynamodb <= 5)
    yield Row("requests to SES per memo", f"{to_ses / COUNT:.2f}", "1", to_ses == COUNT)


def _requests(counts: dict[str, float]) -> float:
    """Requests to every service: all counts but those of units."""
    return sum(count for name, count in counts.items() if "units" not in name)


def _ratio_row(name: str, ours: float, floor: float, limit: float) -> Row:
    ratio = ours / floor
    measure = f"{ratio:.2f} ({ours * 1000:.1f} ms)"
    return Row(f"{name} of a warm memo, x bare calls", measure, f"<= {limit}", ratio <= limit)


def _price_rows(desk: Desk, counts: dict[str, float], seconds: float) -> Iterator[Row]:
    writes = counts["write units"] / COUNT
    reads = counts["read units"] / COUNT
    thousand = 1000 * (dollars(writes, reads, seconds) + dollars_of_events(desk))
    name = "USD per 1,000 memos to one address, its events in"
    yield Row("capacity units per memo", f"{writes:.1f} write, {reads:.1f} read", "-", True)
    yield Row(name, f"{thousand:.4f}", "<= 0.120", thousand <= 0.120)


def _slowest_row(desk: Desk) -> Row:
    times = sorted(timed(desk.memo)[0] for _ in range(ROUNDS))
    slowest = times[min(int(ROUNDS * 0.999), ROUNDS - 1)]
    name = f"accepted to handed over, 99.9 % of {ROUNDS}"
    return Row(name, f"{slowest * 1000:.0f} ms", "<= 2000 ms", slowest <= 2)


def _turns(desk: Desk) -> tuple[tuple[float, float], tuple[float, float]]:
    """Median (wall, CPU) seconds of our memo, and of the bare calls.

    They take turns, so that a drifting machine hits both.
    """
    calls = bare.Calls(bare.names_of(desk))
    ours, floor = [], []
    for number in range(ROUNDS):
        if number % 5 == 0:
            desk.clear()
        ours.append(timed(desk.memo))
        floor.append(timed(calls.run))
    return _medians(ours), _medians(floor)


def _medians(times: list[tuple[float, float]]) -> tuple[float, float]:
    wall = statistics.median(wall for wall, _ in times)
    cpu = statistics.median(cpu for _, cpu in times)
    return wall, cpu


def night_rows() -> Iterator[Row]:
    """Requests per due contract, whatever the number of contracts that are not due."""
    costs = []
    before = 0
    for size in (100, 1000, 10_000):
        _save_quiet_contracts(before, size)
        before = size
        costs.append(_night_cost(f"mk-D{size:05}"))
    spread = max(costs) / min(costs) - 1
    name = "requests per due contract, of 100/1,000/10,000"
    yield Row(name, "/".join(f"{cost:.1f}" for cost in costs), "± 10 %", spread <= 0.1)


def _save_quiet_contracts(first: int, end: int) -> None:
    from chalicelib.models import Contract

    with Contract.batch_write() as batch:
        for number in range(first, end):
            batch.save(_contract(f"mk-Q{number:09}", days=12))


def _night_cost(prefix: str) -> float:
    """Requests per contract that a night takes for some which are due, their ids by the prefix."""
    from chalicelib.flows import night
    from chalicelib.models import Contract

    contracts = [_contract(f"{prefix}{number:04}", days=-1) for number in range(DUE)]
    for contract in contracts:
        contract.save()
    now = datetime.now(UTC)
    with counting() as counts:
        by_due = Contract.by_due.query("mk", Contract.due <= now.date())
        identities = [contract.id for contract in by_due]
        ours = [identity for identity in identities if identity.startswith(prefix)]
        failures = night.settle_batch("mk", ours, now)
    assert not failures
    return _requests(counts) / DUE


def _contract(identity: str, days: int):
    """An application that is due for its reminder in `days` days."""
    from chalicelib.models import Contract

    now = datetime.now(UTC)
    today = now.date()
    return Contract(
        id=identity,
        house="mk",
        status="applied",
        due=today + timedelta(days=days),
        waits_for=[],
        applied_at=now,
        applied_on=today + timedelta(days=days - 2),
        form_digest="x",
        seen={"offer": {}},
        party="person",
        contact_name="x",
        mail=f"{identity}@a.example",
        phone="x",
        plan="small",
        use="forwarding",
        wants_trial=True,
    )


def page_rows() -> Iterator[Row]:
    """The public pages beside a view that answers nothing."""
    from chalice import Chalice
    from chalice.test import Client

    import app

    empty = Chalice("empty")
    empty.route("/")(lambda: "")
    client, nothing = Client(app.app), Client(empty)
    for path in ("/", "/mk", "/mk/signup"):
        yield _time_row(path, partial(client.http.get, path), partial(nothing.http.get, "/"))
        paths = (path, "/static/denwaban.css", "/static/icon.svg")
        yield _weight_row(path, [client.http.get(each).body for each in paths])


def _time_row(path: str, page: Callable[[], object], nothing: Callable[[], object]) -> Row:
    page()
    pages, empties = [], []
    for _ in range(50):
        pages.append(timed(page)[0])
        empties.append(timed(nothing)[0])
    extra = (statistics.median(pages) - statistics.median(empties)) * 1000
    name = f"first byte of {path}, over an empty view"
    return Row(name, f"{extra:.1f} ms", "<= 10 ms", extra <= 10)


def _weight_row(path: str, files: list[bytes]) -> Row:
    kib = sum(map(len, files)) / 1024
    by_gzip = sum(len(gzip.compress(file)) for file in files) / 1024
    name = f"weight of {path} with its files (by gzip)"
    return Row(name, f"{kib:.0f} KiB ({by_gzip:.0f})", "<= 60 KiB", kib <= 60)


if __name__ == "__main__":
    sys.exit(main())
