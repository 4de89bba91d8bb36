"""The public form.

Nothing typed is lost, one form makes one contract, and only a pressed button confirms.
"""

import pytest

from chalicelib.models import Contract
from tests.desk import FORM, Answer, hidden, html_of, link, text_of

PATH = "/mk/signup"
MAIL = "お申し込みを受け付けました"


def contracts(desk, house="mk") -> list:
    return desk.get("/v1/contracts", house=house).json["contracts"]


def final(desk, **form) -> Answer:
    """Fill in mk's form: its final screen, or what is wrong."""
    return desk.fills_in("mk", **form)


def applies(desk, **form) -> Answer:
    """Fill in mk's form and apply."""
    return desk.applies("mk", final(desk, **form))


def final_of_smile(desk, **form) -> Answer:
    return desk.fills_in("smile", **{"plan": "light"} | form)


def test_the_final_screen_names_dates_and_yen(desk):
    page = final(desk, start_on="2026-09-07")
    for words in (
        "2026年9月16日(水)",
        "2,960円",
        "5,920円",
        "銀行振込",
        "違約金はありません",
        "自動的に有料になることはありません",
    ):
        assert words in page.text
    assert contracts(desk) == []


def test_smile_says_when_it_turns_paid(desk):
    page = final_of_smile(desk)
    for words in (
        "最終日は2026年9月15日(火)",
        "2026年9月16日(水)から有料",
        "5,500円",
        "全額お返しします",
        "2026年9月4日(金)ごろ",
        "1日からの開始",
    ):
        assert words in page.text


def test_a_form_sent_again_makes_one_contract(desk):
    body = hidden(final(desk).text) | {"step": "apply"}
    first = desk.send(PATH, body)
    second = desk.send(PATH, body)
    assert first.status == 200
    assert second.status == 200
    assert first.text == second.text
    assert len(contracts(desk)) == 1
    assert len(desk.mails()) == 1


def test_the_back_button_and_other_words_still_make_one_contract(desk):
    body = hidden(final(desk).text) | {"step": "apply"}
    desk.send(PATH, body)
    answer = desk.send(PATH, body | {"company": "株式会社うめ"})
    assert "すでに受け付けています" in answer.text
    assert [row["client"] for row in contracts(desk)] == ["株式会社さくら商事"]


def test_a_new_form_is_a_new_application(desk):
    for _ in range(2):
        applies(desk)
    assert len(contracts(desk)) == 2


def test_a_final_screen_overtaken_by_midnight_is_shown_again(desk):
    body = hidden(final(desk, start_on="").text) | {"step": "apply"}
    page = final_of_smile(desk)
    desk.at("2026-09-02", "00:01")
    again = desk.applies("smile", page)
    assert "表示が更新されました" in again.text
    assert "2026年9月16日(水)" in again.text
    assert contracts(desk, "smile") == []
    assert desk.applies("smile", again).status == 200
    assert len(contracts(desk, "smile")) == 1
    assert desk.send(PATH, body).status == 200  # nothing on mk's screen depends on the day


WRONG = [
    ({"mail": ""}, "mail", "メールアドレスを入力してください"),
    ({"mail": "misaki@"}, "mail", "メールアドレスの形が正しくありません"),
    ({"mail": "a@b.example\r\nBcc: x@y.example"}, "mail", "使えない文字"),
    ({"contact_name": "髙橋\n美咲"}, "contact_name", "使えない文字"),
    ({"phone": "123"}, "phone", "電話番号として読み取れません"),
    ({"plan": "gold"}, "plan", "次のいずれか"),
    ({"plan": ""}, "plan", "選択してください"),
    ({"company": ""}, "company", "会社名・団体名を入力"),
    ({"start_on": "2026-08-31"}, "start_on", "本日以降"),
    ({"start_on": "3日ごろ"}, "start_on", "お受けできません"),
    ({"agreed": ""}, "agreed", "チェックを入れて"),
    ({"trial": ""}, "trial", "選択してください"),
    ({"person1_name": ""}, "person1_name", "報告を受け取る方のお名前を入力"),
    ({"person1_mail1": ""}, "person1_mail1", "報告先のメールアドレスを入力"),
    ({"person1_mail1": "", "person1_mail2": "x"}, "person1_mail2", "形が正しくありません"),
    ({"person3_mail2": "x", "person3_name": "佐藤"}, "person3_mail2", "形が正しくありません"),
    ({"person3_mail1": "s@a.example"}, "person3_name", "報告を受け取る方のお名前"),
    ({"wishes": "あ" * 1001}, "wishes", "1000文字以内"),
]


