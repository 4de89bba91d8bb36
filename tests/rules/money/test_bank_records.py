"""Layouts without gap or overlap, and what is written is read back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.money import bank_records
from chalicelib.rules.money.bank_records import cut, write
from tests.rules.money.bank_files import TODAY

LAYOUTS = {
    name: layout
    for name, layout in vars(bank_records).items()
    if name.isupper() and isinstance(layout, tuple)
}


def test_every_layout_is_looked_at():
    assert len(LAYOUTS) == 13


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_adds_up_with_neither_gap_nor_overlap(name):
    layout = LAYOUTS[name]
    assert layout[0].first == 1
    assert [each.first for each in layout[1:]] == [each.last + 1 for each in layout[:-1]]
    assert layout[-1].last == (120 if name.startswith("TRANSFER") else 200)


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_names_of_a_layout_are_unique(name):
    names = [field.name for field in LAYOUTS[name] if field.name]
    assert len(names) == len(set(names))


LETTERS = st.text(alphabet="ｱｲｳｶﾞﾊﾟABC019()-.髙﨑①㈱～－", max_size=30)


@given(st.sampled_from(sorted(LAYOUTS)), st.data())
def test_what_is_written_is_read_back(name, data):
    layout = LAYOUTS[name]
    words = {}
    for field in layout:
        word = data.draw(st.integers(0, 10**field.width - 1) if field.is_digits else LETTERS)
        if field.name and len(str(word).encode("cp932")) <= field.width:
            words[field.name] = word
    record = write(layout, **words)
    fields = cut(layout, record)
    assert len(record) == layout[-1].last
    for key, word in words.items():
        read = bank_records.number if isinstance(word, int) else bank_records.text
        assert read(fields[key]) == word


def test_letters_stand_at_the_left_and_digits_at_the_right():
    record = write(bank_records.TRANSFER, record="2", holder="ﾀﾅｶ", yen=5720)
    assert record[50:80] == "ﾀﾅｶ".encode("cp932") + b" " * 27
    assert record[80:90] == b"0000005720"


@pytest.mark.parametrize(("holder", "yen"), [("ｱ" * 31, 1), ("ｱ", 10**10)])
def test_what_is_too_long_is_not_written(holder, yen):
    with pytest.raises(ValueError, match="more than"):
        write(bank_records.TRANSFER, holder=holder, yen=yen)


def test_a_name_that_a_layout_does_not_have_is_a_mistake():
    with pytest.raises(TypeError, match="no payer"):
        write(bank_records.TRANSFER, payer="ﾀﾅｶ")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"080901", date(2026, 9, 1)),
        (b"080229", None),
        (b"060229", date(2024, 2, 29)),
        (b"260901", None),  # of the common era
        (b"081011", date(2026, 10, 11)),
        (b"081012", None),  # more than a month ahead
        (b"000101", date(2018, 1, 1)),
        (b"8 9 1 ", None),
        (b"      ", None),
        (b"000000", None),
    ],
)
def test_a_date_is_a_year_of_the_era_near_today(content, expected):
    if expected is None:
        with pytest.raises(ValueError):
            bank_records.day(content, TODAY)
    else:
        assert bank_records.day(content, TODAY) == expected


@pytest.mark.parametrize(("content", "expected"), [(b"0000005720", 5720), (b"  12", 12)])
def test_a_number_is_digits(content, expected):
    assert bank_records.number(content) == expected


@pytest.mark.parametrize("content", [b"", b"   ", b"-12", b"1 2", b"1_2", "１".encode("cp932")])
def test_anything_else_is_no_number(content):
    with pytest.raises(ValueError, match="no digits"):
        bank_records.number(content)
