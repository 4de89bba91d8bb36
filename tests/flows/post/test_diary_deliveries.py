"""How reports arrive, or do not: SES's events, bounces told every time, Chatwork, reports sent again (calls.md Report)."""

import json
import re
from itertools import permutations

import pytest

import app
from chalicelib.channels import ses
from chalicelib.errors import Parked
from chalicelib.flows.access import links
from chalicelib.flows.post import repair
from chalicelib.models import Contract, Letter, Memo
from chalicelib.models.contract_parts import Address
from chalicelib.rules import houses
from dev import ses_events
from dev.chatwork import NO_ROOM, TOO_MANY
from tests import chatwork_server, ses_server, stores
from tests.desk import link, text_of
from tests.ses_server import refusal


@pytest.fixture
def mk(any_desk, topic):
    """House mk with one person at two addresses and a second person below."""

    def live():
        any_desk.on("2026-09-01").starts("mk")
        any_desk.does("people/p1/addresses", {"mail": "mobile@sakura.example"})
        any_desk.does("people", {"name": "鈴木 花子", "addresses": ["suzuki@sakura.example"]})
        any_desk.presses("テストメール", to="mobile@sakura.example")
        any_desk.presses("テストメール", to="suzuki@sakura.example")

    stores.once("mk with three addresses", any_desk, live)
    any_desk.topic = topic
    return any_desk


PC, MOBILE, SUZUKI = "pc@sakura.example", "mobile@sakura.example", "suzuki@sakura.example"


def sent(
    desk, item: Memo | Letter, to: list[str], message: str = "ses-1", at=None
) -> ses_events.Mail:
    """A mail of an item as SES knows it."""
    tags = {item.tag: ses.tagged(item.id), "contract": item.contract, "stage": "test"}
    return ses_events.Mail(message, tags, to, at or desk.moment)


def tells(desk, event: dict) -> list[str]:
    """SES publishes an event through its topic."""
    return app.mail_events(desk.topic.record(event, desk.moment), None)["ended"]


def memo_of(desk, **said) -> Memo:
    return Memo.find(desk.memo(**said).json["id"])


def seen(desk, memo: Memo) -> dict:
    return desk.get(f"/v1/memos/{memo.id}", role="operator").json["report"]


def states(desk, memo: Memo) -> dict:
    return {each["address"]: each["state"] for each in seen(desk, memo)["deliveries"]}


def confirmed(desk) -> list[str]:
    people = Contract.find(desk.contract).people
    return [each.mail for person in people for each in person.addresses if each.confirmed_at]


def test_each_address_has_its_own_line_in_the_ledger(mk):
    memo = memo_of(mk)
    assert states(mk, memo) == {PC: "handed_over", MOBILE: "handed_over"}
    mail = sent(mk, memo, [PC, MOBILE])
    tells(mk, ses_events.send(mail))
    tells(mk, ses_events.delivery(mail, mk.later(seconds=2).moment, [PC]))
    tells(mk, ses_events.delay(mail, mk.later(seconds=2).moment, [MOBILE]))
    assert states(mk, memo) == {PC: "delivered", MOBILE: "delayed"}


def test_events_in_any_order_and_twice_leave_the_same_ledger(mk):
    found = set()
    for place, order in enumerate(permutations(range(3))):
        memo = memo_of(mk, key=f"key-{place}")
        mail = sent(mk, memo, [PC, MOBILE], f"ses-{place}", mk.moment)
        at = mk.moment
        events = [
            ses_events.send(mail),
            ses_events.delay(mail, at, [PC]),
            ses_events.delivery(mail, at),
        ]
        for each in order:
            tells(mk, events[each])
            tells(mk, events[each])
        found.add(tuple(states(mk, memo).items()))
    assert found == {((PC, "delivered"), (MOBILE, "delivered"))}


def test_a_report_in_doubt_is_not_repeated_once_ses_says_that_it_went(mk):
    with ses_server.answering("reset"):
        memo = memo_of(mk)
    assert memo.handed_over_at is None
    tells(mk, ses_events.send(sent(mk, memo, [PC, MOBILE])))
    assert seen(mk, memo)["state"] == "handed_over"
    assert mk.counted("2026-09") == 0  # a free trial
    before = len(mk.mails())
    assert repair.sweep(mk.later(minutes=5).moment) == {}
    assert len(mk.mails()) == before
    assert Memo.find(memo.id).unsure == []


