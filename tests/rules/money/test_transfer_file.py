"""The file for the bank's transfers: every byte of it, and what is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Fault, Invalid
from chalicelib.rules.money import bank_letters, bank_records, transfer_file
from chalicelib.rules.money.transfer_file import Payout, Sender

ON = date(2026, 9, 30)
SENDER = Sender("12345", "カ）デンワバン", "0005", "123", "1", "1234567")
PAYOUT = Payout("0310", "101", "1", "7654321", "タカハシ　ユウキ", 5720, "MK-7KQ2MAB3DE")


def build(*payouts: Payout, sender: Sender = SENDER) -> bytes:
    return transfer_file.build(sender, ON, payouts)


def test_every_byte_stands_where_the_banks_want_it():
    header, first, second, trailer, end, rest = build(
        PAYOUT, PAYOUT._replace(yen=1, kind="9", reference="")
    ).split(b"\r\n")
    assert header == (
        b"1210" + b"0000012345" + "ｶ)ﾃﾞﾝﾜﾊﾞﾝ".encode("cp932") + b" " * 31 + b"0930"
        + b"0005" + b" " * 15 + b"123" + b" " * 15 + b"1" + b"1234567" + b" " * 17
    )  # fmt: skip
    assert first == (
        b"2" + b"0310" + b" " * 15 + b"101" + b" " * 15 + b" " * 4 + b"1" + b"7654321"
        + "ﾀｶﾊｼ ﾕｳｷ".encode("cp932") + b" " * 22 + b"0000005720" + b"0"
        + b"MK-7KQ2MAB" + b"3DE       " + b"7" + b"Y" + b" " * 7
    )  # fmt: skip
    assert second[42:43] + second[80:91] + second[91:113] == (
        b"9" + b"0000000001" + b"0" + b" " * 20 + b"7" + b" "
    )
    assert trailer == b"8" + b"000002" + b"000000005721" + b" " * 101
    assert end == b"9" + b" " * 119
    assert rest == b""


NO_LETTER = "は銀行の振込ファイルで使えない文字です。カナ・英数字で入力してください。"
KIND = "1(普通)・2(当座)・4(貯蓄)・9(その他)のいずれか"
AMOUNT = "振込金額は1円から9,999,999,999円までで入力してください。"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("client_code", "", "依頼人コードは数字10桁以内で入力してください。"),
        ("client_code", "1" * 11, "依頼人コードは数字10桁以内で入力してください。"),
        ("bank", "5", "銀行コードは数字4桁で入力してください。"),
        ("branch", "12", "支店コードは数字3桁で入力してください。"),
        ("name", "", "依頼人名を入力してください。"),
        ("name", "髙", f"依頼人名の「髙」{NO_LETTER}"),
        ("name", "ア" * 41, "依頼人名は半角40文字以内で入力してください(現在41文字)。"),
    ],
)
def test_a_sender_that_a_bank_would_refuse_is_named_by_its_field(field, value, message):
    with pytest.raises(Invalid) as refusal:
        build(PAYOUT, sender=SENDER._replace(**{field: value}))
    assert refusal.value.errors == (Fault(f"sender.{field}", message),)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("bank", "310", "銀行コードは数字4桁で入力してください。"),
        ("bank", "０３１０", "銀行コードは数字4桁で入力してください。"),
        ("bank", "0310\n", "銀行コードは数字4桁で入力してください。"),
        ("branch", "1010", "支店コードは数字3桁で入力してください。"),
        ("kind", "3", f"預金種目は{KIND}で入力してください。"),
        ("number", "654321", "口座番号は数字7桁(足りない桁は先頭に0)で入力してください。"),
        ("number", "76543210", "口座番号は数字7桁(足りない桁は先頭に0)で入力してください。"),
        ("holder", "髙橋", f"受取人名の「髙橋」{NO_LETTER}"),
        ("holder", "　", "受取人名を入力してください。"),
        ("holder", "ガ" * 16, "受取人名は半角30文字以内で入力してください(現在32文字)。"),
        ("yen", 0, AMOUNT),
        ("yen", -1, AMOUNT),
        ("yen", 10**10, AMOUNT),
        ("reference", "返金", f"振込の摘要の「返金」{NO_LETTER}"),
        ("reference", "A" * 21, "振込の摘要は半角20文字以内で入力してください(現在21文字)。"),
    ],
)
def test_a_payout_that_a_bank_would_refuse_is_named_by_its_field(field, value, message):
    with pytest.raises(Invalid) as refusal:
        build(PAYOUT, PAYOUT._replace(**{field: value}))
    assert refusal.value.errors == (Fault(f"payouts.1.{field}", message),)


def test_every_fault_is_named_at_once():
    with pytest.raises(Invalid) as refusal:
        build(PAYOUT._replace(bank="", yen=0), sender=SENDER._replace(number="1"))
    fields = [fault.field for fault in refusal.value.errors]
    assert fields == ["sender.number", "payouts.0.bank", "payouts.0.yen"]


def test_no_payout_makes_no_file():
    with pytest.raises(Invalid) as refusal:
        build()
    sentence = "振込先がありません。1件以上選択してください。"
    assert refusal.value.errors == (Fault("payouts", sentence),)


MANY = [PAYOUT._replace(yen=9_999_999_999)] * 100


def test_a_total_of_twelve_digits_fits():
    assert b"8000101999999999999 " in build(*MANY, PAYOUT._replace(yen=99))


def test_a_total_of_more_than_twelve_digits_makes_no_file():
    with pytest.raises(Invalid) as refusal:
        build(*MANY, PAYOUT._replace(yen=100))
    sentence = "振込金額の合計が12桁を超えています。ファイルを分けてください。"
    assert refusal.value.errors == (Fault("payouts", sentence),)


PAYOUTS = st.builds(
    Payout,
    bank=st.from_regex("[0-9]{4}", fullmatch=True),
    branch=st.from_regex("[0-9]{3}", fullmatch=True),
    kind=st.sampled_from("1249"),
    number=st.from_regex("[0-9]{7}", fullmatch=True),
    holder=st.text(alphabet="アカガパッョーｶﾞABCあ（）", min_size=1, max_size=15),
    yen=st.integers(1, 10**10 - 1),
    reference=st.text(alphabet="ABC123-", max_size=20),
)


@given(st.lists(PAYOUTS, min_size=1, max_size=5))
def test_what_is_written_is_read_back(payouts):
    records = build(*payouts).split(b"\r\n")
    assert records.pop() == b""
    assert {len(record) for record in records} == {120}
    for payout, record in zip(payouts, records[1:-2], strict=True):
        fields = bank_records.cut(bank_records.TRANSFER, record)
        words = {name: bank_records.text(content) for name, content in fields.items()}
        reference = words["reference_1"] + words["reference_2"]
        read = (words["bank"], words["branch"], words["kind"], words["number"], reference)
        assert read == (payout.bank, payout.branch, payout.kind, payout.number, payout.reference)
        assert words["holder"] == bank_letters.half_width(payout.holder)
        assert int(words["yen"]) == payout.yen
    trailer = bank_records.cut(bank_records.TRANSFER_TRAILER, records[-2])
    assert bank_records.number(trailer["count"]) == len(payouts)
    assert bank_records.number(trailer["total"]) == sum(payout.yen for payout in payouts)
