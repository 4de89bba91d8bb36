"""Taking a memo: once, told to the right people, refused in words."""

import json
import re
from urllib.parse import quote

import pytest

from tests import stores
from tests.desk import Answer, by_operator, html_of, text_of


@pytest.fixture
def running(desk):
    """House mk with two people, each confirmed."""

    def story():
        desk.on("2026-09-01").starts(
            "mk", person2_name="佐藤 一郎", person2_mail1="sato@sakura.example"
        )
        desk.presses("テストメール", to="sato@sakura.example")
        desk.key("operator")

    stores.once("mk with two people", desk, story)
    return desk


def posts(desk, body, key: str = "key-1", **how) -> Answer:
    """An operator sends these words, or these bytes, as a memo."""
    return desk.post("/v1/memos", body, **by_operator(key) | how)


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
    text = text_of(report)
    lines = ["【どなたから】青葉電機 佐藤 様", "【どなた宛】佐藤 様", "【電話番号】090-1234-5678"]
    places = [text.index(line) for line in lines]
    assert places == sorted(places)
    assert answer.json["number"] in text


def test_a_repeat_gives_the_same_bytes_and_nothing_else(running):
    body = running.said()
    first = posts(running, body)
    mails = len(running.mails())
    counted = running.counted("2026-09")
    running.later(days=200)
    shuffled = json.dumps(dict(reversed(body.items())), indent=3).encode()
    again = posts(running, shuffled)
    assert again.status == 201
    assert again.body == first.body
    # An accepted memo replays though the service has ended meanwhile.
    assert running.status == "ended"
    assert len(running.mails()) == mails
    assert running.counted("2026-09") == counted


def test_another_body_under_the_same_key_is_refused(running):
    running.memo("key-1")
    refused = running.memo("key-1", business="ほかの件")
    assert refused.status == 422
    assert refused.json["type"] == "/problems/idempotency-key-reused"
    broken = posts(running, {"nonsense": 1})
    assert broken.json["type"] == "/problems/idempotency-key-reused"


def test_the_id_belongs_to_the_owner_not_to_the_key(running):
    body = running.said()
    first = posts(running, body)
    running.keys.clear()  # the same owner's second key
    again = posts(running, body)
    assert again.body == first.body
    other = posts(running, body, role="office")
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
    text = running.last_text()
    assert "【お名前】お尋ねしましたが、お話しいただけませんでした" in text
    assert "【どなたから】青葉電機\n" in text
    assert "【電話番号】(お尋ねする前にお電話が切れました)" in text
    assert "【ご様子】お怒り" in text


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
    assert ("300円(税込)の加算(理由: お怒りで長時間の対応)" in desk.last_text()) is shown
    dropped = "特別対応の加算(300円)は付けません"
    seen = desk.memo_screen(answer.json["id"])
    assert (dropped in answer.json["why"]) is (dropped in seen["why"]) is not shown


def test_a_surcharge_of_a_call_that_never_counts_is_said_to_be_dropped(running):
    said = running.memo(surcharge={"yen": 200, "reason": "長い"}, **{"class": "wrong_number"}).json
    assert said["why"].endswith("特別対応の加算(200円)は付けません")
    assert "加算" not in running.memo("key-2", **{"class": "wrong_number"}).json["why"]


@pytest.mark.parametrize("caller", ["", "%20", "anonymous", "Restricted"])
def test_a_telephone_system_that_knows_no_number_gets_the_screen(running, caller):
    assert running.screen(f"0367001234?caller={caller}")["from_this_caller"] == []


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Anonymous", "非通知"),
        ("unknown", "非通知"),
        ("PRIVATE", "非通知"),
        ("公衆電話", "公衆電話"),
    ],
)
def test_the_words_of_telephone_systems_for_no_number(running, typed, shown):
    answer = running.memo(caller={"name": "佐藤", "phone": typed})
    assert answer.status == 201, answer.text
    assert f"【電話番号】{shown}\n" in running.last_text()
    assert running.memo_screen(answer.json["id"])["caller_number"] is None


