"""The roster: addresses that prove themselves, people who come, go and are away."""

import pytest

from tests.desk import link, text_of


def people(desk) -> dict[str, list[tuple[str, bool]]]:
    return {
        person["name"]: [(each["mail"], each["confirmed"]) for each in person["addresses"]]
        for person in desk.look()["people"]
    }


def test_address_change_during_service(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("mk")
    desk.on("2026-09-02").does(
        "people/p1/addresses/p1a1", {"mail": "new@sakura.example"}, method="PATCH"
    )
    assert people(desk) == {
        "髙橋 美咲": [("pc@sakura.example", True), ("new@sakura.example", False)]
    }
    assert desk.memo("before").json["reported_to"] == [
        {"person": "髙橋 美咲", "address": "pc@sakura.example"}
    ]
    desk.on("2026-09-04").presses("テストメール", to="new@sakura.example")
    assert people(desk) == {"髙橋 美咲": [("new@sakura.example", True)]}
    assert desk.memo("after").json["reported_to"] == [
        {"person": "髙橋 美咲", "address": "new@sakura.example"}
    ]
    events = [event for _, event in desk.events() if event.startswith("address")]
    assert events[-3:] == ["address_added", "address_confirmed", "address_removed"]


def test_the_last_change_of_an_address_wins(desk):
    desk.on("2026-09-01").starts("mk")
    desk.does("people/p1/addresses/p1a1", {"mail": "first@sakura.example"}, method="PATCH")
    old = link(desk.mail("テストメール", to="first@sakura.example"))
    desk.does("people/p1/addresses/p1a1", {"mail": "second@sakura.example"}, method="PATCH")
    assert people(desk) == {
        "髙橋 美咲": [("pc@sakura.example", True), ("second@sakura.example", False)]
    }
    assert (
        desk.send(old, {}).status == 409
    )  # the link of an address that was overtaken opens nothing
    waiting = desk.look()["people"][0]["addresses"][1]["id"]
    desk.does(f"people/p1/addresses/{waiting}", {"mail": "third@sakura.example"}, method="PATCH")
    desk.presses("テストメール", to="third@sakura.example")
    assert people(desk) == {"髙橋 美咲": [("third@sakura.example", True)]}


def test_somebody_joins_and_is_told_once_confirmed(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("mk")
    person = {
        "name": "佐藤 一郎",
        "reading": "さとう いちろう",
        "aliases": ["部長"],
        "addresses": ["sato@sakura.example"],
    }
    desk.does("people", person)
    assert desk.memo("call-1", **{"for": "部長"}).json["reported_to"][0]["person"] == "髙橋 美咲"
    desk.on("2026-09-04")  # three days later, the reminder
    assert "もう一度お送りします" in text_of(
        desk.mail("テストメールの再送", to="sato@sakura.example")
    )
    desk.on("2026-09-10")
    assert sum("テストメールの再送" in subject for subject in desk.subjects()) == 1
    desk.presses("テストメールの再送", to="sato@sakura.example")
    assert desk.memo("call-2", **{"for": "部長"}).json["reported_to"] == [
        {"person": "佐藤 一郎", "address": "sato@sakura.example"}
    ]


def test_the_office_records_a_confirmation_by_telephone(desk):
    desk.on("2026-09-01").starts("mk")
    desk.does("people", {"name": "佐藤 一郎", "addresses": ["sato@sakura.example"]})
    desk.does("people/p2/addresses/p2a1/confirmation", {"ground": "お電話で受信を確認"})
    assert people(desk)["佐藤 一郎"] == [("sato@sakura.example", True)]
    assert "p2a1: お電話で受信を確認" in [note["text"] for note in desk.look()["history"]]
    assert desk.office("people/p2/addresses/p2a1/test-mail").status == 409


def test_a_test_mail_can_be_sent_again_but_not_for_ever(desk):
    desk.on("2026-09-01").starts("mk")
    desk.does("people", {"name": "佐藤 一郎", "addresses": ["sato@sakura.example"]})
    path = "people/p2/addresses/p2a1/test-mail"
    for _ in range(9):
        desk.later(hours=1).does(path)
    assert desk.later(hours=1).office(path).status == 409
    assert (
        sum("テストメール" in subject for subject in desk.subjects()) == 11
    )  # ten to the one, one to the other


def test_the_last_confirmed_address_stays(desk):
    desk.on("2026-09-01").starts("mk")
    desk.does("people", {"name": "佐藤 一郎", "addresses": ["sato@sakura.example"]})
    for path in ("people/p1", "people/p1/addresses/p1a1"):
        refused = desk.office(path, method="DELETE")
        assert refused.status == 409
        assert "確認済みの報告先がなくなる" in refused.json["detail"]
    desk.presses("テストメール", to="sato@sakura.example")
    desk.does("people/p1", method="DELETE")
    assert desk.memo().json["reported_to"] == [
        {"person": "佐藤 一郎", "address": "sato@sakura.example"}
    ]
    assert "最後のお一人" in desk.office("people/p2", method="DELETE").json["detail"]


def test_who_is_away_is_represented(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts(
        "mk", person2_name="佐藤 一郎", person2_mail1="sato@sakura.example"
    )
    desk.presses("テストメール", to="sato@sakura.example")
    desk.does("people/p1", {"away_until": "2026-09-03", "deputy": "p2"}, method="PATCH")
    answer = desk.memo("call-1", **{"for": "髙橋"}).json
    assert answer["reported_to"] == [{"person": "佐藤 一郎", "address": "sato@sakura.example"}]
    assert "2026年9月3日(木)までご不在のため、佐藤 一郎様へ" in text_of(desk.mail("受電報告"))
    screen = desk.get("/v1/lines/0367001234", role="operator").json["people"][0]
    assert (screen["away_until"], screen["deputy"]) == ("2026-09-03", "p2")
    assert desk.on("2026-09-04").memo("call-2").json["reported_to"][0]["person"] == "髙橋 美咲"
    screen = desk.get("/v1/lines/0367001234", role="operator").json["people"][0]
    assert (screen["away_until"], screen["deputy"]) == (None, None)  # back again
    desk.does("people/p1", {"away_until": "2026-09-30"}, method="PATCH")
    desk.does("people/p1/absence", method="DELETE")
    assert desk.memo("call-3").json["reported_to"][0]["person"] == "髙橋 美咲"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"away_until": "2026-08-31"}, "away_until"),
        ({"deputy": "p2"}, "away_until"),
        ({"away_until": "2026-09-09", "deputy": "p1"}, "deputy"),
        ({"away_until": "2026-09-09", "deputy": "p9"}, "deputy"),
        ({"position": 0}, "position"),
        ({"name": ""}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_said_of_a_person(desk, said, field):
    desk.on("2026-09-01").starts(
        "mk", person2_name="佐藤 一郎", person2_mail1="sato@sakura.example"
    )
    before = desk.look()["people"]
    wrong = desk.office("people/p1", said, method="PATCH")
    assert wrong.status == 422
    assert wrong.json["errors"][0]["field"] == field
    assert desk.look()["people"] == before


def test_the_order_of_the_roster_decides_who_is_told(desk):
    desk.on("2026-09-01").starts(
        "mk", person2_name="佐藤 一郎", person2_mail1="sato@sakura.example"
    )
    desk.presses("テストメール", to="sato@sakura.example")
    desk.does("people/p2", {"position": 1}, method="PATCH")
    assert [person["id"] for person in desk.look()["people"]] == ["p2", "p1"]
    assert desk.memo().json["reported_to"][0]["person"] == "佐藤 一郎"


def test_mk_takes_two_addresses_a_person_and_charges_the_fourth_person(desk):
    desk.on("2026-09-01").starts("mk")
    desk.does("people/p1/addresses", {"mail": "two@sakura.example"})
    assert (
        "2件まで"
        in desk.office("people/p1/addresses", {"mail": "three@sakura.example"}).json["detail"]
    )
    assert desk.office("people/p1/addresses", {"mail": "TWO@sakura.example"}).status == 422
    for number in (2, 3, 4):
        desk.does("people", {"name": f"社員 {number}", "addresses": [f"{number}@sakura.example"]})
    desk.does("people", {"name": "宛先なし"})
    assert desk.look()["extra_people"] == 0  # nobody has confirmed yet
    for number in (2, 3, 4):
        desk.presses("テストメール", to=f"{number}@sakura.example")
    assert desk.look()["extra_people"] == 1


def test_nobody_of_another_house_reaches_the_roster(desk):
    contract = desk.on("2026-09-01").starts("mk")
    for method, path in (
        ("POST", "people"),
        ("PATCH", "people/p1"),
        ("DELETE", "people/p1"),
        ("POST", "notice"),
    ):
        answer = desk.call(
            method,
            f"/v1/contracts/{contract}/{path}",
            {"name": "x"} if method != "DELETE" else None,
            house="smile",
        )
        assert answer.status == 404, (method, path, answer.text)
    assert desk.call("POST", f"/v1/contracts/{contract}/notice", {}, role="operator").status == 403
    assert desk.office("people/p9", method="DELETE").status == 404
    assert (
        desk.office("people/p1/addresses/p9a9", {"mail": "a@b.example"}, method="PATCH").status
        == 404
    )


def test_names_and_addresses_keep_their_history(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts("smile")
    desk.on("2026-09-05").does(
        "",
        {
            "company": "株式会社さくら",
            "invoice_name": "経理部",
            "papers_address": "東京都中央区1-1",
        },
        method="PATCH",
    )
    told = desk.look()
    assert (told["company"], told["invoice_name"], told["papers_address"]) == (
        "株式会社さくら",
        "経理部",
        "東京都中央区1-1",
    )
    changes = [note for note in told["history"] if note["event"] == "name_changed"]
    assert {
        (note["on"], note["by"], note["text"], note.get("was"), note.get("becomes"))
        for note in changes
    } == {
        ("2026-09-05", "office1", "company", "株式会社さくら商事", "株式会社さくら"),
        ("2026-09-05", "office1", "invoice_name", None, "経理部"),
        ("2026-09-05", "office1", "papers_address", None, "東京都中央区1-1"),
    }
    desk.does("", {"clear": ["invoice_name"]}, method="PATCH")
    assert desk.look()["invoice_name"] is None
    assert (
        desk.office("", {"clear": ["contact_name"]}, method="PATCH").json["errors"][0]["field"]
        == "contact_name"
    )
    desk.does("", {"greeting": "さくら"}, method="PATCH")
    assert desk.get("/v1/lines/0367001234", role="operator").json["greeting"] == "さくら"


def test_a_founder_gives_the_companys_name_later(desk):
    desk.signs_up("smile", party="person", company="", greeting="")
    desk.presses("お申し込みを受け付けました")
    assert "greeting" in desk.look()["waits_for"]
    desk.does("", {"party": "company", "company": "株式会社あたらしい"}, method="PATCH")
    assert desk.look()["client"] == "株式会社あたらしい"
    assert (
        "gates/greeting"
        in desk.office("", {"greeting": "x"}, method="PATCH").json["errors"][0]["message"]
    )
    assert desk.office("", {"mail": "x@y.example"}, method="PATCH").status == 200
