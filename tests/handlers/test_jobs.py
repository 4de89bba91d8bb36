"""Jobs as the cloud, or a person in its console, calls them."""

import json

import pytest

import app
from chalicelib import queue
from chalicelib.config import settle_queue_url
from tests.desk import jst


def queued() -> list[dict]:
    got = queue.client().receive_message(QueueUrl=settle_queue_url(), MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(each["Body"]) for each in got]


def test_nightly_hands_out_only_what_is_due(desk):
    first = desk.signs_up("mk")
    desk.at("2026-09-02").signs_up("mk", mail="other@a.example")
    app.nightly({"time": jst(desk.moment)}, None), queued()  # the first night of all dates everything by its rules
    desk.at("2026-09-03", "00:05")
    assert app.nightly({"time": jst(desk.moment)}, None) == {"mk": 1, "smile": 0}
    (message,) = queued()
    assert message["contracts"] == [first] and message["house"] == "mk"


def test_nightly_can_be_called_without_a_time_and_replayed_with_one(desk):
    desk.signs_up("mk")
    desk.at("2026-09-05")
    assert app.nightly({}, None)["mk"] == 1
    assert app.nightly({"time": "2026-09-02T15:05:00Z"}, None)["mk"] == 1
    assert app.nightly({"time": "2026-09-01T15:05:00"}, None)["mk"] == 0


@pytest.mark.parametrize("time", ["tomorrow", 3, "2026-09-20T00:05:00+09:00"])
def test_a_time_that_is_none_or_still_to_come_is_refused(desk, time):
    with pytest.raises(ValueError, match="time"):
        app.nightly({"time": time}, None)


def test_a_bad_message_does_not_hold_up_the_others(desk, capfd):
    contract = desk.signs_up("mk")
    desk.at("2026-09-03", "00:05")
    good = json.dumps({"house": "mk", "now": jst(desk.moment), "contracts": [contract, "mk-gone"]})
    records = [{"messageId": "1", "body": "{"}, {"messageId": "2", "body": good}, {"messageId": "3", "body": '{"house": "mk"}'}]
    answer = app.settle({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "3"}]}
    assert desk.look()["history"][-1]["event"] == "confirmation_reminded"
    assert '"alarm": "message cannot be read"' in capfd.readouterr().err


def test_a_contract_that_cannot_be_settled_is_tried_again_and_the_others_go_on(desk, capfd):
    from chalicelib.models import Contract

    broken = desk.signs_up("mk", mail="broken@a.example")
    whole = desk.signs_up("mk")
    contract = Contract.find(broken)
    contract.plan = "no such plan"
    contract.seen = {}
    contract.save()
    desk.at("2026-09-03", "00:05")
    body = json.dumps({"house": "mk", "now": jst(desk.moment), "contracts": [broken, whole]})
    answer = app.settle({"Records": [{"messageId": "1", "body": body}]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert desk.look()["history"][-1]["event"] == "confirmation_reminded"
    assert broken in capfd.readouterr().err


def test_letters_of_the_night_wait_for_the_morning(desk):
    desk.signs_up("mk")
    desk.on("2026-09-02")
    before = len(desk.mails())
    desk.at("2026-09-03", "00:05")
    app.nightly({"time": jst(desk.moment)}, None)
    for message in queued():
        app.settle({"Records": [{"messageId": "1", "body": json.dumps(message)}]}, None)
    for time in ("00:06", "08:59"):
        desk.at("2026-09-03", time)
        assert app.sweep({}, None) == {}
    desk.at("2026-09-03", "09:00")
    assert app.sweep({}, None) == {"sent": 1}
    assert len(desk.mails()) == before + 1
