"""Report addresses of mobile carriers, from the form to the report.

They are stored raw, sent quoted, and helped through the filter.
"""

import pytest
from moto.backends import get_backend

from chalicelib.models import Contract, Letter, Token
from dev import cloud
from tests.desk import html_of, link, text_of

MAIL, TEST = "お申し込みを受け付けました", "テストメール"
OLD = "a..b.@docomo.ne.jp"
SECOND = "別の形のメールアドレスも報告先としてご登録ください"


def mails_at_ses() -> list:
    """What SES was handed: `destinations` (ours, then those of the header) and `raw_data`."""
    return get_backend("ses")[cloud.ACCOUNT][cloud.REGION].sent_messages


@pytest.mark.parametrize(
    ("old", "quoted"), [(OLD, '"a..b."@docomo.ne.jp'), ("Taro.@ezweb.ne.jp", '"Taro."@ezweb.ne.jp')]
)
def test_an_old_address_from_the_form_to_the_report(desk, old, quoted):
    desk.starts("mk", person1_mail1=old)
    answer = desk.memo()
    assert answer.status == 201
    assert answer.json["reported_to"][0]["address"] == old
    report = desk.mail("受電報告")
    header = f"To: {quoted}"
    mails = [mail for mail in mails_at_ses() if header in mail.raw_data.splitlines()]
    assert [mail.destinations[0] for mail in mails] == [quoted] * 2  # the test mail and the report
    (recipient,) = report["to"].addresses
    assert f"{recipient.username}@{recipient.domain}" == old
    assert not report["to"].defects
    assert desk.look()["people"][0]["addresses"] == [
        {
            "id": "p1a1",
            "mail": old,
            "confirmed": True,
            "replaces": None,
            "bounced_at": None,
            "fragile": True,
        }
    ]


def test_the_store_keeps_it_as_it_is_written(desk):
    desk.signs_up("mk", person1_mail1=OLD)
    desk.presses(MAIL)
    assert Contract.find(desk.contract).people[0].addresses[0].mail == OLD
    letter = next(each for each in Letter.scan() if each.kind == "test_mail")
    assert letter.to == [OLD]
    assert letter.facts["address"] == OLD
    assert OLD in [token.mail for token in Token.scan()]


def test_an_applicant_may_have_one_too(desk):
    desk.signs_up("smile", mail=OLD)
    assert mails_at_ses()[-1].destinations[0] == '"a..b."@docomo.ne.jp'
    desk.presses(MAIL, to=OLD)
    assert desk.look()["mail"] == OLD
    assert desk.status == "preparing"


def test_beside_a_sound_address_each_is_told_which_it_is(desk):
    desk.signs_up("mk", person1_mail2=OLD)
    assert [each["fragile"] for each in desk.look()["people"][0]["addresses"]] == [False, True]


def test_the_test_mails_page_shows_the_steps_of_its_own_carrier_alone(desk):
    desk.signs_up("mk", person1_mail2="misaki@au.com")
    desk.presses(MAIL)
    path = link(desk.mail(TEST, to="misaki@au.com"))
    for page in (desk.open(path), desk.send(path, {})):
        assert "au・UQ mobileのメールをお使いの方へ" in page.text
        assert "mk.example からのメール" in page.text
        assert "ドコモ" not in page.text
        assert SECOND not in page.text
    other = desk.open(link(desk.mail(TEST, to="pc@sakura.example")))
    assert "お使いの方へ" not in other.text


def test_the_applicants_own_page_shows_no_steps(desk):
    desk.signs_up("mk", mail="misaki@docomo.ne.jp")
    assert "お使いの方へ" not in desk.open(link(desk.mail(MAIL))).text


def test_a_second_address_is_asked_for_where_the_first_is_fragile(desk):
    desk.signs_up("mk", person1_mail1=OLD, person2_name="佐藤", person2_mail1="sato@rakumail.jp")
    desk.presses(MAIL)
    first, other = desk.mail(TEST, to=OLD), desk.mail(TEST, to="sato@rakumail.jp")
    guidance = desk.letter("メールアドレスを確認しました")
    assert SECOND in text_of(first)
    assert SECOND in html_of(first)
    assert SECOND not in text_of(other)
    assert SECOND in desk.open(link(first)).text
    assert SECOND in guidance
    assert "mk.example からのメール" in guidance
    assert "\n  ドコモ: " in guidance
    assert "\n  楽天モバイル: " in guidance
    assert "SoftBank" not in guidance


def test_guidance_says_nothing_of_carriers_to_those_who_have_none(desk):
    desk.signs_up("mk")
    desk.presses(MAIL)
    guidance = desk.letter("メールアドレスを確認しました")
    assert "テストメールが届かない場合" not in guidance
    assert SECOND not in guidance
