"""Taking a memo: once, told to the right people, refused in words."""

import json
import re
from urllib.parse import quote

import pytest

from tests import stores
from tests.desk import text_of


@pytest.fixture
def running(desk):
    def story():
        desk.on("2026-09-01").starts(
            "mk", person2_name="佐藤 一郎", person2_mail1="sato@sakura.example"
        )
        desk.presses("テストメール", to="sato@sakura.example")
        desk.key("operator")

    stores.once("mk with two people", desk, story)
    return desk


def test_a_memo_is_stored_once_and_reported_at_once(running):
    before = len(running.mails())
    answer = running.memo("key-1", **{"for": "佐藤"})
    assert answer.status == 201
    assert answer.json["reported_to"] == [{"person": "佐藤 一郎", "address": "sato@sakura.example"}]
    assert len(running.mails()) == before + 1
    report = running.mails()[-1]
    assert report["to"] == "sato@sakura.example"
    assert report["subject"] == "【受電報告】MKサービス"
    assert report["from"] == "MKサービス <operator1@mk.example>"
    assert report["reply-to"] == "MKサービス <office@mk.example>"
    told = text_of(report)
    assert (
        told.index("【どなたから】青葉電機 佐藤 様")
        < told.index("【どなた宛】佐藤 様")
        < told.index("【電話番号】090-1234-5678")
    )
    assert answer.json["number"] in told


def test_a_repeat_gives_the_same_bytes_and_nothing_else(running):
    body = running.said()
    first = running.post("/v1/memos", body, role="operator", **{"idempotency-key": "key-1"})
    mails, counted = len(running.mails()), running.counted("2026-09")
    running.later(days=200)
    shuffled = json.dumps(dict(reversed(body.items())), indent=3).encode()
    again = running.post("/v1/memos", shuffled, role="operator", **{"idempotency-key": "key-1"})
    assert (again.status, again.body) == (201, first.body)
    assert (
        running.status == "ended"
    )  # an accepted memo replays though the service has ended meanwhile
    assert len(running.mails()) == mails
    assert running.counted("2026-09") == counted


def test_another_body_under_the_same_key_is_refused(running):
    running.memo("key-1")
    refused = running.memo("key-1", business="ほかの件")
    assert (refused.status, refused.json["type"]) == (422, "/problems/idempotency-key-reused")
    broken = running.post(
        "/v1/memos", {"nonsense": 1}, role="operator", **{"idempotency-key": "key-1"}
    )
    assert broken.json["type"] == "/problems/idempotency-key-reused"


def test_the_id_belongs_to_the_owner_not_to_the_key(running):
    body = running.said()
    first = running.post("/v1/memos", body, role="operator", **{"idempotency-key": "key-1"})
    running.keys.clear()  # the same owner's second key
    again = running.post("/v1/memos", body, role="operator", **{"idempotency-key": "key-1"})
    assert again.body == first.body
    other = running.post("/v1/memos", body, role="office", **{"idempotency-key": "key-1"})
    assert other.json["id"] != first.json["id"]


REFUSED = [
    ({"line": "03-9999-9999"}, "line", "登録されていません"),
    ({"line": "でたらめ"}, "line", "登録されていません"),
    ({"received_at": "2026-09-02T10:00:00+09:00"}, "received_at", "未来"),
    ({"received_at": "2026-08-20T10:00:00+09:00"}, "received_at", "72時間"),
    ({"received_at": "昨日"}, "received_at", "日時は"),
    ({"class": "spam"}, "class", "次のいずれか"),
    ({"business": None}, "business", "not_obtained.business"),
    ({"caller": {"company": "青葉電機"}}, "caller.name", "not_obtained.name"),
    ({"caller": {"company": "青葉電機"}}, "caller.phone", "not_obtained.phone"),
    ({"caller": {"name": "a\nb", "phone": "1"}}, "caller.name", "使えない文字"),
    ({"business": "あ" * 2001}, "business", "2000文字以内"),
    ({"mood": ["happy"]}, "mood.0", "次のいずれか"),
    ({"not_obtained": {"name": "hung_up"}}, "not_obtained.name", "入力されています"),
    ({"not_obtained": {"hobby": "hung_up"}}, "not_obtained.hobby", "使えません"),
    ({"surcharge": {"yen": 500, "reason": "長時間"}}, "surcharge.yen", "200円から300円まで"),
    ({"surcharge": {"yen": 250}}, "surcharge.reason", "入力してください"),
    ({"colour": "red"}, "colour", "使えません"),
]


