"""How reports arrive, or do not: events of SES, and bounces told every time (calls.md Report)."""

import json
from itertools import permutations

import pytest

import app
from chalicelib.flows.access import links
from chalicelib.flows.post import repair
from chalicelib.models import Contract, Letter, Memo
from chalicelib.models.contract_parts import Address
from chalicelib.rules import houses
from chalicelib.rules.calls.delivery import Event
from dev import ses_events
from tests import ses_server, stores
from tests.desk import link, text_of
from tests.flows.post.reports import (
    MOBILE,
    PC,
    SUZUKI,
    confirmed_addresses,
    mail_of,
    report_of,
    states,
    takes_memo,
    tells,
)


def test_each_address_has_its_own_line_in_the_ledger(mk):
    memo = takes_memo(mk)
    assert states(mk, memo) == {PC: "handed_over", MOBILE: "handed_over"}
    mail = mail_of(mk, memo, [PC, MOBILE])
    tells(mk, ses_events.send(mail))
    tells(mk, ses_events.delivery(mail, mk.later(seconds=2).moment, [PC]))
    tells(mk, ses_events.delay(mail, mk.later(seconds=2).moment, [MOBILE]))
    assert states(mk, memo) == {PC: "delivered", MOBILE: "delayed"}


def test_events_in_any_order_and_twice_leave_the_same_ledger(mk):
    ledgers = set()
    for place, order in enumerate(permutations(range(3))):
        memo = takes_memo(mk, key=f"key-{place}")
        mail = mail_of(mk, memo, [PC, MOBILE], f"ses-{place}", mk.moment)
        at = mk.moment
        events = [
            ses_events.send(mail),
            ses_events.delay(mail, at, [PC]),
            ses_events.delivery(mail, at),
        ]
        for each in order:
            tells(mk, events[each])
            tells(mk, events[each])
        ledgers.add(tuple(states(mk, memo).items()))
    assert ledgers == {((PC, "delivered"), (MOBILE, "delivered"))}


def test_a_report_in_doubt_is_not_repeated_once_ses_says_that_it_went(mk):
    with ses_server.answering("reset"):
        memo = takes_memo(mk)
    assert memo.handed_over_at is None
    tells(mk, ses_events.send(mail_of(mk, memo, [PC, MOBILE])))
    assert report_of(mk, memo)["state"] == "handed_over"
    assert mk.counted("2026-09") == 0  # a free trial
    before = len(mk.mails())
    assert repair.sweep(mk.later(minutes=5).moment) == {}
    assert len(mk.mails()) == before
    assert Memo.find(memo.id).unsure == []


@pytest.mark.parametrize("kind", ["delivery", "bounce"])
def test_an_event_that_overtakes_our_own_mark_says_the_same(mk, kind):
    """SES tells before our request has written down that the mail went."""
    with ses_server.answering("reset"):
        memo = takes_memo(mk)
    tells(mk, getattr(ses_events, kind)(mail_of(mk, memo, [PC]), mk.moment))
    assert not memo.mark_handed_over(mk.moment, "late")
    assert report_of(mk, memo)["state"] == "handed_over"


def test_a_hard_bounce_leaves_the_routing_and_is_told_to_another_address_and_the_office(mk):
    memo = takes_memo(mk)
    before = len(mk.mails())
    tells(mk, ses_events.bounce(mail_of(mk, memo, [PC, MOBILE]), mk.later(seconds=5).moment, [PC]))
    notices = mk.mails()[before:]
    assert {str(each["to"]) for each in notices} == {MOBILE, houses.find("mk").brand.office_mail}
    assert len(notices) == 2
    notice = mk.letter("お届けできませんでした")
    assert PC in notice
    assert memo.number in notice
    assert "停止しました" in notice
    assert "青葉電機" not in notice  # who had it already
    assert confirmed_addresses(mk) == [MOBILE, SUZUKI]
    assert states(mk, memo)[PC] == "bounced_hard"
    assert mk.memo("key-2").reported_to == [MOBILE]
    address = mk.look()["people"][0]["addresses"][0]
    assert not address["confirmed"]
    assert address["bounced_at"]


