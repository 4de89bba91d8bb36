"""様 stands where it belongs, and no name is altered."""

import pytest

from chalicelib.rules.calls import honorifics


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("佐藤", "佐藤 様"),
        ("佐藤様", "佐藤 様"),
        ("佐藤さん", "佐藤 様"),
        ("さとうさん", "さとう 様"),
        ("田中さま", "田中 様"),
        ("佐藤 さま", "佐藤 様"),
        ("田中氏", "田中 様"),
        ("田中部長", "田中部長"),
        ("田中部長様", "田中部長"),
        ("伊藤先生", "伊藤先生"),
        ("鵜殿", "鵜殿 様"),  # names, not honorifics
        ("鵜殿様", "鵜殿 様"),
        ("かさま", "かさま 様"),
        ("源氏", "源氏 様"),
        ("おおはさま", "おおはさま 様"),
        ("様", "様"),
    ],
)
def test_a_person(typed, shown):
    assert honorifics.person(typed) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("阿部様", "阿部 様"),
        ("長谷部さん", "長谷部 様"),
        ("田所", "田所 様"),
        ("総務部 御中", "総務部"),
        ("山本", "山本 様"),
        ("経理部", "経理部"),
        ("ご担当者様", "ご担当者"),
        ("社長", "社長"),
        ("お客様窓口", "お客様窓口"),
    ],
)
def test_somebody_who_is_on_no_roster(typed, shown):
    assert honorifics.wanted(typed) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("青葉電機", "青葉電機"),
        ("青葉電機様", "青葉電機"),
        ("青葉電機 御中", "青葉電機"),
        ("様", "様"),
    ],
)
def test_a_company(typed, shown):
    assert honorifics.company(typed) == shown
