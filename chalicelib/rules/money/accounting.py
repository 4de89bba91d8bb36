"""Invoices, payments and payouts as entries of a journal (accounting.md Entries).

An entry has one account on each side and one amount above 0, so that it always balances. Yen are
whole numbers with the tax inside, dates are JST dates.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from chalicelib.record import Record
from chalicelib.rules.money.invoice import TAXED, UNTAXED, Invoice, Sum

Account = Literal["receivable", "sales", "deposit", "bank", "advance"]
Tax = Literal["sales", "return", "none"]
Reason = Literal["deposit", "credit", "payment"]


class Accounts(Record):
    """What a house calls each account in its books (勘定科目)."""

    receivable: str
    sales: str
    deposit: str
    bank: str
    advance: str


USUAL = Accounts(  # a house replaces what its books call otherwise
    receivable="売掛金", sales="売上高", deposit="預り保証金", bank="普通預金", advance="前受金"
)


class Entry(Record):
    """One line of the journal: `yen` go to `debit` and come from `credit`.

    `tax` is the category of the side that is sales, and `tax_yen` the tax inside of `yen`; every
    other side is outside the tax. `document` is the number of the invoice or the contract.
    """

    on: date
    debit: Account
    credit: Account
    yen: int
    tax: Tax
    tax_yen: int
    client: str
    note: str
    document: str


class Received(Record):
    """A payment: what of it went to which invoice (number, yen), and what was left as credit."""

    on: date
    yen: int
    contract: str
    client: str
    allocations: tuple[tuple[str, int], ...]
    credit_yen: int


class Paid(Record):
    """A payout of `yen`, of which the client gets `fee_yen` less: the fee is the client's.

    `reason` says what is given back: a deposit, a credit, or a payment whose invoice is open again.
    """

    on: date
    yen: int
    fee_yen: int
    reason: Reason
    contract: str
    client: str


class Withdrawn(Record):
    """An `invoice` that the one of that number and month took back or replaced on `on`.

    `paid_yen` had been paid of it by then, which is credit since.
    """

    invoice: Invoice
    on: date
    number: str
    month: str
    paid_yen: int


class SetOff(Record):
    """Invoices that were paid out of what the house had of the client, by credit and deposit."""

    on: date
    credit_yen: int
    deposit_yen: int
    contract: str
    client: str


_BILLED: dict[int, tuple[Account, str]] = {
    TAXED: ("sales", "電話代行料"),
    UNTAXED: ("deposit", "保証金の預かり"),
}
_GIVEN_BACK = {TAXED: "電話代行料の返還", UNTAXED: "保証金の返還"}
_PAID: dict[Reason, tuple[Account, str]] = {
    "deposit": ("deposit", "保証金の返還"),
    "credit": ("advance", "前受金の返金"),
    "payment": ("receivable", "入金取消による返金"),
}


def journal(
    invoices: Iterable[Invoice],
    received: Iterable[Received],
    paid: Iterable[Paid],
    withdrawn: Iterable[Withdrawn] = (),
    set_off: Iterable[SetOff] = (),
) -> tuple[Entry, ...]:
    """The entries of all these facts, the earliest date first; raises what their parts raise."""
    entries = [entry for each in invoices for entry in of_invoice(each)]
    entries += [entry for each in received for entry in of_received(each)]
    entries += [entry for each in paid for entry in of_paid(each)]
    entries += [entry for each in withdrawn for entry in of_withdrawn(each)]
    entries += [entry for each in set_off for entry in of_set_off(each)]
    return tuple(sorted(entries, key=lambda entry: (entry.on, entry.document)))


def of_invoice(invoice: Invoice) -> tuple[Entry, ...]:
    """An entry for each tax rate, and one for credit that is used or is left.

    Afterwards the client owes what is to be paid. What a negative sum leaves stands with the
    credit, so that nobody's debt is below 0. Raises KeyError for a rate that no house bills.
    """
    entries = [_billed(invoice, row) for row in invoice.sums if row.yen]
    if invoice.credit_yen:
        note = "前受金の充当"
        entries.append(_of(invoice, "advance", "receivable", invoice.credit_yen, note))
    if invoice.total_yen < 0:
        note = "返還額の繰越"
        entries.append(_of(invoice, "receivable", "advance", -invoice.total_yen, note))
    return tuple(entries)


def of_withdrawn(withdrawn: Withdrawn) -> tuple[Entry, ...]:
    """The entries of an invoice turned round; what was paid of it stands with the credit."""
    old = withdrawn.invoice
    negated = [line._replace(yen=-line.yen) for line in old.lines]
    back = old._replace(
        lines=tuple(negated),
        issued_on=withdrawn.on,
        number=withdrawn.number,
        month=withdrawn.month,
    )
    entries = [_billed(back, row) for row in back.sums if row.yen]
    if withdrawn.paid_yen:
        note = "取消分の入金の預かり"
        entries.append(_of(back, "receivable", "advance", withdrawn.paid_yen, note))
    return tuple(entries)


def of_set_off(set_off: SetOff) -> tuple[Entry, ...]:
    """An entry for what came from the credit, and one for what came from the deposit."""
    sources: list[tuple[Account, int, str]] = [
        ("advance", set_off.credit_yen, "前受金の充当"),
        ("deposit", set_off.deposit_yen, "保証金の充当"),
    ]
    return tuple(
        Entry(
            on=set_off.on,
            debit=account,
            credit="receivable",
            yen=yen,
            tax="none",
            tax_yen=0,
            client=set_off.client,
            note=f"{note} 契約{set_off.contract}",
            document=set_off.contract,
        )
        for account, yen, note in sources
        if yen
    )


def _billed(invoice: Invoice, row: Sum) -> Entry:
    account, note = _BILLED[row.rate]
    is_taxed = row.rate != UNTAXED
    if row.yen < 0:
        back = _of(invoice, account, "receivable", -row.yen, _GIVEN_BACK[row.rate])
        return back._replace(tax="return" if is_taxed else "none", tax_yen=-row.tax_yen)
    billed = _of(invoice, "receivable", account, row.yen, note)
    return billed._replace(tax="sales" if is_taxed else "none", tax_yen=row.tax_yen)


def _of(invoice: Invoice, debit: Account, credit: Account, yen: int, note: str) -> Entry:
    year, month = invoice.month.split("-")
    return Entry(
        on=invoice.issued_on,
        debit=debit,
        credit=credit,
        yen=yen,
        tax="none",
        tax_yen=0,
        client=invoice.recipient.name,
        note=f"{note} {year}年{int(month)}月締め 請求書{invoice.number}",
        document=invoice.number,
    )


def of_received(received: Received) -> tuple[Entry, ...]:
    """An entry for each invoice that a payment settles, and one for what is over.

    Raises ValueError where the parts are not above 0 or do not add up to the payment.
    """
    parts = [yen for _, yen in received.allocations]
    left = received.credit_yen
    if any(yen <= 0 for yen in parts) or left < 0 or sum(parts) + left != received.yen:
        raise ValueError(f"the parts of a payment of {received.yen} yen are not its sum")
    entries = [
        _received(received, "receivable", yen, f"入金 請求書{number}", number)
        for number, yen in received.allocations
    ]
    if left:
        note = f"過入金の預かり 契約{received.contract}"
        entries.append(_received(received, "advance", left, note, received.contract))
    return tuple(entries)


def _received(received: Received, account: Account, yen: int, note: str, document: str) -> Entry:
    return Entry(received.on, "bank", account, yen, "none", 0, received.client, note, document)


def of_paid(paid: Paid) -> tuple[Entry, ...]:
    """The entry of a payout: the bank gives `yen`, the fee included.

    Raises ValueError where nothing is paid, or the fee is more than that.
    """
    if not 0 <= paid.fee_yen < paid.yen:
        raise ValueError(f"a payout of {paid.yen} yen with a fee of {paid.fee_yen} yen")
    account, what = _PAID[paid.reason]
    note = f"{what} 契約{paid.contract}"
    if paid.fee_yen:
        note += f" 振込手数料{paid.fee_yen:,}円はお客様負担"
    entry = Entry(paid.on, account, "bank", paid.yen, "none", 0, paid.client, note, paid.contract)
    return (entry,)