@pytest.mark.parametrize(("said", "field", "words"), REFUSED)
def test_what_cannot_be_taken_is_refused_in_words_and_not_stored(running, said, field, words):
    before = len(running.mails())
    refused = running.memo("key-1", **said)
    assert refused.status == 422
    assert refused.headers["Content-Type"] == "application/problem+json"
    messages = [fault["message"] for fault in refused.json["errors"] if fault["field"] == field]
    assert any(words in message for message in messages), refused.text
    assert len(running.mails()) == before
    assert running.get(f"/v1/contracts/{running.contract}/usage/2026-09").json["taken"] == 0


def test_what_was_not_obtained_is_said_with_its_reason(running):
    reasons = {"name": "would_not_say", "phone": "hung_up"}
    answer = running.memo(caller={"company": "青葉電機"}, not_obtained=reasons, mood=["angry"])
    assert answer.status == 201, answer.text
    told = text_of(running.mails()[-1])
    assert "【お名前】お尋ねしましたが、お話しいただけませんでした" in told
    assert "【どなたから】青葉電機\n" in told
    assert "【電話番号】(お尋ねする前にお電話が切れました)" in told
    assert "【ご様子】お怒り" in told


@pytest.mark.parametrize(("in_trial", "shown"), [(True, False), (False, True)])
def test_a_surcharge_stands_in_the_report_and_falls_with_its_call(desk, in_trial, shown):
    if in_trial:
        desk.on("2026-09-01").starts("mk")
    else:
        desk.on("2026-09-01").signs_up("mk", trial="no")
        desk.presses("お申し込みを受け付けました")
        desk.presses("テストメール")
        desk.passes("identity", "payment", "number")
    answer = desk.memo(surcharge={"yen": 300, "reason": "お怒りで長時間の対応"})
    assert answer.json["counts"] is shown
    assert ("300円(税込)の加算(理由: お怒りで長時間の対応)" in text_of(desk.mails()[-1])) is shown


def test_earlier_calls_of_the_day_from_the_same_number(running):
    running.memo("key-1")
    number = running.get("/v1/lines/0367001234?caller=09012345678", role="operator").json[
        "from_this_caller"
    ][0]["number"]
    running.later(hours=2).memo("key-2")
    assert f"・10:00(受付番号 {number})" in text_of(running.mails()[-1])
    running.later(hours=1).memo("key-3", caller={"name": "佐藤", "phone": "非通知"})
    assert "同じ番号から" not in text_of(running.mails()[-1])


@pytest.mark.parametrize(
    ("call_class", "reported"),
    [("sales", False), ("wrong_number", False), ("hangup", True), ("test", True)],
)
def test_mk_reports_by_class(running, call_class, reported):
    before = len(running.mails())
    answer = running.memo(business=None, caller=None, **{"class": call_class})
    assert answer.status == 201, answer.text
    assert (len(running.mails()) > before) is reported
    state = running.get(f"/v1/memos/{answer.json['id']}", role="operator").json["report"]["state"]
    assert state == ("handed_over" if reported else "none")


def test_smile_asks_for_four_items_and_knows_no_surcharge(desk):
    desk.on("2026-09-01").starts("smile")
    refused = desk.memo(
        caller={"name": "佐藤", "phone": "090-1234-5678"}, surcharge={"yen": 200, "reason": "長い"}
    )
    assert {fault["field"] for fault in refused.json["errors"]} == {"caller.company", "surcharge"}


def test_nothing_reaches_an_address_before_its_button(desk):
    desk.on("2026-09-01").starts(
        "smile",
        person1_mail2="second@sakura.example",
        person2_name="佐藤",
        person2_mail1="s@sakura.example",
    )
    assert [each["address"] for each in desk.memo("key-1").json["reported_to"]] == [
        "pc@sakura.example"
    ]
    desk.presses("テストメール", to="s@sakura.example")
    assert [each["address"] for each in desk.memo("key-2").json["reported_to"]] == [
        "pc@sakura.example",
        "s@sakura.example",
    ]