def test_a_letter_that_bounced_is_named_to_the_office_alone_and_stops_no_report(mk):
    letter = next(each for each in Letter.scan() if each.kind == "started")
    tells(mk, ses_events.bounce(mail_of(mk, letter, letter.to), mk.moment))
    office = mk.letter("【事務】メールが届きませんでした")
    other = mk.letter("お届けできませんでした")
    assert "サービスを開始しました" in office
    assert "確認済みの報告先ではありません" in office
    assert "サービスを開始しました" not in other
    assert "停止" not in other


def test_the_same_bounce_told_twice_is_told_on_once(mk):
    memo = takes_memo(mk)
    event = ses_events.bounce(mail_of(mk, memo, [PC]), mk.moment, [PC])
    before = len(mk.mails())
    assert [tells(mk, event), tells(mk, event)] == [["noted"], ["known"]]
    assert len(mk.mails()) == before + 2
    # The first request may die before its last write.
    Memo.find(memo.id).update([Memo.mail_events.set([])])
    tells(mk, event)
    assert len(mk.mails()) == before + 2


def test_a_bounced_address_comes_back_by_a_new_test_mail_only(mk):
    memo = takes_memo(mk)
    old = mk.mail("テストメール", to=PC)
    tells(mk, ses_events.bounce(mail_of(mk, memo, [PC]), mk.later(minutes=1).moment, [PC]))
    assert mk.send(link(old), {}).status == 409
    assert PC not in confirmed_addresses(mk)
    mk.on("2026-09-08")  # nobody reminds an address that bounced
    assert mk.letter("テストメール", to=PC) == text_of(old)
    mk.does("people/p1/addresses/p1a1/test-mail")
    mk.presses("テストメール", to=PC)
    assert confirmed_addresses(mk) == [PC, MOBILE, SUZUKI]
    # This mail was sent before the address was confirmed again.
    late = mail_of(mk, memo, [PC], "ses-9", memo.taken_at)
    tells(mk, ses_events.bounce(late, mk.later(minutes=1).moment, [PC]))
    assert PC in confirmed_addresses(mk)


def test_a_report_that_reached_nobody_is_shown_to_the_next(mk):
    memo = takes_memo(mk, **{"for": "鈴木 花子"})
    assert [each["address"] for each in memo.reported_to] == [SUZUKI]
    tells(mk, ses_events.bounce(mail_of(mk, memo, [SUZUKI]), mk.moment))
    notice = mk.mail("お届けできませんでした")
    assert str(notice["to"]) == PC
    assert "青葉電機" in text_of(notice)
    assert "お見積りの件" in text_of(notice)


def test_a_soft_bounce_is_told_every_time_and_changes_nothing(mk):
    memo = takes_memo(mk)
    before = len(mk.mails())
    full = {"kind": "Transient", "subtype": "MailboxFull"}
    for place in range(2):
        mail = mail_of(mk, memo, [PC], f"ses-{place}")
        tells(mk, ses_events.bounce(mail, mk.later(seconds=1).moment, [PC], **full))
    assert len(mk.mails()) == before + 4
    assert PC in confirmed_addresses(mk)
    assert "一時的" in mk.letter("お届けできませんでした")


def bounces(mk, memo, *kind, **how):
    """A bounce of a report at the first address, five seconds later."""
    moment = mk.later(seconds=5).moment
    return tells(mk, ses_events.bounce(mail_of(mk, memo, [PC]), moment, [PC], *kind, **how))


def test_an_absence_note_behind_a_delivery_is_told_to_nobody(mk):
    memo = takes_memo(mk)
    tells(mk, ses_events.delivery(mail_of(mk, memo, [PC]), mk.later(seconds=1).moment, [PC]))
    before = len(mk.mails())
    assert bounces(mk, memo, "Transient", "General", explained=False) == ["noted"]
    assert len(mk.mails()) == before
    assert states(mk, memo)[PC] == "delivered"


def test_a_bounce_without_any_reason_is_told_as_one(mk):
    memo = takes_memo(mk)
    bounces(mk, memo, "Transient", "General", explained=False)
    assert states(mk, memo)[PC] == "bounced_unstated"
    assert "理由は示されていません" in mk.letter("お届けできませんでした")
    assert PC in confirmed_addresses(mk)


def test_a_bounce_of_class_5_is_a_hard_one_whatever_its_type_says(mk):
    memo = takes_memo(mk)
    bounces(mk, memo, "Transient", "ContentRejected")
    assert states(mk, memo)[PC] == "bounced_hard"
    assert PC not in confirmed_addresses(mk)


