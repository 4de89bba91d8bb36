"""The characters of a paper: what the typeface lacks is made visible, never left to chance.

A PDF/A with a character that has no glyph is no PDF/A, and no name may stop a paper.
"""

import re
import unicodedata
from functools import cache

from chalicelib import config
from chalicelib.input.fields import UNSEEN

GETA = "〓"  # what Japanese typesetters put in for a character they have not got

# A letter or kana followed by its accents: ほ and ゛, as some systems store ぼ.
_APART = re.compile("[A-Za-z\u3041-\u30ff][\u0300-\u036f\u3099\u309a]+")


def printable(text: str) -> str:
    """A text of which every character has a glyph.

    Accents join their letters. A name is never normalised as a whole: that would turn U+FA19
    into another character.
    """
    whole = _APART.sub(_join, UNSEEN.sub("", text))
    known = _known()
    return "".join(each if each in known else _instead(each) for each in whole)


def _join(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", match[0])


def _instead(character: str) -> str:
    is_gap = character.isspace() or unicodedata.category(character) == "Cc"
    return " " if is_gap else GETA


@cache
def _known() -> frozenset[str]:
    """The typeface's characters, listed beside it when it was cut."""
    return frozenset((config.paper_fonts() / "characters.txt").read_text("utf-8"))
