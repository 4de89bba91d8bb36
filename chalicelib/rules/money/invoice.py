"""An invoice as facts: its lines, and the sums that follow from them (money.md Invoice).

Yen are whole numbers with the tax inside, dates are JST dates, months are JST months (`2026-09`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from chalicelib.record import Record

Kind = Literal["first", "monthly", "at_once", "correction", "refund"]
Rounding = Literal["down", "half_up"]

TAXED = 10  # per cent inside every price of a house file
UNTAXED = 0  # a deposit is lent, not sold
RETURN_ITEMS_FROM = 10_000  # yen: a credit of so much or more says what it takes back (law.md)


class Line(Record):
    """One line: `quantity` times `unit_yen` makes `yen`; a credit has a negative `unit_yen`.

    `kind` says what is billed (`base`, `option`, `overage`, …) and `key` of which thing.
    `month` is the month that the line is for, None for a deposit; `note` a second line of text.
    """

    kind: str
    key: str
    label: str
    month: str | None
    quantity: int
    unit_yen: int
    yen: int
    rate: int
    note: str | None


class Sum(Record):
    """The lines of one tax rate together, and the tax inside of them, rounded once."""

    rate: int
    yen: int
    tax_yen: int


class Issuer(Record):
    """Who asks for the money; without a registration number it is no 適格請求書."""

    name: str
    registration_number: str | None
    address: str
    phone: str
    mail: str


class Account(Record):
    """Where the money goes, in words for people; `holder` as the bank writes it."""

    text: str
    holder: str


class Recipient(Record):
    """To whom the invoice is addressed; `contract` is what a transfer should name."""

    name: str
    address: str | None
    contract: str


class Invoice(Record):
    """The facts of an invoice, never changed once it is issued.

    `month` is the closing that it belongs to, `part` counts the invoices of the contract in that
    month. `credit_yen` is what an earlier credit pays of it. `corrects` is the number of the
    invoice that it puts right.
    """

    number: str
    kind: Kind
    house: str
    contract: str
    month: str
    part: int
    corrects: str | None
    issued_on: date
    due_on: date | None
    issuer: Issuer
    account: Account
    recipient: Recipient
    lines: tuple[Line, ...]
    rounding: Rounding
    credit_yen: int

    @property
    def sums(self) -> tuple[Sum, ...]:
        """One row for each tax rate, the highest first."""
        return sums(self.lines, self.rounding)

    @property
    def total_yen(self) -> int:
        """The sum of the lines; negative where the invoice gives more back than it asks for."""
        return total(self.lines)

    @property
    def payable_yen(self) -> int:
        """What is to be paid, never less than 0."""
        return max(0, self.total_yen - self.credit_yen)

    @property
    def is_qualified(self) -> bool:
        """Whether it is a 適格請求書."""
        return self.issuer.registration_number is not None


def line(
    kind: str,
    key: str,
    label: str,
    month: str | None,
    unit_yen: int,
    quantity: int = 1,
    rate: int = TAXED,
    note: str | None = None,
) -> Line:
    """A line whose amount is its quantity times its unit price."""
    return Line(kind, key, label, month, quantity, unit_yen, quantity * unit_yen, rate, note)


def total(lines: Sequence[Line]) -> int:
    """The sum of some lines in yen."""
    return sum(each.yen for each in lines)


def sums(lines: Sequence[Line], rounding: Rounding) -> tuple[Sum, ...]:
    """The lines added up by tax rate, the highest rate first."""
    rates = sorted({each.rate for each in lines}, reverse=True)
    amounts = [(rate, sum(each.yen for each in lines if each.rate == rate)) for rate in rates]
    return tuple(Sum(rate, yen, tax_inside(yen, rate, rounding)) for rate, yen in amounts)


def tax_inside(yen: int, rate: int, rounding: Rounding) -> int:
    """The tax inside an amount, rounded without its sign: −296 at 10 % has −26 inside."""
    whole = 100 + rate
    share = abs(yen) * rate
    tax = share // whole if rounding == "down" else (2 * share + whole) // (2 * whole)
    return tax if yen >= 0 else -tax


def number(contract: str, month: str, part: int) -> str:
    """An invoice's number, made of its facts: `mk-7KQ2MAB3DE-202609-1`."""
    return f"{contract}-{month.replace('-', '')}-{part}"
