"""One line of a bank list that brings money, and what makes it the same line (bank.md Import)."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from chalicelib.errors import Invalid, wrong
from chalicelib.record import Record

YEARS_BACK = 8  # [D]: seven that papers are kept for, and the one that runs
DAYS_AHEAD = 31  # [D]: a bank may date a line for a day that is still to come
REMEDY = "銀行からファイルをダウンロードし直し、編集せずに取り込んでください。"


class Entry(Record):
    """Money that came in, or with `is_cancel` the notice that it did not; `yen` is above 0.

    `account` is `bank/branch/kind/number`, or the bank's code where the file names no account.
    `on` is the JST date on which the bank booked it. `text` is what the bank wrote, `payer` the
    name in it and `key` that name as it is compared. `bank_number` is the bank's own number of
    the line. `line` counts lines or records of the file from 1, and `copy` equal entries from 0.
    """

    account: str
    on: date
    yen: int
    text: str
    payer: str
    key: str
    balance_after: int | None
    bank_number: str | None
    is_transfer: bool
    is_cancel: bool
    line: int
    copy: int


def account(bank: str, branch: str, kind: str, number: str) -> str:
    """An account as entries name it: `0005/123/1/1234567`.

    A number of ten digits with zeros in front is the same one as its last seven.
    """
    return f"{bank}/{branch}/{kind}/{number.lstrip('0').zfill(7)}"


def identity(entry: Entry) -> str:
    """A stable id: the same line has it in every file that holds the line.

    Neither the place in the file nor what we read out of the text goes into it.
    """
    return hashlib.sha256("\n".join([*_facts(entry), str(entry.copy)]).encode()).hexdigest()


def counted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries of one file with their `copy`: two equal transfers on one day are two payments."""
    copies: Counter[tuple[str, ...]] = Counter()
    numbered = []
    for entry in entries:
        facts = _facts(entry)
        numbered.append(entry._replace(copy=copies[facts]))
        copies[facts] += 1
    return tuple(numbered)


def _facts(entry: Entry) -> tuple[str, ...]:
    return (
        entry.account,
        entry.on.isoformat(),
        str(entry.yen),
        entry.text,
        str(entry.balance_after),
        str(entry.bank_number),
        "cancel" if entry.is_cancel else "payment",
    )


def day(year: int, month: int, day_of_month: int, today: date) -> date:
    """A JST date of a bank list. Raises ValueError for none, or for one far from `today`."""
    on = date(year, month, day_of_month)
    first = date(today.year - YEARS_BACK, 1, 1)
    if not first <= on <= today + timedelta(days=DAYS_AHEAD):
        raise ValueError("a date of another time")
    return on


def refused(line: int, what: str, remedy: str = REMEDY) -> Invalid:
    """The refusal of a whole file for one of its lines."""
    return wrong("file", f"{line}行目の{what}。{remedy}")
