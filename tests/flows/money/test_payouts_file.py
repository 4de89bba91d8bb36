"""Payouts leave as one file for the bank; what is not in it is said (bank.md Transfer file)."""

import base64

import pytest

from chalicelib.models import Payout
from tests.flows.money.bills import pays

FILE = "/v1/payouts/file"
ACCOUNT = {
    "bank_code": "0005", "branch_code": "123", "kind": "1", "number": "7654321",
    "holder": "タカハシ ミサキ",
}  # fmt: skip


def owed(desk, yen: int, line: str, account: dict | None = None) -> str:
    """A payout of so many yen to a client who has ended: a payment that was none of ours."""
    desk.signs_up("mk", mail=f"m@{line}.example", phone=f"03-6800-{line}", company=f"会社{line}")
    desk.presses("お申し込みを受け付けました", to=f"m@{line}.example")
    desk.does("withdrawal")
    if account:
        desk.does("bank-account", account)
    payment = pays(desk, yen, desk.today.isoformat(), key=f"owed-{line}")["id"]
    assert desk.post(f"/v1/payments/{payment}/match", {"contract": desk.contract}).status == 200
    return f"{desk.contract}-p1"


@pytest.fixture
def office(desk):
    desk.on("2026-09-10")
    desk.house = "mk"
    return desk


def test_all_open_payouts_with_an_account_are_in_the_file(office):
    desk = office
    first = owed(desk, 5920, "0001", ACCOUNT)
    second = owed(desk, 1080, "0002", ACCOUNT | {"kind": "2", "holder": "ｶ)ｱｵﾊﾞ"})
    without = owed(desk, 300, "0003")
    answer = desk.post(FILE, {"on": "2026-09-11"})
    assert answer.status == 200, answer.text
    made = answer.json
    assert made["file"] == "mk-20260911-furikomi.txt"
    assert sorted(made["payouts"]) == sorted([first, second])
    assert made["yen"] == 7000
    assert [each["payout"] for each in made["left_out"]] == [without]
    assert "口座が登録されていません" in made["left_out"][0]["why"]
    records = base64.b64decode(made["content"]).split(b"\r\n")
    assert [len(record) for record in records] == [120] * 5 + [0]
    header, one, other, trailer, end, _ = records
    assert header[:14] == b"12101234567891"
    assert header[54:62] == b"09119999"
    assert {one[50:80].decode("cp932").strip(), other[50:80].decode("cp932").strip()} == {
        "ﾀｶﾊｼ ﾐｻｷ", "ｶ)ｱｵﾊﾞ",
    }  # fmt: skip
    assert (trailer[:19], end[:1]) == (b"8000002000000007000", b"9")
    assert desk.post(FILE, {"on": "2026-09-11"}).json == made  # nothing was marked paid
    assert all(each.paid_on is None for each in Payout.scan())

    desk.post(f"/v1/payouts/{first}/paid", {"on": "2026-09-10"})
    assert desk.post(FILE, {"on": "2026-09-11"}).json["payouts"] == [second]


def test_chosen_payouts(office):
    desk = office
    first = owed(desk, 5920, "0001", ACCOUNT)
    second = owed(desk, 1080, "0002", ACCOUNT)
    assert desk.post(FILE, {"on": "2026-09-11", "payouts": [second, second]}).json["yen"] == 1080
    desk.post(f"/v1/payouts/{first}/paid", {"on": "2026-09-10"})
    answer = desk.post(FILE, {"on": "2026-09-11", "payouts": [first, "mk-nobody-p1", second]})
    assert answer.status == 422
    assert answer.faults == ["payouts.0", "payouts.1"]
    other = desk.post(FILE, {"on": "2026-09-11", "payouts": [second]}, house="smile")
    assert other.status in (409, 422)


def test_a_fault_names_its_payout(office):
    desk = office
    bad = owed(desk, 5920, "0001", ACCOUNT | {"holder": "髙橋"})
    answer = desk.post(FILE, {"on": "2026-09-11"})
    assert answer.status == 422
    assert answer.faults == [f"payouts.{bad}.holder"]
    assert bad in answer.json["errors"][0]["message"]


def test_a_payout_that_its_fee_eats_up_is_left_out_and_can_be_marked_paid(office):
    desk = office
    good = owed(desk, 1000, "0002", ACCOUNT)
    small = owed(desk, 300, "0001", ACCOUNT)
    payout = Payout.get(small)
    payout.update([Payout.fee_yen.set(300), Payout.net_yen.set(0)])
    made = desk.post(FILE, {"on": "2026-09-11"}).json
    assert made["payouts"] == [good]
    assert "0円" in made["left_out"][0]["why"]
    paid = desk.post(f"/v1/payouts/{small}/paid", {"on": "2026-09-10"})
    assert (paid.status, paid.json["paid_on"]) == (200, "2026-09-10")


@pytest.mark.parametrize(
    ("on", "words"),
    [("2026-09-09", "本日から"), ("2026-10-12", "本日から"), ("2026-09-12", "営業日")],
)
def test_the_day_is_a_banking_day_soon(office, on, words):
    owed(office, 5920, "0001", ACCOUNT)
    answer = office.post(FILE, {"on": on})
    assert answer.faults == ["on"]
    assert words in answer.json["errors"][0]["message"]


def test_nothing_to_pay(office):
    assert office.post(FILE, {"on": "2026-09-11"}).status == 409
    for body in ({}, {"on": "2026-09-11", "payouts": []}, {"on": 1}, {"on": "2026-09-11", "x": 1}):
        assert office.post(FILE, body).status == 422


def test_a_house_without_a_code_of_its_bank(desk, edit_house):
    edit_house("mk", 'client_code = "1234567891"\n', "")
    desk.on("2026-09-10").house = "mk"
    answer = desk.post(FILE, {"on": "2026-09-11"})
    assert answer.status == 409
    assert "依頼人コード" in answer.detail
