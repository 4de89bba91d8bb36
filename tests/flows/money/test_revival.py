"""A contract that ended unpaid goes on, if its payment had come in time (life.md, money.md)."""

import pytest

from tests import stores
from tests.desk import LINE
from tests.flows.money.bank_days import imports, notices, proposals, row
from tests.flows.money.bills import bills, invoices, pays


@pytest.fixture
def lapsed(desk):
    """Asked to go on, and nobody has seen a payment until the place was given up."""

    def live():
        desk.on("2026-08-03").starts("mk")
        desk.on("2026-08-12").does("continuation")
        assert desk.on("2026-08-27").status == "ended"

    stores.once("lapsed at mk", desk, live)
    return desk


def seen(desk, yen: int = 5920, on: str = "2026-08-26") -> str:
    return pays(desk, yen, on, key=f"late-{yen}-{on}")["id"]


def revives(desk, payment: str):
    return desk.office("revival", {"payment": payment})


def test_a_payment_in_time_that_is_seen_late(lapsed):
    desk = lapsed.on("2026-09-02")
    imports(desk, notices(row("ｶ)ｻｸﾗｼﾖｳｼﾞ", 5920, "2026-08-26")))
    [proposal] = proposals(desk)
    assert proposal["strength"] == "none"
    payment = proposal["payment"]["id"]
    assert desk.memo("call-1").status == 409
    answer = revives(desk, payment)
    assert answer.status == 200, answer.text
    contract = desk.look()
    assert (contract["status"], contract["ended_on"]) == ("active", None)
    assert (contract["active_from"], contract["line"]) == ("2026-09-02", "0367001234")
    assert desk.memo("call-2").status == 201
    assert desk.memo("call-3", received_at="2026-09-01T10:00:00+09:00").status != 201
    text = desk.letter("サービスを再開しました")
    assert "2026年8月26日(水)付のお振り込み(5,920円)" in text
    assert "03-6700-1234(変更はありません)" in text
    assert "お支払いいただく金額はありません" in desk.letter("ご請求書(")
    assert ("2026-09-02", "revived") in desk.events()
    assert [row["open_yen"] for row in invoices(desk)] == [0, 0, 0]
    assert bills(desk)[-1][3:] == (["base 2026-09 1×2960", "deposit - 1×2960"], 5920)
    paid = desk.get(f"/v1/payments/{payment}").json
    assert (paid["contract"], paid["credit_yen"]) == (desk.contract, 5920)
    assert proposals(desk) == []


def test_the_revived_contract_lives_on(lapsed):
    desk = lapsed.on("2026-09-02")
    assert revives(desk, seen(desk)).status == 200
    desk.on("2026-10-14")
    assert bills(desk)[-1] == (
        "202610-1", "2026-10-13", "2026-10-27", ["base 2026-10 1×2960"], 2960,
    )  # fmt: skip
    pays(desk, 2960, "2026-10-14", invoices(desk)[-1]["number"])
    desk.does("notice")
    desk.on("2026-12-20")
    [payout] = desk.get("/v1/payouts").json["payouts"]
    assert payout["parts"] == [{"reason": "deposit", "yen": 2960}]


def test_said_twice_it_happens_once(lapsed):
    desk = lapsed.on("2026-08-28")
    payment = seen(desk)
    first = revives(desk, payment)
    mails = len(desk.mails())
    assert revives(desk, payment).json == first.json
    assert len(desk.mails()) == mails
    other = revives(desk, seen(desk, 148))
    assert other.status == 409
    assert "終了していません" in other.detail


def test_a_further_number_comes_back_too(desk):
    desk.on("2026-08-03").starts("mk")
    desk.has_line("03-6700-9001")
    desk.does("lines", {"number": "03-6700-9001", "use": "forwarding"})
    desk.does("continuation")
    desk.on("2026-08-28")
    assert revives(desk, seen(desk, 5920 + 1100)).status == 200
    assert desk.memo("call-1", line="03-6700-9001").status == 201


