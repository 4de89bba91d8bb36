"""Starting: gates, dates, the start check, the pool of numbers, who has been here before."""

import pytest

from tests.desk import FORM, hidden, link, text_of


def test_a_start_that_waits_for_a_gate(any_desk):
    desk = any_desk
    desk.on("2026-08-03").signs_up("mk", start_on="2026-08-10")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.passes("eligibility")
    desk.on("2026-08-11")  # the day has gone by
    told = desk.look()
    assert (told["status"], told["waits_for"], told["start_on"]) == (
        "preparing",
        ["identity", "number"],
        "2026-08-10",
    )
    assert [gate["waits_on"] for gate in told["gates"] if not gate["passed"]] == [
        "client",
        "office",
    ]
    desk.on("2026-08-12").passes("identity", "number")
    told = desk.look()
    assert (told["status"], told["started_on"], told["trial_last_day"]) == (
        "trial",
        "2026-08-12",
        "2026-08-21",
    )
    assert desk.on("2026-08-22").status == "ended"


def test_a_week_of_missed_nights_over_a_years_end(any_desk):
    desk = any_desk
    desk.on("2026-12-18").starts("mk", start_on="2026-12-28")
    desk.on("2026-12-27")
    desk.at("2027-01-05", "11:00")  # no night ran since
    told = desk.look()
    assert (told["status"], told["started_on"], told["trial_last_day"]) == (
        "trial",
        "2026-12-28",
        "2027-01-06",
    )
    assert [event for event in desk.events() if event[0] >= "2026-12-28"] == [
        ("2026-12-28", "started"),
        (
            "2026-12-28",
            "trial_reminded",
        ),  # four business days before the 6th is the 28th: the centre is closed until the 3rd
    ]
    desk.on("2027-01-07")
    assert desk.look()["end_reason"] == "lapsed"
    assert [subject for subject in desk.subjects() if "お試し" in subject] == [
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
    reminder = text_of(desk.mail("サービスのご確認のお願い"))
    assert "ご指定の名乗りで応対すること" in reminder
    assert "お電話が当方につながること" not in reminder
    done = desk.send(
        link(desk.mail("サービスのご確認のお願い")), {"greeting": "on", "report": "on"}
    )
    assert "3点のご確認をありがとうございます" in done.text
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
    told = desk.look()
    assert told["matches"] == [{"contract": first, "by": ["corporate_number"]}]
    assert "eligibility" in told["waits_for"]
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
    form = (
        hidden(desk.open("/mk/signup").text) | FORM | {"corporate_number": number, "step": "check"}
    )
    refused = desk.send("/mk/signup", form)
    assert refused.status == 422
    assert "法人番号は13桁" in refused.text


def test_the_pool_lends_a_number_once_and_lets_it_rest(any_desk):
    desk = any_desk
    desk.on("2026-08-03").starts("mk")
    lines = desk.get("/v1/lines").json["lines"]
    assert [(line["number"], line["state"], line["contract"]) for line in lines] == [
        ("0367001234", "lent", desk.contract)
    ]
    assert desk.post("/v1/lines", {"number": "03-6700-1234"}).status == 409
    assert desk.post("/v1/lines", {"number": "03-6700-5678"}).status == 201
    assert desk.post("/v1/lines", {"number": "06-6700-5678"}).status == 422
    assert [line["number"] for line in desk.get("/v1/lines?state=free").json["lines"]] == [
        "0367005678"
    ]
    desk.on("2026-08-13")  # lapsed: its last day was the 12th, and 90 days of rest follow
    (resting,) = desk.get("/v1/lines?state=quarantined").json["lines"]
    assert resting["quarantined_until"] == "2026-11-10"
    assert desk.get("/v1/lines/0367005678", role="operator").status == 404  # nobody's yet
    desk.at("2026-11-11")
    assert [line["number"] for line in desk.get("/v1/lines?state=free").json["lines"]] == [
        "0367001234",
        "0367005678",
    ]


def test_a_number_that_is_not_in_the_pool_is_not_lent(desk):
    desk.on("2026-08-03").signs_up("mk")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.passes("eligibility", "identity")
    refused = desk.office(
        "gates/number", {"number": "03-6700-1234", "use": "forwarding", "ground": "x"}
    )
    assert refused.status == 409
    assert "先に番号を登録してください" in refused.json["detail"]


def test_a_second_number_for_mk_and_its_use(any_desk):
    desk = any_desk
    desk.on("2026-08-03").starts("mk")
    desk.has_line("03-6700-5678")
    desk.does("lines", {"number": "03-6700-5678", "use": "listed"})
    desk.does("lines", {"number": "03-6700-5678", "use": "listed"})  # twice is once
    (extra,) = desk.look()["extra_lines"]
    assert (extra["number"], extra["use"], extra["monthly"], extra["until"]) == (
        "0367005678",
        "listed",
        1100,
        None,
    )
    assert desk.memo("second-line", line="03-6700-5678").status == 201
    desk.does("lines/03-6700-1234", {"use": "listed"}, method="PATCH")
    assert desk.look()["use"] == "listed"
    assert "転送利用" not in text_of(desk.mail("番号の使い方の変更を承りました"))
    desk.does("lines/03-6700-5678", method="DELETE")
    assert desk.look()["extra_lines"][0]["until"] == "2026-08-03"
    assert desk.office("lines/03-6700-5678", method="DELETE").status == 404
    desk.on("2026-08-13")
    states = {line["number"]: line["state"] for line in desk.get("/v1/lines").json["lines"]}
    assert states == {"0367001234": "quarantined", "0367005678": "quarantined"}


def test_what_operators_may_say_stands_on_the_lines_screen(any_desk):
    desk = any_desk
    earlier = desk.on("2026-08-03").signs_up(
        "mk", mail="earlier@a.example", phone="03-6800-4444", company="前の会社"
    )
    desk.starts("mk")
    told = {
        "answers": [{"question": "駐車場はありますか", "answer": "3台分あります。"}],
        "disclosable": ["住所", "担当者の名前"],
        "notes": ["「さくら商会」とよく間違えられます", "青葉電機様は大切なお客様です"],
        "exception": "関連会社と番号を共有(特認)",
    }
    desk.does("instructions", told | {"former": earlier})
    screen = desk.get("/v1/lines/0367001234", role="operator").json
    assert {name: screen[name] for name in told} == told
    assert desk.look()["former"] == earlier
    assert screen["house_answers"][0]["question"] in desk.open("/mk").text
    desk.does("instructions", {"notes": []})
    screen = desk.get("/v1/lines/0367001234", role="operator").json
    assert (screen["notes"], screen["disclosable"]) == ([], told["disclosable"])
    for wrong in ("mk-NOBODY", desk.contract):
        assert desk.office("instructions", {"former": wrong}).json["errors"][0]["field"] == "former"
    long = desk.office("instructions", {"notes": ["あ" * 501]})
    assert long.status == 422
    assert long.json["errors"][0]["field"] == "notes.0"


def test_smile_has_one_number_a_contract(desk):
    desk.on("2026-09-01").starts("smile")
    desk.has_line("03-6700-5678")
    assert (
        "別のご契約として承ります"
        in desk.office("lines", {"number": "03-6700-5678", "use": "forwarding"}).json["detail"]
    )
