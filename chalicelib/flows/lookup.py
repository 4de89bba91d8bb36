"""A thing of this house by its id, or NotFound: the tenant wall, once.

Nobody learns whether a stranger's id exists: an unknown thing and another
house's are missing in the same words.
"""

from typing import NoReturn, Protocol, TypeVar

from chalicelib.errors import NotFound
from chalicelib.models import Contract, Invoice, Key, Letter, Line, Memo, Payment, Payout
from chalicelib.rules.houses import House


class Owned(Protocol):
    """Whatever belongs to one house."""

    house: str


T = TypeVar("T", bound=Owned)


def of_house(house: House, item: T | None) -> T | None:
    """The item if it is this house's, else None."""
    if item is None or item.house != house.key:
        return None
    return item


def contract(house: House, contract_id: str) -> Contract:
    """A contract as it is stored, read strongly. Raises NotFound."""
    return of_house(house, Contract.find(contract_id)) or _missing(
        "このご契約は見つかりません。番号をご確認ください。"
    )


def during_a_call(house: House, contract_id: str) -> Contract | None:
    """What a call needs of a contract, as it is stored and to read only; None where it is not."""
    return of_house(house, Contract.during_a_call(contract_id))


def memo(house: House, memo_id: str) -> Memo:
    """A call memo, read strongly. Raises NotFound."""
    return of_house(house, Memo.find(memo_id)) or _missing(
        "この受電メモは見つかりません。番号をご確認ください。"
    )


def letter(house: House, letter_id: str) -> Letter:
    """A letter, read strongly. Raises NotFound."""
    return of_house(house, Letter.find(letter_id)) or _missing(
        "このメールは見つかりません。番号をご確認ください。"
    )


def invoice(house: House, number: str) -> Invoice:
    """An invoice by its number, read strongly. Raises NotFound."""
    return of_house(house, Invoice.find(number)) or _missing(
        "この請求書は見つかりません。番号をご確認ください。"
    )


def payment(house: House, payment_id: str) -> Payment:
    """A payment, read strongly. Raises NotFound."""
    return of_house(house, Payment.find(payment_id)) or _missing(
        "この入金は見つかりません。番号をご確認ください。"
    )


def payout(house: House, payout_id: str) -> Payout:
    """A payout, read strongly. Raises NotFound."""
    return of_house(house, Payout.find(payout_id)) or _missing(
        "この返金は見つかりません。番号をご確認ください。"
    )


def key(house: House, key_id: str) -> Key:
    """An API key's record, read strongly. Raises NotFound."""
    return of_house(house, Key.find(key_id)) or _missing("このキーは見つかりません。")


def line(house: House, number: str | None) -> Line | None:
    """A number of the house's pool by its normalised form, read strongly; else None."""
    return of_house(house, Line.find(number)) if number else None


def _missing(sentence: str) -> NoReturn:
    raise NotFound(sentence)
