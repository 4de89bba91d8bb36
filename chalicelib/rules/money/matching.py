"""Which open invoices a payment may be for: proposals, which a person confirms (bank.md Matching).

"Client" here is the contract that an invoice belongs to. Nothing is ever closed by a proposal.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations
from typing import Literal

from chalicelib.record import Record
from chalicelib.rules.money import payers
from chalicelib.rules.money.bank_entries import Entry

Strength = Literal["strong", "weak", "list", "none"]

FEES = range(110, 881)  # yen: what banks take for a transfer
PREFIX = 4  # letters of a key that begin a longer one
COMBINED = 10  # of more open invoices of one client only all of them together are tried


class OpenInvoice(Record):
    """An invoice that is not paid in full: `open_yen` of `total_yen` are still to come.

    `kana` is the name under which the client pays, or its reading; `payers` are the keys of
    payers that a person has confirmed before. Dates are JST dates.
    """

    number: str
    contract: str
    client: str
    kana: str | None
    payers: tuple[str, ...]
    open_yen: int
    total_yen: int
    issued_on: date
    due_on: date

    @property
    def names(self) -> set[str]:
        """The keys of the client's own names."""
        keys = {payers.key(name) for name in (self.kana, self.client) if name}
        return keys - {""}


class Proposal(Record):
    """What an entry may pay; a list is no proposal, the office chooses from it.

    `invoices` are numbers, the oldest due date first. `reason` is a word for machines and
    `sentence` says the same to the office. `fee_yen` is what a short payment lacks.
    """

    strength: Strength
    invoices: tuple[str, ...]
    reason: str
    sentence: str
    fee_yen: int


Choice = tuple[OpenInvoice, ...]  # invoices that one payment may be for, all of them together

_SENTENCES = {
    "name": "振込名義と金額が請求書{invoices}と一致しています。",
    "payer": "以前に確認された振込名義と、請求書{invoices}の金額が一致しています。",
    "number": "振込名義の先頭の契約番号と、請求書{invoices}の金額が一致しています。",
    "sum": "{client}様の未入金の請求書{count}件({invoices})の合計と、金額が一致しています。",
    "fee": "請求書{invoices}の未入金額より{fee:,}円少ないお振込です。"
    "振込手数料が差し引かれた可能性があります。不足分の扱いもあわせてご判断ください。",
    "prefix": "振込名義の一部と金額が請求書{invoices}と一致しています。",
    "prefix_sum": "振込名義の一部が一致し、{client}様の未入金の請求書{count}件({invoices})の"
    "合計と金額が一致しています。",
    "amount": "振込名義は一致しませんが、金額が一致する請求書は{invoices}だけです。",
    "amount_sum": "振込名義は一致しませんが、{client}様の未入金の請求書{count}件({invoices})の"
    "合計と金額が一致しています。",
    "several": "候補となる請求書が{count}件あります。該当する請求書を選択してください。",
    "differs": "{client}様からのお振込と思われますが、金額が未入金の請求書と一致しません。"
    "充当する請求書を選択してください。",
    "cancel": "銀行からの取消の通知です。取り消された入金をご確認ください。",
    "unknown": "該当する未入金の請求書が見つかりません。"
    "振込名義と金額をご確認のうえ、請求書を選択してください。",
}
_CONFIRM = {
    "strong": "内容をご確認のうえ、消込を確定してください。",
    "weak": "お振込の内容をご確認のうえ、正しい場合は消込を確定してください。",
    "list": "",
    "none": "",
}


def propose(entry: Entry, open_invoices: Iterable[OpenInvoice]) -> Proposal:
    """What the office is told of a payment: one proposal, a list to choose from, or nothing.

    A number in front of the name is tried first, then the name or a remembered payer, then the
    beginning of a name, then the amount alone.
    """
    if entry.is_cancel:
        return _proposal("none", "cancel", ())
    invoices = _oldest_first(invoice for invoice in open_invoices if invoice.open_yen > 0)
    number = payers.split(entry.payer)[0]
    numbered = [each for each in invoices if payers.is_contract(number, each.contract)]
    if numbered:
        return _of_client(entry, numbered, "number")
    named = [invoice for invoice in invoices if entry.key in {*invoice.names, *invoice.payers}]
    if entry.key and named:
        is_own_name = any(entry.key in each.names for each in named if each.open_yen == entry.yen)
        return _of_client(entry, named, "name" if is_own_name else "payer")
    return _of_stranger(entry, invoices)


