"""Whether a contract's books are right: what invoices and statements say, held against each other.

Each finding is a short word and what it is about; none is the good answer (money.md The close).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from chalicelib.rules.money import charges, counts, invoice
from chalicelib.rules.money.facts import Counted
from chalicelib.rules.money.invoice import Invoice, Line
from chalicelib.rules.money.things import BASE


class Finding(NamedTuple):
    """What is wrong, and about which invoice or month."""

    what: str
    about: str


class Issued(NamedTuple):
    """An invoice as it is stored: its facts, and what became of it."""

    facts: Invoice
    total_yen: int
    open_yen: int
    replaced_by: str | None


class Closed(Counted, Protocol):
    """A closed month: what was frozen, and what was settled since."""

    @property
    def calls(self) -> int: ...
    @property
    def settled_calls(self) -> int: ...
    @property
    def settled_surcharge_yen(self) -> int: ...


def missing(numbers: Mapping[str, int], contract: str, issued: Sequence[Issued]) -> list[Finding]:
    """Invoices that must be there by the contract's own account, and are not."""
    there = {each.facts.number for each in issued}
    expected = [
        invoice.number(contract, month, part)
        for month, parts in numbers.items()
        for part in range(1, parts + 1)
    ]
    return [Finding("invoice missing", number) for number in expected if number not in there]


def sums(issued: Sequence[Issued], open_yen: Mapping[str, int]) -> list[Finding]:
    """Invoices whose lines, total and open amount do not fit together."""
    findings = []
    for each in issued:
        number = each.facts.number
        if sum(line.quantity * line.unit_yen for line in each.facts.lines) != each.total_yen:
            findings.append(Finding("lines are not the total", number))
        if sum(row.yen for row in each.facts.sums) != each.total_yen:
            findings.append(Finding("tax rates are not the total", number))
        if each.open_yen != open_yen.get(number, 0):
            findings.append(Finding("open amount differs", number))
    return findings


def months(issued: Sequence[Issued], billed: Mapping[str, Mapping[str, str]]) -> list[Finding]:
    """Months that were billed twice, or not as the contract keeps it."""
    tally = _tally(issued, min(billed.get(BASE, {}), default=""))
    kept = {(name, month) for name, by_month in billed.items() for month in by_month}
    findings = [
        Finding("billed more than once", f"{name} {month}")
        for (name, month), times in tally.items()
        if times > 1
    ]
    once = {key for key, times in tally.items() if times}
    for name, month in sorted(kept ^ once):
        findings.append(Finding("billed and kept differ", f"{name} {month}"))
    return findings


def _tally(issued: Sequence[Issued], first_month: str) -> Counter[tuple[str, str]]:
    """How often each month of each thing stands on the invoices that hold."""
    tally: Counter[tuple[str, str]] = Counter()
    for line in _standing(issued):
        if line.kind == charges.RETURNED:
            tally[line.key, line.month or ""] -= 1
        name = charges.monthly_name(line)
        if name:
            month = "" if line.kind == charges.DEPOSIT else line.month or first_month
            tally[name, month] += 1
    return tally


def _standing(issued: Sequence[Issued]) -> list[Line]:
    """The lines of invoices that nothing has replaced; a refund only takes another one back."""
    standing = [each for each in issued if not each.replaced_by and each.facts.kind != "refund"]
    return [line for each in standing for line in each.facts.lines]


def calls(issued: Sequence[Issued], closed: Sequence[Closed]) -> list[Finding]:
    """Months whose calls were billed for another amount than they come to."""
    findings = []
    lines = _standing(issued)
    for month in closed:
        of_month = [line for line in lines if line.month == month.month]
        over = sum(line.yen for line in of_month if line.kind in _OVER)
        surcharges = sum(line.yen for line in of_month if line.kind in _SURCHARGES)
        if over != counts.calls_over(month, month.settled_calls) * month.over_yen:
            findings.append(Finding("calls over billed otherwise", month.month))
        if surcharges != month.settled_surcharge_yen:
            findings.append(Finding("surcharges billed otherwise", month.month))
    return findings


_OVER = (counts.OVERAGE, counts.COUNT_CHANGED)
_SURCHARGES = (counts.SURCHARGE, counts.SURCHARGE_CHANGED)
