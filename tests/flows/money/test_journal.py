"""A month of the books, as the accounting program takes it (accounting.md)."""

import base64
import csv
import io

import pytest

from tests.flows.money.bank_days import imports, notices, row
from tests.flows.money.bills import invoices, number, pays


def exported(desk, month: str, form: str = "moneyforward", **query: str) -> dict:
    words = "".join(f"&{name}={value}" for name, value in query.items())
    answer = desk.get(f"/v1/exports/{form}?month={month}{words}")
    assert answer.status == 200, answer.text
    return answer.json


def rows(desk, month: str) -> list[tuple]:
    """(date, debit, credit, yen) of each entry, as マネーフォワード reads them."""
    content = base64.b64decode(exported(desk, month)["content"]).decode("utf-8-sig")
    listed = list(csv.DictReader(io.StringIO(content)))
    return [
        (each["取引日"], each["借方勘定科目"], each["貸方勘定科目"], int(each["借方金額(円)"]))
        for each in listed
    ]


def balances(*months: list[tuple]) -> dict[str, int]:
    """What is left of each account after all these entries, 0 left out."""
    sums: dict[str, int] = {}
    for month in months:
        for _, debit, credit, yen in month:
            sums[debit] = sums.get(debit, 0) + yen
            sums[credit] = sums.get(credit, 0) - yen
    return {account: yen for account, yen in sums.items() if yen}


def test_the_books_of_a_contract_from_its_first_payment_to_its_payout(desk):
    desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-10").does("continuation")
    desk.on("2026-08-11").passes("payment", yen=5920)
    august = rows(desk, "2026-08")
    assert august == [
        ("2026/08/10", "売掛金", "売上高", 2960),
        ("2026/08/10", "売掛金", "預り保証金", 2960),
        ("2026/08/11", "普通預金", "売掛金", 5920),
    ]
    desk.on("2026-09-11")
    pays(desk, 3000, "2026-09-11", number(desk, -1))
    stray = pays(desk, 148, "2026-09-11")
    september = sorted(rows(desk, "2026-09"))
    assert september == [
        ("2026/09/10", "売掛金", "売上高", 2960),
        ("2026/09/11", "普通預金", "前受金", 40),
        ("2026/09/11", "普通預金", "売掛金", 2960),
    ]
    assert "1件(合計148円)" in exported(desk, "2026-09")["notes"][0]
    desk.post(f"/v1/payments/{stray['id']}/cancellation", {"reason": "誤り"})
    assert exported(desk, "2026-09")["notes"] == []
    desk.does("notice")
    desk.on("2026-10-14")
    october = rows(desk, "2026-10")
    [payout] = desk.get("/v1/payouts").json["payouts"]
    desk.on("2026-11-02")
    assert desk.post(f"/v1/payouts/{payout['id']}/paid", {"on": "2026-11-02"}).status == 200
    november = rows(desk, "2026-11")
    assert sorted(november) == [
        ("2026/11/02", "前受金", "普通預金", 40),
        ("2026/11/02", "預り保証金", "普通預金", 2960),
    ]
    left = balances(august, september, october, november)
    assert left == {"売上高": -2960 * 2, "普通預金": 2960 * 2}


def test_an_invoice_that_is_taken_back_unpaid_leaves_nothing(desk):
    desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-12").does("continuation")
    assert desk.on("2026-08-27").status == "ended"
    assert balances(rows(desk, "2026-08")) == {}


def test_an_invoice_that_is_taken_back_after_its_payment_leaves_what_goes_back(desk):
    desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-04").does("continuation")
    pays(desk, 5000, "2026-08-04", number(desk, -1))
    desk.does("stop")
    [payout] = desk.get("/v1/payouts").json["payouts"]
    assert balances(rows(desk, "2026-08")) == {"普通預金": 5000, "前受金": -5000}
    desk.post(f"/v1/payouts/{payout['id']}/paid", {"on": desk.today.isoformat()})
    assert balances(rows(desk, "2026-08")) == {}


def test_an_invoice_that_was_replaced_stands_once(desk):
    desk.on("2026-08-03").signs_up("mk", trial="no")
    desk.presses("お申し込みを受け付けました")
    desk.does("plan", {"plan": "half"})
    assert [row["replaced_by"] is None for row in invoices(desk)] == [False, True]
    assert balances(rows(desk, "2026-08")) == {
        "売掛金": 5720 * 2, "売上高": -5720, "預り保証金": -5720,
    }  # fmt: skip


def test_the_revived_contract_in_the_books(desk):
    desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-12").does("continuation")
    desk.on("2026-08-28")
    payment = pays(desk, 5920, "2026-08-26")["id"]
    desk.does("revival", {"payment": payment})
    assert balances(rows(desk, "2026-08")) == {
        "普通預金": 5920, "売上高": -2960, "預り保証金": -2960,
    }  # fmt: skip


def test_a_payment_that_the_bank_takes_back_a_month_later(desk):
    desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-10").does("continuation")
    desk.on("2026-08-11").passes("payment", yen=5920)
    desk.on("2026-09-30")
    imports(desk, notices(row("ｻｸﾗ", 3000, "2026-09-29")))
    [waiting] = desk.get("/v1/proposals").json["proposals"]
    payment = waiting["payment"]["id"]
    desk.post(f"/v1/payments/{payment}/match", {"invoices": [number(desk, -1)]})
    before = rows(desk, "2026-09")
    desk.on("2026-10-01")
    reminders = desk.subjects("お支払いのご確認のお願い")
    assert desk.post(f"/v1/payments/{payment}/cancellation", {"reason": "組戻し"}).status == 200
    assert desk.subjects("お支払いのご確認のお願い") == reminders
    desk.on("2026-10-08")  # open again: reminded of after a while
    assert len(desk.subjects("お支払いのご確認のお願い")) == len(reminders) + 1
    assert rows(desk, "2026-09") == before
    assert rows(desk, "2026-10") == [
        ("2026/10/01", "売掛金", "普通預金", 2960),
        ("2026/10/01", "前受金", "普通預金", 40),
    ]


def test_what_is_set_off_never_was_in_the_bank(desk):
    desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-10").does("continuation")
    desk.on("2026-08-11").passes("payment", yen=5920)
    desk.on("2026-09-11").does("notice")
    desk.on("2026-10-14").does("set-off", {"reason": "お客様のご希望"})
    entries = [each[1:] for each in rows(desk, "2026-10")]
    assert ("預り保証金", "売掛金", 2960) in entries
    assert not [each for each in entries if "普通預金" in each]


def test_forms_and_encodings(desk):
    desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-10").does("continuation")
    for form in ("yayoi", "freee", "moneyforward"):
        for encoding in ("cp932", "utf-8"):
            made = exported(desk, "2026-08", form, encoding=encoding)
            assert made["file"] == f"mk-2026-08-{form}.csv"
            assert made["type"] == "text/csv"
            text = base64.b64decode(made["content"]).decode(encoding)
            assert "株式会社さくら商事" in text
            assert made == exported(desk, "2026-08", form, encoding=encoding)
    assert rows(desk, "2026-01") == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("obc?month=2026-08", 404),
        ("yayoi", 422),
        ("yayoi?month=2026-13", 422),
        ("yayoi?month=1026-01", 422),
        ("yayoi?month=2026-08-01", 422),
        ("yayoi?month=2026-08&encoding=utf-16", 422),
        ("yayoi?month=2026-08&notes=1", 422),
        ("%00?month=2026-08", 404),
    ],
)
def test_what_cannot_be_exported(desk, path, status):
    desk.house = "mk"
    assert desk.get(f"/v1/exports/{path}").status == status
