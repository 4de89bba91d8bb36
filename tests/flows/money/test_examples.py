"""Every example of money.md, life.md and houses.md 11, as a short diary with its yen."""

import pytest

from chalicelib.models import Contract
from tests import ses_server
from tests.desk import Desk
from tests.flows.money.bills import (
    bills,
    hires,
    invoices,
    issued,
    lines,
    number,
    pays,
    takes_calls,
    wakes,
)
from tests.ses_server import refusal


def active_mk(desk: Desk, plan: str = "small") -> Desk:
    """A contract at MK without a trial, from 1 September."""
    desk.at("2026-09-01").signs_up("mk", trial="no", plan=plan)
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.passes("identity")
    desk.passes("payment", yen=invoices(desk)[0]["total_yen"])
    desk.passes("number")
    return desk


def active_smile(desk: Desk, on: str = "2026-09-16") -> Desk:
    """A contract at smile whose trial is over; applied 15 days before."""
    applied = {"2026-09-16": "2026-09-01", "2026-05-16": "2026-05-01"}[on]
    desk.at(applied).starts("smile")
    return wakes(desk, on)


def statement(desk: Desk, month: str) -> dict:
    return desk.get(f"/v1/contracts/{desk.contract}/statements/{month}").json


# What is billed


def test_a_plan_asked_for_in_the_trial_counts_in_every_amount_of_the_first_payment(desk):
    desk.at("2026-09-24").starts("mk")
    desk.at("2026-09-25").does("plan", {"plan": "half"})
    wakes(desk, "2026-09-29")
    assert "11,440円" in desk.letter("お試し")
    desk.does("continuation")
    assert "11,440円" in desk.letter("継続")
    less = {"yen": 11439, "paid_on": "2026-09-29", "ground": "通帳で確認"}
    refused = desk.office("gates/payment", less)
    assert "11,440円" in refused.json["errors"][0]["message"]
    assert lines(desk, 0) == ["base 2026-10 1×5720", "deposit - 1×5720"]
    assert invoices(desk)[0]["total_yen"] == 11440


def test_a_first_payment_kept_as_short_leaves_the_rest_open(desk):
    desk.at("2026-09-24").starts("mk")
    desk.does("plan", {"plan": "half"})
    wakes(desk, "2026-09-29").does("continuation")
    desk.passes("payment", yen=5920, short=True)
    assert invoices(desk)[0]["open_yen"] == 11440 - 5920


def test_a_trial_over_the_turn_of_the_month_pays_each_month_once(desk):
    desk.at("2026-08-25").signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.at("2026-08-31").passes("identity", "payment", "number")
    wakes(desk, "2026-09-09")
    wakes(desk, "2026-09-11")
    assert [row[1:4] for row in bills(desk)[1:]] == [
        ("2026-09-09", "2026-09-30", ["base 2026-09 1×5500"]),
        ("2026-09-10", "2026-09-30", ["base 2026-10 1×5500"]),
    ]
    assert Contract.find(desk.contract).billed["base"].keys() == {"2026-08", "2026-09", "2026-10"}


def test_an_invoice_of_the_months_last_day_is_due_five_business_days_later(desk):
    desk.at("2026-10-16").starts("smile")
    wakes(desk, "2026-10-31")
    assert bills(desk)[1][1:4] == ("2026-10-31", "2026-11-09", ["base 2026-11 1×5500"])


def test_a_notice_withdrawn_after_the_closing_bills_the_next_month_at_once(desk):
    active_smile(desk, "2026-05-16")
    desk.at("2026-06-05").does("notice")
    wakes(desk, "2026-06-11")
    assert len(bills(desk)) == 2
    desk.at("2026-06-20").does("notice", method="DELETE")
    assert issued(desk)[2:] == [("2026-06-20", ["base 2026-07 1×5500"])]


@pytest.fixture
def orders_an_option(desk, edit_house):
    edit_house("smile", "ready_business_days = 3", "ready_business_days = 0")
    active_smile(desk)
    desk.at("2026-09-20").does("options/guidance", {"script": "本日は終了しました。"})
    return wakes(desk, "2026-10-14")


