"""Telephone numbers: kept as typed, compared in one form."""

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_SHOW_OR_HIDE = re.compile(r"^18[46][-\s]*(?=0)")
_REMARK = re.compile(r"\(\D*\)$")  # (代), (奥様の携帯)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ーｰ─~〜", "-"))


def normalise(typed: str | None) -> str | None:
    """The one form in which numbers are compared: `0312345678`, or `+16502530000` from abroad.

    Takes what people type (full width, hyphens of any kind, spaces, brackets,
    +81, a leading 184 or 186, a remark beside it); None for what nobody could
    dial, such as 非通知 or a number with a digit too few.
    """
    number = _parsed(typed)
    if number is None:
        return None
    import phonenumbers

    if number.country_code != 81:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.national_significant_number(number)
    return national if national.startswith("00") else "0" + national  # 0078-… has both already


def _parsed(typed: str | None) -> "PhoneNumber | None":
    """The whole as one number, else the first number within it."""
    import phonenumbers  # loaded on first use: pages that handle no number do not wait for it

    dialled = _dialled(typed)
    try:
        number = phonenumbers.parse(dialled, "JP")
    except phonenumbers.NumberParseException:
        within = phonenumbers.PhoneNumberMatcher(dialled, "JP")
        return next((match.number for match in within), None)
    return number if phonenumbers.is_valid_number(number) else None


def _dialled(typed: str | None) -> str:
    """What is dialled of what was typed."""
    number = _SHOW_OR_HIDE.sub("", plain(typed))
    return _REMARK.sub("", number).replace("内線", " ext. ")


def plain(typed: str | None) -> str:
    """As typed, in half width and with plain hyphens."""
    return unicodedata.normalize("NFKC", typed or "").translate(_DASHES).strip()


def says_more(typed: str, number: str) -> bool:
    """Whether what was typed says more than the number: an extension, a prefix, a remark."""
    text = plain(typed)
    if number.startswith("0"):
        text = text.replace("+81", "0")
    return re.sub(r"[\s()-]", "", text) not in (number, "0" + number)


def display(number: str | None) -> str:
    """A normalised number with the hyphens of its area: `03-1234-5678`; empty for None."""
    import phonenumbers

    if not number:
        return ""
    styles = phonenumbers.PhoneNumberFormat
    style = styles.INTERNATIONAL if number.startswith("+") else styles.NATIONAL
    return phonenumbers.format_number(phonenumbers.parse(number, "JP"), style)
