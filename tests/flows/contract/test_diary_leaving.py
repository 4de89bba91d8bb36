"""Leaving: by notice around a closing day, taken back, before the start, by the house."""

import pytest


@pytest.mark.parametrize(
    ("noticed", "ends_on"),
    [
        ("2026-10-09", "2026-10-31"),
        # The 10th is a Saturday, the 12th a holiday: October closes on the 13th.
        ("2026-10-13", "2026-10-31"),
        ("2026-10-14", "2026-11-30"),
    ],
)
def test_smile_notice_around_a_closing_day_that_a_holiday_moves(any_desk, noticed, ends_on):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-08").at(noticed, "23:59")
    assert desk.look()["if_asked_today"]["notice_ends_on"] == ends_on
    desk.does("notice")
    contract = desk.look()
    assert (contract["status"], contract["notice_on"], contract["ends_on"]) == (
        "active",
        noticed,
        ends_on,
    )
    spoken = {"2026-10-31": "2026年10月31日(土)", "2026-11-30": "2026年11月30日(月)"}[ends_on]
    assert f"{spoken}まで、これまでどおり" in desk.letter("解約のお申し出を承りました")
    # A second notice changes nothing: the first has set the day.
    desk.on("2026-10-20").does("notice")
    assert desk.look()["ends_on"] == ends_on
    assert desk.subjects().count("解約のお申し出を承りました") == 1
    assert desk.on(ends_on, "17:00").memo("last-call").status == 201
    day = {"2026-10-31": "2026-11-01", "2026-11-30": "2026-12-01"}[ends_on]
    contract = desk.on(day).look()
    assert (contract["status"], contract["ended_on"], contract["end_reason"]) == (
        "ended",
        day,
        "left",
    )
    assert f"{spoken}をもって" in desk.letter("サービスを終了しました")
    assert desk.subjects()[-1] == "サービスを終了しました"
    assert desk.get("/v1/lines?state=quarantined").json["lines"][0]["number"] == "0367001234"
    late = desk.memo("written-late", received_at=f"{ends_on}T17:30:00+09:00")
    assert late.status == 201  # a call of the last day may be written down on the next
    assert desk.memo("after").status == 409


def test_mk_notice_ends_with_the_month_whenever_it_comes(any_desk):
    desk = any_desk
    desk.on("2026-08-03").starts("mk")
    desk.does("continuation")
    desk.passes("payment")
    desk.on("2026-08-31").does("notice")
    assert desk.look()["ends_on"] == "2026-08-31"
    assert desk.on("2026-09-01").status == "ended"
    farewell = desk.letter("サービスを終了しました")
    assert "保証金は、最終のご請求の精算後にお返しいたします" in farewell
    assert "転送を設定されている場合" in farewell


