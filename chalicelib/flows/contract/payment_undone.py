"""A payment is taken back: by the bank, or since it was recorded or matched wrongly (money.md)."""

from datetime import date

from chalicelib.errors import NotFound, Refused
from chalicelib.flows import lookup
from chalicelib.flows.change import Change
from chalicelib.flows.contract import payment as payments
from chalicelib.models import Invoice, Payment
from chalicelib.models.contract_parts import OpenInvoice


def undo_gate(change: Change) -> None:
    """The gate of the first payment is taken back, and with it the payment."""
    payment = Payment.find(payments.of_gate(change.contract))
    if payment is not None and payment.cancelled_at is None:
        _give_back(change, payment)
        _note_cancelled(change, payment, "入金確認の取り消し")


def _reopen_gate(change: Change, payment: Payment) -> None:
    """The payment that passed the gate is taken back before the paid contract has begun."""
    contract = change.contract
    entry = next((each for each in contract.gates if each.gate == "payment"), None)
    if entry is None or (entry.facts or {}).get("payment") != payment.id:
        return
    change.proceed("payment_reopened")
    contract.gates = [each for each in contract.gates if each is not entry]
    contract.ready_on = contract.paid_on = contract.paid_yen = None
    change.record("gate_reopened", text="payment")


def cancel(change: Change, payment_id: str, reason: str) -> None:
    """The bank took a payment back, or it was recorded by mistake: what it paid is open again.

    Raises Refused where its credit was used meanwhile, or an invoice was put right since.
    """
    payment = lookup.payment(change.house, payment_id)
    if payment.cancelled_at:
        return
    if payment.source == "gate":
        raise Refused(
            "この入金は確認項目「入金」で記録されています。その完了を取り消してください。"
        )
    _reopen_gate(change, payment)
    _give_back(change, payment)
    _note_cancelled(change, payment, reason)


def _note_cancelled(change: Change, payment: Payment, why: str) -> None:
    actions = [
        Payment.cancelled_at.set(change.now),
        Payment.cancelled_by.set(change.by),
        Payment.cancelled_why.set(why),
        Payment.unmatched_of.remove(),
    ]
    change.update(payment, actions, Payment.cancelled_at.does_not_exist())
    change.record("payment_cancelled", payment.on, text=f"{payment.yen:,}円: {why}")


def unmatch(change: Change, payment_id: str) -> None:
    """A payment was matched with the wrong invoices: it waits for a person again."""
    payment = lookup.payment(change.house, payment_id)
    if payment.contract is None:
        return
    if payment.contract != change.contract.id:
        raise NotFound("この入金は、このご契約のものではありません。番号をご確認ください。")
    if payment.source not in ("bank", "hand") or payment.cancelled_at:
        raise Refused("この入金の消し込みは取り消せません。")
    _reopen_gate(change, payment)
    _give_back(change, payment)
    actions = [
        Payment.contract.remove(),
        Payment.taken.set([]),
        Payment.credit_yen.set(0),
        Payment.unmatched_of.set(payment.house),
    ]
    change.update(payment, actions, Payment.contract == change.contract.id)
    change.record("payment_unmatched", payment.on, text=f"{payment.yen:,}円")


def _give_back(change: Change, payment: Payment) -> None:
    """What a payment has paid is open again, and its credit is gone."""
    if payment.credit_yen > change.contract.credit_yen:
        raise Refused(
            "この入金の過入金分は、すでに別の請求に充当されています。"
            "先にその請求書を訂正してください。"
        )
    for part in payment.taken:
        _open_again(change, part["invoice"], part["yen"])
    change.contract.credit_yen -= payment.credit_yen


def _open_again(change: Change, number: str, yen: int) -> None:
    if not yen:
        return
    contract = change.contract
    invoice = lookup.invoice(change.house, number)
    if invoice.replaced_by:
        raise Refused(
            f"請求書 {number} は {invoice.replaced_by} で訂正されています。"
            "この入金は取り消せません。"
        )
    open_yen = invoice.open_yen + yen
    actions = [
        Invoice.open_yen.set(open_yen),
        Invoice.open_of.set(invoice.house),
        Invoice.paid_on.remove(),
    ]
    change.update(invoice, actions, invoice.unchanged("open_yen", "replaced_by"))
    entries = {each.number: each for each in contract.open_invoices}
    entry = entries.setdefault(number, _as_open(invoice, change.today))
    entry.open_yen = open_yen
    contract.open_invoices = sorted(entries.values(), key=lambda each: each.issued_on)


def _as_open(invoice: Invoice, today: date) -> OpenInvoice:
    """An invoice of which nothing is open; overdue, it is reminded of once more in a while.

    Its earlier reminders are forgotten, and the same one must not be written twice [D].
    """
    is_overdue = invoice.due_on is not None and invoice.due_on < today
    return OpenInvoice(
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        total_yen=invoice.total_yen,
        open_yen=0,
        reminded_on=today if is_overdue else None,
    )
