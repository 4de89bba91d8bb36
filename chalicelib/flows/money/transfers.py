"""Payouts leave as one file for the bank; the office marks them paid when the bank has done so."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.errors import Fault, Invalid, Refused, wrong
from chalicelib.flows import lookup
from chalicelib.models import Contract, Payout
from chalicelib.record import Record
from chalicelib.rules import calendar
from chalicelib.rules.houses import House
from chalicelib.rules.money import transfer_file

_AHEAD = timedelta(days=31)  # [D]: the file names the day without its year
NO_ACCOUNT = "振込先の口座が登録されていません。お客様にご確認のうえ、登録してください。"
NOTHING = "お振込額が0円のため、振込はありません。このまま「振込済み」にできます。"


class LeftOut(NamedTuple):
    """A payout that is not in the file, and why."""

    payout: str
    why: str


class File(Record):
    """A file for the bank: the payouts in it in their order, their sum, and what is not in it."""

    name: str
    content: bytes
    payouts: tuple[str, ...]
    yen: int
    left_out: tuple[LeftOut, ...]


def make(house: House, on: date, ids: Sequence[str] | None, today: date) -> File:
    """The file that pays these payouts, or all that are open, on the JST banking day `on`.

    Nothing is marked paid by it. Raises Invalid with every fault, those of a payout under
    `payouts.{id}`, and Refused where the house has no code for such files.
    """
    sender = _sender(house)
    _check_day(house, on, today)
    payouts = _open(house) if ids is None else _chosen(house, ids)
    accounts = _accounts({each.contract for each in payouts})
    rows = [(each, accounts[each.contract]) for each in payouts if accounts.get(each.contract)]
    paying = [(payout, account) for payout, account in rows if payout.net_yen]
    content = _build(sender, on, paying)
    return File(
        name=f"{house.key}-{on:%Y%m%d}-furikomi.txt",
        content=content,
        payouts=tuple(payout.id for payout, _ in paying),
        yen=sum(payout.net_yen for payout, _ in paying),
        left_out=tuple(_left_out(payouts, accounts)),
    )


def _sender(house: House) -> transfer_file.Sender:
    own = house.account
    if own.client_code is None:
        raise Refused(
            "振込ファイルの作成には、銀行から通知された依頼人コードが必要です。"
            "事業者の設定の口座(account)に client_code を登録してください。"
        )
    return transfer_file.Sender(
        client_code=own.client_code,
        name=own.holder,
        bank=own.bank_code,
        branch=own.branch_code,
        kind=own.kind_code,
        number=own.number,
    )


def _check_day(house: House, on: date, today: date) -> None:
    if not today <= on <= today + _AHEAD:
        last = calendar.spoken_day(today + _AHEAD)
        raise wrong("on", f"振込日は、本日から{last}までの日付を入力してください。")
    if not calendar.is_business_day(on, house):
        raise wrong("on", "振込日は、銀行の営業日を入力してください。")


def _open(house: House) -> list[Payout]:
    """Every payout that is not paid yet, the oldest first."""
    return list(Payout.by_on.query(house.key, filter_condition=Payout.paid_on.does_not_exist()))


def _chosen(house: House, ids: Sequence[str]) -> list[Payout]:
    """The payouts of these ids, each once. Raises Invalid for one that cannot be paid."""
    stored = {each.id: each for each in Payout.batch_get(set(ids), consistent_read=True)}
    faults = []
    chosen = []
    for place, identity in enumerate(dict.fromkeys(ids)):
        payout = lookup.of_house(house, stored.get(identity))
        if payout and not payout.paid_on:
            chosen.append(payout)
            continue
        why = "はすでに振込済みです。" if payout else "は見つかりません。番号をご確認ください。"
        faults.append(Fault(f"payouts.{place}", f"返金 {identity} {why}"))
    if faults:
        raise Invalid(faults)
    return chosen


def _accounts(contracts: Collection[str]) -> dict[str, dict[str, str]]:
    """Where each contract's payouts go, as far as that is known."""
    names = ["id", "bank_account"]
    stored = Contract.batch_get(list(contracts), consistent_read=True, attributes_to_get=names)
    return {each.id: each.bank_account for each in stored if each.bank_account}


def _build(
    sender: transfer_file.Sender, on: date, rows: Sequence[tuple[Payout, dict[str, str]]]
) -> bytes:
    if not rows:
        raise Refused(
            "振込先の口座が登録されている未払いの返金がありません。返金の一覧をご確認ください。"
        )
    try:
        return transfer_file.build(sender, on, [_transfer(*row) for row in rows])
    except Invalid as refused:
        ids = [payout.id for payout, _ in rows]
        raise Invalid([_of_payout(fault, ids) for fault in refused.errors]) from None


def _transfer(payout: Payout, account: dict[str, str]) -> transfer_file.Payout:
    return transfer_file.Payout(
        bank=account["bank_code"],
        branch=account["branch_code"],
        kind=account["kind"],
        number=account["number"],
        holder=account["holder"],
        yen=payout.net_yen,
        reference=payout.id,
    )


def _of_payout(fault: Fault, ids: Sequence[str]) -> Fault:
    """A fault of a payout under its id, which the office knows; `payouts.0.holder` says a place."""
    room, _, rest = fault.field.partition(".")
    place, _, field = rest.partition(".")
    if room != "payouts" or not field:
        return fault
    identity = ids[int(place)]
    return Fault(f"payouts.{identity}.{field}", f"返金 {identity}: {fault.message}")


def _left_out(payouts: Sequence[Payout], accounts: Collection[str]) -> list[LeftOut]:
    rows = []
    for payout in payouts:
        if not payout.net_yen:
            rows.append(LeftOut(payout.id, NOTHING))
        elif payout.contract not in accounts:
            rows.append(LeftOut(payout.id, NO_ACCOUNT))
    return rows
