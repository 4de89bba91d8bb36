"""What becomes of characters that no typeface has, or that only choose among forms."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.words.characters import printable
from tests.words.paper_examples import typeface

__all__ = ["typeface"]
pytestmark = pytest.mark.usefixtures("typeface")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("髙橋﨑山㈱①𠮷田槗本", "髙橋﨑山㈱①𠮷田槗本"),
        ("\ufa19", "\ufa19"),
        ("か\u3099は\u309aほ\u3099", "がぱぼ"),
        ("か\u309a", "か\u309a"),
        ("e\u0301", "é"),
        ("ｶﾞｰﾃﾞﾝ", "ｶﾞｰﾃﾞﾝ"),
        ("葛\U000e0100城\ufe00", "葛城"),
        ("\u200fabc\u200b\u202e", "abc"),
        ("a\tb\nc", "a b c"),
        ("全\u3000角", "全\u3000角"),
        ("😀\ue000\ud800", "〓〓〓"),
    ],
)
def test_a_text_is_made_printable(typed, expected):
    assert printable(typed) == expected


@given(st.text("髙a 　\n\tかは\u3099\u309ae\u0301\u0323\u200b\ufe00😀\ufa19ﾞ", max_size=12))
def test_what_is_printable_stays_as_it_is(text):
    once = printable(text)
    assert printable(once) == once


def test_a_name_is_never_normalised_as_a_whole():
    assert printable("\ufa19") != unicodedata.normalize("NFC", "\ufa19")
