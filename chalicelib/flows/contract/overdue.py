"""Reminders of what stays open (houses.md 11)."""

from datetime import date

from chalicelib.flows.change import Change
from chalicelib.models.contract_parts import OpenInvoice
from chalicelib.rules.money import reminders
from chalicelib.words import money_letters


def remind(change: Change, on: date) -> None:
    """Every invoice whose day has come: one letter each, with the account and the open yen."""
    contract, house = change.contract, change.house
    for invoice in contract.open_invoices:
        due = reminders.remind_on(invoice, house)
        if due and due <= on:
            invoice.reminded_on = reminders.last_before(invoice, house, change.today)
            change.record("payment_reminded", invoice.reminded_on, text=invoice.number)
            _remind(change, invoice)


def _remind(change: Change, invoice: OpenInvoice) -> None:
    others = [each for each in change.contract.open_invoices if each is not invoice]
    change.write(
        money_letters.Overdue(
            number=invoice.number,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            total_yen=invoice.total_yen,
            open_yen=invoice.open_yen,
            others_yen=sum(each.open_yen for each in others),
            holder=change.house.account.holder,
            reference=change.contract.id,
        ),
        invoice.reminded_on,
        part=invoice.number,
    )
