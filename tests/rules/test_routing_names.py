"""How names are compared, and what a report says when it could not go where it was asked to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import house as houses
from chalicelib.rules import routing
from tests.rules.test_routing import PEOPLE, SECOND, SILENT, THIRD, TODAY, TOP, UNCONFIRMED, person

MK, SMILE = houses.find("mk"), houses.find("smile")


@pytest.mark.parametrize(
    ("katakana", "hiragana"), [("ァ", "ぁ"), ("ア", "あ"), ("ン", "ん"), ("ヴ", "ゔ"), ("ヵ", "ゕ"), ("ヶ", "ゖ"), ("ーヷ", "ーヷ")]
)
def test_kana_are_one_name_in_either_form(katakana, hiragana):
    assert routing.folded(katakana) == hiragana


@pytest.mark.parametrize(
    "typed", ["サトウ・イチロウ", "ｻﾄｳ ｲﾁﾛｳ", "さとう　いちろう様", "サトウイチロウさん", "さとういちろう殿", "さとういちろう氏"]
)
def test_spelling_spaces_and_honorifics_make_no_difference(typed):
    assert routing.folded(typed) == "さとういちろう"


@pytest.mark.parametrize("typed", ["太郎さん様", "太郎様さん", "太郎 さま 殿", "太郎氏様さん", "ﾀﾛｳｻﾝ様"])
def test_honorifics_go_in_whatever_order_they_are_piled_up(typed):
    assert routing.folded(typed) in ("太郎", "たろう")
    assert routing.find_person([TOP, person("太郎", "taro@a.example", reading="たろう")], typed).name == "太郎"


@given(st.sampled_from(["太郎", "さとう", "三宅", "様子"]), st.lists(st.sampled_from(["さん", "様", "さま", "氏", "殿"])))
def test_no_honorific_is_left_at_the_end_of_a_name(name, honorifics):
    assert routing.folded(name + "".join(honorifics)) == name


@pytest.mark.parametrize("honorific", ["様", "さん", "殿"])
def test_a_name_that_is_nothing_but_an_honorific_stays(honorific):
    assert routing.folded(honorific) == honorific


def test_two_people_of_one_name_are_nobody_even_where_the_family_name_is_unique():
    twins = [person("森 葵", "one@a.example"), person("森 葵", "two@a.example"), SECOND]
    assert routing.find_person(twins, "森 葵") is None
    assert routing.find_person(twins, "佐藤") is SECOND


def test_a_full_name_goes_before_a_family_name():
    short, long = person("原", "hara@a.example"), person("原 誠", "makoto@a.example")
    assert routing.find_person([long, short], "原") is short


NOTES = [
    (MK, None, "top@a.example", None, None),
    (MK, "佐藤 花子", "hanako@a.example", "佐藤 花子", None),
    (MK, "山本", "top@a.example", None, "ご指名の「山本」は名簿に見当たらないため、名簿の先頭の髙橋 美咲様へお送りしています。"),
    (MK, "田中 実", "top@a.example", "田中 実", "田中 実様の確認済みの報告先がないため、髙橋 美咲様へお送りしています。"),
    (SMILE, None, "top@a.example", None, None),
    (SMILE, "佐藤 花子", "top@a.example", "佐藤 花子", None),
    (SMILE, "山本", "top@a.example", None, "ご指名の「山本」は名簿に見当たらないため、ご登録のすべての報告先へお送りしています。"),
    (
        SMILE,
        "鈴木",
        "top@a.example",
        "鈴木 次郎",
        "鈴木 次郎様の確認済みの報告先がないため、ご登録のすべての報告先へお送りしています。",
    ),
]


@pytest.mark.parametrize(("house", "wanted", "first", "asked_for", "note"), NOTES)
def test_the_report_says_why_it_did_not_go_as_asked(house, wanted, first, asked_for, note):
    route = routing.route(house, PEOPLE, wanted, TODAY)
    assert (route.told[0]["address"], route.asked_for, route.note) == (first, asked_for, note)


def test_every_told_address_is_told_with_its_owner():
    assert routing.route(SMILE, [TOP, THIRD], None, TODAY).told == [
        {"person": "髙橋 美咲", "address": "top@a.example"},
        {"person": "佐藤 花子", "address": "hanako@a.example"},
    ]


@pytest.mark.parametrize("house", [MK, SMILE])
@pytest.mark.parametrize(("wanted", "asked_for"), [("田中 実", "田中 実"), ("山本", None), (None, None)])
def test_when_nobody_can_be_told_it_is_known_who_was_asked_for_and_no_note_says_where_it_went(house, wanted, asked_for):
    assert routing.route(house, [UNCONFIRMED, SILENT], wanted, TODAY) == routing.Route([], asked_for, None)
