"""One record of a fixed-width list: its fields, and the money that it moves (bank.md Records)."""

from datetime import date
from typing import Literal

from chalicelib.record import Record
from chalicelib.rules.money import bank_records, payers
from chalicelib.rules.money.bank_entries import Entry, refused
from chalicelib.rules.money.bank_records import NOTICE, STATEMENT, WIDE_NOTICE, Layout

_TRANSFER = b"11"  # of the sorts of a statement's line: neither cash nor a cheque


class Line(Record):
    """A record and its place in the file, from 1."""

    place: int
    content: bytes

    @property
    def sort(self) -> bytes:
        """1 for a header, 2 for data, 8 for a trailer, 9 for the end."""
        return self.content[:1]

    def cut(self, layout: Layout) -> "Fields":
        return Fields(self.place, bank_records.cut(layout, self.content))


class Fields(Record):
    """The fields of a record by name. What cannot be read is refused by place and `title`."""

    place: int
    content: dict[str, bytes]

    def number(self, name: str, title: str) -> int:
        """Whole yen or a count. Raises Invalid."""
        try:
            return bank_records.number(self.content[name])
        except ValueError:
            raise refused(self.place, f"{title}が数字になっていません") from None

    def text(self, name: str, title: str) -> str:
        """Letters without the blanks around them. Raises Invalid."""
        try:
            return bank_records.text(self.content[name])
        except ValueError:
            raise refused(self.place, f"{title}に読み取れない文字があります") from None

    def day(self, name: str, title: str, today: date) -> date:
        """A JST date near today. Raises Invalid."""
        try:
            return bank_records.day(self.content[name], today)
        except ValueError:
            shown = self.content[name].decode("ascii", "replace")
            what = f"{title}「{shown}」が和暦の日付(YYMMDD)になっていません"
            raise refused(self.place, what) from None

    def is_blank(self, name: str) -> bool:
        return not self.content[name].strip()


class Movement(Record):
    """Money that a record of data moves; `sort` says into which sums of the trailer it goes."""

    sort: Literal["credit", "debit", "cancel"]
    yen: int
    entry: Entry | None


def notice(account: str, line: Line, today: date) -> Movement:
    """A record of a list of transfers that came in, or of the notice that one did not."""
    wide = line.cut(WIDE_NOTICE)
    is_wide = (wide.content["wide_yen"] + wide.content["wide_cheques_yen"]).isdigit()
    fields = wide if is_wide else line.cut(NOTICE)
    yen = fields.number("yen", "金額")
    if is_wide and not yen:
        yen = fields.number("wide_yen", "金額(2)")
    is_cancel = fields.content["cancel"] == b"1"
    payer = fields.text("payer", "振込依頼人名")
    entry = _entry(account, fields, yen, payer, today)._replace(is_cancel=is_cancel)
    return Movement("cancel" if is_cancel else "credit", yen, entry)


def statement(account: str, line: Line, today: date) -> Movement:
    """A record of an account's movements, which go both ways."""
    fields = line.cut(STATEMENT)
    yen = fields.number("yen", "取引金額")
    direction = fields.content["direction"]
    if direction == b"2":
        return Movement("debit", yen, None)
    if direction != b"1":
        raise refused(line.place, "入払区分が1(入金)でも2(出金)でもありません")
    is_transfer = fields.content["sort"] == _TRANSFER
    # What is no transfer names nobody, and says in its summary what it is.
    payer = fields.text("payer", "振込依頼人名") or fields.text("summary", "摘要内容")
    entry = _entry(account, fields, yen, payer, today)._replace(is_transfer=is_transfer)
    return Movement("credit", yen, entry)


def _entry(account: str, fields: Fields, yen: int, payer: str, today: date) -> Entry:
    if yen <= 0:
        raise refused(fields.place, "金額が1円以上になっていません")
    bank_number = fields.text("bank_number", "照会番号")
    return Entry(
        account=account,
        on=fields.day("on", "勘定日", today),
        yen=yen,
        text=payer,
        payer=payer,
        key=payers.key(payer),
        balance_after=None,
        # Zeros alone are no number: the bank gives none.
        bank_number=bank_number if bank_number.strip("0") else None,
        is_transfer=True,
        is_cancel=False,
        line=fields.place,
        copy=0,
    )
