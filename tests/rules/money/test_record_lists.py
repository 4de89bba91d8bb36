"""The fixed-width lists 01 and 03: what is read out of them, and why one is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Fault, Invalid
from chalicelib.rules.money import bank_lists
from chalicelib.rules.money.bank_entries import REMEDY
from chalicelib.rules.money.record_lists import NO_EBCDIC
from tests.rules.money.bank_files import (
    END,
    TODAY,
    cancels,
    joined,
    notice,
    notice_header,
    notice_trailer,
    notices,
    statement,
    statement_header,
    statement_trailer,
    wide_notice,
)

ACCOUNT = "0005/123/1/1234567"


def read(content: bytes):
    return bank_lists.read(content, TODAY)


def refusal(records: list[bytes]) -> str:
    """The only sentence with which a file is refused, without the remedy that all have."""
    with pytest.raises(Invalid) as fault:
        read(joined(records))
    (error,) = fault.value.errors
    assert error.field == "file"
    assert error.message.endswith(f"。{REMEDY}")
    return error.message.removesuffix(f"。{REMEDY}")


def test_a_transfer_of_list_01_becomes_an_entry():
    bank_list = read(joined([*notices(5720), END]))
    (entry,) = bank_list.entries
    assert (bank_list.title, bank_list.debits) == ("全銀 振込入金通知", 0)
    assert vars(entry) == {
        "account": ACCOUNT,
        "on": date(2026, 9, 1),
        "yen": 5720,
        "text": "ﾀｶﾊｼ ﾕｳｷ",
        "payer": "ﾀｶﾊｼ ﾕｳｷ",
        "key": "タカハシユウキ",
        "balance_after": None,
        "bank_number": "000001",
        "is_transfer": True,
        "is_cancel": False,
        "line": 2,
        "copy": 0,
    }


def test_list_03_gives_what_came_in_and_counts_what_went_out():
    records = [
        statement_header(),
        statement(yen=5720),
        statement("", 1024, direction="2", sort="14"),
        statement("", 12, sort="18", summary="ｹﾂｻﾝｵﾘｿｸ"),
        statement_trailer((2, 5732), (1, 1024), "0000003"),
        END,
    ]
    bank_list = read(joined(records))
    facts = [(each.payer, each.yen, each.is_transfer, each.line) for each in bank_list.entries]
    assert facts == [("ﾀｶﾊｼ ﾕｳｷ", 5720, True, 2), ("ｹﾂｻﾝｵﾘｿｸ", 12, False, 4)]
    assert bank_list.debits == 1
    assert {each.is_cancel for each in bank_list.entries} == {False}
    assert {each.account for each in bank_list.entries} == {ACCOUNT}
    assert {each.bank_number for each in bank_list.entries} == {None}  # zeros are no number


@pytest.mark.parametrize("between", [b"", b"\r\n", b"\n"])
@pytest.mark.parametrize("end", [b"", b"\r\n", b"\x1a", b"\r\n\x1a", b"\x1a\r\n"])
def test_line_ends_and_ctrl_z_make_no_difference(between, end):
    records = [*notices(5720, 2960), END]
    assert read(joined(records, between, end)) == read(joined(records))


def test_every_account_of_a_file_has_its_own_group():
    other = [notice_header(number="7654321"), notice(yen=300), notice_trailer(1, 300)]
    empty = [notice_header(number="1111111"), notice_trailer(0, 0)]
    entries = read(joined([*notices(5720), *empty, *other, END])).entries
    facts = [(each.account, each.yen, each.line) for each in entries]
    assert facts == [(ACCOUNT, 5720, 2), ("0005/123/1/7654321", 300, 7)]


@pytest.mark.parametrize("apart", [b" " * 18, cancels(1, 5720)])
def test_a_cancelled_notice_is_counted_apart(apart):
    records = [notice(), notice(yen=300), notice(cancel="1")]
    bank_list = read(joined([notice_header(), *records, notice_trailer(2, 6020, apart), END]))
    assert [each.is_cancel for each in bank_list.entries] == [False, False, True]


@pytest.mark.parametrize("payer", ["タカハシ　ユウキ", "髙﨑①㈱～－", "ｶ)髙ﾊｼ"])
def test_a_wide_letter_in_a_name_moves_no_field(payer):
    (entry,) = read(joined([notice_header(), notice(payer), notice_trailer(1, 5720), END])).entries
    assert (entry.payer, entry.yen, entry.bank_number) == (payer, 5720, "000001")


@pytest.mark.parametrize(
    ("yen", "wide_yen", "expected"),
    [(0, 12_345_678_901, 12_345_678_901), (5720, 5720, 5720), (5720, 0, 5720)],
)
def test_an_amount_of_twelve_digits_is_read_where_ten_are_few(yen, wide_yen, expected):
    record = wide_notice("ﾀｶﾊｼ ﾕｳｷ", wide_yen, yen)
    (entry,) = read(joined([notice_header(), record, notice_trailer(1, expected), END])).entries
    assert entry.yen == expected


def test_digits_in_the_text_of_edi_are_no_amount():
    record = notice()[:128] + b"12345678901234567890" + b" " * 52
    (entry,) = read(joined([notice_header(), record, notice_trailer(1, 5720), END])).entries
    assert entry.yen == 5720


ONE = notices(5720)
HEADER, DATA, TRAILER = ONE


def changed(record: bytes, first: int, content: bytes) -> bytes:
    """A record with other bytes from `first`, which counts from 1."""
    return record[: first - 1] + content + record[first - 1 + len(content) :]


@pytest.mark.parametrize(
    ("records", "what"),
    [
        (
            [HEADER, DATA, notice_trailer(2, 5720), END],
            "3行目のトレーラの振込合計件数(2件)が、明細から求めた値(1件)と一致しません",
        ),
        (
            [HEADER, DATA, notice_trailer(1, 5721), END],
            "3行目のトレーラの振込合計金額(5,721円)が、明細から求めた値(5,720円)と一致しません",
        ),
        (
            [HEADER, DATA, notice_trailer(1, 5720, cancels(1, 0)), END],
            "3行目のトレーラの取消合計件数(1件)が、明細から求めた値(0件)と一致しません",
        ),
        (
            [HEADER, notice(cancel="1"), notice_trailer(0, 0, cancels(1, 5)), END],
            "3行目のトレーラの取消合計金額(5円)が、明細から求めた値(5,720円)と一致しません",
        ),
        (
            [HEADER, DATA, changed(TRAILER, 2, b" " * 6), END],
            "3行目のトレーラの振込合計件数が数字になっていません",
        ),
        (ONE, "3行目の後にエンドレコード(9)がなく、ファイルが途中で切れています"),
        ([HEADER, DATA, END], "3行目の前にトレーラレコード(8)がありません"),
        (
            [*ONE, DATA, END],
            "4行目のデータ区分が全銀形式の並び順(1・2・8・9)になっていません",
        ),
        (
            [HEADER, HEADER, TRAILER, END],
            "2行目のデータ区分が全銀形式の並び順(1・2・8・9)になっていません",
        ),
        (
            [*ONE, END, END],
            "4行目のデータ区分が全銀形式の並び順(1・2・8・9)になっていません",
        ),
        ([HEADER, notice(yen=0), TRAILER, END], "2行目の金額が1円以上になっていません"),
        (
            [HEADER, changed(DATA, 20, b"-000005720"), TRAILER, END],
            "2行目の金額が数字になっていません",
        ),
        (
            [HEADER, notice(on="081301"), TRAILER, END],
            "2行目の勘定日「081301」が和暦の日付(YYMMDD)になっていません",
        ),
        (
            [HEADER, notice(on="260901"), TRAILER, END],
            "2行目の勘定日「260901」が和暦の日付(YYMMDD)になっていません",
        ),
        (
            [HEADER, changed(DATA, 50, b"\x81"), TRAILER, END],
            "2行目の振込依頼人名に読み取れない文字があります",
        ),
        (
            [changed(HEADER, 61, b"12345 A"), DATA, TRAILER, END],
            "1行目の口座番号が数字になっていません",
        ),
        (
            [*ONE, statement_header(), statement_trailer((0, 0), (0, 0)), END],
            "4行目の種別コードが先頭のレコードと異なります",
        ),
        (
            [statement_header(), statement(direction="3"), TRAILER, END],
            "2行目の入払区分が1(入金)でも2(出金)でもありません",
        ),
        (
            [statement_header(), statement(), statement_trailer((1, 5720), (1, 0)), END],
            "3行目のトレーラの出金件数(1件)が、明細から求めた値(0件)と一致しません",
        ),
        (
            [statement_header(), statement(), statement_trailer((1, 5720), (0, 0), "0000002"), END],
            "3行目のトレーラのデータ件数(2件)が、明細から求めた値(1件)と一致しません",
        ),
    ],
)
def test_a_file_is_refused_whole_with_the_line_and_the_remedy(records, what):
    assert refusal(records) == what


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (joined([*ONE, END])[:-30], 4),
        (joined([*ONE, END], b"", b"")[:-30], 4),
        (joined([*ONE, END]).decode("cp932").encode("utf-8"), 1),
        (joined([HEADER, DATA], end=b"\r\n") + b"8\r\n" + END, 3),
    ],
)
def test_records_of_another_length_are_refused(content, line):
    with pytest.raises(Invalid) as fault:
        read(content)
    what = f"{line}行目の長さが200バイトの固定長になっていません。{REMEDY}"
    assert fault.value.errors == (Fault("file", what),)


@pytest.mark.parametrize(
    "records",
    [
        [notice_header(code="1"), DATA, TRAILER, END],
        [*ONE, notice_header(code="1"), DATA, TRAILER, END],
    ],
)
def test_a_file_that_is_marked_as_ebcdic_is_refused(records):
    with pytest.raises(Invalid) as fault:
        read(joined(records))
    assert fault.value.errors == (Fault("file", NO_EBCDIC),)


def test_a_file_in_ebcdic_is_refused():
    with pytest.raises(Invalid) as fault:
        read(joined([*ONE, END], b"", b"").decode("cp932", "replace").encode("cp037", "replace"))
    assert fault.value.errors == (Fault("file", NO_EBCDIC),)
    assert "JIS(コード区分0)を指定して" in NO_EBCDIC


@pytest.mark.parametrize("kind", ["21", "91"])
def test_another_kind_of_list_is_refused(kind):
    with pytest.raises(Invalid) as fault:
        read(joined([notice_header(kind=kind), END]))
    assert fault.value.errors[0].message == (
        f"種別コード{kind}の全銀ファイルは取り込めません。"
        "振込入金通知(01)または入出金取引明細(03)をダウンロードし直してください。"
    )


@given(st.lists(st.tuples(st.integers(1, 10**10 - 1), st.booleans()), max_size=8))
def test_what_a_bank_writes_is_read_back(rows):
    records = [notice(yen=yen, cancel="1" if is_cancel else " ") for yen, is_cancel in rows]
    paid = [yen for yen, is_cancel in rows if not is_cancel]
    taken_back = [yen for yen, is_cancel in rows if is_cancel]
    trailer = notice_trailer(len(paid), sum(paid), cancels(len(taken_back), sum(taken_back)))
    entries = read(joined([notice_header(), *records, trailer, END])).entries
    assert [(each.yen, each.is_cancel) for each in entries] == rows


@given(st.integers(0, 3 * 202 + 199), st.binary(min_size=1, max_size=1))
def test_a_damaged_byte_is_refused_or_read_and_never_breaks(place, byte):
    content = joined([*ONE, END])
    damaged = content[:place] + byte + content[place + 1 :]
    try:
        entries = read(damaged).entries
    except Invalid as fault:
        assert {each.field for each in fault.errors} == {"file"}
    else:
        assert [each.yen for each in entries] == [5720]
