"""Books: every closed month of a contract is held against its memos and its invoices (money.md).

What is wrong is listed, and wakes somebody. A count that differs from what was settled is no
fault by itself: the next closing bills the difference, and here it is listed beforehand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from chalicelib import log
from chalicelib.errors import NotFound
from chalicelib.flows.change import DATES, Change
from chalicelib.flows.contract import count_month
from chalicelib.flows.engine import contracts
from chalicelib.flows.post import act
from chalicelib.models import Book, Contract, Invoice, Recount, Statement
from chalicelib.rules import calendar
from chalicelib.rules.houses import House
from chalicelib.rules.money import audit, charges, closes, invoice
from chalicelib.rules.money.audit import Finding, Issued
from chalicelib.rules.money.counts import Count
from chalicelib.rules.money.things import BASE

RECOUNTED = "数え直し"


@dataclass
class Result:
    """What was looked at, what is wrong, and what the next closing will put right."""

    contracts: int = 0
    invoices: int = 0
    statements: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)


def check_batch(house: House, contract_ids: Iterable[str], part: str, now: datetime) -> Result:
    """Look at some contracts of a house, and keep what was found as a part of the day's record."""
    result = Result()
    for contract_id in contract_ids:
        try:
            check(house, contract_id, now, result)
        except NotFound:
            continue
        except Exception:
            log.crash("contract cannot be checked", contract=contract_id)
            _find(result, contract_id, [Finding("cannot be checked", contract_id)])
    day = calendar.day_of(now)
    Book(f"{house.key}#{day}", part, at=now, **vars(result)).save()
    if result.findings:
        log.alarm("books do not check", house=house.key, findings=len(result.findings))
    return result


def check(house: House, contract_id: str, now: datetime, result: Result) -> None:
    """One contract: its invoices, their sums, its months, its calls. Raises NotFound."""
    contract = contracts.load(house, contract_id, now)
    issued = _invoices(contract)
    statements = list(Statement.query(contract.id, consistent_read=True))
    result.contracts += 1
    result.invoices += len(issued)
    result.statements += len(statements)
    open_yen = {each.number: each.open_yen for each in contract.open_invoices}
    findings = [
        *audit.missing(contract.invoices, contract.id, issued),
        *audit.sums(issued, open_yen),
        *audit.months(issued, contract.billed),
        *audit.calls(issued, statements),
        *_unbilled(contract, house, now),
        *_unfrozen(contract, house, statements),
        *(finding for each in statements for finding in _frozen(each)),
    ]
    _find(result, contract.id, findings)
    result.differences += _recounted(house, contract, statements, now, dry_run=False)


def _find(result: Result, contract_id: str, findings: Iterable[Finding]) -> None:
    result.findings += [{"contract": contract_id} | each._asdict() for each in findings]


def _invoices(contract: Contract) -> list[Issued]:
    """Every invoice that the contract says it has, as far as it is there."""
    numbers = [
        invoice.number(contract.id, month, part)
        for month, parts in contract.invoices.items()
        for part in range(1, parts + 1)
    ]
    stored = Invoice.batch_get(numbers, consistent_read=True)
    return [
        Issued(each.as_facts(), each.total_yen, each.open_yen, each.replaced_by) for each in stored
    ]


def _unbilled(contract: Contract, house: House, now: datetime) -> list[Finding]:
    """Months in service whose closing is done, and which nobody has billed."""
    if contract.closed_through is None:
        return []
    through = closes.billed_through(house, contract.closed_through)
    lines = charges.unbilled(contract, house, through, calendar.day_of(now))
    missed = [line.month or "" for line in lines if line.kind == BASE]
    return [Finding("month not billed", month) for month in missed]


def _unfrozen(contract: Contract, house: House, statements: list[Statement]) -> list[Finding]:
    """Months in service whose closing is done, and which have no statement."""
    if contract.closed_through is None:
        return []
    frozen = {statement.month for statement in statements}
    served = closes.frozen_months(contract)
    return [Finding("month not frozen", month) for month in served if month not in frozen]


def _frozen(statement: Statement) -> list[Finding]:
    """A statement says the same in its rows, its count and its digest."""
    month = count_month.Month(rows=statement.rows)
    if len(month.counted) != statement.calls or month.digest != statement.digest:
        return [Finding("statement differs from its rows", statement.month)]
    return []


def recount(house: House, contract_id: str, now: datetime, dry_run: bool) -> list[dict[str, Any]]:
    """The closed months of one contract whose count is another one now. Raises NotFound."""
    contract = contracts.load(house, contract_id, now)
    statements = list(Statement.query(contract.id, consistent_read=True))
    return _recounted(house, contract, statements, now, dry_run)


def _recounted(
    house: House, contract: Contract, statements: list[Statement], now: datetime, dry_run: bool
) -> list[dict[str, Any]]:
    """Count closed months again by their memos; a difference is billed by the next closing."""
    differences = []
    for statement in statements:
        counted = count_month.count(contract.id, statement.month, now).count
        if counted == (statement.settled_calls, statement.settled_surcharge_yen):
            continue
        differences.append(_difference(statement, counted))
        if not dry_run and not _is_named(contract, statement.month):
            note = partial(_name_month, month=statement.month)
            act.on_contract(house, contract.id, now, DATES, note)
    return differences


def _difference(statement: Statement, counted: Count) -> dict[str, Any]:
    return {
        "contract": statement.contract,
        "month": statement.month,
        "settled": statement.settled_calls,
        "counted": counted.calls,
        "surcharge_yen": counted.surcharge_yen - statement.settled_surcharge_yen,
    }


def _is_named(contract: Contract, month: str) -> bool:
    """Whether the next closing counts this month again by itself."""
    since = contract.frozen_at.isoformat(timespec="microseconds") if contract.frozen_at else ""
    lines = Recount.query(contract.id, Recount.place >= since if since else None)
    last = calendar.month_after(contract.closed_through, -1) if contract.closed_through else None
    return month == last or any(line.month == month for line in lines)


def _name_month(change: Change, month: str) -> None:
    """Put a month on the ledger, so that the next closing counts it again."""
    line = Recount(
        contract=change.contract.id,
        place=f"{change.now.isoformat(timespec='microseconds')}#{month}",
        memo=month,
        month=month,
        at=change.now,
        by=change.by,
        was=False,
        was_class="",
        becomes=False,
        becomes_class="",
        why=RECOUNTED,
    )
    change.put(line)
    change.record("recounted", text=month)
