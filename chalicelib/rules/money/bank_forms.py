"""The lists of online banking as rows of data, none of them checked at its bank (bank.md Forms).

A house whose bank writes its list in another way brings a sample, and its row is put right here.
"""

import unicodedata
from collections.abc import Sequence

from chalicelib.record import Record

CP932 = "cp932"
UTF_8 = "utf-8-sig"  # with or without a byte order mark
ENCODINGS = {UTF_8: "UTF-8", CP932: "Shift_JIS"}  # in the order in which they are tried

_HEADS = ("振込 ", "振込　", "振込入金 ", "振込入金　")


class Form(Record):
    """How one bank writes its list; columns are found by their names, wherever they stand.

    `bank` is the bank's code. `date` is one column, or year, month and day in three. `debit` is
    None where a minus in `credit` says that money went out. A transfer is known by `heads` in
    front of `payer`, by the column `sort`, or where there is neither every credit is taken for
    one. `number` is the bank's own number of a line.
    """

    bank: str
    title: str
    encoding: str
    date: tuple[str, ...]
    credit: str
    debit: str | None
    balance: str
    payer: str
    heads: tuple[str, ...]
    sort: str | None
    number: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names that a header must have, each once."""
        single = (self.credit, self.debit, self.balance, self.payer, self.sort, self.number)
        return (*self.date, *(name for name in single if name))


# Titles show the bank's name of today; the code stays when a bank changes its name.
FORMS = (
    Form(
        bank="0038",
        title="ドコモSMTBネット銀行(旧 住信SBIネット銀行)",
        encoding=CP932,
        date=("日付",),
        credit="入金金額(円)",
        debit="出金金額(円)",
        balance="残高(円)",
        payer="内容",
        heads=("振込＊",),
        sort=None,
        number=None,
    ),
    Form(
        bank="0310",
        title="GMOあおぞらネット銀行",
        encoding=CP932,
        date=("日付",),
        credit="入金金額",
        debit="出金金額",
        balance="残高",
        payer="摘要",
        heads=_HEADS,
        sort=None,
        number=None,
    ),
    Form(
        bank="0005",
        title="三菱UFJ銀行",
        encoding=CP932,
        date=("日付",),
        credit="預かり金額",
        debit="支払い金額",
        balance="差引残高",
        payer="摘要内容",
        heads=(),
        sort="摘要",
        number=None,
    ),
    Form(
        bank="0033",
        title="PayPay銀行",
        encoding=CP932,
        date=("操作日(年)", "操作日(月)", "操作日(日)"),
        credit="お預り金額",
        debit="お支払金額",
        balance="残高",
        payer="摘要",
        heads=_HEADS,
        sort=None,
        number="取引順番号",
    ),
    Form(
        bank="0036",
        title="楽天銀行",
        encoding=CP932,
        date=("取引日",),
        credit="入出金(円)",
        debit=None,
        balance="取引後残高(円)",
        payer="入出金先内容",
        heads=(),
        sort=None,
        number=None,
    ),
    Form(
        bank="0035",
        title="ソニー銀行",
        encoding=CP932,
        date=("お取引日",),
        credit="お預入れ金額",
        debit="お引出し金額",
        balance="残高",
        payer="摘要",
        heads=_HEADS,
        sort=None,
        number=None,
    ),
    Form(
        bank="0397",
        title="SBI新生銀行",
        encoding=UTF_8,
        date=("取引日",),
        credit="入金金額",
        debit="出金金額",
        balance="残高",
        payer="摘要",
        heads=_HEADS,
        sort=None,
        number=None,
    ),
)


def find(header: Sequence[str]) -> Form | None:
    """The form whose columns a header names, each exactly once; None where nobody knows it."""
    names = plain(header)
    fitting = [form for form in FORMS if all(names.count(name) == 1 for name in form.columns)]
    return fitting[0] if len(fitting) == 1 else None


def plain(header: Sequence[str]) -> list[str]:
    """The names of a header whatever their width."""
    return [unicodedata.normalize("NFKC", name).strip() for name in header]
