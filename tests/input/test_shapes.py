"""Reading what people type."""

import pytest

from chalicelib.errors import Invalid
from chalicelib.input import phones
from chalicelib.input.kinds import Day, Instant, Mail, Phone, Room
from chalicelib.input.shapes import Choice, Flag, Lookup, Many, Number, Shape, Text

THING = Shape(
    "thing",
    name=Text("名前", max=5),
    for_=Text("宛先", required=False),
    mails=Many("アドレス", Mail("アドレス"), required=False, max=2),
    inner=Shape("inner", required=False, kind=Choice("種類", {"a": "甲", "b": "乙"})),
)


def faults(value) -> dict[str, str]:
    with pytest.raises(Invalid) as wrong:
        THING.read(value)
    return {fault.field: fault.message for fault in wrong.value.errors}


def test_every_fault_at_once_by_its_path():
    told = faults(
        {
            "nam": 1,
            "for": 3,
            "mails": ["x@a.example", "nonsense"],
            "inner": {"kind": "c", "more": 1},
        }
    )
    assert set(told) == {"nam", "name", "for", "mails.1", "inner.kind", "inner.more"}
    assert told["name"] == "名前を入力してください。"


def test_words_of_python_are_spoken_without_their_underscore():
    assert THING.read({"name": "あ", "for": "佐藤"})["for_"] == "佐藤"
    assert "for_" in faults({"name": "あ", "for_": "佐藤"})
    assert "for" in THING.schema()["properties"]


@pytest.mark.parametrize(
    "value",
    [None, [], "x", 3, {"name": None}, {"name": ["あ"]}, {"name": "  "}, {"name": "あいうえおか"}],
)
def test_what_is_no_thing(value):
    assert faults(value)


@pytest.mark.parametrize("letter", ["\n", "\r", "\0", "\x1b", "\u2028", "\u202e", "\ud800", "\x85"])
def test_letters_that_cannot_be_seen_are_refused(letter):
    with pytest.raises(ValueError, match="使えない文字"):
        Text("名前").read(f"a{letter}b")


def test_a_line_break_is_not_blamed_where_it_is_allowed():
    with pytest.raises(ValueError, match="^制御文字など"):
        Text("ご用件", lines=True).read("一行目\n二行目\0")
    with pytest.raises(ValueError, match="^改行や制御文字など"):
        Text("名前").read("佐\n藤")


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\ufe0f", "\u2060"])
def test_what_is_unseen_within_an_address_is_named(unseen):
    with pytest.raises(ValueError, match="^宛先に、目に見えない文字が"):
        Mail("宛先").read(f"ta{unseen}ro@example.jp")


def test_a_room_that_is_none_is_named_once():
    with pytest.raises(ValueError, match="^Chatworkのルームを読み取れません。"):
        Room("Chatworkのルーム").read("第一会議室")


