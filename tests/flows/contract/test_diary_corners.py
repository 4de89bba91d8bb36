"""Corners of a contract's life where two wishes meet, or where something is taken back."""

import pytest

from chalicelib.errors import Refused
from chalicelib.flows.contract import dated, start
from chalicelib.flows.post import act
from chalicelib.rules import houses
from chalicelib.words import call_letters, letters
from tests.desk import hidden, link, text_of


@pytest.mark.truth  # of the store's limits moto knows nothing
def test_a_roster_of_ninety_addresses_is_tested_and_reminded_in_rounds(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    for number in range(9):
        mails = [f"{number}.{place}@sakura.example" for place in range(10)]
        desk.does("people", {"name": f"社員 {number}", "addresses": mails})
    assert sum("テストメール" in subject for subject in desk.subjects()) == 91
    desk.on("2026-09-04")
    assert desk.memo().status == 201
    assert desk.look()["parked_at"] is None
    assert sum("テストメールの再送" in subject for subject in desk.subjects()) == 90
    desk.on("2026-09-10")
    assert sum("テストメール" in subject for subject in desk.subjects()) == 181


def test_an_applicant_with_a_long_roster_can_confirm(any_desk):
    desk = any_desk
    desk.signs_up("smile")
    for number in range(6):
        mails = [f"{number}.{place}@sakura.example" for place in range(10)]
        desk.does("people", {"name": f"社員 {number}", "addresses": mails})
    desk.presses("お申し込みを受け付けました")
    assert desk.status == "preparing"
    desk.on("2026-09-02")
    assert sum("テストメール" in subject for subject in desk.subjects()) == 61


@pytest.mark.truth
def test_a_long_history_turns_its_pages(true_desk):
    desk = true_desk
    desk.starts("smile")
    for number in range(40):
        place = "あ" * 150 + str(number)
        desk.does("", {"papers_address": place, "invoice_address": place}, method="PATCH")
    told = desk.look()
    assert told["history_before"] >= 40
    assert len(told["history"]) <= 60
    lines = desk.get(f"/v1/contracts/{desk.contract}/history").json["history"]
    assert len(lines) == told["history_before"] + len(told["history"])
    assert [line["event"] for line in lines][:2] == ["signed_up", "mail_confirmed"]
    assert [line["becomes"][150:] for line in lines if line["text"] == "papers_address"] == [
        str(n) for n in range(40)
    ]


@pytest.mark.parametrize("house", ["mk", "smile"])
def test_a_decision_on_the_trial_can_be_taken_back(desk, house):
    if house == "smile":
        desk.starts("smile")
        desk.signs_up("smile", person1_mail1="new@sakura.example")
    else:
        desk.signs_up("mk")
    desk.presses("お申し込みを受け付けました")
    last_day = desk.look()["trial_last_day"]
    for _ in range(2):  # no letter of the second time stands in the way of the first's
        desk.passes("eligibility", eligible=False)
        told = desk.look()
        assert told["wants_trial"] is False
        assert "payment" in told["waits_for"]
        desk.passes("eligibility", eligible=False)  # said again: nothing more happens
        desk.does("gates/eligibility", method="DELETE")
    told = desk.look()
    assert told["wants_trial"] is True
    assert told["trial_last_day"] == last_day
    assert "eligibility" in told["waits_for"]
    assert desk.subjects().count("お試し期間についてのお知らせ") == 2


@pytest.mark.parametrize(("house", "yen"), [("mk", 5920), ("smile", 5500)])
def test_what_was_paid_goes_back_when_the_house_ends_a_trial(any_desk, house, yen):
    desk = any_desk
    desk.on("2026-08-03").starts(house)
    if house == "mk":
        desk.passes("payment")
    desk.does("termination", {"on": "2026-08-05", "reason": "ご利用の目的が異なるため"})
    desk.on("2026-08-06")
    assert desk.look()["refund"]["yen"] == yen
    farewell = text_of(desk.mail("サービスを終了しました"))
    assert f"{yen:,}円は、全額お返しいたします" in farewell
    assert "保証金は" not in farewell
    assert "ご請求" not in farewell
    assert not any(
        "までです" in subject for subject in desk.subjects()
    )  # nobody is asked to go on with what ends


def test_smiles_trial_goes_on_by_itself_so_there_is_no_wish_to_withdraw(desk):
    desk.starts("smile")
    desk.does("continuation")
    desk.does("notice")
    refused = desk.office("continuation", method="DELETE")
    assert refused.status == 409
    assert "停止のお手続き" in refused.json["detail"]
    assert desk.look()["ends_on"] == "2026-09-30"


def test_mk_notice_in_the_trial_and_never_paid(any_desk):
    desk = any_desk
    desk.on("2026-08-17").starts("mk")
    desk.on("2026-08-18").does("notice")
    assert (
        "先に解約のお申し出をお取り消し"
        in desk.office("continuation", method="DELETE").json["detail"]
    )
    desk.on("2026-08-20")
    assert "解約のお申し出により、お試し期間の後は2026年8月31日(月)まで" in text_of(
        desk.mail("お試し期間は")
    )
    desk.on("2026-08-27")
    assert "2026年8月31日(月)までに" in text_of(desk.mail("サービスを一時停止しました"))
    assert desk.office("stop", {"on": "2026-08-28"}).json["errors"][0]["field"] == "on"
    desk.on("2026-09-01")
    told = desk.look()
    assert (told["status"], told["end_reason"], told["refund"]) == ("ended", "lapsed", None)
    assert "料金は一切かかりません" in text_of(desk.mail("ご入金を確認できなかったため"))


def test_a_notice_may_be_withdrawn_while_paused(desk):
    desk.on("2026-08-17").starts("mk")
    desk.does("notice")
    desk.on("2026-08-28").does("notice", method="DELETE")
    assert desk.on("2026-09-09").status == "preparing"
    assert desk.on("2026-09-10").look()["end_reason"] == "lapsed"


def test_stopped_while_paused_names_the_last_day_of_service(desk):
    desk.on("2026-08-03").starts("mk")
    desk.does("continuation")
    desk.on("2026-08-20").does("stop")
    assert "2026年8月12日(水)をもって" in text_of(desk.mail("お試しのご利用を停止しました"))


def test_a_button_pressed_for_an_address_that_was_just_corrected(desk):
    desk.signs_up("smile")
    desk.does("confirmation", {"mail": "right@sakura.example"})
    with pytest.raises(Refused, match="訂正されました"):
        act.on_contract(
            houses.find("smile"),
            desk.contract,
            desk.moment,
            "(client)",
            lambda case: start.confirm_mail(case, "misaki@sakura.example"),
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
    assert [each["what"] for each in desk.look()["next"]] == ["start"]
    desk.does("", {"corporate_number": "5835678256246"}, method="PATCH")
    assert desk.look()["waits_for"] == ["eligibility"]
    assert desk.look()["next"] == []
    assert desk.on("2026-08-12").status == "preparing"
    desk.passes("eligibility")
    assert desk.status == "trial"


def test_the_office_is_told_when_an_address_has_had_too_many_mails(desk):
    desk.on("2026-09-01").starts("mk")
    desk.does("people", {"name": "佐藤 一郎", "addresses": ["sato@sakura.example"]})
    path = "people/p2/addresses/p2a1/test-mail"
    desk.does(path), desk.does(path)
    refused = desk.office(path)
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert (
        sum("テストメール" in subject for subject in desk.subjects()) == 4
    )  # his three, and the first person's
    desk.later(hours=1).does(path)


def test_each_address_is_reminded_in_its_own_time(desk):
    desk.on("2026-09-01").starts("mk")
    desk.does("people", {"name": "佐藤 一郎", "addresses": ["one@sakura.example"]})
    desk.on("2026-09-03").does("people/p2/addresses", {"mail": "two@sakura.example"})

    def reminded():
        return {mail["to"] for mail in desk.mails() if "テストメールの再送" in mail["subject"]}

    desk.on("2026-09-05")
    assert reminded() == {"one@sakura.example"}
    desk.on("2026-09-06")
    assert reminded() == {"one@sakura.example", "two@sakura.example"}


def test_a_plan_change_outlives_a_notice_that_is_withdrawn(desk):
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-14").does("plan", {"plan": "regular"})
    desk.does("notice")
    assert [each["what"] for each in desk.look()["next"]] == ["leave"]
    desk.does("notice", method="DELETE")
    assert desk.look()["next_plan"]["from"] == "2026-12-01"


def test_nothing_is_ordered_for_the_time_after_the_houses_last_day(desk):
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-01").does("termination", {"on": "2026-10-02", "reason": "未払い"})
    assert desk.office("plan", {"plan": "regular"}).status == 409
    assert desk.office("options/guidance", {"script": "終了しました。"}).status == 409
    desk.does("termination", {"on": "2026-10-02", "reason": "別の理由"})
    assert "別の理由" in text_of(desk.mail("サービス終了のお知らせ"))
    desk.does("termination", method="DELETE")
    desk.does("notice")
    assert (
        desk.office("termination", {"on": "2026-11-05", "reason": "x"}).json["errors"][0]["field"]
        == "on"
    )


def test_a_payment_noted_by_mistake_can_be_taken_back_in_mks_trial(desk):
    desk.on("2026-08-03").starts("mk")
    desk.passes("payment")
    desk.does("gates/payment", method="DELETE")
    assert desk.look()["paid_yen"] is None
    assert "料金は一切かかりません" in text_of(
        desk.on("2026-08-13").mail("無料お試しが終了しました")
    )


def test_a_payment_that_started_the_service_stays(desk):
    desk.starts("smile")
    assert "すでに開始" in desk.office("gates/payment", method="DELETE").json["detail"]
    assert desk.does("stop")["refund"]["yen"] == 5500


@pytest.mark.truth
def test_what_no_store_can_take_parks_the_contract_and_is_shown(true_desk, monkeypatch):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    over_400_kb = letters.Service("あ" * 200_000, 0, None, "listed", None, None, None, [], 0)
    monkeypatch.setattr(dated, "service", lambda *_: over_400_kb)
    desk.on("2026-09-12")  # the reminder of the trial's end is due, and cannot be stored
    told = desk.look()
    assert told["parked_at"]
    assert told["due"] <= "2026-09-12"
    assert desk.memo().json["type"] == "/problems/contract-parked"
    monkeypatch.undo()
    desk.on("2026-09-13")
    assert desk.look()["parked_at"] is None
    assert any("までです" in subject for subject in desk.subjects())


def test_two_letters_of_one_id_are_a_fault_of_ours_and_no_conflict(any_desk):
    desk = any_desk
    desk.starts("smile")

    def writes(case):
        case.record("names_changed")
        case.write(call_letters.Declared(numbers=[]), case.today, part="once")

    smile = houses.find("smile")
    act.on_contract(smile, desk.contract, desk.moment, "office1", writes)
    with pytest.raises(RuntimeError, match="the id of another one"):
        act.on_contract(smile, desk.contract, desk.moment, "office1", writes)


def test_a_plan_is_not_changed_behind_a_payment(desk):
    desk.signs_up("mk", trial="no")
    desk.presses("お申し込みを受け付けました")
    desk.passes("payment")
    assert (
        "先にご入金の確認を取り消してください"
        in desk.office("plan", {"plan": "standard"}).json["detail"]
    )


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
    assert wrong.json["errors"][0]["field"].startswith("windows.0")


def test_a_switched_use_is_kept_with_its_dates(desk):
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-09-10").does("lines/0367001234", {"use": "listed"}, method="PATCH")
    desk.does("lines/0367001234", {"use": "forwarding"}, method="PATCH")
    uses = [(each["on"], each["was"], each["becomes"]) for each in desk.look()["use_changes"]]
    assert uses == [("2026-09-10", "forwarding", "listed"), ("2026-09-10", "listed", "forwarding")]


def test_a_start_dated_anew_is_told_anew(desk):
    desk.on("2026-07-30").starts("mk", start_on="2026-08-03")
    desk.does("gates/identity", method="DELETE")
    desk.does("start", {"on": "2026-08-10"})
    assert "2026年8月10日(月)" in text_of(desk.mail("電話番号のお知らせ"))


def test_a_company_becomes_a_person(desk):
    desk.signs_up("smile")
    told = desk.does("", {"party": "person"}, method="PATCH")
    assert (told["company"], told["client"]) == (None, "髙橋 美咲")


def test_a_name_that_nobody_can_see_is_none(desk):
    form = hidden(desk.open("/smile/signup").text)
    assert (
        desk.send("/smile/signup", form | {"contact_name": "\u200b\u200b", "step": "check"}).status
        == 422
    )
    desk.signs_up("smile")
    assert desk.office("", {"contact_name": "\u200b"}, method="PATCH").status == 422


def test_the_same_number_written_otherwise_is_the_same(desk):
    desk.on("2026-07-30").starts("mk", start_on="2026-08-03")
    again = {"number": "０３６７００１２３４", "use": "forwarding", "ground": "割り当て"}
    assert desk.office("gates/number", again).status == 200


def test_links_of_a_confirmed_applicant_still_show_it(desk):
    desk.signs_up("smile")
    first = link(desk.mail("お申し込みを受け付けました"))
    desk.presses("お申し込みを受け付けました")
    desk.does("", {"mail": "new@sakura.example"}, method="PATCH")
    assert desk.open(first).status == 200
