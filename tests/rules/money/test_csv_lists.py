"""The lists of online banking: each form, and why a file is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Fault, Invalid
from chalicelib.rules.money import bank_forms, bank_lists
from chalicelib.rules.money.bank_entries import REMEDY
from chalicelib.rules.money.csv_lists import NO_TEXT
from tests.rules.money.bank_files import LISTS, RAKUTEN, SBI, TODAY


def read(content: bytes):
    return bank_lists.read(content, TODAY)


def refusal(content: bytes) -> str:
    with pytest.raises(Invalid) as fault:
        read(content)
    (error,) = fault.value.errors
    assert error.field == "file"
    return error.message


def sbi(*rows: str) -> bytes:
    return "\r\n".join([SBI.splitlines()[0], *rows]).encode("cp932")


@pytest.mark.parametrize("bank", LISTS)
def test_the_list_of_every_bank_is_read(bank):
    bank_list = read(LISTS[bank])
    transfer, interest = sorted(bank_list.entries, key=lambda each: each.on)
    assert bank_list.title == {form.bank: form.title for form in bank_forms.FORMS}[bank]
    assert bank_list.debits == 1
    assert (transfer.account, transfer.on) == (bank, date(2026, 9, 1))
    assert (transfer.yen, transfer.balance_after) == (5720, 115_720)
    assert transfer.key == "タカハシユウキ"
    assert transfer.is_transfer is True
    assert interest.is_transfer is (bank == "0036")  # whose list does not tell transfers apart


def test_every_form_has_a_list_here():
    assert {form.bank for form in bank_forms.FORMS} == set(LISTS)


def test_the_payer_is_the_name_and_the_text_is_what_the_bank_wrote():
    entry = read(LISTS["0038"]).entries[1]
    assert (entry.text, entry.payer) == ("振込＊タカハシ　ユウキ", "タカハシ　ユウキ")
    assert entry.line == 4


def test_the_number_of_a_line_is_the_banks_own():
    assert [each.bank_number for each in read(LISTS["0033"]).entries] == ["0000101", "0000101"]


@pytest.mark.parametrize("bank", LISTS)
@pytest.mark.parametrize("end", [b"\x1a", b"\r\n\r\n\x1a", b"\n"])
def test_ctrl_z_and_empty_lines_at_the_end_make_no_difference(bank, end):
    assert read(LISTS[bank].rstrip() + end) == read(LISTS[bank])


@given(st.permutations(range(6)))
def test_columns_are_found_by_their_names(order):
    rows = [
        ["日付", "内容", "出金金額(円)", "入金金額(円)", "残高(円)", "メモ"],
        ["2026/9/1", "振込＊タナカ", "", '"5,720"', "115720", "-"],
    ]
    content = "\r\n".join(",".join(row[place] for place in order) for row in rows)
    (entry,) = read(content.encode("cp932")).entries
    assert (entry.yen, entry.balance_after, entry.payer) == (5720, 115_720, "タナカ")


@pytest.mark.parametrize(
    "day", ["2026/09/01", "2026/9/1", "20260901", "2026-09-01", "２０２６/9/1"]
)
def test_a_date_may_be_written_in_each_of_these_ways(day):
    (entry,) = read(sbi(f"{day},振込＊タナカ,,5720,,-")).entries
    assert entry.on == date(2026, 9, 1)


@pytest.mark.parametrize("day", [date(2018, 1, 1), date(2026, 10, 11)])
def test_a_date_may_lie_eight_years_back_and_a_month_ahead(day):
    (entry,) = read(sbi(f"{day:%Y%m%d},振込＊タナカ,,5720,,-")).entries
    assert entry.on == day


@pytest.mark.parametrize(
    ("balance", "expected"), [("", None), ("-", None), ("-1,000", -1000), ("0", 0)]
)
def test_a_balance_may_be_missing_or_below_zero(balance, expected):
    (entry,) = read(sbi(f'20260901,振込＊タナカ,,5720,"{balance}",-')).entries
    assert entry.balance_after == expected


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("20260901,振込＊タナカ,,12.50,,", "入金金額(円)「12.50」が整数の金額になっていません"),
        ("20260901,振込＊タナカ,,五千,,", "入金金額(円)「五千」が整数の金額になっていません"),
        ('20260901,振込＊タナカ,,"57,20",,', "入金金額(円)「57,20」が整数の金額になっていません"),
        ("20260901,振込＊タナカ,,0,,", "入金金額(円)が1円以上の金額になっていません"),
        ("20260901,振込＊タナカ,,-500,,", "入金金額(円)が1円以上の金額になっていません"),
        ("20260901,振込＊タナカ,,-1,,", "入金金額(円)が1円以上の金額になっていません"),
        ("20260901,振込＊タナカ,-1,,,", "入金金額(円)が1円以上の金額になっていません"),
        ("20260901,振込＊タナカ,,,,", "入金金額(円)が1円以上の金額になっていません"),
        ("20260901,振込＊タナカ,100,500,,", "入金金額(円)が1円以上の金額になっていません"),
        ("20260901,デンキ,x,,,", "出金金額(円)「x」が整数の金額になっていません"),
        ("20260901,振込＊タナカ,,500,x,", "残高(円)「x」が整数の金額になっていません"),
        ("2026/9/31,振込＊タナカ,,500,,", "日付「2026/9/31」が日付として読み取れません"),
        ("2026901,振込＊タナカ,,500,,", "日付「2026901」が日付として読み取れません"),
        ("2026101,振込＊タナカ,,500,,", "日付「2026101」が日付として読み取れません"),  # or 10/01
        ("202609/01,振込＊タナカ,,500,,", "日付「202609/01」が日付として読み取れません"),
        ("1926/9/1,振込＊タナカ,,500,,", "日付「1926/9/1」が日付として読み取れません"),
        ("2017/12/31,振込＊タナカ,,500,,", "日付「2017/12/31」が日付として読み取れません"),
        ("2026/10/12,振込＊タナカ,,500,,", "日付「2026/10/12」が日付として読み取れません"),
        (",振込＊タナカ,,500,,", "日付「」が日付として読み取れません"),
        ("20260901,振込＊タナカ,,5,720,1000,-", "列の数(7列)が見出し(6列)と一致しません"),
        ("20260901,振込＊タナカ,,500", "列の数(4列)が見出し(6列)と一致しません"),
        ('20260901,"振込＊"タナカ,,500,,', '引用符(")の組が正しくありません'),
    ],
)
def test_a_row_that_cannot_be_read_refuses_the_file(row, what):
    content = sbi("20260901,振込＊サトウ,,300,,-", row)
    assert refusal(content) == f"3行目の{what}。{REMEDY}"


def test_one_yen_comes_in_or_goes_out():
    bank_list = read(sbi("20260901,振込＊タナカ,,1,,-", "20260901,テスウリョウ,1,,,-"))
    assert [entry.yen for entry in bank_list.entries] == [1]
    assert bank_list.debits == 1


def test_a_row_may_end_with_empty_cells():
    (entry,) = read(sbi("20260901,振込＊タナカ,,5720,,-,,")).entries
    assert entry.yen == 5720


@pytest.mark.parametrize("amount", ["0", ""])
def test_a_signed_column_without_an_amount_refuses_the_file(amount):
    content = f"{RAKUTEN.splitlines()[0]}\n20260901,{amount},100,タナカ\n".encode("cp932")
    assert refusal(content) == f"2行目の入出金(円)が1円以上の金額になっていません。{REMEDY}"


def test_an_unknown_header_is_shown():
    assert refusal("日付,お名前,金額\r\n2026/9/1,タナカ,500\r\n".encode("cp932")) == (
        "1行目の見出し「日付,お名前,金額」は、取り込める銀行の明細の形式ではありません。"
        "対応している形式でダウンロードし直すか、システムの担当者に明細の見本をお送りください。"
    )


@pytest.mark.parametrize("header", ["日　付,金額", "日付\t金額", "ア" * 80])
def test_an_unknown_header_is_shown_whatever_stands_between_its_names(header):
    assert f"1行目の見出し「{header}」は" in refusal(header.encode("cp932"))


def test_of_a_very_long_header_the_beginning_is_shown():
    assert f"「{'ア' * 80}」" in refusal(("ア" * 200_000).encode("cp932"))


def test_a_header_that_names_a_column_twice_is_unknown():
    header = "日付,内容,内容,出金金額(円),入金金額(円),残高(円)"
    assert "取り込める銀行の明細の形式ではありません" in refusal(header.encode("cp932"))


@pytest.mark.parametrize(
    ("bank", "encoding", "what"),
    [
        ("0038", "utf-8", "の明細の文字コードはShift_JISですが、このファイルはUTF-8です。"),
        ("0038", "utf-8-sig", "の明細の文字コードはShift_JISですが、このファイルはUTF-8です。"),
        ("0397", "cp932", "の明細の文字コードはUTF-8ですが、このファイルはShift_JISです。"),
    ],
)
def test_a_list_in_another_encoding_is_refused(bank, encoding, what):
    form = next(form for form in bank_forms.FORMS if form.bank == bank)
    text = LISTS[bank].decode(form.encoding)
    assert refusal(text.encode(encoding)) == form.title + what + REMEDY


def test_a_list_in_utf_8_needs_no_byte_order_mark():
    content = LISTS["0397"]
    assert read(content.removeprefix(b"\xef\xbb\xbf")) == read(content)


@pytest.mark.parametrize(("bank", "encoding"), [("0038", "Shift_JIS"), ("0397", "UTF-8")])
def test_a_letter_that_cannot_be_read_refuses_the_file_with_its_line(bank, encoding):
    lines = LISTS[bank].split(b"\n")
    lines[2] = b"\xff\x81" + lines[2].replace(b",", b"\x81,", 1)
    what = f"3行目の文字を{encoding}として読み取れません。{REMEDY}"
    assert refusal(b"\n".join(lines)) == what


@pytest.mark.parametrize(
    "content", [SBI.encode("utf-16"), b"PK\x03\x04\x00\x01\x02", b"%PDF-1.7\x00\x01\n", b"\x80\x81"]
)
def test_what_is_no_text_is_refused(content):
    assert refusal(content) == f"1行目の文字を読み取れません。{NO_TEXT}"


@pytest.mark.parametrize("content", [b"", b"\r\n", b"\x1a", b"  \r\n"])
def test_an_empty_file_is_refused(content):
    with pytest.raises(Invalid) as fault:
        read(content)
    sentence = "ファイルが空です。銀行から明細をダウンロードし直してください。"
    assert fault.value.errors == (Fault("file", sentence),)


def test_a_list_without_rows_has_no_entries():
    assert read(sbi()).entries == ()


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reading(content):
    for head in (b"", SBI.splitlines()[0].encode("cp932") + b"\r\n"):
        try:
            read(head + content)
        except Invalid as fault:
            assert {each.field for each in fault.errors} == {"file"}
