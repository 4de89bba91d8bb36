"""Every letter about money: one typed class of facts each (money.md).

Yen include tax, dates are JST dates.
"""

from datetime import date
from typing import Any

from chalicelib.record import Record


class Invoice(Record):
    """An invoice in words; `sums` are [rate, yen, tax in yen] for each tax rate.

    A transfer should name the `reference`.

    A line has `label`, `month`, `quantity`, `unit_yen`, `yen` and `note`.
    """

    number: str
    kind: str
    corrects: str | None
    issued_on: date
    due_on: date | None
    lines: list[dict[str, Any]]
    sums: list[list[int]]
    total_yen: int
    credit_yen: int
    payable_yen: int
    credit_left_yen: int
    registration_number: str | None
    holder: str
    reference: str


class Overdue(Record):
    """An invoice is not paid in full after its day; `others_yen` is open beside it."""

    number: str
    issued_on: date
    due_on: date
    total_yen: int
    open_yen: int
    others_yen: int
    holder: str
    reference: str


class ExtraPeople(Record):
    """More or fewer people are charged for from a day on; `monthly` is for all of them."""

    count: int
    was: int
    each_yen: int
    monthly: int
    day: date


class PaidOut(Record):
    """Money went back to the client; `parts` say of what."""

    parts: list[dict[str, Any]]
    yen: int
    fee_yen: int
    net_yen: int
    day: date


class PlanAdvice(Record):
    """Another plan would have been cheaper in each of the last months."""

    plan: str
    advised: str
    months: list[dict[str, Any]]
    saved_yen: int


AnyLetter = Invoice | Overdue | ExtraPeople | PaidOut | PlanAdvice
