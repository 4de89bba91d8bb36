"""`make bench-close`: what the monthly close of a house costs, at two sizes of it.

DynamoDB Local is on this machine, and so is the one worker: requests, units and memory
are the product's own, seconds are this machine's. What must be flat is asked of each.
"""

import os
import resource
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

os.environ.setdefault("AWS_ACCESS_KEY_ID", "bench")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "bench")
os.environ |= {
    "AWS_REGION": "ap-northeast-1",
    "AWS_DEFAULT_REGION": "ap-northeast-1",
    "STAGE": "bench",
    "LINK_SECRET": "b" * 40,
}

from dev import store
from dev.bench_house import FROZEN, HOUSE, MEMOS, closing, save_contracts
from dev.measure import Row, counting, function_dollars, print_table, timed

SIZES = [int(size) for size in (os.environ.get("CONTRACTS") or "1000 10000").split()]
PAPERS = int(os.environ.get("PAPERS") or 100)
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
FLAT = 1.1


class Cost(NamedTuple):
    """What each of `size` contracts took: counts of one, and seconds of one."""

    size: int
    writes: float
    reads: float
    write_units: float
    read_units: float
    cpu: float
    wall: float
    peak: float  # MiB that the process ever took, at the end of the closing


def main() -> int:
    if why := store.missing():
        print(why)
        return 1
    with store.running() as dynamodb:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = dynamodb
        costs = [_close(size, new) for size, new in _made_houses()]
        rows = [*_cost_rows(costs), *_flat_rows(costs), *_paper_rows()]
    print_table(rows)
    return 0 if all(row.is_met for row in rows) else 1


def _made_houses() -> Iterator[tuple[int, int]]:
    """Fill the house up to each size in turn; what was closed before stays in it.

    Each size, and how many contracts of it are new.
    """
    from dev import cloud

    cloud.make_tables()
    before = 0
    for size in SIZES:
        save_contracts(before, size)
        yield size, size - before
        before = size


def _cost_rows(costs: list[Cost]) -> Iterator[Row]:
    for cost in costs:
        of = f"of {cost.size:,} contracts"
        writes = f"{cost.writes:.2f}"
        yield Row(f"writes per contract, {of}", writes, "<= 3", cost.writes <= 3)
        yield Row(f"reads per contract, {of}", f"{cost.reads:.2f}", "-", True)
        units = f"{cost.write_units:.1f} write, {cost.read_units:.1f} read"
        yield Row(f"units per contract, {of}", units, "-", True)
        times = f"{cost.cpu * 1000:.1f}, {cost.wall * 1000:.1f} ms"
        yield Row(f"CPU and wall per contract, {of}", times, "-", True)
        usd = function_dollars(cost.write_units, cost.read_units, cost.wall)
        yield Row(f"USD for them all, {of}", f"{usd * cost.size:.2f}", "-", True)
        yield Row(f"memory at the most, {of}", f"{cost.peak:.0f} MiB", "-", True)


def _flat_rows(costs: list[Cost]) -> Iterator[Row]:
    """The larger house must not cost more per contract than the smaller one, nor more memory."""
    small, large = costs[0], costs[-1]
    names = {
        "requests": (small.writes + small.reads, large.writes + large.reads),
        "units": (small.write_units + small.read_units, large.write_units + large.read_units),
        "CPU": (small.cpu, large.cpu),
        "memory": (small.peak, large.peak),
    }
    for name, (few, many) in names.items():
        growth = many / few
        row_name = f"{name} at {large.size:,} over {small.size:,} contracts"
        yield Row(row_name, f"{growth:.2f}", f"<= {FLAT}", growth <= FLAT)


def _close(size: int, new: int) -> Cost:
    """Close everyone who is due, as the queue would hand them out, by one worker."""
    from chalicelib.flows import night
    from chalicelib.models import Contract
    from chalicelib.models.contract import DueIndex
    from chalicelib.rules import calendar

    now = closing().frozen_at + timedelta(minutes=5)
    closed, seconds, processor = 0, 0.0, 0.0
    batch: list[str] = []
    with counting() as counts:
        due = Contract.by_due.query(HOUSE, range_key_condition=DueIndex.due <= calendar.day_of(now))
        for batch in _batches([contract.id for contract in due], night.BATCH):
            wall, cpu = timed(partial(_settle, batch, now))
            closed, seconds, processor = closed + len(batch), seconds + wall, processor + cpu
    assert closed == new, (closed, new)
    _assert_closed(batch[-1])
    writes = sum(count for name, count in counts.items() if name in WRITES)
    reads = sum(count for name, count in counts.items() if name in ("Query", "GetItem"))
    return Cost(
        size,
        writes / closed,
        reads / closed,
        counts["write units"] / closed,
        counts["read units"] / closed,
        processor / closed,
        seconds / closed,
        _peak(),
    )


def _batches(identities: list[str], size: int) -> Iterator[list[str]]:
    for place in range(0, len(identities), size):
        yield identities[place : place + size]


def _settle(batch: list[str], now: datetime) -> None:
    from chalicelib.flows import night

    failures = night.settle_batch(HOUSE, batch, now)
    assert not failures, failures


def _peak() -> float:
    """MiB that this process has taken at the most."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _assert_closed(identity: str) -> None:
    """The close has billed what the bench stored: every call, in one invoice."""
    from chalicelib.models import Contract, Statement

    contract = Contract.get(identity)
    statement = Statement.of(identity, FROZEN)
    assert contract.closed_through == "2026-11", contract.closed_through
    assert statement is not None and statement.calls == MEMOS
    assert len(contract.open_invoices) == 1


def _paper_rows() -> Iterator[Row]:
    """Papers of one contract, set one after the other, without what store and bucket take."""
    from chalicelib.flows.money import paper_facts
    from chalicelib.models import Contract, Invoice, Statement
    from chalicelib.rules import houses
    from chalicelib.words import papers

    house = houses.all_houses()[HOUSE]
    contract = Contract.get(f"{HOUSE}-{0:010}")
    statement = Statement.of(contract.id, FROZEN)
    assert statement is not None
    invoice = Invoice.get(contract.open_invoices[0].number).as_facts()
    facts = paper_facts.statement(house, contract, statement)
    yield _speed_row("invoices", lambda: papers.invoice(invoice, None))
    yield _speed_row(f"statements of {MEMOS} calls", lambda: papers.statement(facts))


def _speed_row(name: str, make: Callable[[], bytes]) -> Row:
    make()  # the typeface is read once
    times = sorted(timed(make)[0] for _ in range(PAPERS))
    middle = times[PAPERS // 2]
    each = f"{1 / middle:.0f} ({middle * 1000:.0f} ms each)"
    return Row(f"{name} set in a second", each, "-", True)


if __name__ == "__main__":
    sys.exit(main())
