"""Payments that the office records or the bank tells of, and what they pay (money.md Payments)."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from itertools import groupby
from typing import Any

from pynamodb.exceptions import PutError
from pynamodb.expressions.update import Action

from chalicelib.errors import Busy, Fault, Invalid, KeyUsedForOther, NotFound, Refused, wrong
from chalicelib.flows import lookup
from chalicelib.flows.contract import payment as story
from chalicelib.flows.contract import payment_undone
from chalicelib.flows.post import act
from chalicelib.models import Invoice, Payment
from chalicelib.models.base import condition_failed
from chalicelib.rules import calendar
from chalicelib.rules.calls.memo import body_digest
from chalicelib.rules.houses import House
from chalicelib.rules.money import payers


def record(house: House, owner: str, key: str, body: dict[str, Any], now: datetime) -> Payment:
    """Record a transfer exactly once; with `invoices` it is matched in the same request.

    Raises Invalid for a day to come or an invoice that is not the house's, and KeyUsedForOther.
    """
    identity = sha256(f"{house.key} {owner} {key}".encode()).hexdigest()[:32]
    numbers = body["invoices"] or []
    _check(house, body["on"], numbers, calendar.day_of(now))
    payment = Payment(
        id=f"{house.key}-{identity}",
        house=house.key,
        on=body["on"],
        yen=body["yen"],
        payer=body["payer"],
        payer_key=payers.key(body["payer"]) if body["payer"] else None,
        source="hand",
        recorded_at=now,
        by=owner,
        digest=_digest(body),
        unmatched_of=house.key,
    )
    stored = _put(payment)
    if stored.digest != payment.digest:
        raise KeyUsedForOther(
            "この Idempotency-Key は、別の内容の入金で使われています。"
            "新しい入金には新しいキーを付けてください。"
        )
    if numbers and stored.matched_at is None and not stored.cancelled_at:
        match(house, stored.id, numbers, owner, now)
    return lookup.payment(house, stored.id)


def _digest(body: dict[str, Any]) -> str:
    plain = {name: str(value) for name, value in body.items() if value is not None}
    return body_digest(plain)


def _check(house: House, on: date, numbers: Sequence[str], today: date) -> None:
    if on > today:
        raise wrong("on", "入金日は、本日までの日付を入力してください。")
    _invoices(house, numbers)


def _invoices(house: House, numbers: Sequence[str]) -> list[Invoice]:
    """The house's invoices of these numbers. Raises Invalid, naming each that is not its own."""
    listed = []
    faults = []
    for place, number in enumerate(numbers):
        try:
            listed.append(lookup.invoice(house, number))
        except NotFound:
            sentence = f"請求書 {number} は見つかりません。番号をご確認ください。"
            faults.append(Fault(f"invoices.{place}", sentence))
    if faults:
        raise Invalid(faults)
    return listed


def _put(payment: Payment) -> Payment:
    """The payment as it is stored: this one, or an earlier one of its id."""
    try:
        payment.save(condition=Payment.id.does_not_exist())
    except PutError as refused:
        if not condition_failed(refused):
            raise
        return Payment.get(payment.id, consistent_read=True)
    return payment


def match(house: House, payment_id: str, numbers: Sequence[str], by: str, now: datetime) -> Payment:
    """A person says which invoices a payment is for; those of several contracts in their order.

    A transfer for several contracts is parted: each gets what is open of its invoices, and the
    last one also the rest. Raises NotFound, Invalid and Refused.
    """
    invoices = _invoices(house, list(dict.fromkeys(numbers)))
    if not invoices:
        raise wrong("invoices", "消し込む請求書の番号を1つ以上指定してください。")
    payment = lookup.payment(house, payment_id)
    by_contract = [
        (contract, [invoice.number for invoice in group])
        for contract, group in groupby(invoices, lambda invoice: invoice.contract)
    ]
    if len(by_contract) == 1:
        [(contract, listed)] = by_contract
        act.on_contract(
            house, contract, now, by, partial(story.match, payment_id=payment.id, numbers=listed)
        )
        return lookup.payment(house, payment.id)
    for invoice in invoices:
        if invoice.replaced_by:
            raise Refused(
                f"請求書 {invoice.number} は差し替えられています。"
                f"{invoice.replaced_by} を指定してください。"
            )
    return _match_parts(house, _parted(payment, by_contract, invoices), by, now)