@pytest.mark.parametrize("kind", ["delivery", "bounce"])
def test_an_event_that_overtakes_our_own_mark_says_the_same(mk, kind):
    """SES tells before our request has written down that the mail went."""
    with ses_server.answering("reset"):
        memo = memo_of(mk)
    tells(mk, getattr(ses_events, kind)(sent(mk, memo, [PC]), mk.moment))
    stale = memo
    assert not stale.mark_handed_over(mk.moment, "late")
    assert seen(mk, memo)["state"] == "handed_over"


def test_a_hard_bounce_leaves_the_routing_and_is_told_to_another_address_and_the_office(mk):
    memo = memo_of(mk)
    before = len(mk.mails())
    tells(mk, ses_events.bounce(sent(mk, memo, [PC, MOBILE]), mk.later(seconds=5).moment, [PC]))
    told = mk.mails()[before:]
    assert sorted(str(each["to"]) for each in told) == sorted(
        [MOBILE, houses.find("mk").brand.office_mail]
    )
    notice = text_of(mk.mail("お届けできませんでした"))
    assert PC in notice
    assert memo.number in notice
    assert "停止しました" in notice
    assert "青葉電機" not in notice  # who had it already
    assert confirmed(mk) == [MOBILE, SUZUKI]
    assert states(mk, memo)[PC] == "bounced_hard"
    assert [each["address"] for each in mk.memo("key-2").json["reported_to"]] == [MOBILE]
    address = mk.look()["people"][0]["addresses"][0]
    assert not address["confirmed"]
    assert address["bounced_at"]


def test_a_letter_that_bounced_is_named_to_the_office_alone_and_stops_no_report(mk):
    letter = next(each for each in Letter.scan() if each.kind == "started")
    tells(mk, ses_events.bounce(sent(mk, letter, letter.to), mk.moment))
    office, other = (
        text_of(mk.mail("【事務】メールが届きませんでした")),
        text_of(mk.mail("お届けできませんでした")),
    )
    assert "サービスを開始しました" in office
    assert "確認済みの報告先ではありません" in office
    assert "サービスを開始しました" not in other
    assert "停止" not in other


def test_the_same_bounce_told_twice_is_told_on_once(mk):
    memo = memo_of(mk)
    event = ses_events.bounce(sent(mk, memo, [PC]), mk.moment, [PC])
    before = len(mk.mails())
    assert [tells(mk, event), tells(mk, event)] == [["noted"], ["known"]]
    assert len(mk.mails()) == before + 2
    Memo.find(memo.id).update(
        [Memo.mail_events.set([])]
    )  # as if the first had died before its last write
    tells(mk, event)
    assert len(mk.mails()) == before + 2


def test_a_bounced_address_comes_back_by_a_new_test_mail_only(mk):
    memo = memo_of(mk)
    old = mk.mail("テストメール", to=PC)
    tells(mk, ses_events.bounce(sent(mk, memo, [PC]), mk.later(minutes=1).moment, [PC]))
    assert mk.send(link(old), {}).status == 409
    assert PC not in confirmed(mk)
    mk.on("2026-09-08")  # nobody reminds an address that bounced
    assert text_of(mk.mail("テストメール", to=PC)) == text_of(old)
    mk.does("people/p1/addresses/p1a1/test-mail")
    mk.presses("テストメール", to=PC)
    assert confirmed(mk) == [PC, MOBILE, SUZUKI]
    late = ses_events.bounce(
        sent(mk, memo, [PC], "ses-9", memo.taken_at), mk.later(minutes=1).moment, [PC]
    )
    tells(mk, late)  # of a mail that was sent before it was confirmed again
    assert PC in confirmed(mk)


def test_a_report_that_reached_nobody_is_shown_to_the_next(mk):
    memo = memo_of(mk, **{"for": "鈴木 花子"})
    assert [each["address"] for each in memo.reported_to] == [SUZUKI]
    tells(mk, ses_events.bounce(sent(mk, memo, [SUZUKI]), mk.moment))
    notice = mk.mail("お届けできませんでした")
    assert str(notice["to"]) == PC
    assert "青葉電機" in text_of(notice)
    assert "お見積りの件" in text_of(notice)


def test_a_soft_bounce_is_told_every_time_and_changes_nothing(mk):
    memo = memo_of(mk)
    before = len(mk.mails())
    for place in range(2):
        event = ses_events.bounce(
            sent(mk, memo, [PC], f"ses-{place}"),
            mk.later(seconds=1).moment,
            [PC],
            kind="Transient",
            subtype="MailboxFull",
        )
        tells(mk, event)
    assert len(mk.mails()) == before + 4
    assert PC in confirmed(mk)
    assert "一時的" in text_of(mk.mail("お届けできませんでした"))


