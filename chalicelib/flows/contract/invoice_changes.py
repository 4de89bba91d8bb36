"""What becomes of an invoice after its issue: paid, open again, replaced (money.md Invoice)."""

from datetime import date

from chalicelib.flows import lookup
from chalicelib.flows.change import Change
from chalicelib.models import Invoice
from chalicelib.rules.money import charges


def withdraw(change: Change, number: str) -> Invoice:
    """An invoice asks for nothing any more: what was paid of it is credit. It is still there."""
    contract = change.contract
    old = taken_out(change, number)
    facts = old.as_facts()
    contract.credit_yen += _paid_yen(old)
    contract.deposit_yen -= charges.deposit(facts.lines)
    contract.open_invoices = [each for each in contract.open_invoices if each.number != number]
    return old


def taken_out(change: Change, number: str) -> Invoice:
    """An invoice that this write may change: the same one, however often it is asked for.

    Raises NotFound.
    """
    pending = change.pending(Invoice(number))
    if isinstance(pending, Invoice):
        return pending
    invoice = lookup.invoice(change.house, number)
    change.put(invoice, invoice.unchanged("open_yen", "replaced_by", "paper_at"))
    return invoice


def set_open(change: Change, number: str, open_yen: int, paid_on: date | None = None) -> Invoice:
    """So much of an invoice is still to be paid; `paid_on` says when the last part came."""
    invoice = taken_out(change, number)
    invoice.open_yen = open_yen
    invoice.open_of = invoice.house if open_yen else None
    invoice.paid_on = None if open_yen else paid_on
    return invoice


def _paid_yen(invoice: Invoice) -> int:
    """What was paid of an invoice, by transfers and by credit."""
    facts = invoice.as_facts()
    return facts.payable_yen - invoice.open_yen + facts.credit_yen


def mark_replaced(change: Change, old: Invoice, new: Invoice) -> None:
    """Note on an invoice that was withdrawn which other one stands in its place."""
    old.given_back_yen = _paid_yen(old)
    set_open(change, old.number, 0, old.paid_on)
    old.replaced_by = new.number