@pytest.mark.parametrize(("typed", "field", "words"), WRONG)
def test_each_fault_is_named_and_nothing_typed_is_lost(desk, typed, field, words):
    page = final(desk, **typed)
    assert page.status == 422
    assert f'<a href="#{field}">' in page.text
    assert words in page.text
    kept = FORM | typed
    assert 'value="misaki@sakura.example"' in page.text or "mail" in typed
    assert f'value="{kept["person1_reading"]}"' in page.text
    assert contracts(desk) == []
    assert desk.mails() == []


def test_back_to_the_form_keeps_everything(desk):
    page = desk.send(
        PATH, hidden(final(desk, wishes="一行目\n<b>二行目</b>").text) | {"step": "edit"}
    )
    assert "一行目\n&lt;b&gt;二行目&lt;/b&gt;" in page.text.replace("\r\n", "\n")
    assert 'value="small" checked' in page.text


def test_only_from_our_own_pages(desk):
    body = hidden(final(desk).text) | {"step": "apply"}
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ):
        assert desk.send(PATH, body, **headers).status == 403
    bare = {"content-type": "application/x-www-form-urlencoded"}
    assert desk.client.http.post(PATH, headers=bare, body=b"a=b").status_code == 403
    foreign = bare | {"origin": "https://evil.example", "host": "denwaban.example"}
    assert desk.client.http.post(PATH, headers=foreign, body=b"a=b").status_code == 403
    own = bare | {"origin": "https://denwaban.example", "host": "denwaban.example"}
    assert desk.client.http.post(PATH, headers=own, body=b"a=b").status_code == 422
    assert contracts(desk) == []


def test_a_machine_is_told_what_everybody_is_told(desk):
    body = hidden(final(desk).text) | {"step": "apply"}
    trapped = desk.send(PATH, body | {"website": "https://spam.example"})
    assert "お申し込みを受け付けました" in trapped.text
    assert contracts(desk) == []
    assert desk.mails() == []


def test_one_recipient_gets_few_mails_an_hour(desk):
    for _ in range(3):
        assert applies(desk).status == 200
    refused = applies(desk)
    assert refused.status == 429
    assert refused.headers["Retry-After"] == "3600"
    assert len(contracts(desk)) == 3
    desk.later(hours=1)
    assert applies(desk).status == 200


@pytest.mark.parametrize(
    "spellings",
    [
        ["victim.one@gmail.com", "v.ictimone@gmail.com", "VictimOne@gmail.com"],
        ["victim@gmail.com", "victim+a@gmail.com", "v.i.c.tim+b@googlemail.com"],
        ["victim@me.com", "victim@mac.com", "victim+news@icloud.com"],
        ["victim+1@sakura.example", "victim+2@sakura.example", "Victim+3@Sakura.example"],
    ],
)
def test_one_mailbox_has_one_limit_however_it_is_spelled(desk, spellings):
    for mail in spellings:
        assert applies(desk, mail=mail).status == 200
    assert applies(desk, mail=spellings[0]).status == 429
    assert [mail["to"] for mail in desk.mails()][0] == spellings[0]  # written to as it was typed


def test_dots_tell_mailboxes_apart_where_the_provider_reads_them(desk):
    for place in range(5):
        name = "victim"[: place + 1] + "." + "victim"[place + 1 :]
        assert applies(desk, mail=f"{name}@sakura.example").status == 200


def test_one_recipient_gets_few_mails_a_day(desk):
    desk.on("2026-09-01", "09:30")
    for _ in range(10):
        assert applies(desk.later(hours=1)).status == 200
    assert applies(desk.later(hours=1)).status == 429
    assert applies(desk.later(hours=24)).status == 200


def test_the_office_cannot_flood_an_applicant_and_wakes_nobody(desk, capfd):
    applies(desk)
    desk.house, desk.contract = "mk", contracts(desk)[0]["id"]
    answers = [desk.office("confirmation").status for _ in range(10)]
    assert answers == [200, 200, *[429] * 8]
    assert len(desk.mails()) == 3
    assert "alarm" not in capfd.readouterr().err
    desk.does("confirmation", {"mail": "right@sakura.example"})