def test_an_option_is_billed_for_each_month_up_to_the_next_one(orders_an_option):
    assert lines(orders_an_option, -1) == [
        "base 2026-11 1×5500",
        "option 2026-09 1×1100",
        "option 2026-10 1×1100",
        "option 2026-11 1×1100",
    ]


def test_an_option_given_up_ends_with_the_last_month_already_billed(orders_an_option):
    desk = orders_an_option
    desk.at("2026-10-20").does("options/guidance", method="DELETE")
    assert desk.look()["options"][0]["until"] == "2026-11-30"
    wakes(desk, "2026-11-11")
    assert lines(desk, -1) == ["base 2026-12 1×5500"]


def test_a_plan_is_fixed_by_the_closing_and_a_new_wish_counts_for_the_month_after(desk):
    active_smile(desk)
    desk.at("2026-10-13").does("plan", {"plan": "regular"})
    wakes(desk, "2026-10-14")
    assert lines(desk, -1) == ["base 2026-11 1×8800"]
    assert desk.office("plan", method="DELETE").status == 409
    desk.does("plan", {"plan": "business"})
    wakes(desk, "2026-11-11")
    assert lines(desk, -1) == ["base 2026-12 1×16500"]
    assert desk.look()["plan"] == "regular"


def test_a_fourth_person_of_two_days_costs_two_months(desk):
    active_mk(desk)
    hires(desk, 2)
    fourth = hires(desk.at("2026-09-30"), 1)[0]
    desk.at("2026-10-01").does(f"people/{fourth}", method="DELETE")
    wakes(desk, "2026-10-14")
    wakes(desk, "2026-11-11")
    assert [row[1] for row in issued(desk)[1:]] == [
        ["base 2026-10 1×2960", "person 2026-09 1×210", "person 2026-10 1×210"],
        ["base 2026-11 1×2960"],
    ]


def test_a_second_number_makes_4060_yen_a_month(desk):
    active_mk(desk)
    desk.at("2026-09-30").has_line("03-6700-5678")
    desk.at("2026-10-01").does("lines", {"number": "03-6700-5678", "use": "listed"})
    wakes(desk, "2026-10-14")
    assert invoices(desk)[-1]["total_yen"] == 4060


def test_a_raised_price_bills_last_months_calls_at_the_old_one(desk, edit_house):
    price = "{ since = 2020-01-01, fee = 2960, included = 20, over = 148 }"
    raised = "{ since = 2026-10-01, fee = 3300, included = 20, over = 165 }"
    edit_house("mk", price, f"{price}, {raised}")
    active_mk(desk)
    takes_calls(desk.at("2026-09-15"), 21, "2026-09-15")
    wakes(desk, "2026-10-14")
    assert lines(desk, -1) == ["base 2026-10 1×3300", "overage 2026-09 1×148"]


def test_who_leaves_pays_the_last_calls_at_the_next_closing(desk):
    active_mk(desk)
    desk.at("2026-09-10").does("notice")
    takes_calls(desk.at("2026-09-15"), 21, "2026-09-15")
    wakes(desk, "2026-10-01")
    wakes(desk, "2026-10-14")
    assert issued(desk)[1:] == [("2026-10-13", ["overage 2026-09 1×148"])]


def test_who_leaves_and_owes_nothing_gets_no_invoice(desk):
    active_mk(desk).does("notice")
    for day in ("2026-10-01", "2026-10-14", "2026-11-11", "2027-03-01"):
        wakes(desk, day)
    assert len(bills(desk)) == 1
    assert desk.ahead == []


# The close


def test_two_calls_taken_off_after_the_freeze_give_one_back_and_one_again_gives_nothing(desk):
    active_mk(desk)
    calls = takes_calls(desk.at("2026-09-15"), 21, "2026-09-15")
    wakes(desk, "2026-10-14")
    assert "overage 2026-09 1×148" in lines(desk, -1)
    for memo in calls[:2]:
        assert desk.decides(memo, "sales", "営業と判明").status == 200
    wakes(desk, "2026-11-11")
    assert lines(desk, -1) == ["base 2026-11 1×2960", "count_changed 2026-09 1×-148"]
    assert desk.decides(calls[0], "business", "業務と判明").status == 200
    wakes(desk, "2026-12-11")
    assert lines(desk, -1) == ["base 2026-12 1×2960"]


