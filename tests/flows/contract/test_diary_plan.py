"""Plans and options: asked, taken back, billed by the house's cut-off."""

import pytest

from tests.desk import text_of


def test_plan_changed_three_times_in_one_month(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-02").does("plan", {"plan": "regular"})
    assert desk.look()["next_plan"] == {"plan": "regular", "from": "2026-11-01", "monthly": 8800}
    letter = text_of(desk.mail("プランの変更を承りました"))
    assert "レギュラーコース" in letter
    assert "2026年11月1日(日)" in letter
    assert "8,800円(税込)" in letter
    desk.on("2026-10-13").does(
        "plan", {"plan": "business"}
    )  # the closing day, moved by a holiday: still the next month
    assert desk.look()["next_plan"] == {"plan": "business", "from": "2026-11-01", "monthly": 16500}
    desk.on("2026-10-14").does("plan", {"plan": "regular"})  # a day later: the month after
    assert desk.look()["next_plan"]["from"] == "2026-12-01"
    assert [each["what"] for each in desk.look()["next"]] == ["change_plan"]
    assert desk.on("2026-11-30").look()["plan"] == "light"
    told = desk.on("2026-12-01").look()
    assert (told["plan"], told["next_plan"]) == ("regular", None)
    assert told["plan_changes"] == [{"on": "2026-12-01", "was": "light", "becomes": "regular"}]
    assert desk.subjects().count("プランの変更を承りました") == 3
    usage = desk.get(f"/v1/contracts/{desk.contract}/usage/2026-11", role="operator").json
    assert (usage["plan"], usage["included"]) == ("light", 30)  # a month past keeps its plan
    assert (
        desk.get(f"/v1/contracts/{desk.contract}/usage/2026-12", role="operator").json["included"]
        == 60
    )


def test_a_pending_change_can_be_withdrawn(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-02").does("plan", {"plan": "regular"})
    desk.does("plan", method="DELETE")
    assert "現在のプランのまま" in text_of(desk.mail("プラン変更のお取り消しを承りました"))
    assert desk.on("2026-11-02").look()["plan"] == "light"
    assert (
        "予約されているプランの変更はありません"
        in desk.office("plan", method="DELETE").json["detail"]
    )
    desk.does("plan", {"plan": "regular"})
    desk.does("plan", {"plan": "light"})  # back to the present plan: the same as taking it back
    assert desk.look()["next_plan"] is None
    assert "すでにライトコース" in desk.office("plan", {"plan": "light"}).json["detail"]


def test_in_smiles_trial_a_plan_changes_at_once_any_number_of_times(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.does("plan", {"plan": "business"})
    desk.does("plan", {"plan": "regular"})
    told = desk.look()
    assert (told["plan"], told["next_plan"]) == ("regular", None)
    assert [(each["was"], each["becomes"]) for each in told["plan_changes"]] == [
        ("light", "business"),
        ("business", "regular"),
    ]
    assert "2026年9月1日(火)(本日から)" in text_of(desk.mail("プランの変更を承りました"))
    assert desk.office("plan", method="DELETE").status == 409  # not to be withdrawn
    assert desk.on("2026-09-16").look()["plan"] == "regular"
    assert (
        desk.get(f"/v1/contracts/{desk.contract}/usage/2026-09", role="operator").json["included"]
        == 60
    )


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
    assert wrong.json["errors"][0]["field"] == field


def test_no_change_after_the_last_day(desk):
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-02").does("plan", {"plan": "regular"})
    desk.does("notice")
    assert [each["what"] for each in desk.look()["next"]] == [
        "leave"
    ]  # the change's day would come after the end
    assert "最終日の後" in desk.office("plan", {"plan": "business"}).json["detail"]


def test_before_the_start_a_plan_changes_at_once_and_so_does_what_is_due(desk):
    desk.signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    desk.does("plan", {"plan": "regular"})
    assert desk.look()["plan"] == "regular"
    assert desk.look()["plan_changes"] == []
    short = desk.office("gates/payment", {"yen": 5500, "paid_on": "2026-09-01", "ground": "通帳"})
    assert "8,800円" in short.json["errors"][0]["message"]


def test_own_guidance_is_ready_three_business_days_after_the_order(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-09-18")  # a Friday; Monday to Wednesday are holidays
    assert desk.office("options/guidance").json["errors"][0]["field"] == "script"
    desk.does("options/guidance", {"script": "本日の受付は終了いたしました。"})
    (option,) = desk.look()["options"]
    assert (option["since"], option["until"], option["monthly"]) == ("2026-09-28", None, 1100)
    assert "2026年9月28日(月)" in text_of(desk.mail("オプションのお申し込みを承りました"))
    desk.does("options/guidance", {"script": "本日の受付は終了いたしました。"})  # twice is once
    assert (
        "すでにお申し込み" in desk.office("options/guidance", {"script": "別の文"}).json["detail"]
    )
    desk.on("2026-10-05").does("options/guidance", method="DELETE")
    assert desk.look()["options"][0]["until"] == "2026-10-31"  # never prorated
    assert "2026年10月31日(土)までの料金がかかります" in text_of(
        desk.mail("オプションの終了を承りました")
    )
    assert desk.office("options/guidance", method="DELETE").status == 409


def test_an_option_given_up_before_it_is_ready_leaves_no_trace_to_bill(desk):
    desk.on("2026-09-01").starts("smile")
    desk.does("options/guidance", {"script": "本日は終了しました。"})
    desk.does("options/guidance", method="DELETE")
    assert desk.look()["options"] == []


def test_options_are_the_houses_own(desk):
    desk.on("2026-09-01").starts("mk")
    assert (
        "このオプションはありません"
        in desk.office("options/guidance", {"script": "x"}).json["detail"]
    )
    assert desk.office("options/fax", {}).status == 404


def test_weekly_windows_tell_the_operator_whether_it_is_inside(desk):
    desk.on("2026-09-01").starts("smile")
    tuesday = {"day": 1, "from": "09:00", "to": "12:00"}
    line = "/v1/lines/0367001234"
    assert desk.get(line, role="operator").json["inside_hours"] is True
    assert (
        desk.office("options/windows", {"windows": [tuesday | {"to": "09:00"}]}).json["errors"][0][
            "field"
        ]
        == "windows.0.to"
    )
    assert (
        desk.office("options/windows", {"windows": "第2火曜だけ"}).status == 422
    )  # irregular ones are refused
    desk.does("options/windows", {"windows": [tuesday]})
    assert desk.at("2026-09-01", "11:59").get(line, role="operator").json["inside_hours"] is True
    assert desk.at("2026-09-01", "12:00").get(line, role="operator").json["inside_hours"] is False
    assert (
        desk.on("2026-09-02").get(line, role="operator").json["inside_hours"] is False
    )  # a Wednesday
    assert desk.memo(received_at="2026-09-02T10:00:00+09:00").status == 201  # taken is taken
