"""Jobs as the cloud, or a person in its console, calls them."""

import json

import pytest
from pynamodb.exceptions import GetError

import app
from chalicelib.channels import queue
from chalicelib.config import settle_queue_url
from chalicelib.flows.engine import contracts
from chalicelib.models import Contract, Progress
from tests import stores
from tests.desk import jst


def queued() -> list[dict]:
    got = (
        queue.client()
        .receive_message(QueueUrl=settle_queue_url(), MaxNumberOfMessages=10)
        .get("Messages", [])
    )
    return [json.loads(each["Body"]) for each in got]


def test_nightly_hands_out_only_what_is_due(desk):
    first = desk.signs_up("mk")
    desk.at("2026-09-02").signs_up("mk", mail="other@a.example")
    (
        app.nightly({"time": jst(desk.moment)}, None),
        queued(),
    )  # the first night of all dates everything by its rules
    desk.at("2026-09-03", "00:05")
    assert app.nightly({"time": jst(desk.moment)}, None) == {"mk": 1, "smile": 0}
    (message,) = queued()
    assert message["contracts"] == [first]
    assert message["house"] == "mk"


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
    records = [
        {"messageId": "1", "body": "{"},
        {"messageId": "2", "body": good},
        {"messageId": "3", "body": '{"house": "mk"}'},
    ]
    answer = app.settle({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "3"}]}
    assert desk.look()["history"][-1]["event"] == "confirmation_reminded"
    assert '"alarm": "message cannot be read"' in capfd.readouterr().err


def test_a_contract_that_cannot_be_settled_is_tried_again_and_the_others_go_on(desk, capfd):
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


def stored(contract: str) -> dict:
    """All of an item, to see whether anything of it changed."""
    return Contract.get(contract, consistent_read=True).serialize()


def in_trial(desk) -> str:
    """An mk trial from 2026-09-01 to 09-10, reminded of four business days before: on 09-04; its rules are noted."""
    contract = desk.starts("mk")
    desk.on("2026-09-02")
    assert (stored(contract)["due"]["S"], desk.status) == ("2026-09-04", "trial")
    return contract


def test_a_dry_redate_counts_and_changes_nothing(desk, edit_house):
    contract, overdue = in_trial(desk), desk.signs_up("smile")
    edit_house("mk", "remind_days = 4", "remind_days = 5")
    desk.at("2026-09-05")
    before, known = [stored(contract), stored(overdue)], Progress.find("redate").state
    for event in ({"dry_run": True}, {}, {"dry_run": True, "time": jst(desk.moment)}):
        assert app.redate(event, None) == {"mk": 1, "smile": 0}
    assert [stored(contract), stored(overdue)] == before
    assert Progress.find("redate").state == known
    assert queued() == []


def test_a_contract_that_cannot_be_read_does_not_keep_the_others_from_being_dated(
    desk, edit_house, capfd
):
    broken = in_trial(desk)
    desk.signs_up("mk", mail="other@a.example")
    stores.damage("contracts", broken, trial_last_day="some day")
    edit_house("mk", "remind_after_days = 2 ", "remind_after_days = 1 ")
    assert app.redate({}, None) == {"mk": 1, "smile": 0}
    assert broken in capfd.readouterr().err
    desk.on("2026-09-03")
    assert desk.look()["history"][-1]["event"] == "confirmation_reminded"


def test_redate_has_every_running_contract_dated_anew(desk, edit_house):
    contract = in_trial(desk)
    ended = desk.signs_up("mk", mail="other@a.example")
    assert desk.post(f"/v1/contracts/{ended}/withdrawal").status == 200
    edit_house("mk", "remind_days = 4", "remind_days = 5")
    assert app.redate({"dry_run": False}, None) == {"mk": 1, "smile": 0}
    (message,) = queued()
    assert message == {
        "house": "mk",
        "now": desk.moment.isoformat(),
        "contracts": [contract],
        "redate": True,
    }
    assert stored(contract)["due"]["S"] == "2026-09-04"
    assert app.settle({"Records": [{"messageId": "1", "body": json.dumps(message)}]}, None) == {
        "batchItemFailures": []
    }
    assert stored(contract)["due"]["S"] == "2026-09-03"
    assert app.redate({}, None) == {"mk": 0, "smile": 0}
    assert app.nightly({}, None) == {"mk": 0, "smile": 0}
    assert queued() == []  # the night knows that it is done


