"""Starting: gates, dates, the start check, who has been here before."""

import pytest

from chalicelib.errors import Refused
from chalicelib.flows.contract import start
from chalicelib.flows.post import act
from chalicelib.rules import houses
from tests.desk import FORM, hidden, link


def test_a_start_that_waits_for_a_gate(any_desk):
    desk = any_desk
    desk.on("2026-08-03").signs_up("mk", start_on="2026-08-10")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.passes("eligibility")
    desk.on("2026-08-11")  # the day has gone by
    contract = desk.look()
    assert contract["status"] == "preparing"
    assert contract["waits_for"] == ["identity", "number"]
    assert contract["start_on"] == "2026-08-10"
    open_gates = [gate for gate in contract["gates"] if not gate["passed"]]
    assert [gate["waits_on"] for gate in open_gates] == ["client", "office"]
    desk.on("2026-08-12").passes("identity", "number")
    contract = desk.look()
    assert contract["status"] == "trial"
    assert contract["started_on"] == "2026-08-12"
    assert contract["trial_last_day"] == "2026-08-21"
    assert desk.on("2026-08-22").status == "ended"


def test_a_week_of_missed_nights_over_a_years_end(any_desk):
    desk = any_desk
    desk.on("2026-12-18").starts("mk", start_on="2026-12-28")
    desk.on("2026-12-27")
    desk.at("2027-01-05", "11:00")  # no night ran since
    contract = desk.look()
    assert contract["status"] == "trial"
    assert contract["started_on"] == "2026-12-28"
    assert contract["trial_last_day"] == "2027-01-06"
    assert [event for event in desk.events() if event[0] >= "2026-12-28"] == [
        ("2026-12-28", "started"),
        # Four business days before the 6th is the 28th: the centre is closed until the 3rd.
        ("2026-12-28", "trial_reminded"),
    ]
    desk.on("2027-01-07")
    assert desk.look()["end_reason"] == "lapsed"
    assert desk.subjects("お試し") == [
        "お試し期間は2027年1月6日(水)までです",
        "無料お試しが終了しました",
    ]


