"""Where money was or could be wrong: payments taken back, invoices replaced, dates moved."""

from chalicelib.models import Contract
from tests.desk import Desk, text_of
from tests.flows.money.bills import (
    hires,
    invoices,
    issued,
    lines,
    number,
    pays,
    takes_calls,
    wakes,
)


def active_mk(desk: Desk) -> Desk:
    """A contract at MK whose first paid day was 11 September."""
    desk.at("2026-09-01").starts("mk")
    wakes(desk, "2026-09-07").does("continuation")
    desk.passes("payment", yen=5920)
    return wakes(desk, "2026-09-11")


def active_smile(desk: Desk) -> Desk:
    """A contract at smile whose first active day was 16 May."""
    desk.at("2026-05-01").starts("smile")
    return wakes(desk, "2026-05-16")


def credit(desk: Desk) -> int:
    return Contract.find(desk.contract).credit_yen


def matches(desk: Desk, payment: dict, *numbers: str):
    return desk.post(f"/v1/payments/{payment['id']}/match", {"invoices": list(numbers)})


def cancels(desk: Desk, payment: dict):
    reason = {"reason": "組戻し"}
    return desk.post(f"/v1/payments/{payment['id']}/cancellation", reason)


# the first payment


def test_a_paused_contract_goes_on_where_it_is_paid_in_the_next_month(desk):
    desk.at("2026-09-19").starts("mk")  # a trial to 28 September
    wakes(desk, "2026-09-25").does("continuation")
    wakes(desk, "2026-09-29")
    wakes(desk, "2026-10-05")
    paid = {"yen": 5920, "paid_on": "2026-10-05", "ground": "通帳で確認"}
    assert desk.office("gates/payment", paid).status == 200
    assert desk.status == "active"
    assert lines(desk, -1) == ["base 2026-10 1×2960", "deposit - 1×2960"]
    assert invoices(desk)[-1]["open_yen"] == 0
    assert credit(desk) == 0


def test_who_left_before_the_first_paid_day_is_charged_for_once_back_again(desk):
    desk.at("2026-09-01").starts("mk")
    fourth = hires(desk, 3)[-1]
    wakes(desk, "2026-09-07").does("continuation")
    assert "person 2026-09 1×210" in lines(desk, -1)
    desk.does(f"people/{fourth}", method="DELETE")
    desk.look()
    assert "person 2026-09 1×210" not in lines(desk, -1)
    desk.passes("payment", yen=5920)
    wakes(desk, "2026-09-11")
    wakes(desk, "2026-09-20")
    hires(desk, 1)
    wakes(desk, "2026-10-14")
    assert issued(desk)[-1][1] == [
        "base 2026-10 1×2960",
        "person 2026-09 1×210",
        "person 2026-10 1×210",
    ]


def test_a_start_that_came_forward_leaves_no_month_unbilled(desk):
    desk.at("2026-09-25").signs_up("smile", start_on="2026-11-02")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.does("start", {"on": "2026-10-01"})
    desk.does("plan", {"plan": "regular"})
    wakes(desk, "2026-10-01")
    desk.passes("identity")
    desk.passes("payment", yen=8800)
    desk.passes("number")
    wakes(desk, "2026-10-14")
    assert lines(desk, -1) == ["base 2026-11 1×8800"]


def test_the_first_invoice_says_the_price_of_the_month_of_the_start(desk, edit_house):
    rise = (
        "{ since = 2020-01-01, fee = 5500, included = 30, over = 165 },\n"
        "  { since = 2026-10-01, fee = 6000, included = 30, over = 165 }"
    )
    edit_house("smile", "{ since = 2020-01-01, fee = 5500, included = 30, over = 165 }", rise)
    desk.at("2026-09-28").signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    wakes(desk, "2026-10-02")
    desk.passes("identity")
    desk.passes("payment", yen=6000)
    desk.passes("number")
    assert invoices(desk)[-1]["total_yen"] == 6000


