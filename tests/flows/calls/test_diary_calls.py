"""Calls after they were taken: put right, objected to, decided, declared (calls.md Corrections)."""

import pytest

from chalicelib.flows.post import repair
from chalicelib.models import Memo, Recount
from tests import ses_server, stores
from tests.desk import Answer, link, text_of

SALES = {"company": "営業商会", "name": "売田", "phone": "03-9999-1111"}


@pytest.fixture
def smile(any_desk):
    stores.once("smile started", any_desk, lambda: any_desk.on("2026-09-01").starts("smile"))
    return any_desk


@pytest.fixture
def mk(any_desk):
    """House mk after its free trial, where calls count."""

    def live():
        any_desk.on("2026-08-03").starts("mk")
        any_desk.on("2026-08-05").does("continuation")
        any_desk.passes("payment")
        any_desk.on("2026-09-01")

    stores.once("mk active", any_desk, live)
    return any_desk


def report(desk):
    """The last report mail."""
    return desk.mail({"smile": "電話受付のご報告", "mk": "受電報告"}[desk.house])


def presses(desk, button: str, mail=None) -> Answer:
    """The client presses a button on the page of a report, which is the last one by default."""
    return desk.send(link(mail or report(desk)), {"press": button})


def declared_numbers(desk) -> list[str]:
    return [number["number"] for number in desk.look()["declared"]]


def test_a_memo_is_put_right_and_the_old_text_stays(smile):
    first = smile.memo(business="お見積りの件").json
    answer = smile.corrects(first["id"], business="お見積りではなく納期の件")
    assert answer.status == 201
    assert answer.json["number"] == first["number"] + "-2"
    text = text_of(report(smile))
    assert f"先にお送りした報告(受付番号 {first['number']})に誤りがありました" in text
    assert "納期の件" in text
    assert f"受付番号: {first['number']}-2" in text
    assert report(smile)["subject"] == "【電話受付のご報告】スマイルフォンネット"
    old = smile.memo_screen(first["id"])
    new = smile.memo_screen(answer.json["id"])
    assert old["text"]["business"] == "お見積りの件"
    assert old["corrected_by"] == new["id"]
    assert new["corrects"] == old["id"]
    assert (old["counted"], new["counted"], smile.counted("2026-09")) == (False, True, 1)
    assert old["recounts"] == []
    assert new["recounts"] == []
    again = smile.corrects(first["id"], business="お見積りではなく納期の件")
    assert again.body == answer.body
    assert smile.counted("2026-09") == 1
    refused = smile.corrects(first["id"], key="correction-2")
    assert refused.status == 409
    assert f"{first['number']}-2" in refused.detail
    third = smile.corrects(new["id"], key="correction-3", **{"class": "sales"})
    assert third.json["number"] == first["number"] + "-3"
    assert smile.counted("2026-09") == 0
    (line,) = smile.memo_screen(third.json["id"])["recounts"]
    assert line["was"] == {"class": "business", "counts": True}
    assert line["becomes"] == {"class": "sales", "counts": False}
    assert line["by"] == "operator1"
    assert line["why"] == "受電メモの訂正"
    path = f"/v1/memos?contract={smile.contract}&month=2026-09"
    memos = smile.get(path, role="operator").json["memos"]
    assert sorted(memo["corrected"] for memo in memos) == [False, True, True]


def test_a_correction_asks_for_what_a_memo_asks_for(smile):
    first = smile.memo().json
    answer = smile.corrects(first["id"], caller={"name": "佐藤"})
    assert answer.status == 422
    assert set(answer.faults) == {"caller.company", "caller.phone"}
    answer = smile.corrects(first["id"], received_at="2026-08-31T10:00:00+09:00")
    assert answer.faults == ["received_at"]
    assert smile.corrects("mk-nothing").status == 404
    assert smile.corrects(first["id"], key="memo-0001").status == 422  # the key of the memo itself


def test_a_time_corrected_within_its_month(smile):
    first = smile.at("2026-09-02").memo().json
    answer = smile.corrects(first["id"], received_at="2026-09-02T09:12:00+09:00")
    assert smile.memo_screen(answer.json["id"])["received_at"] == "2026-09-02T09:12:00+09:00"


