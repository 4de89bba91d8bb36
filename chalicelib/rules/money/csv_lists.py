"""Reads the lists of online banking, which are CSV, into entries (bank.md Forms)."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from chalicelib.errors import wrong
from chalicelib.record import Record
from chalicelib.rules.money import bank_entries, bank_forms, payers
from chalicelib.rules.money.bank_entries import REMEDY, Entry, refused
from chalicelib.rules.money.bank_forms import ENCODINGS, Form

_DATE = re.compile(r"([0-9]{4})([/.年-]?)([0-9]{1,2})([/.月-]?)([0-9]{1,2})日?")
_YEN = re.compile(r"[+-]?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})")
NO_TEXT = "明細をCSVまたは全銀形式でダウンロードし直し、編集せずに取り込んでください。"
_LONGEST = 1000  # letters of a first line that are looked at
_SHOWN = 80  # letters of an unknown header that are shown


class Row(Record):
    """One row of a list: its place in the file, and its cells by the plain names of the header."""

    form: Form
    line: int
    cells: dict[str, str]

    def cell(self, name: str | None) -> str:
        """A cell as it stands there; empty where the form has no such column."""
        return self.cells[name].strip() if name else ""

    def yen(self, name: str | None) -> int | None:
        """Whole yen, None for an empty cell. Raises Invalid."""
        amount = unicodedata.normalize("NFKC", self.cell(name))
        if amount in ("", "-"):
            return None
        if not _YEN.fullmatch(amount):
            raise refused(self.line, f"{name}「{self.cell(name)}」が整数の金額になっていません")
        return int(amount.replace(",", ""))

    def day(self, today: date) -> date:
        """The row's JST date, near today. Raises Invalid."""
        parts = "/".join(self.cell(name) for name in self.form.date)
        try:
            return bank_entries.day(*_parts(parts), today)
        except ValueError:
            title = self.form.date[0].partition("(")[0]
            raise refused(self.line, f"{title}「{parts}」が日付として読み取れません") from None


def read(content: bytes, today: date) -> tuple[str, list[Entry], int]:
    """(what the list is called, its entries with copy 0, how many debits were left out).

    Raises Invalid with the fault that stands first in the file.
    """
    form = _form(content)
    movements = [_entry(row, today) for row in _rows(form, _decoded(content, form.encoding))]
    entries = [entry for entry in movements if entry]
    return form.title, entries, len(movements) - len(entries)


def _form(content: bytes) -> Form:
    """The form of a file by its first line. Raises Invalid where the encoding is another."""
    first = content.partition(b"\n")[0].rstrip(b"\r")
    headers = {encoding: _header(first, encoding) for encoding in ENCODINGS}
    for encoding, header in headers.items():
        form = bank_forms.find(_cells(header))
        if form and form.encoding != encoding:
            raise _other_encoding(form, encoding)
        if form:
            return form
    shown = next((header for header in headers.values() if header), "")
    if not shown:
        raise wrong("file", f"1行目の文字を読み取れません。{NO_TEXT}")
    raise wrong(
        "file",
        f"1行目の見出し「{shown[:_SHOWN]}」は、取り込める銀行の明細の形式ではありません。"
        "対応している形式でダウンロードし直すか、システムの担当者に明細の見本をお送りください。",
    )


def _other_encoding(form: Form, encoding: str) -> Exception:
    return wrong(
        "file",
        f"{form.title}の明細の文字コードは{ENCODINGS[form.encoding]}ですが、"
        f"このファイルは{ENCODINGS[encoding]}です。{REMEDY}",
    )


def _header(line: bytes, encoding: str) -> str:
    """A header as text, empty where it is none in this encoding."""
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        return ""
    return text[:_LONGEST] if all(_is_text(letter) for letter in text) else ""


def _is_text(letter: str) -> bool:
    """Whether a letter stands in texts; bytes that are none become such as do not."""
    return letter == "\t" or unicodedata.category(letter) not in {"Cc", "Cn", "Co", "Cs"}


def _cells(line: str) -> list[str]:
    return next(csv.reader([line]), [])


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as fault:
        # The fault counts from behind a byte order mark.
        line = fault.object.count(b"\n", 0, fault.start) + 1
        what = f"文字を{ENCODINGS[encoding]}として読み取れません"
        raise refused(line, what) from None


def _rows(form: Form, text: str) -> Iterator[Row]:
    """The rows below the header; empty lines are no rows."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = bank_forms.plain(next(lines))
        for cells in lines:
            if any(cells):
                yield Row(form, lines.line_num, _by_name(header, cells, lines.line_num))
    except csv.Error:
        raise refused(lines.line_num, '引用符(")の組が正しくありません') from None


def _by_name(header: Sequence[str], cells: Sequence[str], line: int) -> dict[str, str]:
    """Cells by their names; what follows the last name must be empty."""
    if len(cells) < len(header) or any(cells[len(header) :]):
        what = f"列の数({len(cells)}列)が見出し({len(header)}列)と一致しません"
        raise refused(line, what)
    return dict(zip(header, cells, strict=False))


def _entry(row: Row, today: date) -> Entry | None:
    """A row as an entry, None where it takes money out."""
    on, yen = row.day(today), _came_in(row)
    if yen < 0:
        return None
    text = row.cell(row.form.payer) or row.cell(row.form.sort)
    name = _transfer_name(row, text)
    return Entry(
        account=row.form.bank,
        on=on,
        yen=yen,
        text=text,
        payer=text if name is None else name,
        key=payers.key(text if name is None else name),
        balance_after=row.yen(row.form.balance),
        bank_number=row.cell(row.form.number) or None,
        is_transfer=name is not None,
        is_cancel=False,
        line=row.line,
        copy=0,
    )


def _came_in(row: Row) -> int:
    """The yen that a row brings, below 0 where it takes them. Raises Invalid for 0 and for both."""
    credit, debit = row.yen(row.form.credit) or 0, row.yen(row.form.debit) or 0
    has_two_columns = row.form.debit is not None
    is_clear = credit >= 0 and debit >= 0 and not (credit and debit)
    if credit == debit or (has_two_columns and not is_clear):
        raise refused(row.line, f"{row.form.credit}が1円以上の金額になっていません")
    return credit - debit


def _transfer_name(row: Row, text: str) -> str | None:
    """Who made the transfer, None where the row is of something else."""
    form = row.form
    if form.sort:
        return text if row.cell(form.sort).startswith("振込") else None
    return payers.name_in(text, form.heads) if form.heads else text


def _parts(text: str) -> tuple[int, int, int]:
    """Year, month and day. Raises ValueError for a date that can be read in more ways than one."""
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
    if match is None or bool(match[2]) != bool(match[4]):
        raise ValueError("no date")
    if not match[2] and len(text) != 8:
        raise ValueError("no date")
    return int(match[1]), int(match[3]), int(match[5])