def test_a_first_payment_kept_as_short_is_overdue_and_reminded_of(desk):
    desk.at("2026-09-01").signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.passes("identity")
    desk.passes("payment", yen=5000, short=True)
    desk.passes("number")
    wakes(desk, "2026-10-30")
    assert invoices(desk)[0]["open_yen"] == 500
    texts = [text_of(mail) for mail in desk.mails()]
    assert [text for text in texts if "未払いの金額: 500円" in text]


def test_a_gate_passed_by_a_match_gives_its_payment_back(desk):
    desk.at("2026-09-01").signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    payment = pays(desk, 5500, "2026-09-01", number(desk, 0))
    desk.does("gates/payment", method="DELETE")
    assert desk.get(f"/v1/payments/{payment['id']}").json["taken"] == []
    assert invoices(desk)[0]["open_yen"] == 5500


def test_a_payment_dated_before_the_turn_of_the_month_pays_for_the_month_of_its_day(desk):
    desk.at("2026-09-19").starts("mk")  # a trial to 28 September
    desk.does("plan", {"plan": "half"})  # from 1 October
    wakes(desk, "2026-09-25").does("continuation")
    wakes(desk, "2026-09-29")
    wakes(desk, "2026-10-02").passes("payment", yen=5920, paid_on="2026-09-30")
    assert lines(desk, -1) == ["base 2026-09 1×2960", "deposit - 1×2960"]
    assert desk.look()["active_from"] == "2026-09-30"


def test_a_deposit_that_nobody_has_paid_is_not_set_off(desk):
    desk.at("2026-09-24").signs_up("mk", trial="no")
    desk.presses("お申し込みを受け付けました")
    assert desk.office("set-off", {"reason": "未払いのため"}).status == 409


def test_a_first_payment_in_two_parts_goes_back_whole(desk):
    desk.at("2026-09-01").signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.passes("identity")
    pays(desk, 3000, "2026-09-01", number(desk, 0))
    pays(desk, 2500, "2026-09-01", number(desk, 0))
    desk.passes("number")
    assert desk.status == "trial"
    desk.does("stop")
    assert desk.get("/v1/payouts").json["payouts"][0]["yen"] == 5500
    assert "5,500円" in desk.last_text()


def test_a_first_payment_that_bounced_is_open_again_after_a_change_of_plan(desk):
    desk.at("2026-09-24").starts("mk")  # a trial to 3 October
    wakes(desk, "2026-09-28").does("continuation")
    payment = pays(desk, 5920, "2026-09-28", number(desk, 0))
    desk.does("plan", {"plan": "half"})
    assert invoices(desk)[-1]["open_yen"] == 11440 - 5920
    assert cancels(desk, payment).status == 200
    assert invoices(desk)[-1]["open_yen"] == 11440


def test_a_first_payment_that_bounced_is_open_again_once_the_contract_runs(desk):
    desk.at("2026-09-01").starts("mk")
    wakes(desk, "2026-09-07").does("continuation")
    payment = pays(desk, 5920, "2026-09-07", number(desk, 0))
    wakes(desk, "2026-09-11")
    assert cancels(desk, payment).status == 200
    assert invoices(desk)[0]["open_yen"] == 5920


# payments


def test_a_transfer_for_several_contracts_pays_once(desk):
    desk.at("2026-09-01").signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    first = number(desk, 0)
    desk.signs_up("smile", mail="other@ume.example", phone="03-6800-9999", company="梅商会")
    desk.presses("お申し込みを受け付けました", to="other@ume.example")
    second = number(desk, 0)
    payment = pays(desk, 11000, "2026-09-01", first, second)
    assert desk.get(f"/v1/invoices/{second}").json["open_yen"] == 0
    assert matches(desk, payment, second).status == 409
    assert credit(desk) == 0


