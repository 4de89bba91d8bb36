"""The first payment is asked for by an invoice, which is kept true until the contract begins.

Before the start at smile, and wherever a trial is skipped; at mk on the day on which the client
asks to go on (houses.md 11). A change of plan before the first paid day makes another part of it.
"""

from datetime import date

from chalicelib.flows.change import Change
from chalicelib.flows.contract import invoice_changes, invoices
from chalicelib.models import Contract
from chalicelib.rules import calendar
from chalicelib.rules.contract import life
from chalicelib.rules.houses import House
from chalicelib.rules.money import charges, closes, first
from chalicelib.rules.money.invoice import Line

UNKNOWN_MONTH = "ご利用開始月の1か月分"


def ask(change: Change, on: date) -> None:
    """Make the invoice of the first payment, or the part that puts an earlier one right."""
    contract, house = change.contract, change.house
    lines = charges.first_payment(contract, house, on)
    contract.first_asked = first.wish(contract, house, on)
    month = calendar.month_of_day(change.today)
    old = (
        invoice_changes.withdraw(change, contract.first_invoice) if contract.first_invoice else None
    )
    contract.billed = {}  # what was billed before the paid contract was for this payment alone
    contract.billed = charges.note(lines, contract)
    issued = invoices.issue(
        change,
        "first",
        month,
        change.today,
        _due_on(contract, house, change.today),
        _as_shown(contract, lines),
        corrects=old.number if old else None,
    )
    if old:
        invoice_changes.mark_replaced(change, old, issued)
    contract.first_invoice = issued.number


def _due_on(contract: Contract, house: House, today: date) -> date | None:
    """By the trial's last day, or by the last one on which the place is kept.

    Before the start nothing is overdue: the service waits for the payment. A contract that is
    revived has paid already.
    """
    if contract.active_from:
        return today
    if contract.paused_on:
        return life.kept_until(contract, house)
    return contract.trial_last_day if contract.started_on else None


def _as_shown(contract: Contract, lines: list[Line]) -> list[Line]:
    """Before the start nobody knows which month will be the first one."""
    if contract.started_on:
        return lines
    return [line._replace(month=None, note=UNKNOWN_MONTH) if line.month else line for line in lines]


def begin(change: Change, on: date) -> None:
    """The paid period begins on the JST date `on`: the month that was paid for is that one."""
    contract = change.contract
    if contract.billed:
        month = calendar.month_of_day(on)
        contract.billed = charges.move_first_month(contract.billed, month)
    for invoice in contract.open_invoices:
        if invoice.number == contract.first_invoice and invoice.due_on is None:
            invoice.due_on = closes.due_on(change.house, on)


def give_back(change: Change, why: str) -> None:
    """No paid contract has begun: its first invoice is taken back, what was paid is credit."""
    contract = change.contract
    if contract.first_invoice is None:
        return
    invoices.take_back(change, contract.first_invoice, why)
    contract.first_invoice = contract.first_asked = None
    contract.billed = {}
