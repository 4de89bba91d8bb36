"""Reports to rooms of Chatwork: confirmed like an address, tried again, given up."""

from chalicelib.flows.post import repair
from chalicelib.models import Memo
from dev import ses_events
from dev.chatwork import NO_ROOM, TOO_MANY
from tests import ses_server
from tests.desk import link_in
from tests.flows.post.reports import (
    ROOM,
    SUZUKI,
    adds_room,
    confirmed_addresses,
    mail_of,
    states,
    takes_memo,
    tells,
)
from tests.ses_server import refusal


def test_a_room_is_confirmed_like_an_address_and_reads_the_reports(with_room):
    desk = with_room
    refused = desk.office("people/p1/addresses", {"chatwork": "123456"})
    assert refused.status == 409  # two addresses a person at mk
    desk.does("people/p2/addresses", {"chatwork": "https://www.chatwork.com/#!rid123456"})
    (test,) = desk.chatwork.messages("123456")
    assert "テストメッセージ" in test
    assert "メールアドレス" not in test
    assert ROOM not in confirmed_addresses(desk)
    path = link_in(test)
    assert "Chatwork" in desk.open(path).text
    assert "Chatwork" in desk.send(path, {}).text
    answer = desk.memo(business="[To:1] お見積り[info]の件", **{"for": "鈴木"})
    assert answer.reported_to == [SUZUKI, ROOM]
    message = desk.chatwork.messages("123456")[-1]
    assert "お見積り" in message
    assert "[To:1]" not in message
    assert answer.json["number"] in message
    memo = Memo.find(answer.json["id"])
    assert states(desk, memo) == {SUZUKI: "handed_over", ROOM: "handed_over"}
    assert memo.outbox is None


def test_a_room_that_cannot_be_reached_is_tried_again_and_the_mail_goes_once(with_room_reader):
    desk = with_room_reader
    desk.chatwork.endings += [TOO_MANY]
    before = len(desk.mails())
    memo = takes_memo(desk, **{"for": "鈴木"})
    assert len(desk.mails()) == before + 1
    assert memo.sent == ["mail"]
    assert memo.handed_over_at
    assert memo.outbox == "mk"
    assert states(desk, memo) == {SUZUKI: "handed_over", ROOM: None}
    desk.chatwork.endings.clear()
    assert repair.sweep(desk.later(minutes=1).moment) == {"sent": 1}
    assert len(desk.mails()) == before + 1
    assert len(desk.chatwork.messages("123456")) == 2
    assert states(desk, memo)[ROOM] == "handed_over"
    assert Memo.find(memo.id).outbox is None


def test_a_mail_in_doubt_does_not_repeat_the_room(with_room_reader):
    desk = with_room_reader
    with ses_server.answering(refusal(500, "InternalFailure")):
        memo = takes_memo(desk, **{"for": "鈴木"})
    assert memo.sent == [ROOM]
    assert len(desk.chatwork.messages("123456")) == 2
    assert repair.sweep(desk.later(seconds=31).moment) == {"sent": 1}
    assert len(desk.chatwork.messages("123456")) == 2
    assert len(Memo.find(memo.id).unsure) == 1


def test_a_room_that_is_gone_goes_to_the_office_and_the_call_counts_as_reported(with_room_reader):
    desk = with_room_reader
    desk.chatwork.endings += [NO_ROOM]
    memo = takes_memo(desk, **{"for": "鈴木"})
    assert memo.outbox == "mk:office"
    assert memo.problem == "chatwork-404"
    assert memo.handed_over_at
    assert states(desk, memo) == {SUZUKI: "handed_over", ROOM: "bounced_hard"}
    assert ROOM not in confirmed_addresses(desk)
    assert ROOM in desk.letter("お届けできませんでした")
    before = len(desk.mails())
    assert desk.memo("key-2", **{"for": "鈴木"}).reported_to == [SUZUKI]
    assert len(desk.mails()) == before + 1


def test_a_way_that_ses_told_of_meanwhile_stays_done(with_room):
    """The end of the mail is in doubt, and SES tells that it went.

    Only then the request posts to the room.
    """
    desk = with_room
    adds_room(desk)

    def ses_tells_first() -> None:
        memo = next(each for each in Memo.scan() if each.outbox == "mk")
        tells(desk, ses_events.send(mail_of(desk, memo, [SUZUKI])))

    with ses_server.answering(lambda: (ses_tells_first(), None)):
        memo = takes_memo(desk, **{"for": "鈴木"})
    assert memo.outbox is None
    assert memo.handed_over_at
    before = len(desk.mails())
    assert repair.sweep(desk.later(minutes=5).moment) == {}
    assert len(desk.mails()) == before


def test_smile_reports_by_mail_only(any_desk):
    any_desk.on("2026-09-01").starts("smile")
    refused = any_desk.office("people/p1/addresses", {"chatwork": "123456"})
    assert refused.status == 422
    assert "メールのみ" in refused.json["errors"][0]["message"]
    for both in ({}, {"mail": "a@b.example", "chatwork": "1"}):
        assert any_desk.office("people/p1/addresses", both).status == 422