def test_notices_that_bounce_themselves_come_to_an_end(mk):
    memo = takes_memo(mk)
    tells(mk, ses_events.bounce(mail_of(mk, memo, [PC]), mk.moment, [PC]))
    (to_client,) = [letter for letter in Letter.scan() if letter.kind == "bounced"]
    (to_office,) = [letter for letter in Letter.scan() if letter.kind == "bounced_office"]
    before = len(mk.mails())
    tells(mk, ses_events.bounce(mail_of(mk, to_client, to_client.to, "ses-2"), mk.moment))
    assert len(mk.mails()) == before + 1  # the office alone
    tells(mk, ses_events.bounce(mail_of(mk, to_office, to_office.to, "ses-3"), mk.moment))
    assert len(mk.mails()) == before + 1


def test_a_mail_to_the_office_that_bounces_is_no_business_of_the_client(mk):
    memo = takes_memo(mk)
    mk.send(f"/confirm/{links.memo_token(memo.id)}", {"press": "sales"})
    (objection,) = [each for each in Letter.scan() if each.kind == "objection"]
    before = len(mk.mails())
    tells(mk, ses_events.bounce(mail_of(mk, objection, objection.to, "ses-2"), mk.moment))
    assert len(mk.mails()) == before


def test_a_complaint_and_a_rejection_are_told_to_the_office(mk):
    memo = takes_memo(mk)
    tells(mk, ses_events.complaint(mail_of(mk, memo, [PC]), mk.moment, [PC]))
    assert states(mk, memo)[PC] == "complained"
    assert PC in confirmed_addresses(mk)
    assert "迷惑メールとして申告" in mk.letter("申告されました")
    other = takes_memo(mk, key="key-2")
    tells(mk, ses_events.reject(mail_of(mk, other, [PC, MOBILE], other.message_id)))
    assert states(mk, other) == {PC: "rejected", MOBILE: "rejected"}
    assert other.id in [each["id"] for each in mk.get("/v1/held").json["held"]]
    assert report_of(mk, other)["state"] == "with_office"
    assert report_of(mk, other)["handed_over_at"] is None
    assert mk.resends(other.id).status == 200
    assert "再送" not in mk.last_text()
    assert report_of(mk, other)["state"] == "handed_over"


def test_an_event_of_another_stage_or_of_nobody_changes_nothing(mk):
    memo = takes_memo(mk)
    mail = mail_of(mk, memo, [PC])
    for tags in ({}, mail.tags | {"stage": "prod"}, mail.tags | {"memo": "mk-nothing"}):
        assert tells(mk, ses_events.bounce(mail._replace(tags=tags), mk.moment)) == ["unknown"]
    assert states(mk, memo)[PC] == "handed_over"


def test_a_forged_event_is_dropped(mk, capfd):
    memo = takes_memo(mk)
    record = mk.topic.record(ses_events.bounce(mail_of(mk, memo, [PC]), mk.moment), mk.moment)
    message = record["Records"][0]["Sns"]
    message["Message"] = message["Message"].replace("pc@", "mobile@")
    assert app.mail_events(record, None) == {"ended": ["forged"]}
    assert confirmed_addresses(mk) == [PC, MOBILE, SUZUKI]
    assert "not our topic's" in capfd.readouterr().err


def test_letters_have_their_ledger_too(mk):
    letter = next(each for each in Letter.scan() if each.kind == "test_mail" and each.to == [PC])
    tells(mk, ses_events.delivery(mail_of(mk, letter, [PC]), mk.moment))
    assert Letter.find(letter.id).mail_events[0].state == "delivered"


def test_a_rejection_that_comes_before_our_own_mark(mk):
    with ses_server.answering("reset"):
        memo = takes_memo(mk)
    tells(mk, ses_events.reject(mail_of(mk, memo, [PC, MOBILE])))
    assert not memo.mark_handed_over(mk.moment, "ses-1")
    assert report_of(mk, memo)["state"] == "with_office"
    assert report_of(mk, memo)["handed_over_at"] is None


def mails_to(desk, address) -> int:
    return len([mail for mail in desk.mails() if mail["to"] == address])


APPLICANT = "misaki@sakura.example"


