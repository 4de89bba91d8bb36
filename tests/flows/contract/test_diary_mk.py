"""MK: a trial of 10 days from the start, which lapses unless it was asked for and paid."""


def test_a_trial_that_lapses(any_desk):
    desk = any_desk
    desk.on("2026-07-30").starts("mk", start_on="2026-08-03")
    assert desk.status == "preparing"
    assert desk.on("2026-08-03").status == "trial"
    assert desk.look()["trial_last_day"] == "2026-08-12"
    assert desk.memo("call-1").status == 201
    assert desk.counted("2026-08") == 0  # calls of a free trial never count
    desk.on("2026-08-04")
    assert desk.subjects("までです") == []
    desk.on("2026-08-05")  # four business days before the 12th: the 11th is a holiday
    reminder = desk.letter("お試し期間は2026年8月12日(水)までです")
    assert "料金は一切かかりません" in reminder
    assert "5,920円" in reminder
    assert desk.on("2026-08-12").memo("call-2").status == 201
    assert desk.on("2026-08-13").status == "ended"
    assert desk.look()["end_reason"] == "lapsed"
    assert desk.subjects()[-1] == "無料お試しが終了しました"
    assert desk.memo("call-3").status == 409


def test_a_trial_that_continues(any_desk):
    desk = any_desk
    desk.on("2026-08-03").starts("mk")
    assert desk.status == "trial"
    desk.on("2026-08-10")
    assert desk.office("continuation").status == 200
    desk.passes("payment", yen=5920)
    desk.on("2026-08-12").memo("call-1")
    assert desk.on("2026-08-13").status == "active"
    desk.memo("call-2")
    assert desk.counted("2026-08") == 1
    assert desk.subjects()[-2] == "正式なご契約でのご利用が始まりました"
    # Written the day after: still the trial's.
    late = desk.memo("call-3", received_at="2026-08-12T17:50:00+09:00")
    assert late.json["counts"] is False
    assert "無料お試し期間中" in late.json["why"]
    assert desk.counted("2026-08") == 1


def test_asked_to_continue_but_paid_late(any_desk):
    desk = any_desk
    desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-12").post(f"/v1/contracts/{desk.contract}/continuation")
    desk.on("2026-08-13")
    assert (desk.status, desk.look()["paused_on"]) == ("preparing", "2026-08-13")
    assert "2026年8月26日(水)までに" in desk.letter("サービスを一時停止しました")
    paused = desk.memo("call-1")
    assert paused.status == 409
    assert "ご入金待ち" in paused.detail
    desk.on("2026-08-15").passes("payment", yen=5920)
    assert (desk.status, desk.look()["active_from"]) == ("active", "2026-08-15")
    assert desk.memo("call-2").status == 201


def test_asked_to_continue_and_never_paid(desk):
    desk.on("2026-08-03").starts("mk")
    desk.office("continuation")
    assert desk.on("2026-08-26").status == "preparing"
    assert desk.on("2026-08-27").status == "ended"
    assert desk.look()["end_reason"] == "lapsed"


def test_without_a_trial_the_first_payment_comes_first(desk):
    desk.on("2026-08-03").signs_up("mk", trial="no")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    assert desk.look()["waits_for"] == ["identity", "payment", "number"]
    desk.passes("identity", "payment", "number")
    assert desk.status == "active"
    desk.memo()
    assert desk.counted("2026-08") == 1


def test_a_second_trial_is_seen_and_refused(desk):
    first = desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-20")
    desk.signs_up(
        "mk", mail="MISAKI@sakura.example", phone="+81 3-6800-1234", company="さくら商事(株)"
    )
    desk.presses("お申し込みを受け付けました", to="MISAKI@sakura.example")
    assert desk.look()["matches"] == [{"contract": first, "by": ["mail", "phone"]}]
    desk.passes("eligibility", eligible=False)
    assert desk.look()["wants_trial"] is False
    assert "payment" in desk.look()["waits_for"]


def test_the_start_can_be_dated_until_it_happens(desk):
    desk.on("2026-08-03").signs_up("mk", start_on="2026-08-10")
    desk.presses("お申し込みを受け付けました")
    path = f"/v1/contracts/{desk.contract}/start"
    assert desk.post(path, {"on": "2026-08-02"}).status == 422
    assert desk.post(path, {"on": "3日ごろ"}).json["errors"][0]["message"].startswith("日付は")
    assert desk.post(path, {"on": "2026-08-06"}).status == 200
    desk.presses("テストメール")
    desk.passes("eligibility", "identity", "number")
    assert desk.on("2026-08-05").status == "preparing"
    assert desk.on("2026-08-06").status == "trial"
    assert desk.post(path, {"on": "2026-08-20"}).status == 409


def test_the_number_comes_last(desk):
    desk.on("2026-08-03").signs_up("mk")
    desk.presses("お申し込みを受け付けました")
    number = {"number": "03-6700-1234", "use": "forwarding", "ground": "割り当て"}
    refused = desk.office("gates/number", number)
    assert refused.status == 409
    assert "報告先メールアドレスの確認" in refused.detail


def test_paid_but_never_asked_is_told_and_paid_back(desk):
    desk.on("2026-08-03").starts("mk")
    desk.passes("payment")
    reminder = desk.on("2026-08-05").letter("お試し期間は")
    assert "ご入金を確認しております" in reminder
    assert "お振込先" not in reminder
    desk.on("2026-08-13")
    assert "お支払いいただいた5,920円は全額お返しします" in desk.letter("無料お試しが終了しました")


def test_a_payment_that_is_too_small_is_asked_about(desk):
    desk.on("2026-08-03").starts("mk")
    path = f"/v1/contracts/{desk.contract}/gates/payment"
    short = {"yen": 592, "paid_on": "2026-08-03", "ground": "通帳"}
    assert "5,920円" in desk.post(path, short).json["errors"][0]["message"]
    assert desk.post(path, short | {"short": True}).status == 200


def test_a_refused_trial_is_told_with_what_to_pay(desk):
    desk.on("2026-08-03").signs_up("mk")
    desk.presses("お申し込みを受け付けました")
    desk.passes("eligibility", eligible=False)
    text = desk.letter("お試し期間についてのお知らせ")
    assert "5,920円" in text
    assert "みほん銀行" in text
    assert "取りやめられる場合" in text


def test_a_number_for_a_later_start_is_told_at_once(desk):
    desk.on("2026-07-30").starts("mk", start_on="2026-08-03")
    text = desk.letter("電話番号のお知らせ")
    assert "03-6700-1234" in text
    assert "2026年8月3日(月)" in text
    assert desk.office("start", {"on": "2026-08-10"}).status == 409


def test_a_paused_client_may_still_give_up(desk):
    desk.on("2026-08-03").starts("mk")
    desk.office("continuation")
    desk.on("2026-08-14")
    assert "ご入金の日から再開します" in desk.office("start", {"on": "2026-08-20"}).detail
    assert desk.office("stop").status == 200
    assert (desk.status, desk.look()["end_reason"]) == ("ended", "stopped")