def test_the_client_of_smile_takes_a_sales_call_off_and_its_number_is_silent_from_then_on(smile):
    first = smile.memo(caller=SALES).json
    assert smile.counted("2026-09") == 1
    page = smile.open(link(report(smile)))
    assert "pc@sakura.example(送信済み)" in page.text
    assert "営業電話でした" in page.text
    assert "売田" not in page.text
    assert "9999" not in page.text
    answer = presses(smile, "sales")
    assert answer.status == 200
    assert "数えません" in answer.text
    assert "同じ番号" in answer.text
    assert presses(smile, "sales").text == answer.text
    memo = smile.memo_screen(first["id"])
    assert (memo["class"], memo["counted"], smile.counted("2026-09")) == ("sales", False, 0)
    (line,) = memo["recounts"]
    assert line["by"] == "(client)"
    assert line["was"]["counts"]
    assert not line["becomes"]["counts"]
    assert smile.memo(caller=SALES).json == first  # the answer to the same request does not change
    before = len(smile.mails())
    later = smile.memo("memo-2", caller=SALES | {"name": "別人"}, **{"class": "business"})
    assert later.json["reported_to"] == []
    assert later.json["counts"] is False
    assert "申告" in later.json["why"]
    assert len(smile.mails()) == before
    assert smile.counted("2026-09") == 0
    screen = smile.screen("0367001234?caller=0399991111")
    assert screen["caller_is_declared"]
    assert screen["declared"] == ["0399991111"]
    (declared,) = smile.look()["declared"]
    assert set(declared) == {"number", "at", "by", "memo"}
    assert declared["number"] == "0399991111"
    assert declared["by"] == "(client)"
    assert declared["memo"] == first["id"]
    assert smile.office("declared/03-9999-1111", method="DELETE").status == 200
    assert smile.memo("memo-3", caller=SALES).json["reported_to"] != []
    assert smile.office("declared/03-9999-1111", method="DELETE").status == 404


def test_what_the_operator_took_as_a_sales_call_is_silenced_by_the_clients_word(smile):
    first = smile.memo(caller=SALES, **{"class": "sales"}).json
    answer = presses(smile, "sales")
    assert answer.status == 200
    assert "同じ番号" in answer.text
    assert presses(smile, "sales").text == answer.text
    assert declared_numbers(smile) == ["0399991111"]
    assert smile.memo_screen(first["id"])["recounts"] == []
    assert smile.counted("2026-09") == 0


def test_what_the_office_has_decided_is_not_pressed_away(smile):
    first = smile.memo(caller=SALES).json
    smile.decides(first["id"], "business", "録音で業務と確認")
    assert presses(smile, "sales").status == 409
    assert smile.counted("2026-09") == 1
    assert declared_numbers(smile) == []


def test_a_call_that_was_taken_as_sales_can_still_be_declared(smile):
    first = smile.memo(caller=SALES, **{"class": "sales"}).json
    assert "同じ番号" in presses(smile, "sales").text
    assert smile.memo_screen(first["id"])["recounts"] == []
    assert declared_numbers(smile) == ["0399991111"]
    assert smile.memo("memo-2", caller=SALES).json["reported_to"] == []
    smile.office("declared/03-9999-1111", method="DELETE")
    presses(smile, "sales", smile.mail("電話受付のご報告"))  # an old page, once more
    assert declared_numbers(smile) == []


@pytest.mark.parametrize(
    ("caller", "call_class"),
    [
        ({"phone": "非通知"}, "doubtful"),
        ({"phone": "anonymous"}, "sales"),
        ({"phone": "03-6700"}, "hangup"),
    ],
)
def test_a_page_of_a_call_without_a_number_says_nothing_of_numbers(smile, caller, call_class):
    smile.memo(caller=SALES | caller, **{"class": call_class})
    page = smile.open(link(smile.mail("電話受付のご報告"))).text
    assert "同じ番号" not in page


@pytest.mark.parametrize(
    "phone", ["03-9999-1111 (9時以降)", "9時以降に 03-9999-1111", "０３（９９９９）１１１１ 内線12"]
)
def test_a_declared_number_is_known_also_with_a_remark_beside_it(smile, phone):
    smile.does("declared", {"number": "03-9999-1111"})
    answer = smile.memo(caller=SALES | {"phone": phone}).json
    assert answer["reported_to"] == []
    assert answer["counts"] is False


def test_a_wrong_number_is_taken_off_and_nothing_is_silent(smile):
    smile.memo(caller=SALES)
    assert "間違い電話" in presses(smile, "wrong_number").text
    assert smile.counted("2026-09") == 0
    assert declared_numbers(smile) == []
    assert smile.memo("memo-2", caller=SALES).json["reported_to"] != []


@pytest.mark.parametrize("phone", ["03-6800-1234", "03-6700-1234", "非通知"])
def test_own_numbers_and_unknown_ones_cannot_be_declared(smile, phone):
    smile.memo(caller=SALES | {"phone": phone})
    page = presses(smile, "sales").text
    assert ("この番号は登録されていない" in page) is (phone != "非通知")
    assert declared_numbers(smile) == []
    assert smile.counted("2026-09") == 0
    assert smile.office("declared", {"number": phone}).status == 422