def test_long_and_unusual_words_survive_the_way_through_a_mail_parser(running):
    business = "髙﨑①㈱ｶﾅ😀 " + "とても長いご用件です。" * 150 + "\n二行目\n\n四行目"
    running.memo(
        caller={"company": "㈱髙﨑", "name": "𠮷野", "phone": "０９０－１２３４－５６７８"},
        business=business,
    )
    mail = running.mails()[-1]
    assert business in text_of(mail)
    assert "【どなたから】㈱髙﨑 𠮷野 様" in text_of(mail)
    assert "𠮷野" in mail.get_body(("html",)).get_content()


def test_markup_in_a_memo_stays_text(running):
    running.memo(business="<script>alert(1)</script>")
    html = running.mails()[-1].get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_memo_is_read_back_with_its_report(running):
    taken = running.memo("key-1", **{"for": "社長"}).json
    read = running.get(f"/v1/memos/{taken['id']}", role="operator").json
    assert {name: read[name] for name in taken} == taken
    assert (read["counted"], read["report"]["state"], read["report"]["tries"]) == (
        False,
        "handed_over",
        1,
    )
    assert read["text"]["for"] == "社長"
    assert running.get("/v1/memos/mk-unknown", role="operator").status == 404


def test_the_line_tells_the_operator(running):
    told = running.get("/v1/lines/%2B81-3-6700-1234", role="operator").json
    assert told["in_service"]
    assert told["greeting"] == "さくら商事"
    assert told["open_now"]
    assert [person["name"] for person in told["people"]] == ["髙橋 美咲", "佐藤 一郎"]
    assert [item["key"] for item in told["items"]] == ["name", "business", "phone"]
    assert running.get("/v1/lines/0399999999", role="operator").status == 404


@pytest.mark.diary
def test_each_reason_for_no_service_has_its_own_sentence(desk):
    desk.on("2026-08-03").signs_up("mk", start_on="2026-08-10")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.passes("eligibility", "identity", "number")
    told = {"before": desk.get("/v1/lines/0367001234", role="operator").json["why_not"]}
    desk.on("2026-08-19").post(f"/v1/contracts/{desk.contract}/continuation")
    desk.on("2026-08-20")
    told["paused"] = desk.get("/v1/lines/0367001234", role="operator").json["why_not"]
    desk.on("2026-09-10")
    told["ended"] = desk.get("/v1/lines/0367001234", role="operator").json["why_not"]
    assert len(set(told.values())) == 3
    assert all(told.values())


def test_a_call_from_before_the_start_is_refused(desk):
    desk.on("2026-09-01", "13:00").starts("mk")
    early = desk.memo(received_at="2026-09-01T11:00:00+09:00")
    assert early.status == 409
    assert "提供期間の外" in early.json["detail"]


def test_memos_of_another_house_are_unknown(running):
    identity = running.memo("key-1").json["id"]
    assert running.get(f"/v1/memos/{identity}", role="operator", house="smile").status == 404
    assert running.get("/v1/lines/0367001234", role="operator", house="smile").status == 404
    assert running.get(f"/v1/contracts/{running.contract}", house="smile").status == 404
    stranger = running.post(
        "/v1/memos", running.said(), role="operator", house="smile", **{"idempotency-key": "key-2"}
    )
    assert stranger.status == 422
    assert stranger.json["errors"][0]["field"] == "line"


def test_a_month_that_is_none(running):
    assert (
        running.get(f"/v1/contracts/{running.contract}/usage/2026-13", role="operator").status
        == 422
    )