def test_one_network_gets_few_mails_an_hour(desk):
    for place in range(11):
        last = applies(desk, mail=f"m{place}@sakura.example")
    assert last.status == 429
    assert len(contracts(desk)) == 10


def test_too_many_in_total_hold_the_mail_and_keep_the_application(desk, edit_house):
    edit_house("mk", "in_total = 120", "in_total = 1")
    for _ in range(2):
        applies(desk)
    assert len(contracts(desk)) == 2
    assert len(desk.mails()) == 1
    desk.house = "mk"
    newest = contracts(desk)[0]["id"]
    assert desk.post(f"/v1/contracts/{newest}/confirmation").status == 200
    assert len(desk.mails()) == 2


def test_a_scanner_that_opens_links_confirms_nothing(desk):
    desk.signs_up("mk")
    path = link(desk.mail(MAIL))
    for _ in range(3):
        page = desk.open(path)
        assert page.status == 200
        assert "確認する" in page.text
    assert desk.status == "applied"


def test_a_button_pressed_twice_shows_the_same(desk):
    desk.signs_up("mk")
    first = desk.presses(MAIL)
    assert desk.presses(MAIL).text == first.text
    assert "確認が完了しました" in first.text
    assert desk.status == "preparing"
    assert len(desk.subjects("テストメール")) == 1


def test_links_that_open_nothing(desk):
    desk.signs_up("mk")
    path = link(desk.mail(MAIL))
    assert desk.open("/confirm/nonsense").status == 404
    assert desk.send(path, {}, **{"sec-fetch-site": "cross-site"}).status == 403
    assert desk.status == "applied"
    desk.at("2026-09-16")
    assert desk.open(path).status == 404


def test_the_office_corrects_an_address_and_sends_again(desk):
    desk.signs_up("mk", mail="wrong@sakura.example")
    old = link(desk.mail(MAIL))
    answer = desk.post(
        f"/v1/contracts/{desk.contract}/confirmation", {"mail": "right@sakura.example"}
    )
    assert answer.json["mail"] == "right@sakura.example"
    assert desk.open(old).status == 409
    desk.presses(MAIL, to="right@sakura.example")
    assert desk.status == "preparing"
    assert desk.office("confirmation").status == 409


def test_a_person_may_found_a_company_later(desk):
    desk.signs_up("smile", party="person", company="", greeting="")
    desk.presses(MAIL)
    assert "greeting" in desk.look()["waits_for"]
    desk.passes("greeting", greeting="うめ企画")
    assert desk.look()["greeting"] == "うめ企画"


def test_every_report_address_gets_its_own_test_mail(desk):
    desk.signs_up(
        "mk",
        person1_mail2="phone@sakura.example",
        person3_name="佐藤",
        person3_mail1="sato@sakura.example",
    )
    desk.presses(MAIL)
    tests = [mail for mail in desk.mails() if "テストメール" in mail["subject"]]
    assert sorted(mail["to"] for mail in tests) == [
        "pc@sakura.example",
        "phone@sakura.example",
        "sato@sakura.example",
    ]
    assert len({link(mail) for mail in tests}) == 3
    people = desk.look()["people"]
    assert [len(person["addresses"]) for person in people] == [2, 1]
    assert not any(address["confirmed"] for person in people for address in person["addresses"])


def test_what_the_applicant_saw_is_kept(desk):
    desk.signs_up("smile")
    seen = Contract.find(desk.contract).seen
    assert seen["offer"]["trial_last_day"] == "2026-09-15"
    assert seen["offer"]["total"] == 5500
    assert seen["at"].startswith("2026-09-01")


def test_mails_speak_no_markup_and_no_foreign_header(desk):
    desk.signs_up("mk", company="<b>さくら</b>&商事", contact_name='"髙橋" <x@y.example>')
    mail = desk.mail(MAIL)
    assert mail["to"] == "misaki@sakura.example"
    assert "<b>" not in html_of(mail)
    assert "<b>さくら</b>&商事" in text_of(mail)


