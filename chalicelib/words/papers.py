"""Papers: facts in, the bytes of a PDF out (money.md Papers).

A paper is a tagged PDF/A-3, fit for a screen reader and for the archive. Its date is one of its
facts, so the same facts make the same bytes with the same version of typesetter, typeface and
template. Layout and sentences stand in `templates/papers/`, which read nothing but the facts.
"""

import json
import re
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib import config
from chalicelib.record import Record
from chalicelib.rules import calendar
from chalicelib.rules.money import invoice as money
from chalicelib.rules.money.invoice import Invoice, Issuer, Line, Rounding, Sum
from chalicelib.words import pages
from chalicelib.words.characters import printable

if TYPE_CHECKING:
    from typst import Fonts

FOLDER = pages.FOLDER / "papers"

# What the names of companies and offices have; everybody else is a 様.
_ORGANISATION = re.compile(
    "会社|法人|組合|協会|事務所|事業団|商会|商店|医院|病院|クリニック|[㈱㈲㈳㈶]|[((][株有社財][))]"
    r"|\b(?:Inc|LLC|Ltd|K\.K|Corp)\b"
)


class Call(Record):
    """One row of a statement; `on` and `at` are JST, `label` is the class in Japanese."""

    on: date
    at: time
    caller: str
    label: str
    counted: bool
    why: str


class Statement(Record):
    """作業明細: every call of a month that operators took. `counted` and `over` are frozen."""

    contract: str
    client: str
    month: str
    issued_on: date
    issuer: Issuer
    plan: str
    included: int
    counted: int
    over: int
    calls: tuple[Call, ...]


class Estimate(Record):
    """見積書: `lines` are paid each month, `once` only at the start; `notes` are the house's."""

    number: str
    client: str
    issued_on: date
    valid_until: date
    issuer: Issuer
    plan: str
    included: int
    over_yen: int
    expected_calls: int
    lines: tuple[Line, ...]
    once: tuple[Line, ...]
    rounding: Rounding
    notes: tuple[str, ...]


class Receipt(Record):
    """領収書: `purpose` is what stands before として, `sums` are the paid yen by tax rate."""

    number: str
    client: str
    issued_on: date
    paid_on: date
    issuer: Issuer
    yen: int
    purpose: str
    sums: tuple[Sum, ...]


def invoice(facts: Invoice, attachment: bytes | None = None, notes: tuple[str, ...] = ()) -> bytes:
    """The PDF of an invoice, or of a credit or refund; `attachment` is its XML (UTF-8).

    `notes` are further sentences of the house.
    """
    returns = _returns(facts)
    more = {
        "recipient": vars(facts.recipient) | _recipient(facts.recipient.name),
        "sums": facts.sums,
        "total_yen": facts.total_yen,
        "payable_yen": facts.payable_yen,
        "returns": returns,
        "return_sums": money.sums(returns, facts.rounding),
        "notes": notes,
    }
    files = {} if attachment is None else {"attachment": attachment.decode()}
    return _pdf("invoice", facts.issued_on, vars(facts) | more, files)


def statement(facts: Statement) -> bytes:
    """The PDF of a statement of work."""
    more = {"recipient": _recipient(facts.client)}
    return _pdf("statement", facts.issued_on, vars(facts) | more)


def estimate(facts: Estimate) -> bytes:
    """The PDF of an estimate."""
    more = {
        "recipient": _recipient(facts.client),
        "sums": money.sums(facts.lines, facts.rounding),
        "total_yen": money.total(facts.lines),
        "once_sums": money.sums(facts.once, facts.rounding),
        "once_yen": money.total(facts.once),
    }
    return _pdf("estimate", facts.issued_on, vars(facts) | more)


def receipt(facts: Receipt) -> bytes:
    """The PDF of a receipt."""
    more = {"recipient": _recipient(facts.client)}
    return _pdf("receipt", facts.issued_on, vars(facts) | more)


def honorific(name: str) -> str:
    """What follows a name: 御中 for a company or an office, 様 for a person, never a second one."""
    if name.rstrip().endswith(("様", "御中", "殿")):
        return ""
    return "御中" if _ORGANISATION.search(name) else "様"


def _recipient(name: str) -> dict[str, str]:
    return {"name": name, "honorific": honorific(name)}


def _returns(facts: Invoice) -> tuple[Line, ...]:
    """The lines that take back so much that they have to be listed apart.

    A deposit was no sale. Where a paper gives back and asks for nothing, its lines are that list.
    """
    credits = tuple(line for line in facts.lines if line.yen < 0 and line.rate != money.UNTAXED)
    is_large = money.total(credits) <= -money.RETURN_ITEMS_FROM
    is_mixed = any(line.yen >= 0 for line in facts.lines)
    return credits if is_large and is_mixed else ()


def _pdf(
    template: str, day: date, facts: dict[str, Any], files: dict[str, str] | None = None
) -> bytes:
    """One run of the typesetter. It is loaded on first use: only one function has it."""
    import typst

    plain = _plain(facts) | {"day": [day.year, day.month, day.day]}
    return typst.compile(
        FOLDER / f"{template}.typ",
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"facts": json.dumps(plain, ensure_ascii=False)} | (files or {}),
        pdf_standards=["a-3a", "ua-1"],  # the archive, with files inside; a screen reader
        timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )


@cache
def _fonts() -> "Fonts":
    """The papers' own typeface and no other."""
    import typst

    folder = config.paper_fonts()
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )


def _plain(value: Any) -> Any:
    """Facts as JSON: days as they are said, texts with nothing in them that has no glyph."""
    if isinstance(value, Record):
        return _plain(vars(value))
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return calendar.spoken_day(value)
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02}"
    return printable(value) if isinstance(value, str) else value
