"""The file by which a bank makes payouts: 総合振込, 120 bytes a record (bank.md Transfer file)."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from chalicelib.errors import Fault, Invalid, wrong
from chalicelib.record import Record
from chalicelib.rules.money import bank_letters
from chalicelib.rules.money.bank_records import (
    TRANSFER,
    TRANSFER_END,
    TRANSFER_HEADER,
    TRANSFER_TRAILER,
    write,
)

KINDS = {"1": "普通", "2": "当座", "4": "貯蓄", "9": "その他"}
MOST_YEN = 9_999_999_999  # ten digits
MOST_TOTAL_YEN = 999_999_999_999
_CODE = 10  # letters of each of the two fields that carry a reference

# Field, its name for the office, what it looks like, and how that is said.
_ACCOUNT = (
    ("bank", "銀行コード", "[0-9]{4}", "数字4桁"),
    ("branch", "支店コード", "[0-9]{3}", "数字3桁"),
    ("kind", "預金種目", "[1249]", "1(普通)・2(当座)・4(貯蓄)・9(その他)のいずれか"),
    ("number", "口座番号", "[0-9]{7}", "数字7桁(足りない桁は先頭に0)"),
)
_SENDER = (("client_code", "依頼人コード", "[0-9]{1,10}", "数字10桁以内"), *_ACCOUNT)


class Sender(Record):
    """The house's account that pays, and the code that its bank has given the house."""

    client_code: str
    name: str
    bank: str
    branch: str
    kind: str
    number: str


class Payout(Record):
    """Whole yen to one account; `reference` tells the payee what they are for, and may be empty."""

    bank: str
    branch: str
    kind: str
    number: str
    holder: str
    yen: int
    reference: str


def build(sender: Sender, on: date, payouts: Sequence[Payout]) -> bytes:
    """The file for a JST banking day, in cp932 with a line end behind every record.

    Names may be written in any kana. Raises Invalid with every fault: `sender.bank`,
    `payouts.0.holder`.
    """
    if not payouts:
        raise wrong("payouts", "振込先がありません。1件以上選択してください。")
    faults = [*_faults(sender, payouts)]
    if faults:
        raise Invalid(faults)
    total = sum(payout.yen for payout in payouts)
    records = [
        _header(sender, on),
        *(_data(payout) for payout in payouts),
        write(TRANSFER_TRAILER, record="8", count=len(payouts), total=total),
        write(TRANSFER_END, record="9"),
    ]
    return b"".join(record + b"\r\n" for record in records)


def _half_width(text: str) -> str:
    return bank_letters.half_width(text.strip())


def _header(sender: Sender, on: date) -> bytes:
    return write(
        TRANSFER_HEADER,
        record="1",
        kind_of_list="21",
        code="0",
        client_code=sender.client_code,
        name=_half_width(sender.name),
        on=f"{on:%m%d}",
        bank=sender.bank,
        branch=sender.branch,
        kind=sender.kind,
        number=sender.number,
    )


def _data(payout: Payout) -> bytes:
    reference = _half_width(payout.reference)
    return write(
        TRANSFER,
        record="2",
        bank=payout.bank,
        branch=payout.branch,
        kind=payout.kind,
        number=payout.number,
        holder=_half_width(payout.holder),
        yen=payout.yen,
        is_new="0",
        reference_1=reference[:_CODE],
        reference_2=reference[_CODE:],
        way="7",  # by telegraph, on the day itself
        edi_mark="Y" if reference else "",
    )


def _faults(sender: Sender, payouts: Sequence[Payout]) -> Iterator[Fault]:
    """Everything that a bank would refuse, field by field."""
    yield from _forms("sender", sender, _SENDER)
    yield from _words("sender.name", "依頼人名", sender.name, 40)
    for place, payout in enumerate(payouts):
        yield from _payout_faults(f"payouts.{place}", payout)
    if sum(payout.yen for payout in payouts) > MOST_TOTAL_YEN:
        yield Fault("payouts", "振込金額の合計が12桁を超えています。ファイルを分けてください。")


def _payout_faults(place: str, payout: Payout) -> Iterator[Fault]:
    yield from _forms(place, payout, _ACCOUNT)
    yield from _words(f"{place}.holder", "受取人名", payout.holder, 30)
    if payout.reference:
        yield from _words(f"{place}.reference", "振込の摘要", payout.reference, 2 * _CODE)
    if not 1 <= payout.yen <= MOST_YEN:
        message = f"振込金額は1円から{MOST_YEN:,}円までで入力してください。"
        yield Fault(f"{place}.yen", message)


def _forms(
    place: str, thing: Sender | Payout, rows: Sequence[tuple[str, str, str, str]]
) -> Iterator[Fault]:
    for field, title, pattern, form in rows:
        if not re.fullmatch(pattern, getattr(thing, field)):
            yield Fault(f"{place}.{field}", f"{title}は{form}で入力してください。")


def _words(field: str, title: str, text: str, most: int) -> Iterator[Fault]:
    """What is wrong with a text that goes into `most` half-width letters; marks count, too."""
    try:
        length = len(_half_width(text))
    except ValueError as reason:
        yield Fault(field, f"{title}の{reason}")
        return
    if not length:
        yield Fault(field, f"{title}を入力してください。")
    if length > most:
        message = f"{title}は半角{most}文字以内で入力してください(現在{length}文字)。"
        yield Fault(field, message)