@pytest.mark.parametrize(
    "name",
    ["people.1.name", "people.0.addresses.9", "people", "person9_name", "wants_trial", "\n", "<b>"],
)
def test_fields_that_the_form_does_not_have_change_nothing(desk, name):
    assert final(desk, **{name: "x"}).status == 200
    assert desk.send(PATH, {name: "x"}).status == 422


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "", "//"])
def test_a_malformed_origin_is_not_ours(desk, origin):
    bare = {"content-type": "application/x-www-form-urlencoded", "origin": origin}
    assert desk.client.http.post(PATH, headers=bare, body=b"a=b").status_code == 403


def test_smile_has_no_contract_without_a_trial(desk):
    assert final_of_smile(desk, trial="no").status == 422


def test_a_domain_of_japanese_letters_is_written_as_headers_can_carry_it(desk):
    desk.signs_up("mk", mail="info@例え.jp")
    assert desk.mails()[-1]["to"] == "info@xn--r8jz45g.jp"


def test_an_accepted_form_sent_again_next_day_is_still_that_application(desk):
    page = final_of_smile(desk, start_on="2026-09-01")
    first = desk.applies("smile", page)
    desk.at("2026-09-02")
    again = desk.applies("smile", page)
    assert again.status == 200
    assert again.text == first.text


def test_the_trap_closes_at_every_step(desk):
    form = hidden(desk.open(PATH).text) | FORM | {"website": "x"}
    for step in ("check", "edit", "apply"):
        assert "お申し込みを受け付けました" in desk.send(PATH, form | {"step": step}).text
    assert contracts(desk) == []


def test_faults_between_fields_come_with_the_others(desk):
    page = final(desk, mail="x", start_on="2026-08-01", company="", person1_name="")
    for field in ("mail", "start_on", "company", "person1_name"):
        assert f'<a href="#{field}">' in page.text


def test_a_corrected_address_is_recognised(desk):
    first = desk.signs_up("smile", mail="old@sakura.example")
    desk.signs_up("smile", mail="typo@sakura.example", phone="03-6800-9999")
    assert desk.look()["matches"] == []
    corrected = desk.does("confirmation", {"mail": "old@sakura.example"})
    assert corrected["matches"] == [{"contract": first, "by": ["mail"]}]
    desk.presses(MAIL, to="old@sakura.example")
    assert "eligibility" in desk.look()["waits_for"]
    desk.signs_up("smile", mail="typo@sakura.example", phone="03-6800-8888")
    assert desk.look()["matches"] == []  # the mistyped address is nobody's any more


def test_test_mails_to_one_address_are_limited(desk):
    for place in range(4):
        desk.signs_up(
            "mk",
            mail=f"m{place}@a.example",
            phone=f"03-6800-000{place}",
            person1_mail1="victim@b.example",
        )
        desk.presses(MAIL, to=f"m{place}@a.example")
    assert len([mail for mail in desk.mails() if mail["to"] == "victim@b.example"]) == 3


def test_the_price_is_that_of_the_day(desk, edit_house):
    price = "{ since = 2020-01-01, fee = 2960, included = 20, over = 148 }"
    dearer = "{ since = 2027-01-01, fee = 9999, included = 20, over = 150 }"
    edit_house("mk", price, f"{price}, {dearer}")
    assert "2,960円" in desk.open("/").text
    assert "9,999円" not in desk.open(PATH).text
    page = final(desk, start_on="2027-01-05").text
    assert "月額9,999円" in page
    assert "19,998円" in page
    assert "2,960円" not in page


def test_smile_says_what_an_option_adds_and_what_a_late_start_costs(desk):
    assert "月額6,600円" in final_of_smile(desk, use="listed").text
    late = final_of_smile(desk, use="listed", start_on="2026-10-01").text
    assert "お試しをご利用いただけません" in late
    assert "ご利用開始日から有料です" in late
    assert "2026年9月16日" not in late
    assert "全額お返しします" not in late
    assert "2026年9月15日(火)までのため" in late


def test_a_start_on_a_closed_day_is_said(desk):
    page = final(desk, start_on="2027-01-02").text
    assert "ご希望の開始日は休業日です" in page
    assert "2027年1月4日(月)から" in page
    assert "休業日です" not in final(desk, start_on="2027-01-04").text
