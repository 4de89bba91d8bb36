"""Telephone numbers: kept as typed, compared in one form."""

import unicodedata

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ーｰ─", "-"))


def normalise(typed: str | None) -> str | None:
    """The one form in which numbers are compared: `0312345678`, or `+16502530000` from abroad.

    Takes what people type (full width, hyphens of any kind, spaces, brackets,
    +81); None for what is no telephone number, such as 非通知.
    """
    import phonenumbers  # loaded on first use: pages that handle no number do not wait for it

    plain = unicodedata.normalize("NFKC", typed or "").translate(_DASHES)
    try:
        number = phonenumbers.parse(plain, "JP")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if number.country_code == 81:
        return "0" + phonenumbers.national_significant_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def display(number: str | None) -> str:
    """A normalised number with the hyphens of its area: `03-1234-5678`; empty for None."""
    import phonenumbers

    if not number:
        return ""
    style = phonenumbers.PhoneNumberFormat.INTERNATIONAL if number.startswith("+") else phonenumbers.PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(phonenumbers.parse(number, "JP"), style)


def is_valid(number: str) -> bool:
    """Whether a normalised number lies in a range that its country has given out."""
    import phonenumbers

    return phonenumbers.is_valid_number(phonenumbers.parse(number, "JP"))