def credit(house: House, payment_id: str, contract_id: str, by: str, now: datetime) -> Payment:
    """A payment belongs to a contract and to none of its invoices: all of it becomes credit.

    A contract that has ended pays its credit out. Raises NotFound and Refused.
    """
    pay = partial(story.match, payment_id=lookup.payment(house, payment_id).id, numbers=())
    act.on_contract(house, contract_id, now, by, pay)
    return lookup.payment(house, payment_id)


def _parted(
    payment: Payment, by_contract: list[tuple[str, list[str]]], invoices: list[Invoice]
) -> Payment:
    """The payment with its parts, one for each contract; stored first, so that it can go on."""
    wishes = [numbers for _, numbers in by_contract]
    if [part["invoices"] for part in payment.parts or ()] == wishes:
        return payment
    untouched = story.check_unused(payment)
    open_yen = {invoice.number: invoice.open_yen for invoice in invoices}
    rest = payment.yen
    parts = []
    for place, (contract, numbers) in enumerate(by_contract, 1):
        is_last = place == len(by_contract)
        yen = rest if is_last else min(rest, sum(open_yen[number] for number in numbers))
        rest -= yen
        part = {"id": f"{payment.id}-{place}", "yen": yen}
        parts.append(part | {"contract": contract, "invoices": numbers})
    if not payment.changed([Payment.parts.set(parts), Payment.unmatched_of.remove()], untouched):
        raise Busy("この入金は同時に変更されました。もう一度お試しください。")
    return payment


def _match_parts(house: House, payment: Payment, by: str, now: datetime) -> Payment:
    for part in payment.parts or ():
        if not part["yen"]:
            continue
        own = Payment(
            id=part["id"],
            house=house.key,
            on=payment.on,
            yen=part["yen"],
            payer=payment.payer,
            payer_key=payment.payer_key,
            source=payment.source,
            part_of=payment.id,
            recorded_at=now,
            by=by,
        )
        pay = partial(story.take_part, payment=own, numbers=part["invoices"])
        act.on_contract(house, part["contract"], now, by, pay)
    return lookup.payment(house, payment.id)


def unmatch(house: House, payment_id: str, by: str, now: datetime) -> Payment:
    """The payment waits for a person again. Raises NotFound and Refused."""
    payment = lookup.payment(house, payment_id)
    if payment.contract:
        act.on_contract(
            house,
            payment.contract,
            now,
            by,
            partial(payment_undone.unmatch, payment_id=payment_id),
        )
    return lookup.payment(house, payment_id)


def cancel(house: House, payment_id: str, reason: str, by: str, now: datetime) -> Payment:
    """The payment never was, or the bank took it back. Raises NotFound and Refused."""
    payment = lookup.payment(house, payment_id)
    if payment.contract:
        undo = partial(payment_undone.cancel, payment_id=payment_id, reason=reason)
        act.on_contract(house, payment.contract, now, by, undo)
    elif not payment.cancelled_at:
        _check_parts(payment)
        _cancel_unmatched(payment, reason, by, now)
    return lookup.payment(house, payment_id)


def cancel_whole(house: House, payment_id: str, reason: str, by: str, now: datetime) -> Payment:
    """Cancel a payment with the part of every contract that it was for."""
    payment = lookup.payment(house, payment_id)
    parts = Payment.of_ids([part["id"] for part in payment.parts or ()])
    for part in parts.values():
        cancel(house, part.id, reason, by, now)
    return cancel(house, payment_id, reason, by, now)


def _check_parts(payment: Payment) -> None:
    """A transfer for several contracts is cancelled after the part of each one was."""
    parts = [Payment.find(part["id"]) for part in payment.parts or ()]
    if any(part and not part.cancelled_at for part in parts):
        raise Refused("この入金は分割されています。分割したそれぞれの入金を取り消してください。")


def _cancel_unmatched(payment: Payment, reason: str, by: str, now: datetime) -> None:
    actions: list[Action] = [
        Payment.cancelled_at.set(now),
        Payment.cancelled_by.set(by),
        Payment.cancelled_why.set(reason),
        Payment.unmatched_of.remove(),
    ]
    if not payment.changed(actions, payment.unchanged("contract", "cancelled_at", "parts")):
        raise Busy("この入金は同時に変更されました。内容をご確認のうえ、もう一度お試しください。")