def test_the_tax_of_a_credit_is_cut_off_without_its_sign(desk):
    active_mk(desk)
    calls = takes_calls(desk.at("2026-09-15"), 22, "2026-09-15")
    desk.does("notice")
    wakes(desk, "2026-10-14")
    for memo in calls[:2]:
        desk.decides(memo, "sales", "営業と判明")
    wakes(desk, "2026-11-11")
    assert invoices(desk)[-1]["total_yen"] == -296
    assert invoices(desk)[-1]["sums"] == [{"rate": 10, "yen": -296, "tax_yen": -27}]  # half_up


def test_a_report_handed_over_after_the_freeze_is_billed_with_its_day(desk):
    active_mk(desk)
    takes_calls(desk.at("2026-09-15"), 20, "2026-09-15")
    with ses_server.answering(refusal(429, "TooManyRequestsException")):
        takes_calls(desk, 1, "2026-09-16")
        wakes(desk, "2026-10-14")
    assert lines(desk, -1) == ["base 2026-10 1×2960"]
    assert statement(desk, "2026-09")["counted"] == 20
    wakes(desk, "2026-10-15")
    wakes(desk, "2026-11-11")
    assert lines(desk, -1) == ["base 2026-11 1×2960", "count_changed 2026-09 1×148"]
    assert "2026年9月16日(水)" in invoices(desk)[-1]["lines"][-1]["note"]


def test_a_report_handed_over_after_two_closings_is_billed_all_the_same(desk):
    active_mk(desk)
    takes_calls(desk.at("2026-09-15"), 20, "2026-09-15")
    with ses_server.answering(refusal(429, "TooManyRequestsException")):
        takes_calls(desk, 1, "2026-09-16")
        wakes(desk, "2026-10-14")
        wakes(desk, "2026-11-11")
    wakes(desk, "2026-11-12")
    wakes(desk, "2026-12-11")
    assert "count_changed 2026-09 1×148" in lines(desk, -1)


def test_a_surcharge_goes_with_its_call(desk):
    active_mk(desk)
    hard = {"yen": 300, "reason": "長時間のお電話"}
    kept, dropped = takes_calls(desk.at("2026-09-15"), 2, "2026-09-15", surcharge=hard)
    desk.decides(dropped, "sales", "営業と判明")
    wakes(desk, "2026-10-14")
    assert lines(desk, -1) == ["base 2026-10 1×2960", "surcharge 2026-09 1×300"]
    desk.decides(kept, "sales", "営業と判明")
    wakes(desk, "2026-11-11")
    assert lines(desk, -1) == ["base 2026-11 1×2960", "surcharge_changed 2026-09 1×-300"]


def test_missed_closings_are_made_up_each_with_its_own_dates(desk):
    active_mk(desk)
    wakes(desk, "2026-12-11")
    assert [row[1:3] for row in bills(desk)[1:]] == [
        ("2026-09-10", "2026-09-28"),
        ("2026-10-13", "2026-10-27"),
        ("2026-11-10", "2026-11-27"),
        ("2026-12-10", "2026-12-28"),
    ][1:]
    before = bills(desk)
    assert len(desk.subjects("お支払いのご確認のお願い")) == 2  # one each for October and November
    wakes(desk, "2026-12-11")
    assert bills(desk) == before


# Invoice and payments


def test_what_credits_exceed_pays_of_the_next_invoice(desk):
    desk.at("2026-09-01").signs_up("smile", plan="business")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.passes("identity")
    desk.passes("payment", yen=16500)
    desk.passes("number")
    desk.does("plan", {"plan": "light"})
    wakes(desk, "2026-09-16")
    october = invoices(desk)[-1]
    assert lines(desk, -1) == ["base 2026-10 1×5500", "plan_difference 2026-09 1×-11000"]
    assert (october["total_yen"], october["payable_yen"], october["open_yen"]) == (-5500, 0, 0)
    wakes(desk, "2026-10-14")
    november = invoices(desk)[-1]
    assert (november["total_yen"], november["credit_yen"], november["open_yen"]) == (5500, 5500, 0)