def test_notices_that_bounce_themselves_come_to_an_end(mk):
    memo = memo_of(mk)
    tells(mk, ses_events.bounce(sent(mk, memo, [PC]), mk.moment, [PC]))
    notices = {
        each.kind: each for each in Letter.scan() if each.kind in ("bounced", "bounced_office")
    }
    before = len(mk.mails())
    tells(
        mk,
        ses_events.bounce(sent(mk, notices["bounced"], notices["bounced"].to, "ses-2"), mk.moment),
    )
    assert len(mk.mails()) == before + 1  # the office alone
    tells(
        mk,
        ses_events.bounce(
            sent(mk, notices["bounced_office"], notices["bounced_office"].to, "ses-3"), mk.moment
        ),
    )
    assert len(mk.mails()) == before + 1


def test_a_mail_to_the_office_that_bounces_is_no_business_of_the_client(mk):
    memo = memo_of(mk)
    mk.send(f"/confirm/{links.memo_token(memo.id)}", {"press": "sales"})
    (objection,) = [each for each in Letter.scan() if each.kind == "objection"]
    before = len(mk.mails())
    tells(mk, ses_events.bounce(sent(mk, objection, objection.to, "ses-2"), mk.moment))
    assert len(mk.mails()) == before


def test_a_complaint_and_a_rejection_are_told_to_the_office(mk):
    memo = memo_of(mk)
    tells(mk, ses_events.complaint(sent(mk, memo, [PC]), mk.moment, [PC]))
    assert states(mk, memo)[PC] == "complained"
    assert PC in confirmed(mk)
    assert "迷惑メールとして申告" in text_of(mk.mail("申告されました"))
    other = memo_of(mk, key="key-2")
    tells(mk, ses_events.reject(sent(mk, other, [PC, MOBILE], other.message_id)))
    assert states(mk, other) == {PC: "rejected", MOBILE: "rejected"}
    assert other.id in [each["id"] for each in mk.get("/v1/held").json["held"]]
    assert seen(mk, other)["state"] == "with_office"
    assert seen(mk, other)["handed_over_at"] is None
    assert again(mk, other).status == 200
    assert "再送" not in text_of(mk.mails()[-1])
    assert seen(mk, other)["state"] == "handed_over"


def test_an_event_of_another_stage_or_of_nobody_changes_nothing(mk):
    memo = memo_of(mk)
    mail = sent(mk, memo, [PC])
    for tags in ({}, mail.tags | {"stage": "prod"}, mail.tags | {"memo": "mk-nothing"}):
        assert tells(mk, ses_events.bounce(mail._replace(tags=tags), mk.moment)) == ["unknown"]
    assert states(mk, memo)[PC] == "handed_over"


def test_a_forged_event_is_dropped(mk, capfd):
    memo = memo_of(mk)
    record = mk.topic.record(ses_events.bounce(sent(mk, memo, [PC]), mk.moment), mk.moment)
    record["Records"][0]["Sns"]["Message"] = record["Records"][0]["Sns"]["Message"].replace(
        "pc@", "mobile@"
    )
    assert app.mail_events(record, None) == {"ended": ["forged"]}
    assert confirmed(mk) == [PC, MOBILE, SUZUKI]
    assert "not our topic's" in capfd.readouterr().err


def test_letters_have_their_ledger_too(mk):
    letter = next(each for each in Letter.scan() if each.kind == "test_mail" and each.to == [PC])
    tells(mk, ses_events.delivery(sent(mk, letter, [PC]), mk.moment))
    assert Letter.find(letter.id).mail_events[0].split(" ")[1] == "delivered"


ROOM = "chatwork:123456"


@pytest.fixture
def with_room(mk):
    """The same, and a Chatwork with one room."""
    with chatwork_server.running(rooms={"123456"}) as chatwork:
        mk.chatwork = chatwork
        yield mk