def test_a_call_that_is_no_word_for_no_number_is_refused(running):
    answer = running.memo(caller={"name": "佐藤", "phone": "わかりません"})
    assert answer.status == 422
    assert answer.faults[0] == "caller.phone"


def test_earlier_calls_of_the_day_from_the_same_number(running):
    running.memo("key-1")
    earlier = running.screen("0367001234?caller=09012345678")["from_this_caller"]
    number = earlier[0]["number"]
    running.later(hours=2).memo("key-2")
    assert f"・10:00(受付番号 {number})" in running.last_text()
    running.later(hours=1).memo("key-3", caller={"name": "佐藤", "phone": "非通知"})
    assert "同じ番号から" not in running.last_text()


@pytest.mark.parametrize(
    ("call_class", "reported"),
    [("sales", False), ("wrong_number", False), ("hangup", True), ("test", True)],
)
def test_mk_reports_by_class(running, call_class, reported):
    before = len(running.mails())
    answer = running.memo(business=None, caller=None, **{"class": call_class})
    assert answer.status == 201, answer.text
    assert (len(running.mails()) > before) is reported
    report = running.memo_screen(answer.json["id"])["report"]
    assert report["state"] == ("handed_over" if reported else "none")


def test_smile_asks_for_four_items_and_knows_no_surcharge(desk):
    desk.on("2026-09-01").starts("smile")
    refused = desk.memo(
        caller={"name": "佐藤", "phone": "090-1234-5678"}, surcharge={"yen": 200, "reason": "長い"}
    )
    assert set(refused.faults) == {"caller.company", "surcharge"}


def test_nothing_reaches_an_address_before_its_button(desk):
    desk.on("2026-09-01").starts(
        "smile",
        person1_mail2="second@sakura.example",
        person2_name="佐藤",
        person2_mail1="s@sakura.example",
    )
    assert desk.memo("key-1").reported_to == ["pc@sakura.example"]
    desk.presses("テストメール", to="s@sakura.example")
    assert desk.memo("key-2").reported_to == ["pc@sakura.example", "s@sakura.example"]


def test_long_and_unusual_words_survive_the_way_through_a_mail_parser(running):
    business = "髙﨑①㈱ｶﾅ😀 " + "とても長いご用件です。" * 150 + "\n二行目\n\n四行目"
    running.memo(
        caller={"company": "㈱髙﨑", "name": "𠮷野", "phone": "０９０－１２３４－５６７８"},
        business=business,
    )
    mail = running.mails()[-1]
    assert business in text_of(mail)
    assert "【どなたから】㈱髙﨑 𠮷野 様" in text_of(mail)
    assert "𠮷野" in html_of(mail)


def test_markup_in_a_memo_stays_text(running):
    running.memo(business="<script>alert(1)</script>")
    html = html_of(running.mails()[-1])
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_memo_is_read_back_with_its_report(running):
    answer = running.memo("key-1", **{"for": "社長"}).json
    memo = running.memo_screen(answer["id"])
    assert {name: memo[name] for name in answer} == answer
    assert memo["counted"] is False
    assert memo["report"]["state"] == "handed_over"
    assert memo["report"]["tries"] == 1
    assert memo["text"]["for"] == "社長"
    assert running.get("/v1/memos/mk-unknown", role="operator").status == 404


def test_the_line_tells_the_operator(running):
    screen = running.screen("%2B81-3-6700-1234")
    assert screen["in_service"]
    assert screen["greeting"] == "さくら商事"
    assert screen["open_now"]
    assert [person["name"] for person in screen["people"]] == ["髙橋 美咲", "佐藤 一郎"]
    assert [item["key"] for item in screen["items"]] == ["name", "business", "phone"]
    assert running.get("/v1/lines/0399999999", role="operator").status == 404


@pytest.mark.diary
def test_each_reason_for_no_service_has_its_own_sentence(desk):
    desk.on("2026-08-03").signs_up("mk", start_on="2026-08-10")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.passes("eligibility", "identity", "number")
    before = desk.screen()["why_not"]
    desk.on("2026-08-19").does("continuation")
    paused = desk.on("2026-08-20").screen()["why_not"]
    ended = desk.on("2026-09-10").screen()["why_not"]
    assert len({before, paused, ended}) == 3
    assert before
    assert paused
    assert ended


