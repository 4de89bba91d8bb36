"""Between one try of a report and the next, the world goes on.

Addresses leave, SES changes its mind, a call is put right.
"""

import pytest

from chalicelib.flows.post import repair
from chalicelib.models import Contract, Letter, Memo
from dev import ses_events
from dev.chatwork import NO_ROOM, NO_TOKEN
from tests import chatwork_server, ses_server
from tests.desk import link, text_of
from tests.flows.post.reports import (
    MOBILE,
    PC,
    ROOM,
    SUZUKI,
    confirmed_addresses,
    mail_of,
    report_of,
    takes_memo,
    tells,
)
from tests.ses_server import refusal

LATER = refusal(429, "TooManyRequestsException")
NEVER = refusal(400, "MessageRejected")


def tries_again(desk) -> list:
    """Sweep five minutes later; the mails that this sends."""
    before = len(desk.mails())
    repair.sweep(desk.later(minutes=5).moment)
    return desk.mails()[before:]


# who is told by then


def test_an_address_removed_meanwhile_gets_nothing(mk):
    with ses_server.answering(LATER):
        memo = takes_memo(mk)
    assert mk.office("people/p1/addresses/p1a2", method="DELETE").status == 200
    assert [mail["to"] for mail in tries_again(mk)] == [PC]
    assert report_of(mk, memo)["state"] == "handed_over"


def test_where_nobody_of_them_is_left_the_houses_rule_is_asked_again(mk):
    with ses_server.answering(LATER):
        takes_memo(mk, **{"for": "鈴木"})
    assert mk.office("people/p2", method="DELETE").status == 200
    (mail,) = tries_again(mk)
    assert mail["to"] == f"{PC}, {MOBILE}"
    assert "名簿に見当たらないため、名簿の先頭の髙橋 美咲様へ" in text_of(mail)


def test_a_dead_address_is_not_written_to_again_and_nobody_left_is_an_alarm(smile, capfd):
    other = takes_memo(smile, key="key-0")
    with ses_server.answering(LATER):
        memo = takes_memo(smile)
        tells(smile, ses_events.bounce(mail_of(smile, other, [PC]), smile.moment))
    assert confirmed_addresses(smile) == []
    mails = tries_again(smile)
    assert PC not in [mail["to"] for mail in mails]
    assert report_of(smile, memo)["state"] == "with_office"
    assert "nobody left to tell" in capfd.readouterr().err
    assert any("確認済みの報告先がなくなったため" in text_of(mail) for mail in mails)


def test_a_copy_that_waits_goes_to_nobody_who_has_left(mk):
    memo = takes_memo(mk, **{"for": "鈴木"})
    with ses_server.answering(LATER):
        assert mk.resends(memo.id).status == 200
    assert mk.office("people/p2", method="DELETE").status == 200
    assert tries_again(mk) == []
    (letter,) = [each for each in Letter.scan() if each.kind == "report_again"]
    assert letter.outbox == "mk:office"


@pytest.mark.parametrize(
    "ending", [LATER, refusal(500, "InternalFailure")], ids=["refused", "in doubt"]
)
def test_a_mail_that_does_not_leave_wakes_somebody_however_it_ends(mk, ending, capfd):
    with ses_server.answering(ending):
        takes_memo(mk)
        for _ in range(12):
            repair.sweep(mk.later(minutes=16).moment)
    assert capfd.readouterr().err.count("mail waits for long") == 1


def test_a_dead_address_is_not_confirmed_by_word_before_a_new_test_mail(mk):
    tells(mk, ses_events.bounce(mail_of(mk, takes_memo(mk), [MOBILE]), mk.moment))
    path = "people/p1/addresses/p1a2"
    assert mk.office(f"{path}/confirmation", {"ground": "お電話で確認"}).status == 409
    assert mk.office(f"{path}/test-mail", {}).status == 200
    assert mk.office(f"{path}/confirmation", {"ground": "お電話で確認"}).status == 200
    assert MOBILE in confirmed_addresses(mk)


# an address that no mail can name, and an account that may not send yet


def test_an_address_that_cannot_be_written_is_shown_to_the_office(mk, capfd):
    contract = Contract.get(mk.contract)
    contract.people[0].addresses[1].mail = "=?utf-8?q?x?=@sakura.example"  # stored long ago
    contract.save()
    memo = takes_memo(mk)
    assert report_of(mk, memo)["state"] == "with_office"
    assert "address cannot be written" in capfd.readouterr().err