def test_names_are_never_altered():
    for name in ("髙橋", "﨑山", "①㈱", "ｶﾅ", "😀", "é"):
        assert Text("名前").read(name) == name


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        (Number("数", max=10), "7", 7),
        (Flag("旗"), "on", True),
        (Day("日"), "2026-09-01", "2026-09-01"),
        (Instant("時"), "2026-09-01T10:00:00+09:00", "2026-09-01 01:00:00+00:00"),
        (Instant("時"), "2026-09-01T01:00:00Z", "2026-09-01 01:00:00+00:00"),
        (Mail("宛先"), "Ｔａｒｏ@example.jp", "Taro@example.jp"),
        (Mail("宛先"), "taro@example.jp\u200b", "taro@example.jp"),
        (Mail("宛先"), "\ufeff \u2068taro@example.jp\u2069 ", "taro@example.jp"),
        (Mail("宛先"), "\u00ada..b@docomo.ne.jp\u200e", "a..b@docomo.ne.jp"),
        (Mail("宛先"), "a" * 64 + "@example.jp", "a" * 64 + "@example.jp"),
        (
            Text("用件", lines=True),
            "一\u2028二\v三\r四\r\n五\x85六\f七",
            "一\n二\n三\n四\n五\n六\n七",
        ),
        (Phone("電話"), "０３－６７００－１２３４", "０３－６７００－１２３４"),
        (Lookup("表", Text("値")), {"a": "b"}, {"a": "b"}),
    ],
)
def test_right_values(field, value, read):
    assert str(field.read(value)) == str(read)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Number("数", max=10), 11),
        (Number("数"), True),
        (Number("数"), 1.5),
        (Number("数"), "９"),
        (Flag("旗"), "yes"),
        (Day("日"), "2026-02-30"),
        (Day("日"), "20260901"),
        (Day("日"), "2026-W01-1"),
        (Instant("時"), "20260915T100500+0900"),
        (Instant("時"), "2026-W38-2T10+09"),
        (Phone("電話"), "+81108752134"),
        (Day("日"), "3日ごろ"),
        (Day("日"), 20260901),
        (Instant("時"), "2026-09-01T10:00:00"),
        (Instant("時"), "2026-09-01"),
        (Instant("時"), "0001-01-01T00:00:00+23:59"),
        (Mail("宛先"), "a@b\r\nBcc: x@y.example"),
        (Mail("宛先"), "a b@example.jp"),
        (Mail("宛先"), "a@b@c.example"),
        (Mail("宛先"), "=?utf-8?q?x?=@sakura.example"),
        (Mail("宛先"), "a=?b@sakura.example"),
        (Mail("宛先"), "a" * 65 + "@sakura.example"),
        (Mail("宛先"), "\u200b"),
        (Phone("電話"), "非通知"),
        (Text("名前"), "\u3164"),
        (Text("名前", lines=True), "\u2800\n\u115f\u200b"),
        (Phone("電話"), "12"),
    ],
)
def test_wrong_values(field, value):
    with pytest.raises((ValueError, Invalid)):
        field.read(value)


@pytest.mark.parametrize(
    ("typed", "number", "shown"),
    [
        ("03-6700-1234", "0367001234", "03-6700-1234"),
        ("０３（６７００）１２３４", "0367001234", "03-6700-1234"),
        ("+81 3 6700 1234", "0367001234", "03-6700-1234"),
        ("090ー1234ー5678", "09012345678", "090-1234-5678"),
        ("+1 650-253-0000", "+16502530000", "+1 650-253-0000"),
        ("0120-444-444", "0120444444", "0120-444-444"),
        ("050-1234-5678", "05012345678", "050-1234-5678"),
        ("+81 10 8752 134", None, ""),  # 010… would be dialled abroad
        ("+81-0-10-1234-5678", None, ""),
        ("01911618", None, ""),
        ("03-1234-567", None, ""),  # a digit too few must not become another number
        ("1234-5678", None, ""),
        ("184-03-6700-1234", "0367001234", "03-6700-1234"),
        ("184 03-6700-1234", "0367001234", "03-6700-1234"),
        ("１８６　０３（６７００）１２３４", "0367001234", "03-6700-1234"),
        ("18603-6700-1234", "0367001234", "03-6700-1234"),
        ("03-6700-1234 内線205", "0367001234", "03-6700-1234"),
        ("03-6700-1234(代)", "0367001234", "03-6700-1234"),
        ("０９０−１２３４−５６７８（奥様の携帯）", "09012345678", "090-1234-5678"),
        ("090〜1234〜5678", "09012345678", "090-1234-5678"),
        ("03-6700-1234 (9時以降)", "0367001234", "03-6700-1234"),
        ("9時以降に 03-6700-1234", "0367001234", "03-6700-1234"),
        ("携帯 090-1234-5678 までお願いします", "09012345678", "090-1234-5678"),
        ("03-6700-1234/090-1234-5678", "0367001234", "03-6700-1234"),
        ("03-6700-1234 内線205 (9時以降)", "0367001234", "03-6700-1234"),
        ("+1 650-253-0000 (9時以降)", "+16502530000", "+1 650-253-0000"),
        ("03-6700-123 (9時以降)", None, ""),
        ("9月15日 12時以降", None, ""),
        ("0078-6012-3456", "007860123456", "0078-6012-3456"),
        ("007860123456", "007860123456", "0078-6012-3456"),
        ("0037-6012-3456", "003760123456", "0037-6012-3456"),
        ("非通知", None, ""),
        ("", None, ""),
        (None, None, ""),
    ],
)
def test_telephone_numbers(typed, number, shown):
    assert phones.normalise(typed) == number
    assert phones.display(number) == shown