def test_a_room_is_confirmed_like_an_address_and_reads_the_reports(with_room):
    desk = with_room
    refused = desk.office("people/p1/addresses", {"chatwork": "123456"})
    assert refused.status == 409  # two addresses a person at mk
    desk.does("people/p2/addresses", {"chatwork": "https://www.chatwork.com/#!rid123456"})
    (test,) = desk.chatwork.messages("123456")
    assert "テストメッセージ" in test
    assert "メールアドレス" not in test
    assert ROOM not in confirmed(desk)
    path = re.search(r"https://denwaban\.example(/confirm/[\w.-]+)", test)[1]
    assert "Chatwork" in desk.open(path).text
    assert "Chatwork" in desk.send(path, {}).text
    answer = desk.memo(business="[To:1] お見積り[info]の件", **{"for": "鈴木"})
    assert [each["address"] for each in answer.json["reported_to"]] == [SUZUKI, ROOM]
    message = desk.chatwork.messages("123456")[-1]
    assert "お見積り" in message
    assert "[To:1]" not in message
    assert answer.json["number"] in message
    memo = Memo.find(answer.json["id"])
    assert states(desk, memo) == {SUZUKI: "handed_over", ROOM: "handed_over"}
    assert memo.outbox is None


def room_reader(desk):
    desk.does("people/p2/addresses", {"chatwork": "123456"})
    desk.does("people/p2/addresses/p2a2/confirmation", {"ground": "お電話で確認"})


def test_a_room_that_cannot_be_reached_is_tried_again_and_the_mail_goes_once(with_room):
    desk = with_room
    room_reader(desk)
    desk.chatwork.endings += [TOO_MANY]
    before = len(desk.mails())
    memo = memo_of(desk, **{"for": "鈴木"})
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


def test_a_mail_in_doubt_does_not_repeat_the_room(with_room):
    desk = with_room
    room_reader(desk)
    with ses_server.answering(refusal(500, "InternalFailure")):
        memo = memo_of(desk, **{"for": "鈴木"})
    assert memo.sent == [ROOM]
    assert len(desk.chatwork.messages("123456")) == 2
    assert repair.sweep(desk.later(seconds=31).moment) == {"sent": 1}
    assert len(desk.chatwork.messages("123456")) == 2
    assert len(Memo.find(memo.id).unsure) == 1


def test_a_room_that_is_gone_goes_to_the_office_and_the_call_counts_as_reported(with_room):
    desk = with_room
    room_reader(desk)
    desk.chatwork.endings += [NO_ROOM]
    memo = memo_of(desk, **{"for": "鈴木"})
    assert memo.outbox == "mk:office"
    assert memo.problem == "chatwork-404"
    assert memo.handed_over_at
    assert states(desk, memo) == {SUZUKI: "handed_over", ROOM: "bounced_hard"}
    assert ROOM not in confirmed(desk)
    assert ROOM in text_of(desk.mail("お届けできませんでした"))
    before = len(desk.mails())
    assert [
        each["address"] for each in desk.memo("key-2", **{"for": "鈴木"}).json["reported_to"]
    ] == [SUZUKI]
    assert len(desk.mails()) == before + 1


def test_a_rejection_that_comes_before_our_own_mark(mk):
    with ses_server.answering("reset"):
        memo = memo_of(mk)
    tells(mk, ses_events.reject(sent(mk, memo, [PC, MOBILE])))
    assert not memo.mark_handed_over(mk.moment, "ses-1")
    assert seen(mk, memo)["state"] == "with_office"
    assert seen(mk, memo)["handed_over_at"] is None


def test_a_way_that_ses_told_of_meanwhile_stays_done(with_room):
    """The mail's end is in doubt, SES tells that it went, and only then the request posts to the room."""
    desk = with_room
    room_reader(desk)

    def ses_tells_first():
        memo = next(each for each in Memo.scan() if each.outbox == "mk")
        tells(desk, ses_events.send(sent(desk, memo, [SUZUKI])))

    with ses_server.answering(lambda: (ses_tells_first(), None)):
        memo = memo_of(desk, **{"for": "鈴木"})
    assert memo.outbox is None
    assert memo.handed_over_at
    before = len(desk.mails())
    assert repair.sweep(desk.later(minutes=5).moment) == {}
    assert len(desk.mails()) == before


def test_a_bounce_of_an_applicant_who_was_forgotten_brings_nothing_back(any_desk, topic):
    any_desk.topic = topic
    any_desk.signs_up("mk")
    (letter,) = Letter.scan()
    event = ses_events.bounce(sent(any_desk, letter, letter.to), any_desk.moment)
    any_desk.on("2026-09-20")
    tells(any_desk, event)
    letter.note_event("x")
    assert [*Letter.scan()] == []
    assert [*Contract.scan()] == []


def test_a_bounce_while_the_contract_is_parked_is_in_the_ledger_and_an_alarm(
    mk, capfd, monkeypatch
):
    memo = memo_of(mk)
    monkeypatch.setattr("chalicelib.flows.engine.contracts.load", _parked)
    assert tells(mk, ses_events.bounce(sent(mk, memo, [PC]), mk.moment, [PC])) == ["noted"]
    assert "bounce of a parked contract" in capfd.readouterr().err
    monkeypatch.undo()
    assert states(mk, memo)[PC] == "bounced_hard"


