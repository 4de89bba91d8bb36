"""Payers' names as banks send them, and the key by which two names are compared (bank.md Names)."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from chalicelib.rules.money.bank_letters import large_katakana

# What stands in brackets, and the whole words with their readings in large kana.
_LEGAL_FORMS = (
    ("カ 株", "株式会社 カブシキガイシヤ カブシキカイシヤ"),
    ("ユ 有", "有限会社 ユウゲンガイシヤ ユウゲンカイシヤ"),
    ("ド 同", "合同会社 ゴウドウガイシヤ ゴウドウカイシヤ"),
    ("シ 資", "合資会社 ゴウシガイシヤ ゴウシカイシヤ"),
    ("メ 名", "合名会社 ゴウメイガイシヤ ゴウメイカイシヤ"),
    ("イ 医", "医療法人社団 医療法人財団 医療法人 イリヨウホウジンシヤダン イリヨウホウジン"),
    ("ザイ 財", "一般財団法人 公益財団法人 財団法人 ザイダンホウジン"),
    ("シヤ 社", "一般社団法人 公益社団法人 社団法人 シヤダンホウジン"),
    ("シユウ 宗", "宗教法人 シユウキヨウホウジン"),
    ("ガク 学", "学校法人 ガツコウホウジン"),
    ("フク 福", "社会福祉法人 シヤカイフクシホウジン"),
    ("トクヒ 特非", "特定非営利活動法人 NPO法人 トクテイヒエイリカツドウホウジン"),
    ("ベン 弁", "弁護士法人 ベンゴシホウジン"),
    ("ゼイ 税", "税理士法人 ゼイリシホウジン"),
    ("ドク 独", "独立行政法人 ドクリツギヨウセイホウジン"),
    ("ソ 相", "相互会社 ソウゴガイシヤ"),
)
_OFFICES = ("エイ", "シユツ")  # 営業所 and 出張所 stand in brackets as a legal form does
_SAME_SOUND = str.maketrans("ヂヅヰヱヲ", "ジズイエオ")


def _any_of(words: Sequence[str]) -> str:
    """A pattern for one of some words, the longest that fits."""
    return "|".join(sorted(words, key=len, reverse=True))


_BRACKETED = [short for row in _LEGAL_FORMS for short in row[0].split()]
_SHORT = _any_of([*_BRACKETED, *_OFFICES])
_WORDS = _any_of([word for row in _LEGAL_FORMS for word in row[1].split()])
_INSIDE = re.compile(rf"\((?:{_SHORT})\)")
_AT_HEAD = re.compile(rf"^(?:{_WORDS}|(?:{_SHORT})\))")
_AT_TAIL = re.compile(rf"(?:{_WORDS}|\((?:{_SHORT}))$")

# Digits, or what may be a contract's id: ten letters behind the house's key or by themselves.
# Ten letters alone need a digit among them, since MITSUBISHI is a name.
_NUMBER = re.compile(
    r"(?P<number>[0-9]{4,}|[A-Z]+[-ー][A-Z2-7]{10}|(?=[A-Z]*[2-7])[A-Z2-7]{10,20})"
    r"(?![0-9A-Z])[-ー./:\s]*"
)


def split(payer: str) -> tuple[str | None, str]:
    """(the customer's number that a payer has put in front, or None; the name behind it).

    The number has neither hyphen nor space; it may be one of our contracts or anything else.
    """
    plain = unicodedata.normalize("NFKC", payer).upper().strip()
    match = _NUMBER.match(plain)
    if match is None:
        return None, payer.strip()
    return _letters(match["number"]), plain[match.end() :]


def is_contract(number: str | None, contract: str) -> bool:
    """Whether a number of `split` is a contract's id, with or without the house in front."""
    whole = contract.upper()
    return number in {_letters(whole), whole.rpartition("-")[2]}


@lru_cache(10_000)
def key(name: str) -> str:
    """What two names have in common that a bank and a client write differently.

    Width, case, small kana, long vowels, separators, the legal form at either end and a number
    in front make no difference. Empty only for a name without a letter.
    """
    plain = _plain(split(name)[1])
    core = _AT_TAIL.sub("", _AT_HEAD.sub("", _INSIDE.sub("", plain)))
    return _letters(core) or _letters(_plain(name))


def name_in(text: str, heads: Sequence[str]) -> str | None:
    """The payer in the text of an account's line; None where no head says that it is a transfer.

    `振込＊タカハシ　ユウキ` with the head `振込＊` gives `タカハシ　ユウキ`.
    """
    for head in heads:
        if text.startswith(head):
            return text.removeprefix(head).strip()
    return None


def _plain(name: str) -> str:
    """A name in large katakana of one spelling, without spaces."""
    return "".join(large_katakana(name).translate(_SAME_SOUND).split())


def _letters(text: str) -> str:
    """The letters and digits of a text without its long vowels."""
    kept = [letter for letter in text if unicodedata.category(letter)[0] in "LN"]
    return "".join(kept).replace("ー", "")
