"""How names are compared, and what a report says when it could not go where it was asked to."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import houses
from chalicelib.rules.calls import names, routing
from tests.rules.calls.test_routing import (
    PEOPLE,
    SECOND,
    SILENT,
    THIRD,
    TODAY,
    TOP,
    UNCONFIRMED,
    person,
)

MK, SMILE = houses.find("mk"), houses.find("smile")


@pytest.mark.parametrize(
    ("katakana", "hiragana"),
    [
        ("ァ", "あ"),
        ("ア", "あ"),
        ("ン", "ん"),
        ("ヴ", "ゔ"),
        ("ヵ", "か"),
        ("ヶ", "け"),
        ("キャッツ", "きやつつ"),
        ("ーヷ", "ーヷ"),
    ],
)
def test_kana_are_one_name_in_either_form(katakana, hiragana):
    assert routing.folded(katakana) == hiragana


@pytest.mark.parametrize(
    "typed",
    [
        "サトウ・イチロウ",
        "ｻﾄｳ ｲﾁﾛｳ",
        "さとう　いちろう様",
        "サトウイチロウさん",
        "さとういちろう殿",
        "さとういちろう氏",
    ],
)
def test_spelling_spaces_and_honorifics_make_no_difference(typed):
    assert routing.folded(typed) == "さとういちろう"


@pytest.mark.parametrize(
    "typed", ["太郎さん様", "太郎様さん", "太郎 さま 殿", "太郎氏様さん", "ﾀﾛｳｻﾝ様"]
)
def test_honorifics_go_in_whatever_order_they_are_piled_up(typed):
    assert routing.folded(typed) in ("太郎", "たろう")
    assert (
        routing.find_person([TOP, person("太郎", "taro@a.example", reading="たろう")], typed).name
        == "太郎"
    )


@given(
    st.sampled_from(["太郎", "さとう", "三宅", "様子"]),
    st.lists(st.sampled_from(["さん", "様", "さま", "氏", "殿"])),
)
def test_no_honorific_is_left_at_the_end_of_a_name(name, honorifics):
    assert routing.folded(name + "".join(honorifics)) == name


@pytest.mark.parametrize("honorific", ["様", "さん", "殿"])
def test_a_name_that_is_nothing_but_an_honorific_stays(honorific):
    assert routing.folded(honorific) == honorific


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("四ケ所", "四が所"),
        ("塚か本", "塚が本"),
        ("ゆか里", "ゆか里"),  # a name in kana is no ヶ
        ("里かり", "里かり"),
        ("たけし", "たけし"),
        ("㐀ケ所", "丘が所"),  # the first kanji of all, a form of 丘
        ("四ケ㐀", "四が丘"),
        ("々木", "々木"),  # nothing to repeat
        ("渡\U000e0100辺", "渡辺"),
        ("薮桧斉", "藪檜斎"),
    ],
)
def test_what_is_heard_alike_is_compared_alike(typed, compared):
    assert routing.folded(typed) == compared


def test_every_form_of_a_kanji_is_compared_as_the_first_of_its_line():
    file = Path(names.__file__).with_name("kanji_forms.txt")
    lines = file.read_text("utf-8").split()
    assert len(lines) > 4_000
    for line in (lines[0], lines[1], lines[-1]):
        assert {routing.folded(form) for form in line} == {line[0]}


@pytest.mark.parametrize("title", ["先生", "君", "くん", "ちゃん", "社長", "コーチ"])
def test_a_title_alone_is_nobodys_name(title):
    assert routing.meant([person("山田 太郎", "x@a.example")], title) == []


def test_two_people_of_one_name_are_nobody_even_where_the_family_name_is_unique():
    twins = [person("森 葵", "one@a.example"), person("森 葵", "two@a.example"), SECOND]
    assert routing.find_person(twins, "森 葵") is None
    assert routing.find_person(twins, "佐藤") is SECOND


def roster(*names: str) -> list:
    """People by `name`, `name/reading` or `name/reading/alias`."""
    parts = [(*name.split("/"), "", "")[:3] for name in names]
    return [
        person(name, "x@a.example", reading=reading or None, aliases=[alias] if alias else [])
        for name, reading, alias in parts
    ]


@pytest.mark.parametrize(
    ("names", "wanted", "found"),
    [
        (["髙橋 美咲"], "高橋様", "髙橋 美咲"),  # nobody hears which of the two it is
        (["山﨑 太郎"], "山崎さん", "山﨑 太郎"),
        (["𠮷野 渉"], "吉野", "𠮷野 渉"),
        (["渡邉 誠"], "渡邊", "渡邉 誠"),
        (["渡邉\U000e0100 太郎"], "渡邉", "渡邉\U000e0100 太郎"),  # as some programs paste it
        (["渡辺 太郎"], "渡\ufe00邉", "渡辺 太郎"),
        (["佐藤\u200b 一郎"], "佐藤", "佐藤\u200b 一郎"),
        (["四ケ所 誠"], "四ヶ所", "四ケ所 誠"),
        (["四ヶ所 誠"], "四が所", "四ヶ所 誠"),
        (["関ヶ原 誠"], "関ケ原様", "関ヶ原 誠"),
        (["堀ノ内 誠"], "堀の内", "堀ノ内 誠"),
        (["服部 一郎/ハツトリ イチロウ"], "はっとり", "服部 一郎"),
        (["佐々木 健"], "佐佐木", "佐々木 健"),
        (["澁谷 誠"], "渋谷", "澁谷 誠"),
        (["栁 誠"], "柳", "栁 誠"),
        (["會田 誠"], "会田", "會田 誠"),
        (["眞鍋 誠"], "真鍋", "眞鍋 誠"),
        (["齋藤 誠"], "斉藤", "齋藤 誠"),
        (["齊藤 誠", "斎藤 翔"], "斉藤", None),  # nobody hears which
        (["薮内 誠"], "藪内", "薮内 誠"),
        (["山田 太郎"], "山田先生", "山田 太郎"),
        (["山田 太郎"], "山田君", "山田 太郎"),
        (["山田 太郎"], "山田 くん", "山田 太郎"),
        (["山田 太郎"], "山田税理士", "山田 太郎"),
        (["山田 太郎"], "山田太郎コーチ様", "山田 太郎"),
        (["山田 太郎"], "社長", None),
        (["王 昭君", "王 昭"], "王昭君", "王 昭君"),
        (["山田 太郎", "林 誠//先生"], "山田先生", None),
        (["髙橋 健", "高橋 翔"], "高橋", None),
        (["髙橋 健", "高橋 翔"], "高橋 健", "髙橋 健"),
        (["佐藤 健一//専務", "鈴木 次郎"], "佐藤専務", "佐藤 健一"),
        (["佐藤 健一//専務", "鈴木 次郎"], "鈴木専務", None),
        (
            ["佐藤 一郎", "佐藤花子"],
            "佐藤様",
            None,
        ),  # without a space behind it a family name is one all the same
        (["佐藤 一郎", "佐藤花子"], "佐藤花子", "佐藤花子"),
        (["佐藤花子"], "佐藤", None),
        (["森田花子"], "森", None),
        (
            ["佐藤 一郎/さとう いちろう", "佐藤 花子"],
            "サトウ",
            None,
        ),  # the other one's reading is not filled in
        (["佐藤 一郎/さとう いちろう", "鈴木 花子"], "サトウ", "佐藤 一郎"),
        (["原", "原 誠"], "原", None),
        (["原", "原 誠"], "原誠", "原 誠"),
        (["高橋 健//鈴木", "鈴木 一郎"], "鈴木", None),
        (["森 一//はやし", "林 誠/はやし まこと"], "ハヤシ", None),
        (
            ["佐藤 一郎//さくら商事 営業部長"],
            "さくら商事",
            None,
        ),  # the firm, not whoever has it in a title
        (["佐藤 一郎//さくら商事 営業部長"], "さくら商事 営業部長", "佐藤 一郎"),
    ],
)
def test_a_name_is_one_persons_or_nobodys(names, wanted, found):
    people = roster(*names)
    for order in (people, people[::-1]):
        one = routing.find_person(order, wanted)
        assert (one.name if one else None) == found


def test_a_name_that_fits_two_says_so():
    note = routing.route(MK, PEOPLE, "佐藤", TODAY).note
    assert note.startswith(
        "お名指しの「佐藤」に当てはまる方が名簿に複数いらっしゃるため"
        "(佐藤 一郎様、佐藤 花子様)、名簿の先頭の"
    )


NOTES = [
    (MK, None, "top@a.example", None, None),
    (MK, "佐藤 花子", "hanako@a.example", "佐藤 花子", None),
    (
        MK,
        "山本",
        "top@a.example",
        None,
        "お名指しの「山本」は名簿に見当たらないため、名簿の先頭の髙橋 美咲様へお送りしています。",
    ),
    (
        MK,
        "田中 実",
        "top@a.example",
        "田中 実",
        "田中 実様の確認済みの報告先がないため、髙橋 美咲様へお送りしています。",
    ),
    (SMILE, None, "top@a.example", None, None),
    (SMILE, "佐藤 花子", "top@a.example", "佐藤 花子", None),
    (
        SMILE,
        "山本",
        "top@a.example",
        None,
        "お名指しの「山本」は名簿に見当たらないため、ご登録のすべての報告先へお送りしています。",
    ),
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
@pytest.mark.parametrize(
    ("wanted", "asked_for"), [("田中 実", "田中 実"), ("山本", None), (None, None)]
)
def test_when_nobody_can_be_told_it_is_known_who_was_asked_for_and_no_note_says_where_it_went(
    house, wanted, asked_for
):
    assert routing.route(house, [UNCONFIRMED, SILENT], wanted, TODAY) == routing.Route(
        [], asked_for, None
    )


def test_of_a_name_without_a_space_nobody_knows_where_the_family_name_ends():
    whole = person("佐藤", "sato@a.example", reading="さとう")
    other = person("里 多花", "taka@a.example", reading="さとうたか")
    assert routing.meant([whole, other], "佐藤") == [whole]
