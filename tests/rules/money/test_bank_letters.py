"""What a transfer file may hold, and how names come into its letters."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.money import bank_letters

PERMITTED = re.compile(r"[ｦｱ-ﾟA-Z0-9 ()\-./｢｣,\\]*")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("たかはし　ゆうき", "ﾀｶﾊｼ ﾕｳｷ"),
        ("タカハシ　ショウジ", "ﾀｶﾊｼ ｼﾖｳｼﾞ"),
        ("ｶ)ﾃﾞﾝﾜﾊﾞﾝ", "ｶ)ﾃﾞﾝﾜﾊﾞﾝ"),
        ("カ）エービーシー", "ｶ)ｴ-ﾋﾞ-ｼ-"),
        ("ﾔﾏﾀﾞｺｰﾎﾟ", "ﾔﾏﾀﾞｺ-ﾎﾟ"),
        ("ヴォーグ", "ｳﾞｵ-ｸﾞ"),
        ("か\u3099", "ｶﾞ"),
        ("カ゛", "ｶﾞ"),
        ("ヲ ヰ ヱ ヂ ヅ ヵ ヶ", "ｦ ｲ ｴ ﾁﾞ ﾂﾞ ｶ ｹ"),
        ("ゔゕゖぁっ", "ｳﾞｶｹｱﾂ"),
        ("abc－12／３．４，「あ」", "ABC-12/3.4,｢ｱ｣"),
        ("￥1", "\\1"),  # the byte of the backslash is the yen sign of JIS X 0201
        ("①", "1"),
        ("", ""),
    ],
)
def test_a_name_is_written_in_the_letters_of_the_banks(text, expected):
    assert bank_letters.half_width(text) == expected


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("髙橋", "髙橋"),
        ("カ）ﾔﾏ﨑", "﨑"),
        ("㈱デンワ", "㈱"),
        ("ジョン・スミス", "・"),
        ("エー＆ビー～エー＆", "＆～"),
        ("ア\nイ", "U+000A"),
        ("café", "é"),
        ("ア\u3097\uffa0", "U+3097\uffa0"),  # what stands behind the tables' last letters
    ],
)
def test_what_no_bank_takes_is_named(text, named):
    with pytest.raises(ValueError, match="使えない文字") as fault:
        bank_letters.half_width(text)
    assert str(fault.value) == (
        f"「{named}」は銀行の振込ファイルで使えない文字です。カナ・英数字で入力してください。"
    )


@given(st.text(max_size=40))
def test_whatever_is_written_is_permitted_takes_one_byte_a_letter_and_stays_so(text):
    try:
        written = bank_letters.half_width(text)
    except ValueError:
        return
    assert PERMITTED.fullmatch(written)
    assert len(written.encode("cp932")) == len(written)
    assert bank_letters.half_width(written) == written
