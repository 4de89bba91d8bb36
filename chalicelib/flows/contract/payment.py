"""What is paid on a contract's invoices, and what is taken back of it (money.md Payments)."""

from collections.abc import Iterable
from datetime import date

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.errors import NotFound, Refused
from chalicelib.flows import lookup
from chalicelib.flows.change import Change
from chalicelib.flows.contract import invoice_changes
from chalicelib.models import Contract, Payment
from chalicelib.models.contract_parts import GatePassed
from chalicelib.rules.contract import gates

MOST_PAYERS = 20  # names that a contract remembers


def by_gate(change: Change, yen: int, paid_on: date) -> None:
    """The office has seen the first payment and passes its gate with it."""
    contract = change.contract
    contract.first_payments += 1
    payment = Payment(
        id=of_gate(contract),
        house=change.house.key,
        on=paid_on,
        yen=yen,
        source="gate",
        payer=None,
        recorded_at=change.now,
        by=change.by,
    )
    asked = [
        each.number for each in contract.open_invoices if each.number == contract.first_invoice
    ]
    _use(change, payment, asked)
    change.put(payment, Payment.id.does_not_exist())


def of_gate(contract: Contract) -> str:
    """The id of the last payment that passed the gate; it may be taken back and passed again."""
    return f"{contract.id}-first{contract.first_payments}"


def match(change: Change, payment_id: str, numbers: Iterable[str]) -> None:
    """A person says which of the contract's invoices a payment is for, the first one first.

    What is paid short stays open, what is paid over becomes credit. The payer is remembered.
    Raises NotFound, and Refused where the payment was matched or cancelled before.
    """
    payment = lookup.payment(change.house, payment_id)
    listed = list(dict.fromkeys(numbers))
    is_ours = payment.contract == change.contract.id and not payment.cancelled_at
    if is_ours and _pays(payment, listed):
        return
    untouched = check_unused(payment)
    _use(change, payment, listed)
    _remember(change, payment.payer_key)
    _pass_gate(change, payment)
    change.update(payment, _as_matched(payment), untouched)


def check_unused(payment: Payment) -> Condition:
    """The condition that a payment still waits for a person. Raises Refused where it does not."""
    if payment.is_cancel:
        raise Refused(
            "この明細は入金ではなく、銀行からの取消の通知です。取り消された入金を指定してください。"
        )
    if payment.cancelled_at:
        raise Refused("この入金は取り消されています。")
    if payment.parts:
        raise Refused("この入金はすでに複数のご契約に分割して消し込まれています。")
    if payment.contract:
        raise Refused(
            "この入金はすでに消し込まれています。変更する場合は、先に消し込みを取り消してください。"
        )
    return payment.unchanged("contract", "cancelled_at", "parts")


def take_part(change: Change, payment: Payment, numbers: list[str]) -> None:
    """The contract's part of a transfer for several; taken before, nothing changes.

    A part that was unmatched since is matched again.
    """
    earlier = Payment.find(payment.id)
    if earlier is not None and earlier.contract is None and not earlier.cancelled_at:
        match(change, payment.id, numbers)
    if earlier is not None:
        return
    _use(change, payment, numbers)
    _remember(change, payment.payer_key)
    _pass_gate(change, payment)
    change.put(payment, Payment.id.does_not_exist())


def pay_all(change: Change, payment: Payment) -> None:
    """A payment is for whatever is open, the oldest invoice first."""
    _use(change, payment, [each.number for each in change.contract.open_invoices])


def _pays(payment: Payment, numbers: list[str]) -> bool:
    return [part["invoice"] for part in payment.taken] == numbers


def _as_matched(payment: Payment) -> list[Action]:
    return [
        Payment.contract.set(payment.contract),
        Payment.taken.set(payment.taken),
        Payment.credit_yen.set(payment.credit_yen),
        Payment.matched_at.set(payment.matched_at),
        Payment.matched_by.set(payment.matched_by),
        Payment.unmatched_of.remove(),
    ]


def _use(change: Change, payment: Payment, numbers: list[str]) -> None:
    """Pay the invoices in their order; the rest is credit."""
    contract = change.contract
    rest = payment.yen
    taken = []
    for number in numbers:
        part = _pay(change, number, rest, payment.on)
        rest -= part
        taken.append({"invoice": number, "yen": part})
    contract.credit_yen += rest
    payment.contract = contract.id
    payment.taken = taken
    payment.credit_yen = rest
    payment.matched_at = change.now
    payment.matched_by = change.by
    payment.unmatched_of = None
    change.record("payment_matched", payment.on, text=f"{payment.yen:,}円")


def _pay(change: Change, number: str, yen: int, on: date) -> int:
    """Pay of an invoice what is open, at most `yen`; how much that was."""
    contract = change.contract
    entry = next((each for each in contract.open_invoices if each.number == number), None)
    if entry is None:
        _refuse_unknown(change, number)
        return 0
    part = min(yen, entry.open_yen)
    entry.open_yen -= part
    invoice_changes.set_open(change, number, entry.open_yen, on)
    if not entry.open_yen:
        contract.open_invoices = [each for each in contract.open_invoices if each is not entry]
    return part


def _refuse_unknown(change: Change, number: str) -> None:
    """An invoice that is paid takes nothing more, and the payment is credit; others are refused."""
    invoice = lookup.invoice(change.house, number)
    if invoice.contract != change.contract.id:
        raise NotFound(
            f"請求書 {number} は、このご契約のものではありません。番号をご確認ください。"
        )
    if invoice.replaced_by:
        raise Refused(
            f"請求書 {number} は差し替えられています。{invoice.replaced_by} を指定してください。"
        )


def _remember(change: Change, key: str | None) -> None:
    """A payer confirmed once is known from then on (bank.md Names)."""
    payers = change.contract.payers
    if key and key not in payers:
        change.contract.payers = [*payers, key][-MOST_PAYERS:]


def _pass_gate(change: Change, payment: Payment) -> None:
    """What pays the first invoice in full passes the gate of the first payment."""
    contract = change.contract
    is_first = contract.first_invoice in [part["invoice"] for part in payment.taken]
    is_open = contract.first_invoice in [each.number for each in contract.open_invoices]
    if not is_first or is_open or contract.active_from or gates.passed(contract, "payment"):
        return
    change.proceed("payment_seen")
    note_gate(change, payment)


def note_gate(change: Change, payment: Payment) -> None:
    """The gate of the first payment is passed by a transfer."""
    contract = change.contract
    facts = {"yen": str(payment.yen), "paid_on": payment.on.isoformat(), "payment": payment.id}
    ground = f"入金の消し込み({payment.payer or payment.id})"
    contract.gates.append(
        GatePassed(gate="payment", at=change.now, by=change.by, ground=ground, facts=facts)
    )
    contract.paid_on = payment.on
    contract.paid_yen = payment.yen
    if contract.first_invoice:
        invoice = invoice_changes.taken_out(change, contract.first_invoice)
        contract.paid_yen = invoice.total_yen + payment.credit_yen
    change.record("gate_passed", text="payment")