@pytest.mark.parametrize(
    ("typed", "shown", "dialled"),
    [
        ("０９０－１２３４－５６７８", "090-1234-5678", "09012345678"),
        ("+81 90 1234 5678", "090-1234-5678", "09012345678"),
        ("03-6700-1234 内線205", "03-6700-1234(03-6700-1234 内線205)", "0367001234"),
        ("184-03-6700-1234", "03-6700-1234(184-03-6700-1234)", "0367001234"),
        ("03-1234-567", "03-1234-567", None),
        ("非通知", "非通知", None),
        ("+81108752134", "+81108752134", None),
    ],
)
def test_a_number_is_shown_as_it_was_said_and_dialled_only_if_it_can_be(
    running, typed, shown, dialled
):
    running.memo(caller={"name": "佐藤", "phone": typed})
    mail = running.mails()[-1]
    assert f"【電話番号】{shown}\n" in text_of(mail)
    html = mail.get_body(("html",)).get_content()
    assert html.count('href="tel:') == (2 if dialled else 1)  # the last is the centre's own
    assert dialled is None or f'href="tel:{dialled}"' in html


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("髙橋様", "髙橋 様"),
        ("髙橋さん", "髙橋 様"),
        ("山本", "山本 様"),
        ("高橋", "高橋 様"),
        ("田中部長", "田中部長"),
        ("経理部", "経理部"),
        (None, "(お名指しなし)"),
        ("様", "様"),
    ],
)
def test_nobody_is_called_sama_twice(running, wanted, shown):
    running.memo(caller={"name": "佐藤様", "phone": "非通知"}, **{"for": wanted})
    told = text_of(running.mails()[-1])
    assert "【どなたから】佐藤 様\n" in told
    assert f"【どなた宛】{shown}\n" in told


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("佐藤一郎", "佐藤一郎 様"),
        ("佐藤", "佐藤 様"),
        ("専務様", "佐藤 一郎 様(専務)"),
        ("さとう", "佐藤 一郎 様(さとう)"),
        ("ｻﾄｳ ｲﾁﾛｳ", "佐藤 一郎 様(ｻﾄｳ ｲﾁﾛｳ)"),
    ],
)
def test_whom_an_alias_or_a_reading_meant(running, wanted, shown):
    sato = running.look()["people"][1]["id"]
    known = {"reading": "さとう いちろう", "aliases": ["専務"]}
    running.does(f"people/{sato}", known, "PATCH")
    running.memo(**{"for": wanted})
    assert f"【どなた宛】{shown}\n" in text_of(running.mails()[-1])


def test_a_report_is_in_the_order_that_a_telephone_shows(desk):
    desk.on("2026-09-01").starts("smile")
    desk.does("instructions", {"extra_items": [{"key": "room", "name": "部屋番号"}]})
    desk.memo("key-1", extra={"room": "301"})
    said = {"extra": {"room": "301"}, "mood": ["angry"], "wants_call_back": True, "for": "山本"}
    caller = {"company": "青葉電機", "phone": "090-1234-5678"}
    assert (
        desk.later(hours=2)
        .memo("key-2", caller=caller, not_obtained={"name": "unclear"}, **said)
        .status
        == 201
    )
    mail = desk.mails()[-1]
    html = re.sub("<[^>]*>", "", mail.get_body(("html",)).get_content().split("<main")[1])
    order = [
        "どなたから",
        "どなた宛",
        "電話番号",
        "ご用件",
        "部屋番号",
        "ご様子",
        "折り返し",
        "お名前",
    ]
    for told in (text_of(mail), html):
        places = [
            told.find(each)
            for each in [
                *order,
                "※お名指し",
                "同じ番号から",
                "受付番号: ",
                "受電日時: 2026年9月1日",
            ]
        ]
        assert -1 not in places, told
        assert places == sorted(places), told


def test_a_company_that_is_missing_for_another_reason_says_so(desk):
    desk.on("2026-09-01").starts("smile")
    desk.memo(
        caller={"phone": "非通知"}, not_obtained={"company": "unclear", "name": "would_not_say"}
    )
    told = text_of(desk.mails()[-1])
    assert "【どなたから】(お尋ねしましたが、お話しいただけませんでした)" in told
    assert "【会社名】お声が聞き取れませんでした" in told


def test_each_correction_names_the_report_before_it(running):
    first = running.memo().json
    said = {
        name: value
        for name, value in running.said(business="納期の件").items()
        if name not in ("line", "received_at")
    }
    wrong = first
    for place, before in (
        (2, first["number"]),
        (3, f"{first['number']}-2"),
        (4, f"{first['number']}-3"),
    ):
        key = {"idempotency-key": f"right-{place}"}
        answer = running.post(
            f"/v1/memos/{wrong['id']}/corrections",
            said | {"business": f"{place}回目"},
            role="operator",
            **key,
        )
        assert answer.status == 201, answer.text
        wrong = answer.json
        told = text_of(running.mails()[-1])
        assert (
            f"先にお送りした報告(受付番号 {before})に誤りがありました。お詫びして訂正いたします。"
            in told
        )
        assert f"受付番号: {first['number']}-{place}\n" in told


def test_a_hang_up_says_so_once_for_each_item(running):
    running.memo(business=None, caller={"phone": "090-1234-5678"}, **{"class": "hangup"})
    told = text_of(running.mails()[-1])
    assert told.count("【ご用件】") == 1
    assert "【ご用件】\n(お電話が切れました)" in told
    assert "【どなたから】(お電話が切れました)" in told
    assert "【分類】無言・すぐに切れたお電話" in told


