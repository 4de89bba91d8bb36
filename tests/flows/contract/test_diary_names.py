"""Names and postal addresses of a client, each change with its date."""


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
    contract = desk.look()
    assert (contract["company"], contract["invoice_name"], contract["papers_address"]) == (
        "株式会社さくら",
        "経理部",
        "東京都中央区1-1",
    )
    changes = [note for note in contract["history"] if note["event"] == "name_changed"]
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
    assert desk.office("", {"clear": ["contact_name"]}, method="PATCH").faults[0] == "contact_name"
    desk.does("", {"greeting": "さくら"}, method="PATCH")
    assert desk.screen()["greeting"] == "さくら"


def test_a_founder_gives_the_companys_name_later(desk):
    desk.signs_up("smile", party="person", company="", greeting="")
    desk.presses("お申し込みを受け付けました")
    assert "greeting" in desk.look()["waits_for"]
    desk.does("", {"party": "company", "company": "株式会社あたらしい"}, method="PATCH")
    assert desk.look()["client"] == "株式会社あたらしい"
    refused = desk.office("", {"greeting": "x"}, method="PATCH")
    assert "gates/greeting" in refused.json["errors"][0]["message"]
    assert desk.office("", {"mail": "x@y.example"}, method="PATCH").status == 200


def test_a_company_becomes_a_person(desk):
    desk.signs_up("smile")
    contract = desk.does("", {"party": "person"}, method="PATCH")
    assert (contract["company"], contract["client"]) == (None, "髙橋 美咲")


def test_a_name_that_nobody_can_see_is_none(desk):
    assert desk.fills_in("smile", plan="light", contact_name="\u200b\u200b").status == 422
    desk.signs_up("smile")
    assert desk.office("", {"contact_name": "\u200b"}, method="PATCH").status == 422


def test_the_name_at_the_bank_is_told_later_and_may_be_forgotten(desk):
    desk.on("2026-09-01").starts("smile")
    assert desk.look()["payer_kana"] is None
    desk.does("", {"payer_kana": "ｶ)ｻｸﾗｼﾖｳｼﾞ"}, method="PATCH")
    assert desk.look()["payer_kana"] == "ｶ)ｻｸﾗｼﾖｳｼﾞ"
    desk.does("", {"clear": ["payer_kana"]}, method="PATCH")
    assert desk.look()["payer_kana"] is None


def test_a_mail_address_before_its_confirmation_is_put_right_elsewhere(desk):
    desk.signs_up("smile")
    answer = desk.office("", {"mail": "other@sakura.example"}, method="PATCH")
    assert (answer.status, answer.faults) == (422, ["mail"])
    answer = desk.office("", {"greeting": "さくら"}, method="PATCH")
    assert (answer.status, answer.faults) == (422, ["greeting"])
    answer = desk.office("", {"clear": ["company"]}, method="PATCH")
    assert (answer.status, answer.faults) == (422, ["company"])