@pytest.mark.parametrize(
    ("yen", "on", "words"),
    [
        (5920, "2026-08-27", "期限(2026年8月26日(水))"),
        (5920, "2026-08-01", "期限(2026年8月26日(水))"),
        (5919, "2026-08-26", "1円足りない"),
    ],
)
def test_a_payment_that_does_not_revive(lapsed, yen, on, words):
    desk = lapsed.on("2026-08-28")
    answer = revives(desk, seen(desk, yen, on))
    assert answer.status == 409
    assert words in answer.detail
    assert desk.status == "ended"
    assert len(bills(desk)) == 2  # the first invoice, and the one that took it back


def test_more_than_was_asked_is_credit(lapsed):
    desk = lapsed.on("2026-08-28")
    assert revives(desk, seen(desk, 6000)).status == 200
    desk.on("2026-09-11")
    assert (invoices(desk)[-1]["credit_yen"], invoices(desk)[-1]["payable_yen"]) == (80, 2880)


def test_a_number_that_is_lent_again_or_rests_no_more(lapsed):
    desk = lapsed
    payment = seen(desk)
    contract = desk.contract
    over = desk.on("2026-11-25").office("revival", {"payment": payment})
    assert over.status == 409
    assert "休止期間" in over.detail
    desk.starts("mk", mail="other@b.example", phone="03-6800-7777", company="別の会社")
    assert desk.screen(LINE)["contract"] != contract
    desk.contract = contract
    lent = revives(desk, payment)
    assert lent.status == 409
    assert "ほかのご契約" in lent.detail


def test_a_contract_that_ended_otherwise(desk):
    desk.on("2026-08-03").starts("mk")
    assert desk.on("2026-08-13").status == "ended"  # nobody asked to go on
    answer = revives(desk, seen(desk, on="2026-08-12"))
    assert answer.status == 409
    assert "継続のお申し出" in answer.detail


def test_a_contract_that_its_client_has_stopped(desk):
    desk.on("2026-08-03").starts("mk")
    payment = seen(desk, on="2026-08-03")
    assert "終了していません" in revives(desk, payment).detail
    desk.does("continuation")
    desk.does("stop")
    answer = revives(desk, payment)
    assert answer.status == 409
    assert "継続のお申し出" in answer.detail


def test_hostile_words(lapsed):
    desk = lapsed
    for body in ({}, {"payment": 1}, {"payment": "x" * 101}, {"payment": "a", "on": "2026-08-01"}):
        assert revives_with(desk, body) == 422
    assert revives_with(desk, {"payment": "mk-nobody"}) == 404
    payment = seen(desk)
    assert (
        desk.post(
            f"/v1/contracts/{desk.contract}/revival", {"payment": payment}, house="smile"
        ).status
        == 404
    )


def revives_with(desk, body) -> int:
    return desk.office("revival", body).status


def test_a_payment_that_belongs_to_an_ended_contract_is_paid_back(lapsed):
    desk = lapsed.on("2026-08-28")
    payment = seen(desk, 5920, "2026-08-27")
    assert desk.get("/v1/payouts").json["payouts"] == []
    match = f"/v1/payments/{payment}/match"
    both = desk.post(match, {"contract": desk.contract, "invoices": [invoices(desk)[0]["number"]]})
    assert both.status == 422
    matched = desk.post(match, {"contract": desk.contract})
    assert matched.json["credit_yen"] == 5920
    [payout] = desk.get("/v1/payouts?open=1").json["payouts"]
    assert (payout["parts"], payout["net_yen"]) == ([{"reason": "trial", "yen": 5920}], 5920)
    assert desk.post(match, {"contract": desk.contract}).status == 200
    assert len(desk.get("/v1/payouts").json["payouts"]) == 1
    assert revives(desk, payment).status == 409
