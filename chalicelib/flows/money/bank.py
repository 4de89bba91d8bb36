"""A bank's list becomes payments, each of its lines once however often it is imported (bank.md)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from pynamodb.exceptions import TransactWriteError

from chalicelib.errors import Busy, Fault, Invalid
from chalicelib.models import Payment
from chalicelib.models.base import MEETINGS, lost_a_race, transaction
from chalicelib.record import Record
from chalicelib.rules import calendar
from chalicelib.rules.houses import House
from chalicelib.rules.money import bank_lists
from chalicelib.rules.money.bank_lists import BankList, Entry

_AT_ONCE = 100  # items of one transaction


class Imported(Record):
    """What a list brought: `new` and `known` lines, `cancels` among both; `debits` are left out."""

    title: str
    new: int
    known: int
    cancels: int
    debits: int


def import_list(house: House, name: str, content: bytes, by: str, now: datetime) -> Imported:
    """Store what came in by a bank's file; lines that are known already change nothing.

    The file is read whole before anything is stored. An import that stopped half-way is completed
    by the next one of the same file. Raises Invalid for the field `content`, and Busy.
    """
    bank_list = _read(house, content, now)
    payment = partial(_payment, house, name, by, now)
    payments = [payment(entry) for entry in bank_list.entries]
    places = range(0, len(payments), _AT_ONCE)
    new = sum(_store(payments[place : place + _AT_ONCE]) for place in places)
    return Imported(
        title=bank_list.title,
        new=new,
        known=len(payments) - new,
        cancels=sum(entry.is_cancel for entry in bank_list.entries),
        debits=bank_list.debits,
    )


def _read(house: House, content: bytes, now: datetime) -> BankList:
    try:
        return bank_lists.read(content, calendar.day_of(now), [_own_account(house)])
    except Invalid as refused:
        faults = [Fault("content", fault.message) for fault in refused.errors]
        raise Invalid(faults) from None


def _own_account(house: House) -> str:
    own = house.account
    return bank_lists.account(own.bank_code, own.branch_code, own.kind_code, own.number)


def _payment(house: House, name: str, by: str, now: datetime, entry: Entry) -> Payment:
    return Payment(
        id=f"{house.key}-{bank_lists.identity(entry)[:32]}",
        house=house.key,
        on=entry.on,
        yen=entry.yen,
        payer=entry.payer or None,
        payer_key=entry.key or None,
        source="bank",
        account=entry.account,
        balance_after=entry.balance_after,
        bank_number=entry.bank_number,
        is_transfer=entry.is_transfer,
        is_cancel=entry.is_cancel,
        list_name=name,
        recorded_at=now,
        by=by,
        unmatched_of=house.key,
    )


def _store(payments: Sequence[Payment]) -> int:
    """Store those of up to a hundred payments that are new, all or none; how many those were.

    Another import of the same lines may be faster: then what it stored is looked up again.
    """
    for _ in range(MEETINGS):
        known = Payment.of_ids([payment.id for payment in payments], ["id"])
        new = [payment for payment in payments if payment.id not in known]
        try:
            _put(new)
        except TransactWriteError as refused:
            if not lost_a_race(refused):
                raise
            continue
        return len(new)
    raise Busy("同じ明細が同時に取り込まれています。少し待ってから、もう一度取り込んでください。")


def _put(payments: Sequence[Payment]) -> None:
    if not payments:
        return
    with transaction() as transact:
        for payment in payments:
            transact.save(payment, condition=Payment.id.does_not_exist())