def test_leaving_withdrawn(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-05").does("notice")
    assert desk.ahead[-1] == "leave"
    desk.on("2026-10-31").does("notice", method="DELETE")  # until the very day
    assert "これまでどおりご利用いただけます" in desk.letter("解約のお取り消しを承りました")
    desk.on("2026-11-10")
    contract = desk.look()
    assert (contract["status"], contract["ends_on"]) == ("active", None)
    assert "leave" not in desk.ahead
    refused = desk.office("notice", method="DELETE")
    assert refused.status == 409
    assert "解約のお申し出はありません" in refused.detail
    assert ("2026-10-31", "notice_withdrawn") in desk.events()


def test_notice_within_a_trial_means_to_continue_and_then_to_leave(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-09-05").does("notice")
    text = desk.letter("解約のお申し出を承りました")
    assert "お試し期間の後は正式なご契約となり、2026年9月30日(水)までの料金がかかります" in text
    assert "停止として承ります" in text
    assert desk.on("2026-09-16").status == "active"
    assert "解約のお申し出のとおり、2026年9月30日(水)まで" in desk.letter(
        "正式なご契約でのご利用が始まりました"
    )
    assert desk.on("2026-10-01").status == "ended"
    assert desk.look()["end_reason"] == "left"
    assert desk.look()["refund"] is None


def test_no_contract_ends_before_its_first_month_does(desk):
    desk.on("2026-07-27").starts("mk")  # the trial lasts until 5 August
    desk.on("2026-07-28").does("notice")
    assert desk.look()["ends_on"] == "2026-08-31"
    desk.passes("payment")
    assert desk.on("2026-08-06").status == "active"
    assert desk.on("2026-09-01").status == "ended"


def test_a_contract_cannot_be_stopped_like_a_trial_and_says_when_it_could_end(desk):
    desk.on("2026-09-01").starts("smile")
    refused = desk.on("2026-10-14").office("stop")
    assert refused.status == 409
    assert "本日のお申し出では2026年11月30日(月)での解約となります" in refused.detail
    assert desk.office("withdrawal").status == 409


@pytest.mark.parametrize(("house", "less"), [("smile", True), ("mk", False)])
def test_withdrawn_before_the_start(any_desk, house, less):
    desk = any_desk
    desk.on("2026-09-01").signs_up(house, **({"trial": "no"} if house == "mk" else {}))
    desk.presses("お申し込みを受け付けました")
    desk.passes("payment")
    desk.on("2026-09-03").does("withdrawal")
    contract = desk.look()
    assert contract["status"] == "ended"
    assert contract["end_reason"] == "withdrawn"
    assert contract["ended_on"] == "2026-09-03"
    paid = {"smile": 5500, "mk": 5920}[house]
    assert contract["refund"] == {"yen": paid, "less_transfer_fee": less}
    letter = desk.letter("お申し込みのお取り下げを承りました")
    assert f"{paid:,}円は、全額お返しいたします" in letter
    assert ("返金時の振込手数料のみ" in letter) is less
    assert contract["next"] == []
    assert contract["waits_for"] == []
    before = len(desk.mails())
    desk.does("withdrawal")  # again: nothing more happens
    desk.on("2026-09-20")
    assert len(desk.mails()) == before
    assert desk.office("gates/greeting", {"greeting": "x", "ground": "x"}).status == 409


def test_an_application_never_confirmed_can_be_withdrawn_and_is_not_deleted_twice(desk):
    desk.on("2026-09-01").signs_up("smile")
    desk.does("withdrawal")
    assert desk.on("2026-09-20").look()["end_reason"] == "withdrawn"


def test_declined_by_the_house_before_the_start(any_desk):
    desk = any_desk
    desk.on("2026-09-01").signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    desk.passes("payment")
    assert desk.office("refusal").faults[0] == "reason"
    desk.does("refusal", {"reason": "反社会的勢力との関係の疑い"})
    contract = desk.look()
    assert (contract["status"], contract["end_reason"]) == ("ended", "refused")
    assert contract["refund"] == {"yen": 5500, "less_transfer_fee": False}
    letter = desk.letter("お申し込みについてのお知らせ")
    assert "全額お返しいたします" in letter
    assert "反社" not in letter
    assert "手数料" not in letter
    assert "反社会的勢力との関係の疑い" in [note["text"] for note in contract["history"]]


def test_ended_by_the_house(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-10-20")
    assert desk.office("termination", {"on": "2026-10-19", "reason": "未払い"}).faults[0] == "on"
    desk.does("termination", {"on": "2026-10-25", "reason": "料金のお支払いが確認できないため"})
    letter = desk.letter("サービス終了のお知らせ")
    assert "2026年10月25日(日)をもって" in letter
    assert "料金のお支払いが確認できないため" in letter
    desk.does("termination", method="DELETE")
    assert set(desk.ahead) == {"close", "remind_payment"}
    desk.does("termination", {"on": "2026-10-25", "reason": "料金のお支払いが確認できないため"})
    assert desk.on("2026-10-25").status == "active"
    desk.on("2026-10-26")
    contract = desk.look()
    assert contract["status"] == "ended"
    assert contract["end_reason"] == "terminated"
    assert contract["ended_on"] == "2026-10-26"
    assert "2026年10月25日(日)をもって" in desk.letter("サービスを終了しました")
    assert contract["refund"] is None


def test_the_house_may_end_a_trial_too_and_the_earlier_end_wins(desk):
    desk.on("2026-09-01").starts("smile")
    desk.does("notice")
    desk.does("termination", {"on": "2026-09-10", "reason": "ご契約内容と異なるご利用のため"})
    desk.on("2026-09-11")
    assert desk.look()["end_reason"] == "terminated"
    desk.on("2026-10-05")
    ends = [event for event in desk.events() if event[1] in ("left", "terminated")]
    assert ends == [("2026-09-11", "terminated")]


def test_a_stop_may_be_withdrawn(desk):
    desk.on("2026-09-01").starts("smile")
    desk.does("stop", {"on": "2026-09-10"})
    assert "2026年9月10日(木)まで、これまでどおり" in desk.letter("停止のお申し出を承りました")
    desk.on("2026-09-10").does("stop", method="DELETE")
    assert "停止のお取り消し" in desk.subjects()[-1]
    assert desk.on("2026-09-11").status == "trial"
    assert "停止のお申し出はありません" in desk.office("stop", method="DELETE").detail


def test_the_wish_to_continue_may_be_withdrawn(desk):
    desk.on("2026-08-03").starts("mk")
    desk.does("continuation")
    assert "2026年8月12日(水)までに、次の金額" in desk.letter("継続のお申し出を承りました")
    desk.does("continuation", method="DELETE")
    assert "2026年8月12日(水)で終了します" in desk.letter("継続のお取り消しを承りました")
    assert desk.on("2026-08-13").look()["end_reason"] == "lapsed"
