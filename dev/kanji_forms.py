"""`make kanji`: the forms of one kanji, from the source that keeps them.

The source is the MJ shrink map of 文字情報技術促進協議会, the Character Information Technology
Promotion Council, by the notices on the family register, as the package jntajis carries it. It
is published under CC BY-SA 2.1 JP, and so is the list that is made of it here.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unicodedata import normalize

import jntajis

FILE = Path(__file__).parent.parent / "chalicelib" / "rules" / "calls" / "kanji_forms.txt"
FAMILY_REGISTER = 8  # the scheme of the map: notices under the Family Register Act
IDEOGRAPHS = (
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x323B0),
)


def main() -> None:
    """Write the list: a line for each kanji, first the form that the others are compared as."""
    groups: dict[str, list[str]] = {}
    for form, common in _common_forms():
        groups.setdefault(common, []).append(form)
    lines = [common + "".join(sorted(forms)) for common, forms in sorted(groups.items())]
    FILE.write_text("\n".join(lines) + "\n", "utf-8")
    count = sum(len(forms) for forms in groups.values())
    print(f"{FILE.name}: {count:,} forms of {len(groups):,} kanji")


def _common_forms() -> Iterator[tuple[str, str]]:
    """Each form with the one common form it stands for; where it may be two, it is left alone."""
    for numbers in IDEOGRAPHS:
        for form in map(chr, numbers):
            if form != normalize("NFKC", form):
                continue
            ends = {_commonest(each) for each in _reached(form) if _is_end(each)}
            if len(ends) == 1 and ends != {form}:
                yield form, ends.pop()


def _is_end(form: str) -> bool:
    """Whether a form leads nowhere from where nothing leads back to it: 眞 and 真 are one end."""
    return all(form in _reached(other) for other in _reached(form))


def _commonest(end: str) -> str:
    """Of the forms of one end the one that JIS X 0208 lists first."""
    return min(_reached(end) | {end}, key=_place)


def _place(form: str) -> tuple[bool, bytes]:
    try:
        return False, form.encode("shift_jis")
    except UnicodeEncodeError:
        return True, form.encode("utf-32-be")


@cache
def _reached(form: str) -> frozenset[str]:
    """Every form that a form leads to, by one step or several."""
    reached, ahead = set[str](), [form]
    while ahead:
        ahead = [other for each in ahead for other in _others(each) if other not in reached]
        reached.update(ahead)
    return frozenset(reached - {form})


@cache
def _others(form: str) -> list[str]:
    """What a form may be written as instead, but for what NFKC makes one anyway."""
    found = jntajis.mj_shrink_candidates(form, FAMILY_REGISTER)
    return [one for one in found if one == normalize("NFKC", one)]


if __name__ == "__main__":
    main()
