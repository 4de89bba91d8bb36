"""A bank's list of what came in: any file of a known form becomes entries, or none does.

The forms are those of bank.md, which also says why a list is refused whole.
"""

from collections.abc import Collection
from datetime import date

from chalicelib.errors import wrong
from chalicelib.record import Record
from chalicelib.rules.money import csv_lists, record_lists
from chalicelib.rules.money.bank_entries import Entry, account, counted, identity, refused

OWN_ACCOUNT = "登録されている口座の明細をダウンロードして取り込んでください。"
_ENDS = b"\x1a\r\n"  # some banks close a file with Ctrl-Z


class BankList(Record):
    """What a file says: `title` names its form, `debits` counts the lines that took money out."""

    title: str
    entries: tuple[Entry, ...]
    debits: int


def read(content: bytes, today: date, accounts: Collection[str] = ()) -> BankList:
    """The money that came in by a file of a bank; `today` (JST) bounds the dates it may hold.

    `accounts` are those of the house as `account` writes them; where they are given, a record of
    another one refuses the file. Raises Invalid for the field `file`, with a sentence that names
    the line and the remedy; then nothing of the file is read.
    """
    body = content.rstrip(_ENDS)
    if not body.strip():
        raise wrong("file", "ファイルが空です。銀行から明細をダウンロードし直してください。")
    if not record_lists.is_records(body):
        return _list(*csv_lists.read(body, today))
    bank_list = _list(*record_lists.read(body, today))
    for entry in bank_list.entries:
        if accounts and entry.account not in accounts:
            what = f"口座({entry.account})が、登録されている入金口座ではありません"
            raise refused(entry.line, what, OWN_ACCOUNT)
    return bank_list


def _list(title: str, entries: list[Entry], debits: int) -> BankList:
    return BankList(title, counted(entries), debits)


__all__ = ["BankList", "Entry", "account", "identity", "read"]