def test_a_number_is_declared_by_word_and_asked_for_a_year_later(smile):
    smile.does("declared", {"number": "03 9999 1111"})
    smile.does("declared", {"number": "080-1111-2222"})
    assert smile.ahead.count("ask_declared") == 1
    smile.at("2027-08-30").on("2027-09-01", "09:30")  # the nights before were missed
    question = smile.mail("営業電話として登録されている番号のご確認")
    assert "03-9999-1111" in text_of(question)
    assert "080-1111-2222" in text_of(question)
    page = smile.open(link(question))
    assert "03-9999-1111" in page.text
    smile.send(link(question), {"0399991111": "on"})
    assert declared_numbers(smile) == ["08011112222"]
    asked_again = [date["on"] for date in smile.look()["next"] if date["what"] == "ask_declared"]
    assert asked_again == ["2028-08-31"]


def test_at_mk_the_office_decides_with_a_reason(mk):
    first = mk.memo(caller=SALES).json
    assert mk.counted("2026-09") == 1
    answer = presses(mk, "sales")
    assert "確認のうえ" in answer.text
    assert mk.counted("2026-09") == 1
    assert presses(mk, "wrong_number").text == answer.text
    assert "営業電話でした" in mk.letter("数え方のお申し出")
    (waiting,) = mk.get("/v1/objections").json["objections"]
    assert (waiting["id"], waiting["said"]) == (first["id"], "sales")
    decision = mk.decides(first["id"], "sales", "録音で営業と確認")
    assert decision.status == 200
    assert decision.json["counted"] is False
    assert mk.counted("2026-09") == 0
    assert mk.get("/v1/objections").json["objections"] == []
    letter = mk.letter("お電話の数え方について")
    assert "数えないこと" in letter
    assert "録音で営業と確認" in letter
    # There are no lists of numbers at mk.
    assert mk.decides(first["id"], "sales", "x", declares=True).status == 422
    assert mk.memo("memo-2", caller=SALES).json["reported_to"] != []


def test_an_objection_that_is_not_followed(mk):
    first = mk.memo().json
    first_mail = report(mk)
    presses(mk, "wrong_number")
    mk.decides(first["id"], "business", "ご用件を伺っています")
    assert mk.counted("2026-09") == 1
    assert "数えることと" in mk.letter("お電話の数え方について")
    assert mk.memo_screen(first["id"])["recounts"] == []
    refused = presses(mk, "sales", first_mail)
    assert refused.status == 409
    assert "判定済み" in refused.text
    assert mk.corrects(first["id"], **{"class": "sales"}).status == 422


def test_a_call_that_was_not_reported_is_reported_after_all(mk):
    at = mk.said()["received_at"]
    first = mk.memo(**{"class": "sales"}).json
    before = len(mk.mails())
    assert first["reported_to"] == []
    decision = mk.decides(first["id"], "business", "聞き直して業務と判明").json
    assert not decision["counted"]
    mk.later(minutes=1)
    assert repair.sweep(mk.moment) == {"sent": 1}
    assert len(mk.mails()) == before + 1
    assert mk.counted("2026-09") == 1
    assert mk.memo(received_at=at, **{"class": "sales"}).json == first


def test_the_client_has_received_the_test_call(smile):
    first = smile.memo(**{"class": "test"}).json
    page = smile.open(link(report(smile)))
    assert "テストの報告を受け取りました" in page.text
    assert "営業電話でした" not in page.text
    assert "記録しました" in presses(smile, "received").text
    assert smile.memo_screen(first["id"])["report"]["received_by_client_at"]
    assert [each["point"] for each in smile.look()["start_check"] if each["ticked"]] == ["report"]
    assert presses(smile, "received").status == 200


def test_a_link_of_nobody_and_one_too_old(smile):
    first = smile.memo().json
    path = link(report(smile))
    other_end = "B" if path.endswith("A") else "A"
    for wrong in (
        path[:-1] + other_end,
        path.replace("smile-", "mk-"),
        f"/confirm/{first['id']}.",
    ):
        assert smile.open(wrong).status == 404
        assert smile.send(wrong, {"press": "sales"}).status == 404
    assert smile.send(path, {"press": "everything"}).status == 422
    assert smile.later(days=91).open(path).status == 404


def test_a_link_of_a_report_that_was_corrected(smile):
    first = smile.memo().json
    path = link(report(smile))
    smile.corrects(first["id"], business="別の件")
    page = smile.send(path, {"press": "sales"})
    assert page.status == 409
    assert f"受付番号 {first['number']}-2" in page.text
    assert "スマイルフォンネット" in page.text
    assert smile.counted("2026-09") == 1
    assert "スマイルフォンネット" in smile.later(days=91).open(path).text


