"""The files of three accounting programs, read back as such a program would."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.money.accounting import USUAL, Entry
from chalicelib.words.exports import export
from chalicelib.words.journal_forms import FORMS

NUMBER = "mk-7KQ2MAB3DE-202609-1"
SALE = Entry(
    on=date(2026, 9, 1),
    debit="receivable",
    credit="sales",
    yen=5_720,
    tax="sales",
    tax_yen=520,
    client="山田商店",
    note=f"電話代行料 2026年9月締め 請求書{NUMBER}",
    document=NUMBER,
)
RETURN = SALE._replace(debit="sales", credit="receivable", yen=296, tax="return", tax_yen=26)
PAYMENT = SALE._replace(debit="bank", credit="receivable", tax="none", tax_yen=0, note="入金")
PROGRAMS = sorted(FORMS)


def table(content: bytes, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def rows(program: str, *entries: Entry, **choice) -> list[list[str]]:
    """The rows below the header."""
    encoding = choice.get("encoding") or FORMS[program].encoding
    lines = table(
        export(program, entries, **choice).content, encoding.replace("utf-8", "utf-8-sig")
    )
    return lines[bool(FORMS[program].header) :]


def named(program: str, entry: Entry) -> dict[str, str]:
    """The filled cells of an entry by the names of their columns."""
    (row,) = rows(program, entry)
    return {name: cell for name, cell in zip(FORMS[program].header, row, strict=True) if cell}


def test_yayoi_reads_25_cells_without_a_header():
    assert rows("yayoi", SALE) == [
        [
            *("2000", "", "", "2026/09/01"),
            *("売掛金", "山田商店", "", "対象外", "5720", "0"),
            *("売上高", "", "", "課税売上内10%", "5720", "520"),
            *(SALE.note, "", "", "0", "", NUMBER, "0", "0", "no"),
        ]
    ]
    assert len(rows("yayoi", SALE)[0]) == 25


def test_freee_reads_33_columns():
    assert len(FORMS["freee"].header) == 33
    assert named("freee", SALE) == {
        "[表題行]": "[明細行]",
        "日付": "2026/09/01",
        "伝票番号": "1",
        "借方勘定科目": "売掛金",
        "借方取引先": "山田商店",
        "借方金額": "5720",
        "借方税区分": "対象外",
        "借方税額": "0",
        "貸方勘定科目": "売上高",
        "貸方取引先": "山田商店",
        "貸方金額": "5720",
        "貸方税区分": "課税売上10%",
        "貸方税額": "520",
        "摘要": SALE.note,
    }


def test_moneyforward_reads_27_columns():
    assert len(FORMS["moneyforward"].header) == 27
    assert named("moneyforward", SALE) == {
        "取引No": "1",
        "取引日": "2026/09/01",
        "借方勘定科目": "売掛金",
        "借方補助科目": "山田商店",
        "借方取引先": "山田商店",
        "借方税区分": "対象外",
        "借方金額(円)": "5720",
        "借方税額": "0",
        "貸方勘定科目": "売上高",
        "貸方取引先": "山田商店",
        "貸方税区分": "課税売上 10%",
        "貸方金額(円)": "5720",
        "貸方税額": "520",
        "摘要": SALE.note,
        "仕訳メモ": NUMBER,
    }


@pytest.mark.parametrize(
    ("program", "tax"),
    [
        ("yayoi", "課税売返内10%"),
        ("freee", "課税売返10%"),
        ("moneyforward", "課税売上-返還等 10%"),
    ],
)
def test_sales_given_back_are_debited_under_their_own_category(program, tax):
    (row,) = rows(program, RETURN)
    assert tax in row
    assert row.index(tax) < row.index("売掛金")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_payment_is_outside_the_tax_on_both_sides(program):
    (row,) = rows(program, PAYMENT)
    assert row.count("対象外") == 2
    assert row.index("普通預金") < row.index("売掛金")


@pytest.mark.parametrize("program", ["freee", "moneyforward"])
def test_every_entry_has_a_number_of_its_own(program):
    column = FORMS[program].header.index("伝票番号" if program == "freee" else "取引No")
    assert [row[column] for row in rows(program, SALE, PAYMENT, RETURN)] == ["1", "2", "3"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_house_calls_its_accounts_as_its_books_do(program):
    names = USUAL._replace(sales="電話代行売上", receivable="未収入金")
    (row,) = rows(program, SALE, accounts=names)
    assert "電話代行売上" in row
    assert "未収入金" in row
    assert "売上高" not in row


@pytest.mark.parametrize(
    ("program", "encoding", "begins"),
    [
        ("yayoi", None, b"2000,"),
        ("freee", None, "[表題行],日付".encode("cp932")),
        ("freee", "utf-8", "[表題行],日付".encode()),
        ("moneyforward", None, b"\xef\xbb\xbf" + "取引No".encode()),
        ("moneyforward", "cp932", "取引No".encode("cp932")),
    ],
)
def test_a_file_is_in_the_encoding_of_its_program(program, encoding, begins):
    content = export(program, [SALE], encoding=encoding).content
    assert content.startswith(begins)
    assert content.endswith(b"\r\n")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_month_without_entries_is_a_header_alone(program):
    assert rows(program) == []
    assert export(program, []).notes == ()


def test_what_shift_jis_lacks_becomes_a_mark_and_is_said_once():
    entry = SALE._replace(client="𠮷田—髙橋", note="𠮷")
    (row, _) = rows("yayoi", entry, entry)
    assert row[5] == "〓田―髙橋"
    assert export("yayoi", [entry, entry]).notes == (
        "「𠮷田—髙橋」の「𠮷」はShift_JISにない文字のため、「〓」に置き換えました。",
        "「𠮷」の「𠮷」はShift_JISにない文字のため、「〓」に置き換えました。",
    )


def test_utf_8_keeps_every_character():
    file = export("moneyforward", [SALE._replace(client="𠮷田—髙橋")])
    assert "𠮷田—髙橋" in file.content.decode("utf-8-sig")
    assert file.notes == ()


@pytest.mark.parametrize("first", "=+-@＝＋－＠")
@pytest.mark.parametrize("program", PROGRAMS)
def test_no_cell_begins_as_a_formula_does(program, first):
    file = export(program, [SALE._replace(client=f" \t{first}1+1")])
    cells = table(file.content, FORMS[program].encoding.replace("utf-8", "utf-8-sig"))
    assert f"'{first}1+1" in sum(cells, [])
    assert file.notes == (
        f"「{first}1+1」は表計算ソフトで数式として扱われるおそれがあるため、"
        "先頭に「'」を付けました。",
    )


def test_a_name_that_yayoi_cuts_off_is_said():
    fits, long = "株式会社あいうえおかきく", "株式会社あいうえおかきくけ"
    assert export("yayoi", [SALE._replace(client=fits)]).notes == ()
    assert export("yayoi", [SALE._replace(client=long)]).notes == (
        f"「{long}」は弥生会計の補助科目名の上限(半角24文字)を超えるため、"
        "取り込み時に後ろが切れます。",
    )
    assert export("freee", [SALE._replace(client=long)]).notes == ()


TEXTS = st.text(max_size=20)
ENTRIES = st.builds(
    lambda base, client, note, yen: base._replace(client=client, note=note, yen=yen),
    st.sampled_from([SALE, RETURN, PAYMENT]),
    TEXTS,
    TEXTS,
    st.integers(1, 10**8),
)
CHOICES = st.tuples(st.sampled_from(PROGRAMS), st.sampled_from([None, "cp932", "utf-8"]))


@given(CHOICES, st.lists(ENTRIES, max_size=5))
def test_a_file_has_a_row_for_each_entry_and_balances(choice, entries):
    program, encoding = choice
    lines = rows(program, *entries, encoding=encoding)
    assert len(lines) == len(entries)
    for row, entry in zip(lines, entries, strict=True):
        assert len(row) == (len(FORMS[program].header) or 25)
        assert row.count(str(entry.yen)) >= 2
        assert not any(cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for cell in row)


@given(CHOICES, st.lists(ENTRIES, max_size=5))
def test_the_same_entries_give_the_same_bytes(choice, entries):
    program, encoding = choice
    first = export(program, entries, encoding=encoding)
    assert export(program, list(entries), encoding=encoding) == first
    assert first.content.count(b"\n") == first.content.count(b"\r\n")
