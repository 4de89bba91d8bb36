"""A payment is taken back: by the bank, or since it was recorded or matched wrongly (money.md)."""

from chalicelib.errors import NotFound, Refused
from chalicelib.flows import lookup
from chalicelib.flows.change import Change
from chalicelib.flows.contract import invoice_changes
from chalicelib.flows.contract import payment as payments
from chalicelib.models import Invoice, Payment
from chalicelib.models.contract_parts import OpenInvoice
from chalicelib.rules.money import reminders


def undo_gate(change: Change, passed_by: str | None) -> None:
    """The gate of the first payment is taken back: so is the payment that the office recorded.

    A transfer of the bank's that has passed the gate (`passed_by`, its id) waits for a person
    again.
    """
    if passed_by:
        _let_wait(change, lookup.payment(change.house, passed_by))
        return
    payment = Payment.find(payments.of_gate(change.contract))
    if payment is not None and payment.cancelled_at is None:
        _give_back(change, payment)
        _note_cancelled(change, payment, "入金確認の取り消し")


def _reopen_gate(change: Change, payment: Payment) -> None:
    """The payment that passed the gate is taken back before the paid contract has begun."""
    contract = change.contract
    entry = next((each for each in contract.gates if each.gate == "payment"), None)
    if contract.active_from or entry is None or (entry.facts or {}).get("payment") != payment.id:
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
    if payment.source == "gate" and change.contract.active_from is None:
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
    _let_wait(change, payment)


def _let_wait(change: Change, payment: Payment) -> None:
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
    if payment.source != "set_off" and payment.credit_yen > change.contract.credit_yen:
        raise Refused(
            "この入金の過入金分は、すでに別の請求に充当されています。"
            "先にその請求書を訂正してください。"
        )
    for part in payment.taken:
        _open_again(change, part["invoice"], part["yen"])
    contract = change.contract
    contract.credit_yen -= payment.credit_yen
    if payment.source == "set_off":
        from_credit = payment.from_credit_yen or 0
        contract.credit_yen += from_credit
        contract.deposit_yen += payment.yen - from_credit


def _open_again(change: Change, number: str, yen: int) -> None:
    """So much of an invoice is to be paid again, or of the one that stands in its place.

    The reminders that lie behind an invoice that is overdue by now are not made up.
    """
    if not yen:
        return
    contract = change.contract
    invoice = _living(change, number)
    open_yen = invoice.open_yen + yen
    invoice_changes.set_open(change, invoice.number, open_yen)
    entry = OpenInvoice(
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        total_yen=invoice.total_yen,
        open_yen=open_yen,
    )
    if entry.due_on is not None and entry.due_on < change.today:
        entry.reminded_on = reminders.last_before(entry, change.house, change.today)
    others = [each for each in contract.open_invoices if each.number != invoice.number]
    contract.open_invoices = sorted([*others, entry], key=lambda each: each.issued_on)


def _living(change: Change, number: str) -> Invoice:
    """The invoice, or the newest part that stands in its place. Raises Refused for a refund."""
    invoice = lookup.invoice(change.house, number)
    while invoice.replaced_by:
        invoice = lookup.invoice(change.house, invoice.replaced_by)
    if invoice.kind == "refund":
        raise Refused(
            f"請求書 {number} は取り消され、お支払いの分は返金の対象になっています。"
            "返金の一覧をご確認ください。"
        )
    return invoice
