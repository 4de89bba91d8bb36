"""Payers' names: what makes two of them the same, and the number in front of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.money import bank_letters, payers


@pytest.mark.parametrize(
    ("bank", "client"),
    [
        ("ﾀｶﾊｼ ﾕｳｷ", "タカハシ　ユウキ"),
        ("ﾀｶﾊｼﾕｳｷ", "たかはし ゆうき"),
        ("ﾀｶﾊｼｼﾖｳｼﾞ(ｶ", "株式会社タカハシショウジ"),
        ("ｶ)ｴ-ﾋﾞ-ｼ-", "エービーシー株式会社"),
        ("ｶ)ABC", "ＡＢＣ株式会社"),
        ("ABC(ｶ)", "㈱ＡＢＣ"),
        ("カ）ラボル", "カブシキガイシャ ラボル"),
        ("ﾕ)ﾏﾙﾖｼ", "有限会社マルヨシ"),
        ("ﾄﾞ)ﾐﾗｲ", "合同会社ミライ"),
        ("ｲ)ｹﾝｺｳｶｲ", "医療法人社団　ケンコウカイ"),
        ("ﾄｸﾋ)ﾐﾄﾞﾘ", "NPO法人みどり"),
        ("ｾﾞｲ)ﾔﾏﾓﾄｼﾞﾑｼﾖ", "税理士法人ヤマモトジムショ"),
        ("ｼﾔ)ﾆﾎﾝﾃﾞﾝﾜ", "一般社団法人ニホンデンワ"),
        ("ｽｽﾞｷ ｶｵﾙ", "スヅキ カヲル"),
        ("ｼﾞｮﾝ.ｽﾐｽ", "ジョン・スミス"),
        ("ｶ)ﾃﾞﾝﾜ(ｴｲ", "カ）デンワ"),
        ("1234567 ﾀﾅｶ", "タナカ"),
        ("MK-7KQ2MAB3DE ﾀﾅｶ", "タナカ"),
        ("髙﨑①～－", "髙﨑１"),
    ],
)
def test_a_bank_and_a_client_write_the_same_name(bank, client):
    assert payers.key(bank) == payers.key(client)


@pytest.mark.parametrize(
    ("bank", "client"),
    [
        ("ｶ)ﾀｶﾊｼｼﾖｳｼﾞ ｵｵｻｶｼﾃﾝ", "株式会社タカハシショウジ"),  # the branch behind the company
        ("ABC(ｶ)ｵｵｻｶ(ｴｲ", "ABC株式会社"),
    ],
)
def test_a_branch_behind_the_name_leaves_its_beginning(bank, client):
    assert payers.key(bank) != payers.key(client)
    assert payers.key(bank).startswith(payers.key(client))


@pytest.mark.parametrize(
    ("bank", "client"),
    [
        ("ABC(ｶ", "株式会社エービーシー"),
        ("ｶ)ｶ)ABC", "株式会社ABC"),
        ("ﾋﾞﾗｱｵﾔﾏ", "ヴィラアオヤマ"),
        ("ﾀｶﾊｼ ﾕｳｷ", "タカハシ ユウコ"),
    ],
)
def test_what_stays_two_names(bank, client):
    assert payers.key(bank) != payers.key(client)


@pytest.mark.parametrize(("name", "expected"), [("", ""), ("  ", ""), ("ｶ)", "カ"), ("(ﾕ", "ユ")])
def test_a_name_that_is_nothing_but_a_legal_form_keeps_it(name, expected):
    assert payers.key(name) == expected


@pytest.mark.parametrize(
    ("payer", "number", "name"),
    [
        ("1234567 ﾀﾅｶ", "1234567", "タナカ"),
        ("１２３４５６７　タナカ", "1234567", "タナカ"),
        ("1234567ﾀﾅｶ", "1234567", "タナカ"),
        ("MK-7KQ2MAB3DE ﾀﾅｶ", "MK7KQ2MAB3DE", "タナカ"),
        ("MKｰ7KQ2MAB3DE/ﾀﾅｶ", "MK7KQ2MAB3DE", "タナカ"),
        ("mk7kq2mab3de ﾀﾅｶ", "MK7KQ2MAB3DE", "タナカ"),
        ("7KQ2MAB3DE", "7KQ2MAB3DE", ""),
        ("MK-ABCDEFGHIJ ﾀﾅｶ", "MKABCDEFGHIJ", "タナカ"),
        ("MITSUBISHI ﾀﾅｶ", None, "MITSUBISHI ﾀﾅｶ"),
        ("3M ｼﾞﾔﾊﾟﾝ", None, "3M ｼﾞﾔﾊﾟﾝ"),
        ("109 ｼﾈﾏｽﾞ", None, "109 ｼﾈﾏｽﾞ"),
        ("ﾀﾅｶ 1234567", None, "ﾀﾅｶ 1234567"),
    ],
)
def test_a_number_in_front_of_a_name_is_split_off(payer, number, name):
    assert payers.split(payer) == (number, name)


@pytest.mark.parametrize(
    ("number", "is_ours"),
    [
        ("MK7KQ2MAB3DE", True),
        ("7KQ2MAB3DE", True),
        ("7KQ2MAB3DF", False),
        ("1234567", False),
        ("MK", False),
        ("", False),
        (None, False),
    ],
)
def test_a_number_is_a_contract_with_or_without_the_house(number, is_ours):
    assert payers.is_contract(number, "mk-7KQ2MAB3DE") is is_ours


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("振込＊タカハシ　ユウキ", "タカハシ　ユウキ"),
        ("振込＊カ）ラボル", "カ）ラボル"),
        ("振込　タカハシ", "タカハシ"),
        ("振込手数料", None),
        ("利息", None),
    ],
)
def test_the_payer_is_taken_out_of_the_text_of_a_line(text, name):
    assert payers.name_in(text, ("振込＊", "振込　")) == name


@given(st.text(alphabet="アイウカガサザパンッャュョーヴヂヲABC123 　・()", max_size=30))
def test_width_and_size_of_letters_make_no_difference(name):
    try:
        sent = bank_letters.half_width(name)
    except ValueError:
        return
    assert payers.key(sent) == payers.key(name)