def test_paid_short_stays_open_and_is_reminded_of_each_week(desk):
    active_mk(desk)
    wakes(desk, "2026-10-14")
    pays(desk, 2900, "2026-10-14", number(desk, -1))
    for day in ("2026-10-27", "2026-10-28", "2026-11-03", "2026-11-04"):
        wakes(desk, day)
    assert invoices(desk)[-1]["open_yen"] == 60
    assert len(desk.subjects("お支払いのご確認のお願い")) == 2
    assert "60円" in desk.letter("お支払いのご確認のお願い")


def test_paid_over_becomes_credit(desk):
    active_mk(desk)
    wakes(desk, "2026-10-14")
    assert pays(desk, 3000, "2026-10-14", number(desk, -1))["credit_yen"] == 40
    wakes(desk, "2026-11-11")
    assert invoices(desk)[-1]["payable_yen"] == 2920


def test_the_deposit_goes_back_as_it_was_paid(desk):
    active_mk(desk).does("plan", {"plan": "half"})
    wakes(desk, "2026-10-14")
    desk.does("notice")
    wakes(desk, "2026-11-11")
    assert desk.get("/v1/payouts").json["payouts"] == []  # October is open
    pays(desk, 5720, "2026-11-11", number(desk, -1))
    [payout] = desk.get("/v1/payouts").json["payouts"]
    assert payout["parts"] == [{"reason": "deposit", "yen": 2960}]


def test_the_deposit_may_be_set_off_against_what_is_open(desk):
    active_mk(desk).does("plan", {"plan": "half"})
    wakes(desk, "2026-10-14")
    desk.does("set-off", {"reason": "未払いのため"})
    assert invoices(desk)[-1]["open_yen"] == 5720 - 2960
    assert Contract.find(desk.contract).deposit_yen == 0


def test_the_first_payment_at_mk_is_the_fee_and_a_deposit(desk):
    active_mk(desk)
    first = invoices(desk)[0]
    assert lines(desk, 0) == ["base - 1×2960", "deposit - 1×2960"]
    assert first["total_yen"] == 5920
    assert [(row["rate"], row["yen"]) for row in first["sums"]] == [(10, 2960), (0, 2960)]


# life.md and houses.md 11


def test_a_stop_on_the_trials_last_day_gives_all_back_but_the_fee(desk):
    desk.at("2026-09-01").starts("smile")
    wakes(desk, "2026-09-15").does("stop")
    [payout] = desk.get("/v1/payouts").json["payouts"]
    assert (payout["yen"], payout["fee_yen"], payout["net_yen"]) == (5500, 440, 5060)


def test_a_trial_that_ends_behind_the_closing_bills_october_on_its_first_active_day(desk):
    desk.at("2026-09-01").starts("smile")
    wakes(desk, "2026-09-11")
    assert len(bills(desk)) == 1
    wakes(desk, "2026-09-16")
    assert bills(desk)[1][1:4] == ("2026-09-16", "2026-09-30", ["base 2026-10 1×5500"])


def test_a_lapsed_trial_at_mk_costs_nothing(desk):
    desk.at("2026-08-03").starts("mk")
    wakes(desk, "2026-08-13")
    assert desk.look()["end_reason"] == "lapsed"
    assert bills(desk) == []


@pytest.mark.parametrize(
    ("noticed", "closed"), [("2027-01-12", "2027-01-31"), ("2027-01-13", "2027-02-28")]
)
def test_january_2027_closes_on_the_12th(desk, noticed, closed):
    active_smile(desk)
    for day in ("2026-10-14", "2026-11-11", "2026-12-11"):
        wakes(desk, day)
    assert bills(desk)[-1][1:4] == ("2026-12-10", "2026-12-28", ["base 2027-01 1×5500"])
    wakes(desk, noticed).does("notice")
    assert desk.look()["ends_on"] == closed
    wakes(desk, "2027-01-13")
    wakes(desk, "2027-02-13")
    january = [row for row in bills(desk) if row[1] == "2027-01-12"]
    assert [row[2:4] for row in january] == [("2027-01-29", ["base 2027-02 1×5500"])] * (
        closed == "2027-02-28"
    )