def _parked(*_):
    raise Parked("parked")


def test_sixty_addresses_are_told_by_two_mails(any_desk):
    any_desk.on("2026-09-01").starts("smile")
    contract = Contract.find(any_desk.contract)
    first = contract.people[0].addresses[0]
    contract.people[0].addresses = [
        Address(id=f"p1a{n}", mail=f"a{n}@sakura.example", confirmed_at=first.confirmed_at)
        for n in range(60)
    ]
    contract.save()
    with ses_server.answering(ses_server.SENT) as taken:
        memo = memo_of(any_desk)
    assert [len(json.loads(each)["Destination"]["ToAddresses"]) for each in taken] == [50, 10]
    assert memo.outbox is None
    assert set(states(any_desk, memo).values()) == {"handed_over"}
    assert any_desk.counted("2026-09") == 1


def test_smile_reports_by_mail_only(any_desk):
    any_desk.on("2026-09-01").starts("smile")
    refused = any_desk.office("people/p1/addresses", {"chatwork": "123456"})
    assert refused.status == 422
    assert "メールのみ" in refused.json["errors"][0]["message"]
    for both in ({}, {"mail": "a@b.example", "chatwork": "1"}):
        assert any_desk.office("people/p1/addresses", both).status == 422


def again(desk, memo: Memo, key: str = "again-1"):
    return desk.post(f"/v1/memos/{memo.id}/resend", {}, role="operator", **{"idempotency-key": key})


def test_a_report_is_sent_again_once_a_key(mk):
    memo = memo_of(mk)
    before = len(mk.mails())
    first = again(mk, memo)
    assert first.status == 200
    assert [each["address"] for each in first.json["reported_to"]] == [
        PC,
        MOBILE,
    ]
    assert again(mk, memo).body == first.body
    assert len(mk.mails()) == before + 1
    assert "【再送】" in text_of(mk.mails()[-1])
    assert "青葉電機" in text_of(mk.mails()[-1])
    mk.later(days=1)
    assert again(mk, memo).body == first.body
    assert len(mk.mails()) == before + 1
    assert again(mk, memo, "again-2").status == 200
    assert len(mk.mails()) == before + 2
    assert len(mk.get(f"/v1/memos/{memo.id}", role="operator").json["resends"]) == 2


def test_a_report_that_nobody_could_get_leaves_once_somebody_can(mk):
    contract = Contract.find(mk.contract)
    for person in contract.people:
        for each in person.addresses:
            each.confirmed_at = None
    contract.save()
    memo = memo_of(mk)
    (held,) = mk.get("/v1/held").json["held"]
    assert (held["id"], held["kind"]) == (memo.id, "report")
    assert again(mk, memo).status == 409
    mk.does("people/p2/addresses/p2a1/confirmation", {"ground": "お電話で確認"})
    before = len(mk.mails())
    answer = again(mk, memo)
    assert [each["address"] for each in answer.json["reported_to"]] == [SUZUKI]
    assert len(mk.mails()) == before + 1
    assert "再送" not in text_of(mk.mails()[-1])
    assert seen(mk, memo)["state"] == "handed_over"
    assert again(mk, memo).body == answer.body
    assert len(mk.mails()) == before + 1
    assert mk.get("/v1/held").json["held"] == []


def test_a_report_on_its_way_or_not_to_be_sent_is_not_sent_again(mk):
    with ses_server.answering(refusal(429, "TooManyRequestsException")):
        assert again(mk, memo_of(mk)).status == 409
    assert again(mk, memo_of(mk, key="key-2", **{"class": "sales"})).status == 409
    assert again(mk, Memo(id="mk-nothing")).status == 404


def test_a_held_letter_is_let_go(mk):
    with ses_server.answering(refusal(400, "MessageRejected")):
        mk.does("people/p2/addresses", {"mail": "new@sakura.example"})
    (held,) = mk.get("/v1/held").json["held"]
    assert held["kind"] == "test_mail"
    path = f"/v1/letters/{held['id'].replace('#', '%23')}/resend"
    assert mk.post(path).status == mk.post(path).status == 200
    assert repair.sweep(mk.moment) == {"sent": 1}
    assert mk.post(path).status == 409
    assert mk.post("/v1/letters/nothing/resend").status == 404
