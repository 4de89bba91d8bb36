"""A bookkeeper's month: an invoice is wrong, put right, paid twice, and the money goes back."""

import pytest

from tests import stores
from tests.flows.money.bills import bills, invoices, number, pays, takes_calls
from tests.flows.money.test_books import checked


@pytest.fixture
def billed(desk):
    """An MK contract with an open invoice of October."""

    def live():
        desk.on("2026-08-24").starts("mk")
        desk.does("continuation")
        desk.passes("payment", yen=5920)
        desk.on("2026-10-14")

    stores.once("october of mk", desk, live)
    return desk


def corrects(desk, old: str, *adjustments: tuple[str, int], **rest):
    rows = [{"label": label, "yen": yen} for label, yen in adjustments]
    body = {"reason": "お詫びの値引き", "adjustments": rows} | rest
    return desk.post(f"/v1/invoices/{old}/correction", body)


def test_a_new_part_names_the_old_one_and_both_are_kept(billed):
    desk = billed
    old = number(desk, -1)
    pays(desk, 2960, "2026-10-14", old)
    new = corrects(desk, old, ("10月分の値引き", -500))
    assert new.status == 201
    assert (new.json["corrects"], new.json["total_yen"]) == (old, 2460)
    assert (new.json["credit_yen"], new.json["payable_yen"]) == (2460, 0)
    assert invoices(desk)[-2]["replaced_by"] == new.json["number"]
    assert old in desk.letter("ご請求書の差し替え")
    assert checked(desk) == ([], [])
    # The 500 yen pay of November.
    desk.on("2026-11-11")
    assert (invoices(desk)[-1]["credit_yen"], invoices(desk)[-1]["open_yen"]) == (500, 2460)
    assert checked(desk) == ([], [])


def test_an_invoice_is_put_right_once_and_its_newest_part_again(billed):
    desk = billed
    old = number(desk, -1)
    new = corrects(desk, old).json["number"]
    assert corrects(desk, old).json["number"] == new  # the same request once more
    refused = corrects(desk, old, ("値引き", -1))
    assert refused.status == 409
    assert new in refused.detail
    assert corrects(desk, new, ("値引き", -1)).json["total_yen"] == 2959


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": None}, "reason"),
        ({"adjustments": [{"label": "値引き", "yen": "五百円"}]}, "adjustments.0.yen"),
        ({"adjustments": [{"label": "値引き", "yen": 1, "month": "9月"}]}, "adjustments.0.month"),
    ],
)
def test_a_correction_that_cannot_be_read_names_its_field(billed, body, field):
    desk = billed
    wrong = desk.post(
        f"/v1/invoices/{number(desk, -1)}/correction",
        {name: each for name, each in ({"reason": "x"} | body).items() if each is not None},
    )
    assert wrong.status == 422
    assert wrong.faults == [field]


def test_another_houses_invoice_opens_nothing(billed):
    desk = billed
    path = f"/v1/invoices/{number(desk, -1)}"
    assert desk.get(path, house="smile").status == 404
    assert desk.post(f"{path}/correction", {"reason": "x"}, house="smile").status == 404
    body = {"on": "2026-10-14", "yen": 2960, "invoices": [number(desk, -1)]}
    foreign = desk.post("/v1/payments", body, house="smile", **{"idempotency-key": "k"})
    assert (foreign.status, foreign.faults) == (422, ["invoices.0"])


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"yen": 0}, "yen"),
        ({"yen": -1}, "yen"),
        ({"yen": 1.5}, "yen"),
        ({"on": "2026-10-15"}, "on"),
        ({"on": "3日ごろ"}, "on"),
        ({"invoices": ["mk-NONE-202610-1"]}, "invoices.0"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_by_its_field(billed, facts, field):
    desk = billed
    body = {"on": "2026-10-14", "yen": 2960} | facts
    refused = desk.post("/v1/payments", body, **{"idempotency-key": "k"})
    assert (refused.status, refused.faults) == (422, [field])
    assert desk.get("/v1/payments").json["payments"][0]["source"] == "gate"


def test_a_payment_is_recorded_once_by_its_key(billed):
    desk = billed
    first = pays(desk, 2960, "2026-10-14", number(desk, -1), key="once")
    assert pays(desk, 2960, "2026-10-14", number(desk, -1), key="once") == first
    other = desk.post("/v1/payments", {"on": "2026-10-14", "yen": 1}, **{"idempotency-key": "once"})
    assert other.status == 422
    assert len(desk.get("/v1/payments").json["payments"]) == 2


def test_a_payment_that_was_matched_wrongly_waits_again(billed):
    desk = billed
    payment = pays(desk, 2960, "2026-10-14", number(desk, -1))
    path = f"/v1/payments/{payment['id']}"
    undone = desk.call("DELETE", f"{path}/match").json
    assert (undone["contract"], undone["taken"]) == (None, [])
    assert invoices(desk)[-1]["open_yen"] == 2960
    desk.post(f"{path}/match", {"invoices": [number(desk, -1)]})
    assert invoices(desk)[-1]["open_yen"] == 0
    cancelled = desk.post(f"{path}/cancellation", {"reason": "銀行の取消"}).json
    assert cancelled["cancelled_why"] == "銀行の取消"
    assert invoices(desk)[-1]["open_yen"] == 2960
    assert checked(desk) == ([], [])
    refused = desk.post(f"{path}/match", {"invoices": [number(desk, -1)]})
    assert "取り消されています" in refused.detail


def test_what_the_house_has_may_pay_what_is_open(billed):
    """The contract ends with an open invoice: the office sets it off against the deposit."""
    desk = billed
    desk.does("notice")
    desk.on("2026-11-11")
    assert desk.get("/v1/payouts").json["payouts"] == []
    desk.does("set-off", {"reason": "ご本人の承諾"})
    assert [row["open_yen"] for row in invoices(desk)] == [0, 0]
    assert desk.get("/v1/payouts").json["payouts"] == []  # 2,960 of 2,960
    assert checked(desk) == ([], [])
    assert desk.office("set-off", {"reason": "もう一度"}).status == 409
    set_off = desk.look()
    assert desk.office("set-off", {"reason": "ご本人の承諾"}).json == set_off  # asked again
    assert desk.on("2026-11-12").office("set-off", {"reason": "ご本人の承諾"}).status == 409


def test_another_plan_is_advised_after_three_dear_months(desk):
    """21 calls with ハーフ: 5,720, with スモール 2,960 + 1 × 148 = 3,108; without any 2,960."""
    desk.on("2026-08-24").starts("mk", plan="half")
    desk.does("continuation")
    desk.passes("payment", yen=11440)
    takes_calls(desk, 21, "2026-10-15")
    desk.on("2026-12-01")
    assert desk.subjects("プランの見直しのご案内") == []
    desk.on("2026-12-12")
    letter = desk.letter("プランの見直しのご案内")
    assert "スモールプランのほうがお安くなっていました" in letter
    assert "2026年10月: 21コール、ハーフプランで5,720円、スモールプランなら3,108円" in letter
    assert "3か月の差額: 8,132円" in letter
    desk.on("2027-02-12")
    assert len(desk.subjects("プランの見直しのご案内")) == 1
    assert bills(desk)[-1][3] == ["base 2027-02 1×5720"]
