"""Proposals that a person has confirmed, several at once: each is done and answered for itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.errors import Problem, Refused, wrong
from chalicelib.flows import lookup
from chalicelib.flows.money import notices, payments
from chalicelib.models import Invoice, Payment
from chalicelib.rules.houses import House


class Wish(NamedTuple):
    """A payment is for these invoices, or a notice takes this payment back."""

    payment: str
    invoices: Sequence[str]
    takes_back: str | None


class Done(NamedTuple):
    """What became of a wish: the payment as it stands then, or why nothing was changed."""

    wish: Wish
    payment: Payment | None
    problem: Problem | None


def confirm(house: House, wishes: Sequence[Wish], by: str, now: datetime) -> list[Done]:
    """Do what can be done, one by one; a wish that was done before changes nothing."""
    return [_confirmed(house, wish, by, now) for wish in wishes]


def _confirmed(house: House, wish: Wish, by: str, now: datetime) -> Done:
    try:
        return Done(wish, _do(house, wish, by, now), None)
    except Problem as problem:
        return Done(wish, None, problem)


def _do(house: House, wish: Wish, by: str, now: datetime) -> Payment:
    if bool(wish.invoices) == bool(wish.takes_back):
        raise wrong("invoices", "invoices と takes_back のどちらか一方を指定してください。")
    if wish.takes_back:
        return notices.take_back(house, wish.payment, wish.takes_back, by, now)
    if lookup.payment(house, wish.payment).unmatched_of:
        _check_open(house, wish.invoices)
    return payments.match(house, wish.payment, wish.invoices, by, now)


def _check_open(house: House, numbers: Sequence[str]) -> None:
    """A proposal may be older than what was paid meanwhile: nobody confirms a credit unseen."""
    for number in numbers:
        invoice: Invoice = lookup.invoice(house, number)
        if not invoice.open_yen:
            raise Refused(
                f"請求書 {number} はすでに入金済みか、差し替えられています。"
                "候補の一覧を開き直してください。二重のお振込の場合は、"
                "入金の画面から消し込むと過入金のお預かりになります。"
            )
