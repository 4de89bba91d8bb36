"""Files as banks send them, put together byte by byte and without the product's layouts."""

from datetime import date

TODAY = date(2026, 9, 10)


def fill(text: str, width: int) -> bytes:
    """Letters at the left of a field."""
    content = text.encode("cp932")
    assert len(content) <= width
    return content + b" " * (width - len(content))


def digits(number: int, width: int) -> bytes:
    content = str(number).encode()
    assert len(content) <= width
    return b"0" * (width - len(content)) + content


def notice_header(code="0", number="1234567", kind="01") -> bytes:
    return (
        f"1{kind}{code}080910080901080909".encode()
        + b"0005" + fill("ﾐﾂﾋﾞｼUFJ", 15) + b"123" + fill("ｼﾌﾞﾔ", 15)
        + b"1" + number.encode() + fill("ｶ)ﾃﾞﾝﾜﾊﾞﾝ", 40) + b" " * 93
    )  # fmt: skip


def notice(payer="ﾀｶﾊｼ ﾕｳｷ", yen=5720, on="080901", bank_number="000001", cancel=" ") -> bytes:
    return (
        b"2" + bank_number.encode() + on.encode() + on.encode() + digits(yen, 10)
        + digits(0, 10) + b"0000000000" + fill(payer, 48) + fill("ﾗｸﾃﾝ", 15) + fill("ﾎﾝﾃﾝ", 15)
        + cancel.encode() + b" " * 20 + b" " * 52
    )  # fmt: skip


def wide_notice(payer: str, wide_yen: int, yen: int = 0) -> bytes:
    """The record of a bank that repeats both amounts with twelve digits."""
    record = notice(payer, yen)
    return record[:128] + digits(wide_yen, 12) + digits(0, 12) + fill("EDI", 20) + b" " * 28


def notice_trailer(count: int, total: int, cancels: bytes = b" " * 18) -> bytes:
    return b"8" + digits(count, 6) + digits(total, 12) + cancels + b" " * 163


END = b"9" + b" " * 199


def cancels(count: int, total: int) -> bytes:
    return digits(count, 6) + digits(total, 12)


def notices(*yen: int, **facts) -> list[bytes]:
    """A group of one account: header, a record for each amount, and its trailer."""
    records = [notice(yen=each, **facts) for each in yen]
    return [notice_header(), *records, notice_trailer(len(yen), sum(yen))]


def statement_header(number="0001234567") -> bytes:
    return (
        b"1030080910080901080909" + b"0005" + fill("", 15) + b"123" + fill("", 15)
        + b"000" + b"1" + number.encode() + fill("ｶ)ﾃﾞﾝﾜﾊﾞﾝ", 40) + b"1" + b"1"
        + digits(100_000, 14) + b" " * 71
    )  # fmt: skip


def statement(payer="ﾀｶﾊｼ ﾕｳｷ", yen=5720, direction="1", sort="11", summary="") -> bytes:
    return (
        b"2" + b"00000000" + b"080901" + b"080901" + direction.encode() + sort.encode()
        + digits(yen, 12) + digits(0, 12) + b"000000" + b"000000" + b"0" + b"0000000" + b"000"
        + b"0000000000" + fill(payer, 48) + fill("", 15) + fill("", 15) + fill(summary, 20)
        + fill("", 20) + b" "
    )  # fmt: skip


def statement_trailer(credits: tuple[int, int], debits: tuple[int, int], lines="") -> bytes:
    return (
        b"8" + digits(credits[0], 6) + digits(credits[1], 13) + digits(debits[0], 6)
        + digits(debits[1], 13) + b"1" + digits(0, 14) + fill(lines, 7) + b" " * 139
    )  # fmt: skip


def joined(records: list[bytes], between: bytes = b"\r\n", end: bytes = b"\r\n") -> bytes:
    assert {len(record) for record in records} == {200}
    return between.join(records) + end


# One list of each bank with a transfer that came in, one line that went out, and interest.
SBI = (
    '"日付","内容","出金金額(円)","入金金額(円)","残高(円)","メモ"\r\n'
    '"2026/09/03","利息",,"12","114,708","-"\r\n'
    '"2026/09/02","口座振替　デンキ","1,024",,"114,696","-"\r\n'
    '"2026/09/01","振込＊タカハシ　ユウキ",,"5,720","115,720","-"\r\n'
)
GMO = (
    "日付,摘要,入金金額,出金金額,残高,メモ\r\n"
    "20260901,振込 タカハシ ユウキ,5720,,115720,\r\n"
    "20260902,口座振替,,1024,114696,\r\n"
    "20260903,利息,12,,114708,\r\n"
)
MUFG = (
    '"日付","摘要","摘要内容","支払い金額","預かり金額","差引残高","メモ","未資金化区分","入払区分"\r\n'
    '"2026/9/1","振込１","ﾀｶﾊｼ ﾕｳｷ","","5,720","115,720","","","入金"\r\n'
    '"2026/9/2","口座振替３","ﾃﾞﾝｷ","1,024","","114,696","","","出金"\r\n'
    '"2026/9/3","利息","","","12","114,708","","","入金"\r\n'
)
PAYPAY = (
    '"操作日(年)","操作日(月)","操作日(日)","操作時刻(時)","操作時刻(分)","操作時刻(秒)",'
    '"取引順番号","摘要","お支払金額","お預り金額","残高","メモ"\r\n'
    '"2026","9","1","10","5","7","0000101","振込 タカハシ ユウキ","","5720","115720",""\r\n'
    '"2026","9","2","3","0","0","0000101","デンキ","1024","","114696",""\r\n'
    '"2026","9","3","3","0","0","0000101","利息","","12","114708",""\r\n'
)
RAKUTEN = (
    "取引日,入出金(円),取引後残高(円),入出金先内容\r\n"
    "20260901,5720,115720,タカハシ　ユウキ\r\n"
    "20260902,-1024,114696,デンキ\r\n"
    "20260903,12,114708,利息\r\n"
)
SONY = (
    "お取引日,摘要,お引出し金額,お預入れ金額,残高,メモ\r\n"
    '2026年9月1日,振込　タカハシ　ユウキ,,"5,720","115,720",\r\n'
    '2026年9月2日,口座振替,"1,024",,"114,696",\r\n'
    "2026年9月3日,利息,,12,\"114,708\",\r\n"
)  # fmt: skip
SHINSEI = (
    "取引日,摘要,出金金額,入金金額,残高,メモ\n"
    "2026/09/03,利息,,12,114708,\n"
    "2026/09/02,口座振替,1024,,114696,\n"
    "2026/09/01,振込 タカハシ ユウキ,,5720,115720,\n"
)
LISTS = {
    "0038": SBI.encode("cp932"),
    "0310": GMO.encode("cp932"),
    "0005": MUFG.encode("cp932"),
    "0033": PAYPAY.encode("cp932"),
    "0036": RAKUTEN.encode("cp932"),
    "0035": SONY.encode("cp932"),
    "0397": SHINSEI.encode("utf-8-sig"),
}
