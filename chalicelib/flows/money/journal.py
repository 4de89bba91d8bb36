"""A month of a house for its accounting program: invoices, payments and payouts (accounting.md)."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.models import Contract, Invoice, Payment, Payout
from chalicelib.models.invoice import IssuedIndex
from chalicelib.models.payment import PaidIndex
from chalicelib.models.payout import PayoutIndex
from chalicelib.record import Record
from chalicelib.rules import calendar
from chalicelib.rules.houses import House
from chalicelib.rules.money import accounting
from chalicelib.rules.money.accounting import Paid, Received, SetOff, Withdrawn
from chalicelib.rules.money.payouts import DEPOSIT
from chalicelib.words import exports
from chalicelib.words.journal_forms import Encoding, Program

_CANCELLED_WITHIN = timedelta(days=366)  # [D] how old a payment is at most that a bank takes back
_NAMES = ["id", "company", "contact_name", "invoice_name"]


class Books(Record):
    """The file of a month and what the office should know of it, one sentence each."""

    name: str
    content: bytes
    notes: tuple[str, ...]


class Facts(NamedTuple):
    """What happened in a month, as it is stored."""

    first: date
    last: date
    invoices: list[Invoice]
    withdrawn: dict[str, Invoice]  # by the number of the invoice that replaces it
    payments: list[Payment]
    payouts: list[Payout]
    clients: dict[str, str]


def export(house: House, program: Program, month: str, encoding: Encoding | None) -> Books:
    """The journal of a JST month: invoices by their issue, money by its day."""
    facts = _read(house, month)
    entries = accounting.journal(
        [each.as_facts() for each in facts.invoices if each.kind != "refund"],
        [_received(each, facts) for each in facts.payments if _came(each, facts)],
        [*_paid_out(facts), *_taken_back(facts)],
        _withdrawn(facts),
        [_set_off(each, facts) for each in facts.payments if _was_set_off(each, facts)],
    )
    file = exports.export(program, entries, encoding=encoding)
    return Books(f"{house.key}-{month}-{program}.csv", file.content, (*_notes(facts), *file.notes))


def _read(house: House, month: str) -> Facts:
    first, last = calendar.first_day_of(month), calendar.last_day_of(month)
    issued = Invoice.by_issued_on.query(house.key, IssuedIndex.issued_on.between(first, last))
    invoices = _invoices(each.number for each in issued)
    old = _invoices(filter(None, (each.as_facts().corrects for each in invoices)))
    days = PaidIndex.on.between(first - _CANCELLED_WITHIN, last)
    payments = list(Payment.by_on.query(house.key, days))
    paid = Payout.paid_on.between(first, last)
    payouts = list(Payout.by_on.query(house.key, PayoutIndex.on <= last, filter_condition=paid))
    contracts = {each.contract for each in (*payments, *payouts) if each.contract}
    return Facts(
        first=first,
        last=last,
        invoices=invoices,
        withdrawn={each.replaced_by: each for each in old if each.replaced_by},
        payments=payments,
        payouts=payouts,
        clients=_clients(contracts),
    )


def _invoices(numbers: Iterable[str]) -> list[Invoice]:
    """Whole invoices, in the order of their numbers."""
    invoices = Invoice.batch_get(list(numbers), consistent_read=True)
    return sorted(invoices, key=lambda each: (each.issued_on, each.number))


def _clients(ids: Collection[str]) -> dict[str, str]:
    """The names of clients as their invoices have them."""
    contracts = Contract.batch_get(list(ids), attributes_to_get=_NAMES)
    return {each.id: each.invoice_name or each.client for each in contracts}


def _cancelled_on(payment: Payment) -> date | None:
    return calendar.day_of(payment.cancelled_at) if payment.cancelled_at else None


def _counts(payment: Payment, facts: Facts) -> bool:
    """Whether a payment of the month was matched, and stood at the month's end."""
    cancelled_on = _cancelled_on(payment)
    stands = cancelled_on is None or cancelled_on > facts.last
    return payment.on >= facts.first and payment.contract is not None and stands


def _came(payment: Payment, facts: Facts) -> bool:
    return payment.source != "set_off" and _counts(payment, facts)


def _was_set_off(payment: Payment, facts: Facts) -> bool:
    return payment.source == "set_off" and _counts(payment, facts)


def _received(payment: Payment, facts: Facts) -> Received:
    parts = [(part["invoice"], part["yen"]) for part in payment.taken if part["yen"]]
    return Received(
        on=payment.on,
        yen=payment.yen,
        contract=payment.contract,
        client=_client(payment, facts),
        allocations=tuple(parts),
        credit_yen=payment.credit_yen,
    )


def _client(item: Payment | Payout, facts: Facts) -> str:
    return facts.clients.get(item.contract, item.contract)


def _set_off(payment: Payment, facts: Facts) -> SetOff:
    from_credit = payment.from_credit_yen or 0
    client = _client(payment, facts)
    return SetOff(payment.on, from_credit, payment.yen - from_credit, payment.contract, client)


def _paid_out(facts: Facts) -> Iterable[Paid]:
    """A payout's parts; its fee stands with the largest of them, which can bear it."""
    for payout in facts.payouts:
        fee = payout.fee_yen
        for part in sorted(payout.parts, key=lambda part: -part["yen"]) if payout.net_yen else ():
            own_fee = min(fee, part["yen"] - 1)
            fee -= own_fee
            yield Paid(
                on=payout.paid_on,
                yen=part["yen"],
                fee_yen=own_fee,
                reason="deposit" if part["reason"] == DEPOSIT else "credit",
                contract=payout.contract,
                client=_client(payout, facts),
            )


def _taken_back(facts: Facts) -> Iterable[Paid]:
    """Payments of earlier months that were cancelled in this one."""
    for payment in facts.payments:
        on = _cancelled_on(payment)
        if payment.on >= facts.first or on is None or not facts.first <= on <= facts.last:
            continue
        client = _client(payment, facts)
        taken = sum(part["yen"] for part in payment.taken)
        if taken and payment.contract:
            yield Paid(on, taken, 0, "payment", payment.contract, client)
        if payment.credit_yen:
            yield Paid(on, payment.credit_yen, 0, "credit", payment.contract, client)


def _withdrawn(facts: Facts) -> list[Withdrawn]:
    """The invoices that others of this month took back or replaced."""
    rows = []
    for invoice in facts.invoices:
        old = facts.withdrawn.get(invoice.number)
        if old:
            back = old.given_back_yen or 0
            number, month = invoice.number, invoice.month
            rows.append(Withdrawn(old.as_facts(), invoice.issued_on, number, month, back))
    return rows


def _notes(facts: Facts) -> Iterable[str]:
    waiting = [each for each in facts.payments if each.unmatched_of and not each.is_cancel]
    unmatched = [each for each in waiting if each.on >= facts.first]
    if unmatched:
        yen = sum(each.yen for each in unmatched)
        yield (
            f"消し込まれていない入金が{len(unmatched)}件(合計{yen:,}円)あり、"
            "この仕訳には含まれていません。消し込みの後に、出力し直してください。"
        )
    for payout in facts.payouts:
        if not payout.net_yen:
            yield (
                f"返金 {payout.id} は全額が振込手数料のため、仕訳に含まれていません。"
                "雑収入などとして入力してください。"
            )