@pytest.mark.parametrize(
    "refused",
    [
        refusal(400, "MessageRejected", "Email address is not verified. The following identities"),
        refusal(400, "MailFromDomainNotVerifiedException"),
        refusal(400, "SendingPausedException"),
        refusal(400, "AccountSuspendedException"),
    ],
)
def test_what_ses_refuses_of_everybody_waits_with_an_alarm_and_leaves_by_itself(mk, refused, capfd):
    with ses_server.answering(refused) as requests:
        memo = takes_memo(mk)
    assert len(requests) == 1
    assert report_of(mk, memo)["state"] == "on_its_way"
    assert '"alarm"' in capfd.readouterr().err
    assert len(tries_again(mk)) == 1
    assert report_of(mk, memo)["state"] == "handed_over"


# what SES took and did not send


def test_a_word_of_sending_after_one_of_rejection_changes_nothing(mk):
    memo = takes_memo(mk)
    mail = mail_of(mk, memo, [PC, MOBILE], memo.message_id)
    tells(mk, ses_events.reject(mail))
    tells(mk, ses_events.send(mail))
    assert report_of(mk, memo)["state"] == "with_office"
    with ses_server.answering(LATER):
        assert mk.resends(memo.id).status == 200
    tells(mk, ses_events.send(mail))
    assert len(tries_again(mk)) == 1
    assert report_of(mk, memo)["state"] == "handed_over"


def test_a_call_of_which_no_version_was_ever_sent_does_not_count(smile):
    memo = takes_memo(smile)
    with ses_server.answering(NEVER):
        right = smile.corrects(memo.id).json
    assert smile.counted("2026-09") == 1
    tells(smile, ses_events.reject(mail_of(smile, memo, [PC], memo.message_id)))
    assert smile.counted("2026-09") == 0
    held = [each["id"] for each in smile.get("/v1/held").json["held"]]
    assert right["id"] in held
    assert memo.id not in held  # its correction took its place


def test_of_several_ways_only_the_rejected_one_is_open_again(with_room_reader):
    desk = with_room_reader
    memo = takes_memo(desk, **{"for": "鈴木"})
    (mail_id,) = [receipt.message for receipt in memo.ids if receipt.way == "mail"]
    tells(desk, ses_events.reject(mail_of(desk, memo, [SUZUKI], mail_id)))
    report = report_of(desk, memo)
    assert report["state"] == "with_office"
    assert report["handed_over_at"]  # the room has read it
    assert {each["address"]: each["state"] for each in report["deliveries"]} == {
        SUZUKI: "rejected",
        ROOM: "handed_over",
    }


# Chatwork


def test_a_lost_token_is_our_fault_and_no_rooms(with_room_reader, capfd):
    desk = with_room_reader
    with chatwork_server.pointed_at(desk.chatwork.address, tokens='{"mk": "broken'):
        memo = takes_memo(desk, **{"for": "鈴木"})
    assert ROOM in confirmed_addresses(desk)
    assert memo.outbox == "mk"
    assert '{"alarm": "mail refused for now"' in capfd.readouterr().err
    repair.sweep(desk.later(minutes=5).moment)
    assert Memo.find(memo.id).outbox is None


@pytest.mark.parametrize(
    ("ending", "there"), [((400, {"errors": ["no"]}), True), (NO_TOKEN, True), (NO_ROOM, False)]
)
def test_only_what_says_so_of_the_room_takes_it_off(with_room_reader, ending, there):
    with_room_reader.chatwork.endings += [ending]
    takes_memo(with_room_reader, **{"for": "鈴木"})
    assert (ROOM in confirmed_addresses(with_room_reader)) is there


# the call itself


def test_the_bounce_of_a_report_that_was_corrected_shows_the_right_one(mk):
    memo = takes_memo(mk, business="まちがいの用件", **{"for": "鈴木"})
    mk.corrects(memo.id, business="ただしい用件", **{"for": "鈴木"})
    tells(mk, ses_events.bounce(mail_of(mk, memo, [SUZUKI], memo.message_id), mk.moment))
    text = mk.letter("メールをお届けできませんでした", to=PC)
    assert "ただしい用件" in text
    assert "まちがいの用件" not in text
    assert "髙橋 美咲 様" in text