def test_a_changed_house_file_is_noticed_by_the_next_night_which_queues_everything_once(
    desk, edit_house
):
    contract = in_trial(desk)
    edit_house("mk", "remind_days = 4", "remind_days = 5")
    desk.at("2026-09-03", "00:05")
    assert app.nightly({}, None) == {"mk": 0, "smile": 0}  # by its stored date it is not due
    (message,) = queued()
    assert message["contracts"] == [contract]
    assert message["redate"]
    assert app.nightly({}, None) == {"mk": 0, "smile": 0}
    assert queued() == []


def test_a_date_that_came_forward_is_met_on_its_day(desk, edit_house):
    """Five business days before the trial's last are 09-03, a day before the date that was stored."""
    in_trial(desk)
    edit_house("mk", "remind_days = 4", "remind_days = 5")
    desk.on("2026-09-03")
    assert [note["on"] for note in desk.look()["history"] if note["event"] == "trial_reminded"] == [
        "2026-09-03"
    ]
    assert desk.subjects()[-1] == "お試し期間は2026年9月10日(木)までです"


def parked(desk) -> list[str]:
    return [each["id"] for each in desk.get("/v1/contracts?parked=1").json["contracts"]]


def test_a_contract_that_cannot_be_settled_is_parked_and_the_others_go_on(any_desk, capfd):
    desk = any_desk
    broken = in_trial(desk)
    stores.damage("contracts", broken, plan="gone")  # a plan that the house no longer has
    desk.signs_up("mk", mail="other@a.example")
    desk.on("2026-09-04")
    assert desk.look()["history"][-1]["event"] == "confirmation_reminded"
    assert f'{{"alarm": "contract parked", "contract": "{broken}"}}' in capfd.readouterr().err
    assert parked(desk) == [broken]

    desk.contract = broken
    shown = desk.look()
    assert shown["parked_at"] == "2026-09-04T00:05:00+09:00"  # since the first time, not the last
    assert (shown["status"], shown["plan"], shown["monthly"]) == ("trial", "gone", None)
    refused = desk.memo()
    assert (refused.status, refused.headers["Retry-After"]) == (503, "300")
    assert refused.json["type"] == "/problems/contract-parked"
    rings = desk.get(
        "/v1/lines/0367001234", role="operator"
    )  # the caller does not wait for a developer
    assert rings.status == 200
    assert rings.json["greeting"] == "さくら商事"
    assert rings.json["people"]
    desk.on("2026-09-05")
    assert desk.look()["parked_at"] == "2026-09-04T00:05:00+09:00"

    stores.damage("contracts", broken, plan="small")
    desk.on("2026-09-06")
    shown = desk.look()
    assert shown["parked_at"] is None
    assert parked(desk) == []
    assert "2026-09-04" in [
        note["on"] for note in shown["history"] if note["event"] == "trial_reminded"
    ]
    assert desk.memo().status == 201


def test_a_contract_parked_by_new_rules_is_tried_again_though_its_old_date_was_later(
    desk, edit_house
):
    broken = in_trial(desk)
    stores.damage("contracts", broken, plan="gone")
    edit_house("mk", "remind_days = 4", "remind_days = 5")
    desk.on("2026-09-03")
    assert parked(desk) == [broken]
    assert stored(broken)["due"]["S"] == "2026-09-03"
    stores.damage("contracts", broken, plan="small")
    assert desk.status == "trial"
    assert parked(desk) == []


def test_a_store_that_is_down_parks_nothing(desk, monkeypatch):
    broken = in_trial(desk)
    desk.at("2026-09-04")
    with monkeypatch.context() as store:
        store.setattr(contracts, "settle", _down)
        assert desk.get(f"/v1/contracts/{broken}").json["type"] == "/problems/store-down"
    assert parked(desk) == []


def _down(case):
    raise GetError("Failed to get item")