def unmatches(entry: Entry, earlier: Iterable[Entry]) -> tuple[Entry, ...]:
    """The payments that a cancelling entry may take back; of several the office chooses.

    By the bank's number and the amount, or else by name and amount; always of the same account
    and not of a later day.
    """
    same = [
        each
        for each in earlier
        if not each.is_cancel
        and (each.account, each.yen) == (entry.account, entry.yen)
        and each.on <= entry.on
    ]
    by_number = [each for each in same if each.bank_number == entry.bank_number]
    if entry.bank_number and by_number:
        return tuple(by_number)
    return tuple(each for each in same if each.key == entry.key)


def _of_client(entry: Entry, invoices: Sequence[OpenInvoice], reason: str) -> Proposal:
    """A payment whose payer is known."""
    return (
        _decided("strong", reason, _equal(entry.yen, invoices))
        or _decided("strong", "sum", _sums(entry.yen, invoices))
        or _decided("weak", "fee", _lacking(entry.yen, invoices), entry.yen)
        or _proposal("list", "differs", invoices)
    )


def _of_stranger(entry: Entry, invoices: Sequence[OpenInvoice]) -> Proposal:
    """A payment whose payer nobody knows for sure."""
    alike = [invoice for invoice in invoices if _begins_alike(entry.key, invoice)]
    proposal = _decided("weak", "prefix", _equal(entry.yen, alike)) or _decided(
        "weak", "prefix_sum", _sums(entry.yen, alike)
    )
    # Interest or cash can be of any amount: without a name the amount speaks of transfers only.
    if proposal is None and entry.is_transfer:
        whole = [each for each in _wholes(invoices) if _yen(each) == entry.yen]
        proposal = _decided("weak", "amount", _equal(entry.yen, invoices)) or _decided(
            "weak", "amount_sum", whole
        )
    return proposal or _proposal("none", "unknown", ())


def _begins_alike(key: str, invoice: OpenInvoice) -> bool:
    """Whether one of two keys begins the other: banks cut names, payers add their branch."""
    for name in (*invoice.names, *invoice.payers):
        shorter, longer = sorted((key, name), key=len)
        if len(shorter) >= PREFIX and longer.startswith(shorter):
            return True
    return False


def _equal(yen: int, invoices: Iterable[OpenInvoice]) -> list[Choice]:
    return [(invoice,) for invoice in invoices if invoice.open_yen == yen]


def _sums(yen: int, invoices: Sequence[OpenInvoice]) -> list[Choice]:
    """Several invoices of one client that make up an amount."""
    choices: list[Choice] = []
    for whole in _wholes(invoices):
        least = 2 if len(whole) <= COMBINED else len(whole)
        for size in range(least, len(whole) + 1):
            choices += [each for each in combinations(whole, size) if _yen(each) == yen]
    return choices


def _lacking(yen: int, invoices: Sequence[OpenInvoice]) -> list[Choice]:
    """Single invoices, and all of one client, of which an amount lacks a transfer fee."""
    choices = [*((invoice,) for invoice in invoices), *_wholes(invoices)]
    return [choice for choice in choices if _yen(choice) - yen in FEES]


def _wholes(invoices: Sequence[OpenInvoice]) -> list[Choice]:
    """All invoices of each client that has more than one."""
    by_contract: dict[str, list[OpenInvoice]] = {}
    for invoice in invoices:
        by_contract.setdefault(invoice.contract, []).append(invoice)
    return [tuple(whole) for whole in by_contract.values() if len(whole) > 1]


def _decided(
    strength: Strength, reason: str, choices: Sequence[Choice], paid_yen: int | None = None
) -> Proposal | None:
    """The only choice as a proposal, several as a list, and None where there is none."""
    if not choices:
        return None
    first, *others = choices
    if not others:
        fee = 0 if paid_yen is None else _yen(first) - paid_yen
        return _proposal(strength, reason, first, fee)
    every = {invoice.number: invoice for choice in choices for invoice in choice}
    return _proposal("list", "several", _oldest_first(every.values()))


def _proposal(
    strength: Strength, reason: str, invoices: Sequence[OpenInvoice], fee_yen: int = 0
) -> Proposal:
    numbers = tuple(invoice.number for invoice in invoices)
    facts = {
        "invoices": "、".join(numbers),
        "count": len(numbers),
        "client": invoices[0].client if invoices else "",
        "fee": fee_yen,
    }
    sentence = _SENTENCES[reason].format(**facts) + _CONFIRM[strength]
    return Proposal(strength, numbers, reason, sentence, fee_yen)


def _oldest_first(invoices: Iterable[OpenInvoice]) -> list[OpenInvoice]:
    return sorted(invoices, key=lambda each: (each.due_on, each.issued_on, each.number))


def _yen(choice: Choice) -> int:
    return sum(invoice.open_yen for invoice in choice)