def test_the_bounce_of_a_copy_is_told_as_that_of_a_report(mk):
    mk.resends(takes_memo(mk, **{"for": "鈴木"}).id)
    (letter,) = [each for each in Letter.scan() if each.kind == "report_again"]
    tells(mk, ses_events.bounce(mail_of(mk, letter, [SUZUKI], "ses-9"), mk.moment))
    text = mk.letter("メールをお届けできませんでした", to=PC)
    assert "受電の報告の再送" in text
    assert "青葉電機" in text


def test_a_call_reported_after_all_says_why_it_went_where_it_went(mk):
    memo = takes_memo(mk, **{"for": "山本", "class": "sales"})
    assert mk.decides(memo.id, "business", "見積依頼でした").status == 200
    (mail,) = tries_again(mk)
    assert "お名指しの「山本」は名簿に見当たらないため" in text_of(mail)


def test_a_copy_says_why_it_goes_to_somebody_else(mk):
    memo = takes_memo(mk, **{"for": "鈴木"})
    mk.does("people/p2", {"away_until": "2026-09-05"}, method="PATCH")
    mk.resends(memo.id)
    assert "ご不在のため、髙橋 美咲様へ" in mk.last_text()


def test_a_decision_taken_back_before_the_sweep_sends_nothing(mk):
    memo = takes_memo(mk, **{"class": "sales"})
    mk.decides(memo.id, "business", "見積依頼")
    mk.decides(memo.id, "sales", "やはり営業")
    assert tries_again(mk) == []
    assert report_of(mk, memo)["state"] == "none"


def test_a_call_is_not_corrected_to_a_time_without_service(smile):
    memo = takes_memo(smile.at("2026-09-12"))
    answer = smile.corrects(memo.id, received_at="2026-09-01T08:00:00+09:00")
    assert answer.status == 422
    assert answer.faults == ["received_at"]


def test_a_declared_number_that_became_the_clients_own_is_heard_again(smile):
    assert smile.office("declared", {"number": "03-9999-1111"}).status == 200
    caller = {"company": "a", "name": "b", "phone": "186　03-9999-1111"}
    assert smile.memo("key-1", caller=caller).json["reported_to"] == []
    contract = Contract.find(smile.contract)
    contract.phone_number = "0399991111"
    contract.save()
    assert smile.memo("key-2", caller=caller).json["reported_to"] != []


def test_the_copy_of_a_correction_is_one_too(smile):
    memo = takes_memo(smile)
    right = smile.corrects(memo.id, business="納期の件").json
    assert smile.resends(right["id"]).status == 200
    text = smile.last_text()
    assert "【再送】" in text
    assert f"先にお送りした報告(受付番号 {memo.number})に誤りがありました" in text


def test_a_decision_against_the_client_in_a_free_trial_does_not_read_like_one_for_them(mk):
    memo = takes_memo(mk)
    mk.send(link(mk.mail("受電報告", to=f"{PC}, {MOBILE}")), {"press": "sales"})
    assert mk.decides(memo.id, "business", "お取引先様からのご依頼でした").status == 200
    text = mk.letter("お電話の数え方について")
    assert "次の分類でお取り扱いいたします" in text
    assert "無料お試し期間中" in text
    assert "数えないことと" not in text


def test_the_newest_of_many_calls_of_a_day_are_named_and_the_others_counted(mk):
    numbers = [takes_memo(mk.later(minutes=1), key=f"key-{place}").number for place in range(8)]
    text = mk.last_text()
    assert [number in text for number in numbers[:7]] == [False] * 2 + [True] * 5
    assert "・ほか2件" in text


def test_what_is_missing_for_one_reason_is_said_once(smile):
    smile.memo(business=None, caller=None, **{"class": "hangup"})
    text = smile.last_text()
    assert "お尋ねする前に" not in text
    assert text.count("(お電話が切れました)") == 3
    smile.memo(
        "key-2", caller={"phone": "非通知"}, not_obtained={"company": "unclear", "name": "unclear"}
    )
    assert "【どなたから】(聞き取れませんでした)" in smile.last_text()
