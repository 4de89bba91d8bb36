"""Smile: a trial of 14 days from the application, which continues by itself."""


def test_from_the_form_to_a_contract(any_desk):
    desk = any_desk
    desk.on("2026-09-01").signs_up("smile")
    assert desk.status == "applied"
    confirmation = desk.letter("お申し込みを受け付けました")
    assert "2026年9月15日(火)" in confirmation
    assert "5,500円" in confirmation

    desk.presses("お申し込みを受け付けました")
    assert desk.look()["waits_for"] == ["identity", "payment", "address", "number"]
    desk.on("2026-09-02").presses("テストメール")
    desk.passes("identity")
    desk.on("2026-09-03").passes("payment")
    desk.passes("number")
    assert desk.status == "trial"
    assert desk.look()["trial_last_day"] == "2026-09-15"

    assert desk.memo("call-1", received_at="2026-09-03T10:00:00+09:00").status == 201
    assert desk.memo("call-2", **{"class": "sales"}).status == 201
    assert desk.counted("2026-09") == 1

    desk.on("2026-09-11")
    assert "お試し期間は2026年9月15日(火)までです" not in desk.subjects()
    desk.on("2026-09-12")
    reminder = desk.letter("お試し期間は2026年9月15日(火)までです")
    assert "停止のご連絡がない場合" in reminder
    assert "5,500円" in reminder

    assert desk.on("2026-09-15").status == "trial"
    assert desk.on("2026-09-16").status == "active"
    assert desk.look()["active_from"] == "2026-09-16"
    assert desk.memo("call-3").status == 201
    assert desk.counted("2026-09") == 2
    subjects = desk.subjects()
    assert subjects[:9] == [
        "お申し込みを受け付けました(メールアドレスの確認)",
        "メールアドレスを確認しました(ご利用開始までのお手続き)",
        "テストメール(受信の確認をお願いします)",
        f"ご請求書({desk.contract}-202609-1)",
        "サービスを開始しました(03-6700-1234)",
        "スマイルフォンネット",
        "スマイルフォンネット",
        "サービスのご確認のお願い",
        "お試し期間は2026年9月15日(火)までです",
    ]
    assert sorted(subjects[9:11]) == [  # of one morning, in any order
        f"ご請求書({desk.contract}-202609-2)",
        "正式なご契約でのご利用が始まりました",
    ]
    assert subjects[11:] == ["スマイルフォンネット"]


def test_stopped_on_the_last_day(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-09-15")
    assert desk.office("stop").status == 200
    assert desk.status == "ended"
    assert (desk.look()["ended_on"], desk.look()["end_reason"]) == ("2026-09-15", "stopped")
    farewell = desk.letter("お試しのご利用を停止しました")
    assert "5,500円は、全額お返しいたします(返金時の振込手数料のみ" in farewell
    refused = desk.memo()
    assert refused.status == 409
    assert "ご契約が終了しています" in refused.detail
    line = desk.screen()
    assert line["in_service"] is False


def test_stopped_a_day_too_late(desk):
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-09-16")
    refused = desk.office("stop")
    assert refused.status == 409
    assert "正式なご契約になっています" in refused.detail
    assert desk.status == "active"


def test_stopped_as_of_a_day_within_the_trial(desk):
    desk.on("2026-09-01").starts("smile")
    assert desk.office("stop", {"on": "2026-09-10"}).status == 200
    assert desk.on("2026-09-10").memo().status == 201
    assert desk.on("2026-09-11").status == "ended"
    assert "お試し期間は2026年9月15日(火)までです" not in desk.subjects()
    assert "2026年9月10日(木)をもって" in desk.letter("お試しのご利用を停止しました")


def test_a_trial_used_up_before_the_start(desk):
    desk.on("2026-09-01").signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.on("2026-09-16").passes("identity", "payment", "number")
    assert desk.status == "active"
    assert desk.look()["started_on"] == "2026-09-16"


def test_an_unconfirmed_application_is_reminded_then_forgotten(any_desk):
    desk = any_desk
    desk.on("2026-09-01").signs_up("smile")
    desk.on("2026-09-03")
    assert desk.subjects()[-1].startswith("メールアドレスの確認がまだ")
    assert desk.on("2026-09-14").status == "applied"
    desk.on("2026-09-15")
    assert desk.get(f"/v1/contracts/{desk.contract}").status == 404
    assert desk.get("/v1/contracts").json["contracts"] == []
    assert len(desk.mails()) == 2


def test_a_start_that_waits_for_its_day(desk):
    desk.on("2026-09-01").starts("smile", start_on="2026-09-10")
    assert desk.status == "preparing"
    assert desk.look()["next"] == [{"on": "2026-09-10", "what": "start", "name": "サービス開始"}]
    refused = desk.memo()
    assert refused.status == 409
    assert "サービスの開始前です" in refused.detail
    assert desk.on("2026-09-10").status == "trial"
    assert desk.memo().status == 201


def test_missed_nights_are_caught_up_in_order(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.at("2026-09-20")
    assert desk.status == "active"
    events = [(note["on"], note["event"]) for note in desk.look()["history"][-4:]]
    assert events == [
        ("2026-09-12", "trial_reminder_missed"),
        ("2026-09-16", "continued"),
        ("2026-09-16", "closed"),
        ("2026-09-16", "invoice_issued"),
    ]
