"""The letters of the banks: half-width kana of JIS X 0201, one byte each (bank.md Names)."""

import unicodedata

_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_SMALL = "ァィゥェォッャュョヮヵヶ"
_TO_LARGE = {
    ord(letter): unicodedata.lookup(unicodedata.name(letter).replace(" SMALL ", " "))
    for letter in _SMALL
}
# A voicing mark that stands by itself would become a space with a mark above it.
_TO_MARK = str.maketrans({"゛": "\u3099", "゜": "\u309a"})

_HALF_KANA = [chr(code) for code in range(ord("ｱ"), ord("ﾟ") + 1)]
_WRITABLE = (
    {unicodedata.normalize("NFKC", half): half for half in (*_HALF_KANA, *"ｦ｢｣")}
    | {letter: letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ()-./,"}
    | dict.fromkeys("ー‐–—―−", "-")
    | {"ヰ": "ｲ", "ヱ": "ｴ"}
    # JIS X 0201 has the yen sign where ASCII and cp932 have the backslash.
    | dict.fromkeys("¥\\", "\\")
)


def large_katakana(text: str) -> str:
    """A text of full-width katakana without small ones, its other letters narrow and upper case."""
    plain = unicodedata.normalize("NFKC", text.translate(_TO_MARK)).upper()
    return plain.translate(_TO_KATAKANA).translate(_TO_LARGE)


def half_width(text: str) -> str:
    """A text in the letters that a transfer file may hold; cp932 writes each as one byte.

    The long vowel becomes a hyphen [D]. Raises ValueError with a sentence that names every
    letter which no bank takes.
    """
    letters = unicodedata.normalize("NFC", text)
    halves = {letter: _halves(letter) for letter in letters}
    unwritable = [letter for letter, half in halves.items() if half is None]
    if unwritable:
        named = "".join(_shown(letter) for letter in unwritable)
        raise ValueError(
            f"「{named}」は銀行の振込ファイルで使えない文字です。カナ・英数字で入力してください。"
        )
    return "".join(halves[letter] or "" for letter in letters)


def _halves(letter: str) -> str | None:
    """One letter and its voicing mark in half width, None where there is none."""
    parts = unicodedata.normalize("NFD", large_katakana(letter))
    halves = [_WRITABLE.get(part, "") for part in parts]
    return "".join(halves) if all(halves) else None


def _shown(letter: str) -> str:
    return letter if letter.isprintable() else f"U+{ord(letter):04X}"
