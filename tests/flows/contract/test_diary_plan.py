"""Plans: asked for, taken back, billed by the cut-off of the house."""

import pytest


def test_plan_changed_three_times_in_one_month(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-02").does("plan", {"plan": "regular"})
    assert desk.look()["next_plan"] == {"plan": "regular", "from": "2026-11-01", "monthly": 8800}
    letter = desk.letter("プランの変更を承りました")
    assert "レギュラーコース" in letter
    assert "2026年11月1日(日)" in letter
    assert "8,800円(税込)" in letter
    # The closing day, moved by a holiday: still the next month.
    desk.on("2026-10-13").does("plan", {"plan": "business"})
    assert desk.look()["next_plan"] == {"plan": "business", "from": "2026-11-01", "monthly": 16500}
    # A day later November is billed, so its plan stays, and a new wish counts from December.
    desk.on("2026-10-14")
    assert "ご請求が確定しているため" in desk.office("plan", method="DELETE").detail
    desk.does("plan", {"plan": "regular"})
    assert desk.look()["next_plan"] == {"plan": "business", "from": "2026-11-01", "monthly": 16500}
    assert desk.on("2026-11-01").look()["plan"] == "business"
    assert desk.look()["next_plan"] == {"plan": "regular", "from": "2026-12-01", "monthly": 8800}
    contract = desk.on("2026-12-01").look()
    assert (contract["plan"], contract["next_plan"]) == ("regular", None)
    assert contract["plan_changes"] == [
        {"on": "2026-11-01", "was": "light", "becomes": "business"},
        {"on": "2026-12-01", "was": "business", "becomes": "regular"},
    ]
    assert desk.subjects().count("プランの変更を承りました") == 3
    usage = desk.usage("2026-11")
    assert (usage["plan"], usage["included"]) == ("business", 120)  # a month past keeps its plan
    assert desk.usage("2026-12")["included"] == 60


def test_a_pending_change_can_be_withdrawn(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-02").does("plan", {"plan": "regular"})
    desk.does("plan", method="DELETE")
    assert "現在のプランのまま" in desk.letter("プラン変更のお取り消しを承りました")
    assert desk.on("2026-11-02").look()["plan"] == "light"
    assert "予約されているプランの変更はありません" in desk.office("plan", method="DELETE").detail
    desk.does("plan", {"plan": "regular"})
    desk.does("plan", {"plan": "light"})  # back to the present plan: the same as taking it back
    assert desk.look()["next_plan"] is None
    assert "すでにライトコース" in desk.office("plan", {"plan": "light"}).detail


def test_in_smiles_trial_a_plan_changes_at_once_any_number_of_times(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.does("plan", {"plan": "business"})
    desk.does("plan", {"plan": "regular"})
    contract = desk.look()
    assert (contract["plan"], contract["next_plan"]) == ("regular", None)
    assert [(each["was"], each["becomes"]) for each in contract["plan_changes"]] == [
        ("light", "business"),
        ("business", "regular"),
    ]
    assert "2026年9月1日(火)(本日から)" in desk.letter("プランの変更を承りました")
    assert desk.office("plan", method="DELETE").status == 409  # not to be withdrawn
    assert desk.on("2026-09-16").look()["plan"] == "regular"
    assert desk.usage("2026-09")["included"] == 60


def test_mk_changes_from_the_next_month_even_in_the_trial_and_flapping_is_flagged(any_desk):
    desk = any_desk
    desk.on("2026-08-03").starts("mk")
    desk.does("continuation")
    desk.passes("payment")
    desk.on("2026-08-10").does("plan", {"plan": "half"})
    assert desk.look()["next_plan"]["from"] == "2026-09-01"
    assert desk.status == "trial"
    desk.on("2026-12-20").does("plan", {"plan": "small"})
    desk.on("2027-01-01")
    assert desk.look()["plan"] == "small"
    undone = [note for note in desk.look()["history"] if note["event"] == "plan_undone"]
    assert [note["on"] for note in undone] == ["2027-01-01"]


@pytest.mark.parametrize(("plan", "field"), [("grand", "plan"), (None, "plan")])
def test_a_plan_that_the_house_does_not_have(desk, plan, field):
    desk.starts("smile")
    wrong = desk.office("plan", {"plan": plan} if plan else {})
    assert wrong.status == 422
    assert wrong.faults[0] == field


def test_no_change_after_the_last_day(desk):
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-02").does("plan", {"plan": "regular"})
    desk.does("notice")
    assert "change_plan" not in desk.ahead  # its day would come after the end
    assert "最終日の後" in desk.office("plan", {"plan": "business"}).detail


def test_before_the_start_a_plan_changes_at_once_and_so_does_what_is_due(desk):
    desk.signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    desk.does("plan", {"plan": "regular"})
    assert desk.look()["plan"] == "regular"
    assert desk.look()["plan_changes"] == []
    short = desk.office("gates/payment", {"yen": 5500, "paid_on": "2026-09-01", "ground": "通帳"})
    assert "8,800円" in short.json["errors"][0]["message"]


def test_a_plan_change_outlives_a_notice_that_is_withdrawn(desk):
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-14").does("plan", {"plan": "regular"})
    desk.does("notice")
    assert "change_plan" not in desk.ahead
    desk.does("notice", method="DELETE")
    assert desk.look()["next_plan"]["from"] == "2026-12-01"


def test_nothing_is_ordered_for_the_time_after_the_houses_last_day(desk):
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-01").does("termination", {"on": "2026-10-02", "reason": "未払い"})
    assert desk.office("plan", {"plan": "regular"}).status == 409
    assert desk.office("options/guidance", {"script": "終了しました。"}).status == 409
    desk.does("termination", {"on": "2026-10-02", "reason": "別の理由"})
    assert "別の理由" in desk.letter("サービス終了のお知らせ")
    desk.does("termination", method="DELETE")
    desk.does("notice")
    assert desk.office("termination", {"on": "2026-11-05", "reason": "x"}).faults[0] == "on"


def test_a_plan_is_not_changed_behind_a_payment(desk):
    desk.signs_up("mk", trial="no")
    desk.presses("お申し込みを受け付けました")
    desk.passes("payment")
    refused = desk.office("plan", {"plan": "standard"})
    assert "先にご入金の確認を取り消してください" in refused.detail
