"""A contract that ended unpaid goes on: its payment had come in time and was seen late (money.md).

The paid contract begins on the day of the revival, since there was no service before it [D].
"""

from datetime import timedelta

from chalicelib.errors import Refused
from chalicelib.flows import lookup
from chalicelib.flows.change import Change
from chalicelib.flows.contract import ending, first_payment, numbers
from chalicelib.flows.contract import payment as payments
from chalicelib.flows.contract.wording import service
from chalicelib.models import Contract, Payment
from chalicelib.rules import calendar
from chalicelib.words import letters

_DAY = timedelta(days=1)
_NEW = "ご返金のうえ、新しいお申し込みとして承ってください。"


def revive(change: Change, payment: str) -> None:
    """Back into service from today with the same numbers; the payment pays the first invoice.

    Said twice for one payment, it happens once. Raises NotFound, and Refused where the contract
    ended otherwise, the payment came late or is short, or a number no longer rests for it.
    """
    contract = change.contract
    seen = lookup.payment(change.house, payment)
    if _is_paid_by(contract, seen):
        return
    change.proceed("revived")
    _check_end(contract)
    _check_day(contract, seen)
    for number in ending.numbers_of(contract):
        numbers.lend_again(change, number)
    _run_again(change, seen)
    change.tell(
        letters.Revived(
            service=service(change, change.today),
            day=change.today,
            paid_on=seen.on,
            paid_yen=seen.yen,
        )
    )


def _is_paid_by(contract: Contract, payment: Payment) -> bool:
    """Whether the payment has passed the gate already, and the contract runs."""
    passed = [(gate.facts or {}).get("payment") for gate in contract.gates]
    return contract.ended_on is None and payment.id in passed


def _check_end(contract: Contract) -> None:
    if contract.end_reason != "lapsed" or contract.continuation_asked_on is None:
        raise Refused(
            "再開できるのは、継続のお申し出があり、ご入金を確認できずに終了したご契約だけです。"
            + _NEW
        )
    if contract.ends_on:
        raise Refused("このご契約には、解約のお申し出がありました。" + _NEW)


def _check_day(contract: Contract, payment: Payment) -> None:
    last = contract.ended_on - _DAY
    if not contract.applied_on <= payment.on <= last:
        raise Refused(
            f"この入金は{calendar.spoken_day(payment.on)}付で、"
            f"お支払いの期限({calendar.spoken_day(last)})までのお申し込みの入金ではありません。"
            + _NEW
        )


def _run_again(change: Change, payment: Payment) -> None:
    """The payment becomes credit, and the first invoice is asked for again and paid by it."""
    contract = change.contract
    payments.match(change, payment.id, ())
    payments.note_gate(change, payment)
    contract.ended_on = contract.end_reason = contract.refund_yen = None
    contract.active_from = change.today
    contract.turn_on(change.now)
    first_payment.ask(change, change.today)
    short = sum(invoice.open_yen for invoice in contract.open_invoices)
    if short:
        raise Refused(f"ご入金額が初回のお支払いに{short:,}円足りないため、再開できません。" + _NEW)
    change.record("revived")
