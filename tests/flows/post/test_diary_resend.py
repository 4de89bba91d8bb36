"""Reports and letters that are sent again: once a key, and only where they did not arrive."""

from chalicelib.flows.post import repair
from chalicelib.models import Contract
from tests import ses_server
from tests.flows.post.reports import (
    MOBILE,
    PC,
    SUZUKI,
    report_of,
    takes_memo,
)
from tests.ses_server import refusal


def test_a_report_is_sent_again_once_a_key(mk):
    memo = takes_memo(mk)
    before = len(mk.mails())
    first = mk.resends(memo.id)
    assert first.status == 200
    assert first.reported_to == [PC, MOBILE]
    assert mk.resends(memo.id).body == first.body
    assert len(mk.mails()) == before + 1
    assert "【再送】" in mk.last_text()
    assert "青葉電機" in mk.last_text()
    mk.later(days=1)
    assert mk.resends(memo.id).body == first.body
    assert len(mk.mails()) == before + 1
    assert mk.resends(memo.id, "again-2").status == 200
    assert len(mk.mails()) == before + 2
    assert len(mk.get(f"/v1/memos/{memo.id}", role="operator").json["resends"]) == 2


def test_a_report_that_nobody_could_get_leaves_once_somebody_can(mk):
    contract = Contract.find(mk.contract)
    for person in contract.people:
        for each in person.addresses:
            each.confirmed_at = None
    contract.save()
    memo = takes_memo(mk)
    (held,) = mk.get("/v1/held").json["held"]
    assert (held["id"], held["kind"]) == (memo.id, "report")
    assert mk.resends(memo.id).status == 409
    mk.does("people/p2/addresses/p2a1/confirmation", {"ground": "お電話で確認"})
    before = len(mk.mails())
    answer = mk.resends(memo.id)
    assert answer.reported_to == [SUZUKI]
    assert len(mk.mails()) == before + 1
    assert "再送" not in mk.last_text()
    assert report_of(mk, memo)["state"] == "handed_over"
    assert mk.resends(memo.id).body == answer.body
    assert len(mk.mails()) == before + 1
    assert mk.get("/v1/held").json["held"] == []


def test_a_report_on_its_way_or_not_to_be_sent_is_not_sent_again(mk):
    with ses_server.answering(refusal(429, "TooManyRequestsException")):
        assert mk.resends(takes_memo(mk).id).status == 409
    assert mk.resends(takes_memo(mk, key="key-2", **{"class": "sales"}).id).status == 409
    assert mk.resends("mk-nothing").status == 404


def test_a_held_letter_is_let_go(mk):
    with ses_server.answering(refusal(400, "MessageRejected")):
        mk.does("people/p2/addresses", {"mail": "new@sakura.example"})
    (held,) = mk.get("/v1/held").json["held"]
    assert held["kind"] == "test_mail"
    path = f"/v1/letters/{held['id'].replace('#', '%23')}/resend"
    for _ in range(2):
        assert mk.post(path).status == 200
    assert repair.sweep(mk.moment) == {"sent": 1}
    assert mk.post(path).status == 409
    assert mk.post("/v1/letters/nothing/resend").status == 404
