"""Options: ready after their notice, billed by whole months, windows that an operator sees."""

import pytest


def test_own_guidance_is_ready_three_business_days_after_the_order(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-09-18")  # a Friday; Monday to Wednesday are holidays
    assert desk.office("options/guidance").faults[0] == "script"
    desk.does("options/guidance", {"script": "本日の受付は終了いたしました。"})
    (option,) = desk.look()["options"]
    assert (option["since"], option["until"], option["monthly"]) == ("2026-09-28", None, 1100)
    assert "2026年9月28日(月)" in desk.letter("オプションのお申し込みを承りました")
    desk.does("options/guidance", {"script": "本日の受付は終了いたしました。"})  # twice is once
    assert "すでにお申し込み" in desk.office("options/guidance", {"script": "別の文"}).detail
    desk.on("2026-10-05").does("options/guidance", method="DELETE")
    assert desk.look()["options"][0]["until"] == "2026-10-31"  # never prorated
    assert "2026年10月31日(土)までの料金がかかります" in desk.letter("オプションの終了を承りました")
    assert desk.office("options/guidance", method="DELETE").status == 409


def test_an_option_given_up_before_it_is_ready_leaves_no_trace_to_bill(desk):
    desk.on("2026-09-01").starts("smile")
    desk.does("options/guidance", {"script": "本日は終了しました。"})
    desk.does("options/guidance", method="DELETE")
    assert desk.look()["options"] == []


def test_options_are_the_houses_own(desk):
    desk.on("2026-09-01").starts("mk")
    assert "このオプションはありません" in desk.office("options/guidance", {"script": "x"}).detail
    assert desk.office("options/fax", {}).status == 404


def test_weekly_windows_tell_the_operator_whether_it_is_inside(desk):
    desk.on("2026-09-01").starts("smile")
    tuesday = {"day": 1, "from": "09:00", "to": "12:00"}
    line = "/v1/lines/0367001234"
    assert desk.get(line, role="operator").json["inside_hours"] is True
    empty = desk.office("options/windows", {"windows": [tuesday | {"to": "09:00"}]})
    assert empty.faults[0] == "windows.0.to"
    irregular = desk.office("options/windows", {"windows": "第2火曜だけ"})
    assert irregular.status == 422
    desk.does("options/windows", {"windows": [tuesday]})
    assert desk.at("2026-09-01", "11:59").get(line, role="operator").json["inside_hours"] is True
    assert desk.at("2026-09-01", "12:00").get(line, role="operator").json["inside_hours"] is False
    # A Wednesday.
    assert desk.on("2026-09-02").get(line, role="operator").json["inside_hours"] is False
    assert desk.memo(received_at="2026-09-02T10:00:00+09:00").status == 201  # taken is taken


def test_windows_change_at_once(desk):
    desk.on("2026-09-01").starts("smile")
    line, tuesday = "/v1/lines/0367001234", {"day": 1, "from": "09:00", "to": "12:00"}
    desk.does("options/windows", {"windows": [tuesday]})
    desk.on("2026-09-08").does("options/windows", method="DELETE")
    desk.does("options/windows", {"windows": [tuesday | {"from": "13:00", "to": "17:00"}]})
    assert desk.at("2026-09-08", "10:00").get(line, role="operator").json["inside_hours"] is False
    assert desk.at("2026-09-08", "14:00").get(line, role="operator").json["inside_hours"] is True


@pytest.mark.parametrize(
    "window",
    [
        {"day": 0, "from": "09:00+09:00", "to": "12:00"},
        {"day": 0, "from": "20:00", "to": "21:00"},
        {"day": 0, "from": "9", "to": "12:00"},
        {"day": 5, "from": "09:00", "to": "12:00"},
    ],
)
def test_windows_that_cannot_be(desk, window):
    desk.starts("smile")
    wrong = desk.office("options/windows", {"windows": [window]})
    assert wrong.status == 422
    assert wrong.faults[0].startswith("windows.0")