@pytest.mark.parametrize(("kind", "more"), [("Permanent", 0), ("Transient", 1)])
def test_an_applicants_dead_address_is_not_reminded(any_desk, topic, kind, more):
    any_desk.topic = topic
    any_desk.on("2026-09-01").signs_up("mk", mail=APPLICANT)
    (letter,) = Letter.scan()
    tells(
        any_desk,
        ses_events.bounce(mail_of(any_desk, letter, letter.to), any_desk.moment, kind=kind),
    )
    before = mails_to(any_desk, APPLICANT)
    office = [
        mail
        for mail in any_desk.mails()
        if APPLICANT in text_of(mail) and "事務" in mail["subject"]
    ]
    assert len(office) == 1
    any_desk.on("2026-09-10", "09:30")
    assert mails_to(any_desk, APPLICANT) == before + more


def test_the_right_address_behind_a_dead_one_is_reminded(any_desk, topic):
    any_desk.topic = topic
    any_desk.on("2026-09-01").signs_up("mk", mail="dead@sakura.example")
    (letter,) = Letter.scan()
    tells(any_desk, ses_events.bounce(mail_of(any_desk, letter, letter.to), any_desk.moment))
    any_desk.does("confirmation", {"mail": APPLICANT})
    any_desk.on("2026-09-10", "09:30")
    assert mails_to(any_desk, APPLICANT) == 2


@pytest.mark.parametrize(("kind", "more"), [("Permanent", 0), ("Transient", 1)])
def test_a_dead_report_address_that_was_never_confirmed_is_not_reminded(
    any_desk, topic, kind, more
):
    any_desk.topic = topic
    any_desk.on("2026-09-01").signs_up("mk", person1_mail1="new@sakura.example")
    any_desk.presses("お申し込みを受け付けました")
    (letter,) = [each for each in Letter.scan() if each.to == ["new@sakura.example"]]
    tells(
        any_desk,
        ses_events.bounce(mail_of(any_desk, letter, letter.to), any_desk.moment, kind=kind),
    )
    before = mails_to(any_desk, "new@sakura.example")
    any_desk.on("2026-09-10", "09:30")
    assert mails_to(any_desk, "new@sakura.example") == before + more


def test_a_bounce_of_an_applicant_who_was_forgotten_brings_nothing_back(any_desk, topic):
    any_desk.topic = topic
    any_desk.signs_up("mk")
    (letter,) = Letter.scan()
    event = ses_events.bounce(mail_of(any_desk, letter, letter.to), any_desk.moment)
    any_desk.on("2026-09-20")
    tells(any_desk, event)
    letter.note_event(Event(any_desk.moment, "delivered", "m1", "a@b.example"))
    assert [*Letter.scan()] == []
    assert [*Contract.scan()] == []


def test_a_bounce_while_the_contract_is_parked_is_in_the_ledger_and_an_alarm(mk, capfd):
    memo = takes_memo(mk)
    stores.damage("contracts", mk.contract, plan="gone")
    mk.at("2026-09-04")  # the reminder of the trial's end is due, and cannot be written
    assert tells(mk, ses_events.bounce(mail_of(mk, memo, [PC]), mk.moment, [PC])) == ["noted"]
    assert "bounce of a parked contract" in capfd.readouterr().err
    stores.damage("contracts", mk.contract, plan="small")
    assert states(mk, memo)[PC] == "bounced_hard"


def tells_sixty(desk):
    """A contract that tells sixty addresses of each call."""
    desk.on("2026-09-01").starts("smile")
    contract = Contract.find(desk.contract)
    first = contract.people[0].addresses[0]
    contract.people[0].addresses = [
        Address(id=f"p1a{n}", mail=f"a{n}@sakura.example", confirmed_at=first.confirmed_at)
        for n in range(60)
    ]
    contract.save()


def test_sixty_addresses_are_told_by_two_mails(any_desk):
    tells_sixty(any_desk)
    with ses_server.answering(ses_server.SENT) as taken:
        memo = takes_memo(any_desk)
    assert [len(json.loads(each)["Destination"]["ToAddresses"]) for each in taken] == [50, 10]
    assert memo.outbox is None
    assert set(states(any_desk, memo).values()) == {"handed_over"}
    assert any_desk.counted("2026-09") == 1