def test_an_objection_goes_with_the_call_to_its_correction(mk):
    first = mk.memo().json
    presses(mk, "sales")
    right = mk.corrects(first["id"], business="別の件").json
    assert [each["id"] for each in mk.get("/v1/objections").json["objections"]] == [right["id"]]
    mk.decides(right["id"], "sales", "録音で確認")
    assert "数えないこと" in mk.letter("お電話の数え方について")
    assert mk.counted("2026-09") == 0


def test_whoever_read_the_wrong_report_hears_of_the_right_one(mk):
    mk.does("people", {"name": "鈴木 花子", "addresses": ["suzuki@sakura.example"]})
    mk.presses("テストメール", to="suzuki@sakura.example")
    first = mk.memo(**{"for": "鈴木"}).json
    right = mk.corrects(first["id"], **{"for": "髙橋"})
    assert right.reported_to == ["pc@sakura.example", "suzuki@sakura.example"]
    last = mk.corrects(right.json["id"], key="c-2", **{"class": "sales"})
    assert len(last.reported_to) == 2
    assert "【訂正】" in text_of(report(mk))
    assert mk.counted("2026-09") == 0


def test_what_never_left_is_no_correction_to_its_reader(smile):
    with ses_server.answering(ses_server.refusal(429, "TooManyRequestsException")):
        first = smile.memo().json
    smile.corrects(first["id"], business="別の件")
    assert "訂正" not in text_of(report(smile))
    assert smile.counted("2026-09") == 1
    before = len(smile.mails())
    assert repair.sweep(smile.later(minutes=5).moment) == {}
    assert len(smile.mails()) == before


def test_a_correction_while_the_first_report_is_on_its_way(smile):
    """The answer of SES comes after the correction.

    That the report left is kept, and the call counts as reported.
    """
    with ses_server.answering("reset"):
        first = smile.memo().json
    in_flight = Memo.find(first["id"])
    with ses_server.answering(ses_server.refusal(429, "TooManyRequestsException")):
        right = smile.corrects(first["id"], business="別の件").json
    assert smile.counted("2026-09") == 0
    in_flight.mark_handed_over(smile.moment, "ses-1")
    assert smile.memo_screen(first["id"])["report"]["handed_over_at"]
    assert smile.counted("2026-09") == 1
    repair.sweep(smile.later(minutes=1).moment)
    assert "【訂正】" in text_of(report(smile))
    assert smile.memo_screen(right["id"])["counted"]


def test_a_surcharge_goes_with_the_count_and_the_class_is_the_one_of_now(mk):
    first = mk.memo(surcharge={"yen": 300, "reason": "長時間"}).json
    assert "300円" in text_of(report(mk))
    mk.decides(first["id"], "wrong_number", "間違い電話と確認")
    mk.resends(first["id"])
    assert "300円" not in text_of(report(mk))
    assert "間違い電話" in text_of(report(mk))


def test_two_reports_sent_again_by_one_key(mk):
    ids = [mk.memo(f"key-{place}").json["id"] for place in range(2)]
    for memo in ids:
        assert mk.resends(memo, "again").status == 200


def test_further_items_of_a_contract(smile):
    item = {"key": "room", "name": "お部屋番号"}
    assert smile.office("instructions", {"extra_items": [item]}).status == 200
    assert item in smile.screen()["items"]
    missing = smile.memo()
    assert missing.faults == ["extra.room"]
    misspelt = smile.memo("k2", extra={"rooms": "1"}, not_obtained={"room": "hung_up"})
    assert misspelt.faults[0] == "extra.rooms"
    assert smile.memo("k3", extra={"room": "505号室"}).status == 201
    assert "【お部屋番号】505号室" in text_of(report(smile))
    smile.memo("k4", not_obtained={"room": "would_not_say"})
    assert "【お部屋番号】お尋ねしましたが" in text_of(report(smile))
    for bad in ([item, item], [item | {"key": "phone"}], [item | {"key": "部屋"}]):
        assert smile.office("instructions", {"extra_items": bad}).status == 422


def test_mk_asks_no_further_items(mk):
    bad = mk.office("instructions", {"extra_items": [{"key": "room", "name": "お部屋番号"}]})
    assert bad.status == 422
    assert "追加できません" in bad.json["errors"][0]["message"]


def test_every_change_of_a_count_is_a_line_of_the_ledger_that_the_close_can_read(smile):
    for place in range(3):
        smile.memo(f"key-{place}", caller=SALES | {"phone": f"03-9999-000{place}"})
        presses(smile, "sales")
    lines = list(Recount.query(smile.contract))
    changes = [(line.month, line.was, line.becomes) for line in lines]
    assert changes == [("2026-09", True, False)] * 3
    places = [line.place for line in lines]
    assert places == sorted(places)
