"""A journal as the CSV file that an accounting program imports (accounting.md Files).

Bytes are the same for the same entries; lines end with CR LF.
"""

import csv
import io
import re
from collections.abc import Sequence

from chalicelib.record import Record
from chalicelib.rules.money.accounting import USUAL, Accounts, Entry
from chalicelib.words.journal_forms import FORMS, Encoding, Program, rows

_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_FORMULA = tuple("=+-@＝＋－＠")  # what a spreadsheet may take for a formula, if it comes first
_QUOTE = "'"
_LOST = "〓"
_DASHES = str.maketrans("\u2014", "\u2015")  # cp932 has the dash only by its twin
_SUB_ACCOUNT = 24  # half-width characters that 弥生会計 keeps of the name of a sub-account


class Export(Record):
    """A file, and what the office should know of it: one sentence each."""

    content: bytes
    notes: tuple[str, ...]


def export(
    program: Program,
    entries: Sequence[Entry],
    accounts: Accounts = USUAL,
    encoding: Encoding | None = None,
) -> Export:
    """The entries as a file of a program, in its usual encoding if none is asked for.

    What cp932 cannot write becomes 〓, and what a spreadsheet could take for a formula gets a
    quote in front; the notes say so.
    """
    form = FORMS[program]
    code = encoding or form.encoding
    plain = [[_plain(cell) for cell in row] for row in rows(form, entries, accounts)]
    cells = {cell: _written(cell, code) for row in plain for cell in row}
    notes = [note for cell in cells for note in _notes(cell, code)]
    if program == "yayoi":
        notes += _cut_off(entries)
    text = _csv([[cells[cell] for cell in row] for row in plain])
    has_bom = form.bom and code == "utf-8"
    return Export(text.encode("utf-8-sig" if has_bom else code), tuple(notes))


def _csv(lines: list[list[str]]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows(lines)
    return file.getvalue()


def _plain(cell: str) -> str:
    """A cell on one line: names come from people."""
    return _BREAKS.sub(" ", cell).strip()


def _written(cell: str, code: Encoding) -> str:
    return _spelled(_guarded(cell), code)


def _guarded(cell: str) -> str:
    return _QUOTE + cell if cell.startswith(_FORMULA) else cell


def _spelled(cell: str, code: Encoding) -> str:
    if code == "utf-8":
        return cell
    letters = cell.translate(_DASHES)
    return "".join(_LOST if _is_lost(each, code) else each for each in letters)


def _is_lost(character: str, code: Encoding) -> bool:
    return not character.encode(code, "ignore")


def _notes(cell: str, code: Encoding) -> list[str]:
    """What of a cell is not written as it is."""
    notes = []
    if _guarded(cell) != cell:
        notes.append(
            f"「{cell}」は表計算ソフトで数式として扱われるおそれがあるため、"
            f"先頭に「{_QUOTE}」を付けました。"
        )
    lost = [each for each in cell.translate(_DASHES) if _is_lost(each, code)]
    if lost:
        letters = "」「".join(dict.fromkeys(lost))
        notes.append(
            f"「{cell}」の「{letters}」はShift_JISにない文字のため、「{_LOST}」に置き換えました。"
        )
    return notes


def _cut_off(entries: Sequence[Entry]) -> list[str]:
    names = dict.fromkeys(_plain(each.client) for each in entries)
    return [
        f"「{name}」は弥生会計の補助科目名の上限(半角{_SUB_ACCOUNT}文字)を超えるため、"
        "取り込み時に後ろが切れます。"
        for name in names
        if len(_guarded(name).encode("cp932", "replace")) > _SUB_ACCOUNT
    ]