def test_the_start_check_is_asked_for_ticked_and_reminded(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    path = link(desk.mail("サービスを開始しました"))
    page = desk.open(path)
    assert page.status == 200
    assert "お電話が当方につながること" in page.text
    assert 'type="checkbox"' in page.text
    assert [each["ticked"] for each in desk.look()["start_check"]] == [False, False, False]
    assert desk.send(path, {"call": "on"}).status == 200
    again = desk.send(path, {"call": "on", "nonsense": "on"})
    assert again.status == 200
    assert "記録しました" in again.text
    assert [each["ticked"] for each in desk.look()["start_check"]] == [True, False, False]
    desk.on("2026-09-03")
    assert "サービスのご確認のお願い" not in desk.subjects()
    desk.on("2026-09-04")  # three business days later
    reminder = desk.letter("サービスのご確認のお願い")
    assert "ご指定の名乗りで応対すること" in reminder
    assert "お電話が当方につながること" not in reminder
    answer = desk.send(
        link(desk.mail("サービスのご確認のお願い")), {"greeting": "on", "report": "on"}
    )
    assert "3点のご確認をありがとうございます" in answer.text
    desk.on("2026-09-30")
    assert desk.subjects().count("サービスのご確認のお願い") == 1


def test_whoever_has_ticked_everything_is_not_reminded(desk):
    desk.on("2026-09-01").starts("smile")
    desk.send(
        link(desk.mail("サービスを開始しました")), {"call": "on", "greeting": "on", "report": "on"}
    )
    desk.on("2026-09-10")
    assert "サービスのご確認のお願い" not in desk.subjects()


def test_overdue_starts_are_listed(desk):
    first = desk.on("2026-09-01").signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    assert desk.look()["target_on"] == "2026-09-04"
    assert desk.look()["overdue"] is False
    desk.on("2026-09-04")
    assert desk.get("/v1/contracts?overdue=1").json["contracts"] == []
    desk.on("2026-09-05")
    assert [each["id"] for each in desk.get("/v1/contracts?overdue=1").json["contracts"]] == [first]
    desk.does("withdrawal")
    assert desk.get("/v1/contracts?overdue=1").json["contracts"] == []


def test_a_client_is_recognised_by_number_and_by_name_and_address(any_desk):
    desk = any_desk
    place = {"postal_address": "東京都中央区日本橋1丁目2番3号", "corporate_number": "5835678256246"}
    first = desk.on("2026-08-03").starts("mk", **place)
    other = {"mail": "x@other.example", "phone": "03-6800-9999", "person1_mail1": "y@other.example"}
    desk.signs_up("mk", **other, company="(株)さくら商事", postal_address="東京都中央区日本橋1-2-3")
    assert desk.look()["matches"] == [{"contract": first, "by": ["name_and_address"]}]
    desk.signs_up(
        "mk",
        **other | {"mail": "z@other.example", "phone": "03-6800-8888"},
        company="別の名前",
        corporate_number="5835678256246",
    )
    assert {"contract": first, "by": ["corporate_number"]} in desk.look()["matches"]
    desk.signs_up(
        "mk", **other | {"mail": "w@third.example", "phone": "03-6800-7777"}, company="まったく別"
    )
    assert desk.look()["matches"] == []


def test_a_match_found_by_the_papers_is_decided_upon_again(any_desk):
    desk = any_desk
    first = desk.on("2026-08-03").starts("mk", corporate_number="5835678256246")
    desk.signs_up(
        "mk",
        mail="x@other.example",
        phone="03-6800-9999",
        person1_mail1="y@other.example",
        company="別の名前",
    )
    desk.presses("お申し込みを受け付けました", to="x@other.example")
    desk.presses("テストメール", to="y@other.example")
    desk.passes("eligibility")
    desk.passes("identity", corporate_number="5835678256246")
    contract = desk.look()
    assert contract["matches"] == [{"contract": first, "by": ["corporate_number"]}]
    assert "eligibility" in contract["waits_for"]
    desk.passes("eligibility", eligible=False)
    assert desk.look()["wants_trial"] is False
    assert "payment" in desk.look()["waits_for"]


def test_for_a_campaign_there_is_no_trial_at_mk(desk):
    form = hidden(desk.open("/mk/signup").text) | FORM | {"campaign": "on", "step": "check"}
    refused = desk.send("/mk/signup", form)
    assert refused.status == 422
    assert "期間の決まったご利用" in refused.text
    assert "株式会社さくら商事" in refused.text
    assert desk.send("/mk/signup", form | {"trial": "no"}).status == 200
    assert 'name="campaign"' not in desk.open("/smile/signup").text


@pytest.mark.parametrize("number", ["123", "9835678256246", "583567825624a"])
def test_a_corporate_number_has_a_check_digit(desk, number):
    refused = desk.fills_in("mk", corporate_number=number)
    assert refused.status == 422
    assert "法人番号は13桁" in refused.text


def test_a_button_pressed_for_an_address_that_was_just_corrected(desk):
    desk.signs_up("smile")
    desk.does("confirmation", {"mail": "right@sakura.example"})
    with pytest.raises(Refused, match="訂正されました"):
        act.on_contract(
            houses.find("smile"),
            desk.contract,
            desk.moment,
            "(client)",
            lambda change: start.confirm_mail(change, "misaki@sakura.example"),
        )
    assert desk.status == "applied"


def test_a_match_made_by_a_change_of_names_stops_the_start(desk):
    desk.on("2026-08-03").starts("mk", corporate_number="5835678256246")
    desk.signs_up(
        "mk",
        mail="x@o.example",
        phone="03-6800-9999",
        person1_mail1="y@o.example",
        company="別の名前",
        start_on="2026-08-10",
    )
    desk.presses("お申し込みを受け付けました", to="x@o.example")
    desk.presses("テストメール", to="y@o.example")
    desk.passes("eligibility", "identity")
    desk.has_line("03-6700-5678")
    desk.passes("number", number="03-6700-5678")
    assert desk.ahead == ["start"]
    desk.does("", {"corporate_number": "5835678256246"}, method="PATCH")
    assert desk.look()["waits_for"] == ["eligibility"]
    assert desk.look()["next"] == []
    assert desk.on("2026-08-12").status == "preparing"
    desk.passes("eligibility")
    assert desk.status == "trial"


def test_a_start_dated_anew_is_told_anew(desk):
    desk.on("2026-07-30").starts("mk", start_on="2026-08-03")
    desk.does("gates/identity", method="DELETE")
    desk.does("start", {"on": "2026-08-10"})
    assert "2026年8月10日(月)" in desk.letter("電話番号のお知らせ")


def test_links_of_a_confirmed_applicant_still_show_it(desk):
    desk.signs_up("smile")
    first = link(desk.mail("お申し込みを受け付けました"))
    desk.presses("お申し込みを受け付けました")
    desk.does("", {"mail": "new@sakura.example"}, method="PATCH")
    assert desk.open(first).status == 200
