"""The roster: addresses that prove themselves, people who come, go and are away."""

import pytest

from tests.desk import link


def people(desk) -> dict[str, list[tuple[str, bool]]]:
    return {
        person["name"]: [(each["mail"], each["confirmed"]) for each in person["addresses"]]
        for person in desk.look()["people"]
    }


def test_at_smile_a_person_has_as_many_addresses_as_one_mail_takes(desk):
    desk.starts("smile")
    for place in range(49):
        desk.later(minutes=5).does("people/p1/addresses", {"mail": f"a{place}@sakura.example"})
    assert len(desk.look()["people"][0]["addresses"]) == 50
    refused = desk.office("people/p1/addresses", {"mail": "one-more@sakura.example"})
    assert refused.status == 409
    assert "50" in refused.detail


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
    # The link of an address that was overtaken opens nothing.
    assert desk.send(old, {}).status == 409
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
    assert "もう一度お送りします" in desk.letter("テストメールの再送", to="sato@sakura.example")
    desk.on("2026-09-10")
    assert len(desk.subjects("テストメールの再送")) == 1
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
    assert len(desk.subjects("テストメール")) == 11  # ten to the one, one to the other


def test_the_last_confirmed_address_stays(desk):
    desk.on("2026-09-01").starts("mk")
    desk.does("people", {"name": "佐藤 一郎", "addresses": ["sato@sakura.example"]})
    for path in ("people/p1", "people/p1/addresses/p1a1"):
        refused = desk.office(path, method="DELETE")
        assert refused.status == 409
        assert "確認済みの報告先がなくなる" in refused.detail
    desk.presses("テストメール", to="sato@sakura.example")
    desk.does("people/p1", method="DELETE")
    assert desk.memo().json["reported_to"] == [
        {"person": "佐藤 一郎", "address": "sato@sakura.example"}
    ]
    assert "最後のお一人" in desk.office("people/p2", method="DELETE").detail


def test_who_is_away_is_represented(any_desk):
    desk = any_desk
    desk.on("2026-09-01").starts(
        "mk", person2_name="佐藤 一郎", person2_mail1="sato@sakura.example"
    )
    desk.presses("テストメール", to="sato@sakura.example")
    desk.does("people/p1", {"away_until": "2026-09-03", "deputy": "p2"}, method="PATCH")
    answer = desk.memo("call-1", **{"for": "髙橋"}).json
    assert answer["reported_to"] == [{"person": "佐藤 一郎", "address": "sato@sakura.example"}]
    assert "2026年9月3日(木)までご不在のため、佐藤 一郎様へ" in desk.letter("受電報告")
    screen = desk.screen()["people"][0]
    assert (screen["away_until"], screen["deputy"]) == ("2026-09-03", "p2")
    assert desk.on("2026-09-04").memo("call-2").json["reported_to"][0]["person"] == "髙橋 美咲"
    screen = desk.screen()["people"][0]
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
    assert wrong.faults[0] == field
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
    assert "2件まで" in desk.office("people/p1/addresses", {"mail": "three@sakura.example"}).detail
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
        body = None if method == "DELETE" else {"name": "x"}
        answer = desk.call(method, f"/v1/contracts/{contract}/{path}", body, house="smile")
        assert answer.status == 404, (method, path, answer.text)
    assert desk.call("POST", f"/v1/contracts/{contract}/notice", {}, role="operator").status == 403
    assert desk.office("people/p9", method="DELETE").status == 404
    mail = {"mail": "a@b.example"}
    assert desk.office("people/p1/addresses/p9a9", mail, method="PATCH").status == 404


@pytest.mark.truth  # of the store's limits moto knows nothing
def test_a_roster_of_ninety_addresses_is_tested_and_reminded_in_rounds(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    for number in range(9):
        mails = [f"{number}.{place}@sakura.example" for place in range(10)]
        desk.does("people", {"name": f"社員 {number}", "addresses": mails})
    assert len(desk.subjects("テストメール")) == 91
    desk.on("2026-09-04")
    assert desk.memo().status == 201
    assert desk.look()["parked_at"] is None
    assert len(desk.subjects("テストメールの再送")) == 90
    desk.on("2026-09-10")
    assert len(desk.subjects("テストメール")) == 181


def test_an_applicant_with_a_long_roster_can_confirm(any_desk):
    desk = any_desk
    desk.signs_up("smile")
    for number in range(6):
        mails = [f"{number}.{place}@sakura.example" for place in range(10)]
        desk.does("people", {"name": f"社員 {number}", "addresses": mails})
    desk.presses("お申し込みを受け付けました")
    assert desk.status == "preparing"
    desk.on("2026-09-02")
    assert len(desk.subjects("テストメール")) == 61


def test_the_office_is_told_when_an_address_has_had_too_many_mails(desk):
    desk.on("2026-09-01").starts("mk")
    desk.does("people", {"name": "佐藤 一郎", "addresses": ["sato@sakura.example"]})
    path = "people/p2/addresses/p2a1/test-mail"
    desk.does(path)
    desk.does(path)
    refused = desk.office(path)
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert len(desk.subjects("テストメール")) == 4  # his three, and the first person's
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