def test_every_fault_of_a_memo_at_once(running):
    refused = running.memo(
        line="03-9999-9999",
        received_at="2026-08-20T10:00:00+09:00",
        **{"class": "spam", "mood": ["x"]},
    )
    assert {fault["field"] for fault in refused.json["errors"]} == {
        "line",
        "received_at",
        "class",
        "mood.0",
    }


def test_a_call_of_the_last_day_may_be_written_down_on_the_next(running):
    running.on("2026-09-10", "18:10")
    running.at("2026-09-11", "00:30")
    assert running.status == "ended"
    late = running.memo("late", received_at="2026-09-10T17:58:00+09:00")
    assert late.status == 201
    assert late.json["reported_to"]
    after = running.memo("after", received_at="2026-09-11T00:10:00+09:00")
    assert after.status == 409
    assert "ご契約が終了しています" in after.json["detail"]


@pytest.mark.diary
def test_a_call_from_a_pause_is_refused_for_good(desk):
    desk.on("2026-08-03").starts("mk")
    desk.post(f"/v1/contracts/{desk.contract}/continuation")
    desk.on("2026-08-14").passes("payment")
    assert desk.status == "active"
    paused = desk.memo("paused", received_at="2026-08-13T10:00:00+09:00")
    assert paused.status == 409
    assert "停止中" in paused.json["detail"]
    assert desk.memo("before", received_at="2026-08-12T10:00:00+09:00").status == 201


def test_earlier_calls_are_those_that_were_reported(running):
    running.memo("key-1", **{"class": "sales"})
    running.later(hours=1).memo("key-2")
    assert "同じ番号から" not in text_of(running.mails()[-1])


def test_a_caller_without_a_number_has_no_history(running):
    running.memo("key-1")
    for caller in ("%E9%9D%9E%E9%80%9A%E7%9F%A5", "zzz"):
        assert (
            running.get(f"/v1/lines/0367001234?caller={caller}", role="operator").json[
                "from_this_caller"
            ]
            == []
        )


def test_last_month_is_still_recent(running):
    running.memo("key-1")
    running.keys.clear()
    running.post(f"/v1/contracts/{running.contract}/continuation")
    running.passes("payment")
    running.on("2026-10-01")
    assert len(running.get("/v1/lines/0367001234", role="operator").json["recent"]) == 1


def test_a_months_memos_are_listed_newest_first_page_by_page(running):
    for number in range(5):
        running.later(minutes=1).memo(
            f"call-{number}", **{"class": "business" if number % 2 else "sales"}
        )
    path = f"/v1/memos?contract={running.contract}&limit=2"
    seen, cursor = [], ""
    while True:
        page = running.get(path + (f"&cursor={cursor}" if cursor else ""), role="operator").json
        seen += page["memos"]
        if not (cursor := page["cursor"]):
            break
    assert [each["received_at"] for each in seen] == sorted(
        (each["received_at"] for each in seen), reverse=True
    )
    assert len(seen) == 5
    assert [each["counted"] for each in seen] == [False] * 5  # a trial's calls
    assert (
        running.get(f"/v1/memos?contract={running.contract}&month=2026-08", role="operator").json[
            "memos"
        ]
        == []
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "contract"),
        ("contract={c}&month=2026-13", "month"),
        ("contract={c}&cursor=zzz", "cursor"),
    ],
)
def test_a_list_of_memos_names_what_is_wrong(running, query, field):
    wrong = running.get("/v1/memos?" + query.format(c=running.contract), role="operator")
    assert wrong.status == 422
    assert wrong.json["errors"][0]["field"] == field


def test_another_houses_memos_are_nobodys(running):
    assert (
        running.get(f"/v1/memos?contract={running.contract}", role="operator", house="smile").status
        == 404
    )


@pytest.mark.parametrize("wanted", [None, "佐藤", "知らない人"])
def test_the_simulator_tells_what_the_memo_does(running, wanted):
    asked = f"?for={quote(wanted)}" if wanted else ""
    told = running.get(f"/v1/contracts/{running.contract}/routing{asked}", role="operator").json
    assert told["reported_to"] == running.memo("call", **{"for": wanted}).json["reported_to"]
    assert (told["note"] is not None) is (wanted == "知らない人")
