"""The trial: decided on, paid for, ended or gone on with, and each of these taken back."""

import pytest


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
        contract = desk.look()
        assert contract["wants_trial"] is False
        assert "payment" in contract["waits_for"]
        desk.passes("eligibility", eligible=False)  # said again: nothing more happens
        desk.does("gates/eligibility", method="DELETE")
    contract = desk.look()
    assert contract["wants_trial"] is True
    assert contract["trial_last_day"] == last_day
    assert "eligibility" in contract["waits_for"]
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
    farewell = desk.letter("サービスを終了しました")
    assert f"{yen:,}円は、全額お返しいたします" in farewell
    assert "保証金は" not in farewell
    assert "ご請求" not in farewell
    assert desk.subjects("までです") == []  # nobody is asked to go on with what ends


def test_smiles_trial_goes_on_by_itself_so_there_is_no_wish_to_withdraw(desk):
    desk.starts("smile")
    desk.does("continuation")
    desk.does("notice")
    refused = desk.office("continuation", method="DELETE")
    assert refused.status == 409
    assert "停止のお手続き" in refused.detail
    assert desk.look()["ends_on"] == "2026-09-30"


def test_mk_notice_in_the_trial_and_never_paid(any_desk):
    desk = any_desk
    desk.on("2026-08-17").starts("mk")
    desk.on("2026-08-18").does("notice")
    assert "先に解約のお申し出をお取り消し" in desk.office("continuation", method="DELETE").detail
    desk.on("2026-08-20")
    assert "解約のお申し出により、お試し期間の後は2026年8月31日(月)まで" in desk.letter(
        "お試し期間は"
    )
    desk.on("2026-08-27")
    assert "2026年8月31日(月)までに" in desk.letter("サービスを一時停止しました")
    assert desk.office("stop", {"on": "2026-08-28"}).faults[0] == "on"
    desk.on("2026-09-01")
    contract = desk.look()
    assert (contract["status"], contract["end_reason"], contract["refund"]) == (
        "ended",
        "lapsed",
        None,
    )
    assert "料金は一切かかりません" in desk.letter("ご入金を確認できなかったため")


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
    assert "2026年8月12日(水)をもって" in desk.letter("お試しのご利用を停止しました")


def test_a_payment_noted_by_mistake_can_be_taken_back_in_mks_trial(desk):
    desk.on("2026-08-03").starts("mk")
    desk.passes("payment")
    desk.does("gates/payment", method="DELETE")
    assert desk.look()["paid_yen"] is None
    assert "料金は一切かかりません" in desk.on("2026-08-13").letter("無料お試しが終了しました")


def test_a_payment_that_started_the_service_stays(desk):
    desk.starts("smile")
    assert "すでに開始" in desk.office("gates/payment", method="DELETE").detail
    assert desk.does("stop")["refund"]["yen"] == 5500