def test_a_transfer_is_parted_only_if_every_part_can_be_taken(desk):
    active_mk(desk)
    first = number(desk, 0)
    desk.at("2026-09-24").signs_up("mk", mail="b@ume.example", phone="03-6800-9999", trial="no")
    desk.presses("お申し込みを受け付けました", to="b@ume.example")
    replaced = number(desk, 0)
    desk.does("plan", {"plan": "half"})
    assert desk.get(f"/v1/invoices/{replaced}").json["replaced_by"]
    payment = pays(desk, 8000, "2026-09-24", key="of-two")
    assert matches(desk, payment, first, replaced).status == 409
    assert desk.get(f"/v1/payments/{payment['id']}").json["parts"] is None


def test_what_was_set_off_is_not_lost_by_taking_it_back(desk):
    active_mk(desk)
    wakes(desk, "2026-10-14")
    desk.does("set-off", {"reason": "未払いのため"})
    [record] = [
        row for row in desk.get("/v1/payments").json["payments"] if row["source"] == "set_off"
    ]
    cancels(desk, record)
    contract = Contract.find(desk.contract)
    open_yen = sum(each.open_yen for each in contract.open_invoices)
    assert contract.deposit_yen + contract.credit_yen - open_yen == 0


def test_a_payment_is_taken_back_after_its_invoice_was_reminded_of(desk):
    active_mk(desk)
    wakes(desk, "2026-10-14")
    wakes(desk, "2026-10-28")  # the first day overdue
    assert len(desk.subjects("お支払いのご確認のお願い")) == 1
    payment = pays(desk, 2960, "2026-10-28", number(desk, -1))
    wakes(desk, "2026-10-30")
    assert cancels(desk, payment).status == 200
    assert invoices(desk)[-1]["open_yen"] == 2960
    wakes(desk, "2026-11-04")
    assert len(desk.subjects("お支払いのご確認のお願い")) == 2


# dates that move


def test_a_later_last_day_by_the_house_bills_the_month_that_the_closing_left_out(desk):
    active_smile(desk)
    desk.does("termination", {"on": "2026-06-30", "reason": "規約違反"})
    wakes(desk, "2026-06-11")
    desk.at("2026-06-20").does("termination", {"on": "2026-07-31", "reason": "規約違反"})
    assert issued(desk)[-1] == ("2026-06-20", ["base 2026-07 1×5500"])


def test_a_month_paid_in_advance_and_not_served_comes_back(desk):
    active_smile(desk)
    wakes(desk, "2026-06-11")  # July is billed
    desk.does("termination", {"on": "2026-06-20", "reason": "規約違反"})
    wakes(desk, "2026-06-21")
    wakes(desk, "2026-07-11")
    billed = [line for row in invoices(desk) for line in row["lines"] if line["month"] == "2026-07"]
    assert sum(line["yen"] for line in billed) == 0


def test_an_option_billed_before_it_was_ready_is_not_paid_for_in_vain(desk):
    active_smile(desk)
    desk.at("2026-10-09").look()
    desk.does("options/guidance", {"script": "本日は終了しました。"})  # ready on 15 October
    wakes(desk, "2026-10-14")
    assert "option 2026-11 1×1100" in lines(desk, -1)
    desk.does("options/guidance", method="DELETE")
    assert [option["until"] for option in desk.look()["options"]] == ["2026-11-30"]


# counts


def test_a_surcharge_corrected_two_closings_later_comes_back(desk):
    active_mk(desk)
    angry = takes_calls(desk, 1, "2026-09-11", surcharge={"yen": 300, "reason": "長時間のお電話"})[
        0
    ]
    wakes(desk, "2026-10-14")
    wakes(desk, "2026-11-11")
    wakes(desk, "2026-11-20")
    answer = desk.corrects(angry, surcharge={"yen": 200, "reason": "長時間のお電話"})
    assert answer.status == 201, answer.text
    wakes(desk, "2026-12-11")
    assert "surcharge_changed 2026-09 1×-100" in lines(desk, -1)


# a plan that the house no longer has


def test_the_office_sees_a_contract_whose_plan_has_vanished_before_its_start(desk, edit_house):
    desk.at("2026-09-01").signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    edit_house("smile", 'key = "light"', 'key = "lite"')
    wakes(desk, "2026-09-02")
    assert desk.get(f"/v1/contracts/{desk.contract}").status == 200
