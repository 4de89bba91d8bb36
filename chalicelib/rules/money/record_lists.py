"""Reads the fixed-width lists of the banks, 01 and 03, into entries (bank.md Records)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from chalicelib.errors import wrong
from chalicelib.record import Record
from chalicelib.rules.money import bank_entries, bank_records, record_lines
from chalicelib.rules.money.bank_entries import Entry, refused
from chalicelib.rules.money.bank_records import Layout
from chalicelib.rules.money.record_lines import Fields, Line, Movement

WIDTH = 200  # bytes
NO_EBCDIC = (
    "ファイルの文字コードがEBCDIC(コード区分1)のため、読み取れません。"
    "銀行の画面でJIS(コード区分0)を指定してダウンロードし直してください。"
)


class Sum(Record):
    """What a trailer claims of one sort of movement, in two fields; `total` may be missing.

    Where a sum is optional, a bank that does not give it leaves blanks.
    """

    sorts: tuple[str, ...]
    count: str
    total: str | None
    title: str
    is_optional: bool


class Form(Record):
    """One kind of list: its layouts, the sums of its trailer, how a record of data is read."""

    title: str
    header: Layout
    trailer: Layout
    sums: tuple[Sum, ...]
    read: Callable[[str, Line, date], Movement]


FORMS = {
    "01": Form(
        "全銀 振込入金通知",
        bank_records.NOTICE_HEADER,
        bank_records.NOTICE_TRAILER,
        (
            Sum(("credit",), "count", "total", "振込合計", False),
            Sum(("cancel",), "cancel_count", "cancel_total", "取消合計", True),
        ),
        record_lines.notice,
    ),
    "03": Form(
        "全銀 入出金取引明細",
        bank_records.STATEMENT_HEADER,
        bank_records.STATEMENT_TRAILER,
        (
            Sum(("credit",), "count", "total", "入金", False),
            Sum(("debit",), "debit_count", "debit_total", "出金", False),
            Sum(("credit", "debit"), "lines", None, "データ", True),
        ),
        record_lines.statement,
    ),
}


def is_records(content: bytes) -> bool:
    """Whether a file looks like fixed-width records, in JIS or in EBCDIC."""
    return _is_ebcdic(content) or (content[:1] == b"1" and content[1:3].isdigit())


def _is_ebcdic(content: bytes) -> bool:
    return content[:2] == b"\xf1\xf0"  # a header of kind 01 or 03 begins with "10"


def read(content: bytes, today: date) -> tuple[str, list[Entry], int]:
    """(what the list is called, its entries with copy 0, how many debits were left out).

    Raises Invalid with the fault that stands first in the file.
    """
    if _is_ebcdic(content):
        raise wrong("file", NO_EBCDIC)
    form = _form(content)
    movements: list[Movement] = []
    for group in _groups(_lines(content)):
        movements += _read_group(form, group, today)
    entries = [movement.entry for movement in movements if movement.entry]
    return form.title, entries, len(movements) - len(entries)


def _form(content: bytes) -> Form:
    code = content[1:3].decode()
    if code not in FORMS:
        raise wrong(
            "file",
            f"種別コード{code}の全銀ファイルは取り込めません。"
            "振込入金通知(01)または入出金取引明細(03)をダウンロードし直してください。",
        )
    return FORMS[code]


def _lines(content: bytes) -> list[Line]:
    """The records, with or without line ends between them: no byte of theirs is a line end."""
    lines = content.splitlines()
    records: list[bytes] = []
    for number, line in enumerate(lines, 1):
        if len(line) % WIDTH:
            place = number if len(lines) > 1 else len(line) // WIDTH + 1
            raise refused(place, f"長さが{WIDTH}バイトの固定長になっていません")
        records += [line[start : start + WIDTH] for start in range(0, len(line), WIDTH)]
    return [Line(place, record) for place, record in enumerate(records, 1)]


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Header, data and trailer of each account. Raises Invalid where one is missing."""
    end = lines[-1]
    if end.sort != b"9":
        raise refused(end.place, "後にエンドレコード(9)がなく、ファイルが途中で切れています")
    group: list[Line] = []
    for line in lines[:-1]:
        if line.sort not in ((b"2", b"8") if group else (b"1",)):
            raise refused(line.place, "データ区分が全銀形式の並び順(1・2・8・9)になっていません")
        group.append(line)
        if line.sort == b"8":
            yield group
            group = []
    if group:
        raise refused(end.place, "前にトレーラレコード(8)がありません")


def _read_group(form: Form, group: Sequence[Line], today: date) -> list[Movement]:
    account = _account(form, group[0])
    movements = [form.read(account, line, today) for line in group[1:-1]]
    trailer = group[-1].cut(form.trailer)
    for claimed in form.sums:
        _check(claimed, trailer, movements)
    return movements


def _account(form: Form, header: Line) -> str:
    """The account that a group is about."""
    fields = header.cut(form.header)
    if fields.content["code"] == b"1":
        raise wrong("file", NO_EBCDIC)
    if FORMS.get(fields.text("kind_of_list", "種別コード")) is not form:
        raise refused(header.place, "種別コードが先頭のレコードと異なります")
    titles = ("銀行コード", "支店コード", "預金種目", "口座番号")
    names = ("bank", "branch", "kind", "number")
    for name, title in zip(names, titles, strict=True):
        fields.number(name, title)
    return bank_entries.account(*(fields.content[name].decode().strip() for name in names))


def _check(claimed: Sum, trailer: Fields, movements: Sequence[Movement]) -> None:
    amounts = [movement.yen for movement in movements if movement.sort in claimed.sorts]
    _compare(claimed, trailer, claimed.count, len(amounts), "件")
    if claimed.total:
        _compare(claimed, trailer, claimed.total, sum(amounts), "円")


def _compare(claimed: Sum, trailer: Fields, name: str, actual: int, unit: str) -> None:
    """Raises Invalid where the trailer says another number than the data."""
    if claimed.is_optional and trailer.is_blank(name):
        return
    title = f"トレーラの{claimed.title}{'件数' if unit == '件' else '金額'}"
    number = trailer.number(name, title)
    if number != actual:
        what = f"{title}({number:,}{unit})が、明細から求めた値({actual:,}{unit})と一致しません"
        raise refused(trailer.place, what)