def test_a_call_from_before_the_start_is_refused(desk):
    desk.on("2026-09-01", "13:00").starts("mk")
    early = desk.memo(received_at="2026-09-01T11:00:00+09:00")
    assert early.status == 409
    assert "提供期間の外" in early.detail


def test_memos_of_another_house_are_unknown(running):
    identity = running.memo("key-1").json["id"]
    assert running.get(f"/v1/memos/{identity}", role="operator", house="smile").status == 404
    assert running.get("/v1/lines/0367001234", role="operator", house="smile").status == 404
    assert running.get(f"/v1/contracts/{running.contract}", house="smile").status == 404
    stranger = posts(running, running.said(), "key-2", house="smile")
    assert stranger.status == 422
    assert stranger.faults[0] == "line"


def test_a_month_that_is_none(running):
    path = f"/v1/contracts/{running.contract}/usage/2026-13"
    assert running.get(path, role="operator").status == 422


@pytest.mark.parametrize(
    ("typed", "shown", "dialled"),
    [
        ("０９０－１２３４－５６７８", "090-1234-5678", "09012345678"),
        ("+81 90 1234 5678", "090-1234-5678", "09012345678"),
        ("03-6700-1234 内線205", "03-6700-1234(03-6700-1234 内線205)", "0367001234"),
        ("184-03-6700-1234", "03-6700-1234(184-03-6700-1234)", "0367001234"),
        ("03-6700-1234 (9時以降)", "03-6700-1234(03-6700-1234 (9時以降))", "0367001234"),
        ("0078-6012-3456", "0078-6012-3456", "007860123456"),
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
    html = html_of(mail)
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
    text = running.last_text()
    assert "【どなたから】佐藤 様\n" in text
    assert f"【どなた宛】{shown}\n" in text


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
    assert f"【どなた宛】{shown}\n" in running.last_text()


def test_a_report_is_in_the_order_that_a_telephone_shows(desk):
    desk.on("2026-09-01").starts("smile")
    desk.does("instructions", {"extra_items": [{"key": "room", "name": "部屋番号"}]})
    desk.memo("key-1", extra={"room": "301"})
    facts = {
        "caller": {"company": "青葉電機", "phone": "090-1234-5678"},
        "not_obtained": {"name": "unclear"},
        "extra": {"room": "301"},
        "mood": ["angry"],
        "wants_call_back": True,
        "for": "山本",
    }
    assert desk.later(hours=2).memo("key-2", **facts).status == 201
    mail = desk.mails()[-1]
    html = re.sub("<[^>]*>", "", html_of(mail).split("<main")[1])
    order = [
        "どなたから",
        "どなた宛",
        "電話番号",
        "ご用件",
        "部屋番号",
        "ご様子",
        "折り返し",
        "お名前",
        "※お名指し",
        "同じ番号から",
        "受付番号: ",
        "受電日時: 2026年9月1日",
    ]
    for words in (text_of(mail), html):
        places = [words.find(each) for each in order]
        assert -1 not in places, words
        assert places == sorted(places), words


def test_a_company_that_is_missing_for_another_reason_says_so(desk):
    desk.on("2026-09-01").starts("smile")
    desk.memo(
        caller={"phone": "非通知"}, not_obtained={"company": "unclear", "name": "would_not_say"}
    )
    text = desk.last_text()
    assert "【どなたから】(お尋ねしましたが、お話しいただけませんでした)" in text
    assert "【会社名】お声が聞き取れませんでした" in text


def test_each_correction_names_the_report_before_it(running):
    first = running.memo().json
    wrong, number = first["id"], first["number"]
    for place, before in ((2, number), (3, f"{number}-2"), (4, f"{number}-3")):
        answer = running.corrects(wrong, f"right-{place}", business=f"{place}回目")
        assert answer.status == 201, answer.text
        wrong = answer.json["id"]
        text = running.last_text()
        assert f"先にお送りした報告(受付番号 {before})に誤りがありました。お詫びして" in text
        assert f"受付番号: {number}-{place}\n" in text


def test_a_hang_up_says_so_once_for_each_item(running):
    running.memo(business=None, caller={"phone": "090-1234-5678"}, **{"class": "hangup"})
    text = running.last_text()
    assert text.count("【ご用件】") == 1
    assert "【ご用件】\n(お電話が切れました)" in text
    assert "【どなたから】(お電話が切れました)" in text
    assert "【分類】無言・すぐに切れたお電話" in text


def test_every_fault_of_a_memo_at_once(running):
    refused = running.memo(
        line="03-9999-9999",
        received_at="2026-08-20T10:00:00+09:00",
        **{"class": "spam", "mood": ["x"]},
    )
    assert set(refused.faults) == {"line", "received_at", "class", "mood.0"}


def test_a_call_of_the_last_day_may_be_written_down_on_the_next(running):
    running.on("2026-09-10", "18:10")
    running.at("2026-09-11", "00:30")
    assert running.status == "ended"
    late = running.memo("late", received_at="2026-09-10T17:58:00+09:00")
    assert late.status == 201
    assert late.json["reported_to"]
    after = running.memo("after", received_at="2026-09-11T00:10:00+09:00")
    assert after.status == 409
    assert "ご契約が終了しています" in after.detail


@pytest.mark.diary
def test_a_call_from_a_pause_is_refused_for_good(desk):
    desk.on("2026-08-03").starts("mk")
    desk.office("continuation")
    desk.on("2026-08-14").passes("payment")
    assert desk.status == "active"
    paused = desk.memo("paused", received_at="2026-08-13T10:00:00+09:00")
    assert paused.status == 409
    assert "停止中" in paused.detail
    assert desk.memo("before", received_at="2026-08-12T10:00:00+09:00").status == 201


def test_earlier_calls_are_those_that_were_reported(running):
    running.memo("key-1", **{"class": "sales"})
    running.later(hours=1).memo("key-2")
    assert "同じ番号から" not in running.last_text()


def test_a_caller_without_a_number_has_no_history(running):
    running.memo("key-1")
    for caller in ("%E9%9D%9E%E9%80%9A%E7%9F%A5", "zzz"):
        assert running.screen(f"0367001234?caller={caller}")["from_this_caller"] == []


def test_last_month_is_still_recent(running):
    running.memo("key-1")
    running.keys.clear()
    running.post(f"/v1/contracts/{running.contract}/continuation")
    running.passes("payment")
    running.on("2026-10-01")
    assert len(running.screen()["recent"]) == 1


def test_a_months_memos_are_listed_newest_first_page_by_page(running):
    for number in range(5):
        running.later(minutes=1).memo(
            f"call-{number}", **{"class": "business" if number % 2 else "sales"}
        )
    memos = list(listed(running, "limit=2"))
    times = [memo["received_at"] for memo in memos]
    assert times == sorted(times, reverse=True)
    assert len(memos) == 5
    assert [memo["counted"] for memo in memos] == [False] * 5  # a trial's calls
    assert list(listed(running, "month=2026-08")) == []


def listed(desk, query: str):
    """The memos of the contract, asked for page by page."""
    path = f"/v1/memos?contract={desk.contract}&{query}"
    page = desk.get(path, role="operator").json
    yield from page["memos"]
    while page["cursor"]:
        page = desk.get(f"{path}&cursor={page['cursor']}", role="operator").json
        yield from page["memos"]


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
    assert wrong.faults[0] == field


def test_another_houses_memos_are_nobodys(running):
    path = f"/v1/memos?contract={running.contract}"
    assert running.get(path, role="operator", house="smile").status == 404


@pytest.mark.parametrize("wanted", [None, "佐藤", "知らない人"])
def test_the_simulator_tells_what_the_memo_does(running, wanted):
    query = f"?for={quote(wanted)}" if wanted else ""
    route = running.get(f"/v1/contracts/{running.contract}/routing{query}", role="operator").json
    memo = running.memo("call", **{"for": wanted}).json
    assert route["reported_to"] == memo["reported_to"]
    assert (route["note"] is not None) is (wanted == "知らない人")
