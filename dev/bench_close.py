"""`make bench-close`: what the monthly close of a house costs, at two sizes of it.

DynamoDB Local is on this machine, and so is the one worker: requests, units and memory
are the product's own, seconds are this machine's. What must be flat is asked of each.
"""

import os
import resource
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

os.environ.setdefault("AWS_ACCESS_KEY_ID", "bench")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "bench")
os.environ |= {
    "AWS_REGION": "ap-northeast-1",
    "AWS_DEFAULT_REGION": "ap-northeast-1",
    "STAGE": "bench",
    "LINK_SECRET": "b" * 40,
}

from dev import store
from dev.measure import Row, counting, function_dollars, print_table, timed

SIZES = [int(size) for size in (os.environ.get("CONTRACTS") or "1000 10000").split()]
MEMOS = int(os.environ.get("MEMOS") or 60)  # of each contract in the month
PAPERS = int(os.environ.get("PAPERS") or 100)
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
HOUSE = "mk"
FROZEN = "2026-10"  # the month whose calls are counted
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
        costs = [_close(size) for size in _made_houses()]
        rows = [*_cost_rows(costs), *_flat_rows(costs), *_paper_rows()]
    print_table(rows)
    return 0 if all(row.is_met for row in rows) else 1


def _made_houses() -> Iterator[int]:
    """Fill the house up to each size in turn; what was closed before stays in it."""
    from dev import cloud

    cloud.make_tables()
    before = 0
    for size in SIZES:
        _save_contracts(before, size)
        before = size
        yield size


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


def _close(size: int) -> Cost:
    """Close everyone who is due, as the queue would hand them out, by one worker."""
    from chalicelib.flows import night
    from chalicelib.models import Contract
    from chalicelib.models.contract import DueIndex
    from chalicelib.rules import calendar

    now = _closing().frozen_at + timedelta(minutes=5)
    closed, seconds, processor = 0, 0.0, 0.0
    batch: list[str] = []
    with counting() as counts:
        due = Contract.by_due.query(HOUSE, range_key_condition=DueIndex.due <= calendar.day_of(now))
        for batch in _batches([contract.id for contract in due], night.BATCH):
            wall, cpu = timed(lambda: _settle(batch, now))  # noqa: B023
            closed, seconds, processor = closed + len(batch), seconds + wall, processor + cpu
    assert closed > 0
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


def _closing() -> Any:
    """The closing that all contracts await: that of November, which counts October."""
    from chalicelib.rules import houses
    from chalicelib.rules.money import closes

    closing = closes.ahead(_contract("any"), houses.all_houses()[HOUSE])
    assert closing is not None and closing.freezes == FROZEN
    return closing


def _contract(identity: str) -> Any:
    """A client since September who has paid everything up to now."""
    from chalicelib.models import Contract
    from chalicelib.models.contract_parts import Address, Period, Person

    began = datetime(2026, 9, 1, tzinfo=UTC)
    mail = f"{identity}@client.example"
    address = Address(id="p1a1", mail=mail, confirmed_at=began)
    return Contract(
        id=identity,
        house=HOUSE,
        status="active",
        waits_for=[],
        applied_at=began,
        applied_on=date(2026, 8, 17),
        form_digest="x",
        seen={"offer": {}},
        party="company",
        company="株式会社みほん商事",
        contact_name="髙橋 美咲",
        mail=mail,
        phone="03-6800-1000",
        plan="small",
        use="forwarding",
        line="0367001234",
        wants_trial=True,
        people=[Person(id="p1", name="髙橋 美咲", addresses=[address])],
        started_on=date(2026, 9, 1),
        active_from=date(2026, 9, 1),
        service=[Period(since=began)],
        start_checks=["call", "greeting", "report"],
        billed={"base": {"2026-09": "small", "2026-10": "small"}},
        closed_through="2026-10",
        frozen_at=datetime(2026, 10, 10, 15, tzinfo=UTC),
    )


def _save_contracts(first: int, end: int) -> None:
    """Contracts of which each awaits the closing, with its calls of the month before."""
    from chalicelib.models import Contract, Memo

    due = _closing().due
    identities = [f"{HOUSE}-{number:010}" for number in range(first, end)]
    with Contract.batch_write() as batch:
        for identity in identities:
            contract = _contract(identity)
            contract.due = due
            batch.save(contract)
    with Memo.batch_write() as batch:
        for identity in identities:
            for place in range(MEMOS):
                batch.save(_memo(identity, place))


def _memo(contract: str, place: int) -> Any:
    """A call of the month that counts and was reported at once."""
    from chalicelib.models import Memo

    at = datetime(2026, 10, 1 + place % 28, 1 + place // 28, tzinfo=UTC)
    return Memo(
        id=f"{contract}-{place:04}",
        contract=contract,
        house=HOUSE,
        contract_month=f"{contract}#{FROZEN}",
        received_at=at,
        taken_at=at,
        taker="bench",
        number=f"1001-{place:05}",
        operator="operator1",
        call_class="business",
        reported=True,
        counts=True,
        why="billable",
        caller_number="09012345678",
        caller_name="佐藤",
        caller_company="青葉電機",
        body_digest="x",
        handed_over_at=at + timedelta(seconds=2),
        message_id="x",
    )


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
