"""A journal in the columns of three accounting programs (accounting.md Programs).

Each entry is one row. Names of columns and tax categories are the programs' own words.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from chalicelib.record import Record
from chalicelib.rules.money.accounting import Account, Accounts, Entry, Tax

Program = Literal["yayoi", "freee", "moneyforward"]
Encoding = Literal["cp932", "utf-8"]

_BY_CLIENT = {"receivable", "advance", "deposit"}  # accounts whose balance is asked by client


class Side(Record):
    """One side of an entry in a program's words; `sub` is the client where accounts have such."""

    account: str
    sub: str
    client: str
    tax: str
    yen: str
    tax_yen: str


class Form(Record):
    """How a program reads a journal: `row` makes one of an entry's place, itself and its sides."""

    encoding: Encoding
    bom: bool
    header: tuple[str, ...]
    taxes: dict[Tax, str]
    row: Callable[[int, Entry, Side, Side], list[str]]


def rows(form: Form, entries: Sequence[Entry], accounts: Accounts) -> list[list[str]]:
    """The header, where a program has one, and a row for each entry."""
    head = [list(form.header)] if form.header else []
    for place, entry in enumerate(entries, start=1):
        debit = _side(form, entry, entry.debit, accounts)
        credit = _side(form, entry, entry.credit, accounts)
        head.append(form.row(place, entry, debit, credit))
    return head


def _side(form: Form, entry: Entry, account: Account, accounts: Accounts) -> Side:
    is_sales = account == "sales"
    return Side(
        account=getattr(accounts, account),
        sub=entry.client if account in _BY_CLIENT else "",
        client=entry.client,
        tax=form.taxes[entry.tax if is_sales else "none"],
        yen=str(entry.yen),
        tax_yen=str(entry.tax_yen if is_sales else 0),
    )


def _day(entry: Entry) -> str:
    return f"{entry.on:%Y/%m/%d}"


def _yayoi(place: int, entry: Entry, debit: Side, credit: Side) -> list[str]:
    head = ["2000", "", "", _day(entry)]
    sides = [
        cell
        for side in (debit, credit)
        for cell in (side.account, side.sub, "", side.tax, side.yen, side.tax_yen)
    ]
    return [*head, *sides, entry.note, "", "", "0", "", entry.document, "0", "0", "no"]


def _freee(place: int, entry: Entry, debit: Side, credit: Side) -> list[str]:
    head = ["[明細行]", _day(entry), str(place), ""]
    return [*head, *_freee_side(debit), *_freee_side(credit), entry.note]


def _freee_side(side: Side) -> list[str]:
    unused = [""] * 7  # code of the client, department, item, tag, three segments
    return [side.account, "", "", side.client, *unused, side.yen, side.tax, side.tax_yen]


def _moneyforward(place: int, entry: Entry, debit: Side, credit: Side) -> list[str]:
    sides = [
        cell
        for side in (debit, credit)
        for cell in (
            *(side.account, side.sub, "", side.client),
            *(side.tax, "", side.yen, side.tax_yen),
        )
    ]
    unused = [""] * 7  # tag, type, closing entry, and who wrote it when
    return [str(place), _day(entry), *sides, entry.note, entry.document, *unused]


def _both(*names: str) -> list[str]:
    return [side + name for side in ("借方", "貸方") for name in names]


_FREEE_HEADER = (
    *("[表題行]", "日付", "伝票番号", "決算整理仕訳"),
    *_both(
        *("勘定科目", "科目コード", "補助科目", "取引先", "取引先コード", "部門", "品目"),
        *("メモタグ", "セグメント1", "セグメント2", "セグメント3", "金額", "税区分", "税額"),
    ),
    "摘要",
)
_MONEYFORWARD_HEADER = (
    *("取引No", "取引日"),
    *_both(
        *("勘定科目", "補助科目", "部門", "取引先", "税区分", "インボイス", "金額(円)", "税額"),
    ),
    *("摘要", "仕訳メモ", "タグ", "MF仕訳タイプ", "決算整理仕訳"),
    *("作成日時", "作成者", "最終更新日時", "最終更新者"),
)

FORMS: dict[Program, Form] = {
    "yayoi": Form(
        encoding="cp932",
        bom=False,
        header=(),
        taxes={"sales": "課税売上内10%", "return": "課税売返内10%", "none": "対象外"},
        row=_yayoi,
    ),
    "freee": Form(
        encoding="cp932",
        bom=False,
        header=_FREEE_HEADER,
        taxes={"sales": "課税売上10%", "return": "課税売返10%", "none": "対象外"},
        row=_freee,
    ),
    "moneyforward": Form(
        encoding="utf-8",
        bom=True,
        header=_MONEYFORWARD_HEADER,
        taxes={"sales": "課税売上 10%", "return": "課税売上-返還等 10%", "none": "対象外"},
        row=_moneyforward,
    ),
}
