"""Jobs as the cloud, or a person in its console, calls them."""

import json

import pytest
from pynamodb.exceptions import GetError

import app
from chalicelib.channels import queue
from chalicelib.config import settle_queue_url
from chalicelib.flows.contract import dated
from chalicelib.flows.engine import contracts
from chalicelib.models import Contract, Progress
from chalicelib.words import letters
from tests import stores
from tests.desk import jst


def takes_queued() -> list[dict]:
    """Take what waits in the queue, as Lambda would."""
    client = queue.client()
    answer = client.receive_message(QueueUrl=settle_queue_url(), MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def runs_nightly(desk) -> dict[str, int]:
    """The night's job, now: how many contracts of each house it hands out."""
    return app.nightly({"time": jst(desk.moment)}, None)


def settles(*bodies: str) -> list[str]:
    """Hand messages to the worker, numbered from 1; those that it gives back."""
    records = [
        {"messageId": str(place), "body": body} for place, body in enumerate(bodies, start=1)
    ]
    answer = app.settle({"Records": records}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def message(desk, *contracts: str) -> str:
    """A message of the night about mk's contracts."""
    return json.dumps({"house": "mk", "now": jst(desk.moment), "contracts": contracts})


def test_nightly_hands_out_only_what_is_due(desk):
    first = desk.signs_up("mk")
    desk.at("2026-09-02").signs_up("mk", mail="other@a.example")
    # The first night of all dates everything by its rules.
    runs_nightly(desk)
    takes_queued()
    desk.at("2026-09-03", "00:05")
    assert runs_nightly(desk) == {"mk": 1, "smile": 0}
    (handed_out,) = takes_queued()
    assert handed_out["contracts"] == [first]
    assert handed_out["house"] == "mk"


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
    assert settles("{", message(desk, contract, "mk-gone"), '{"house": "mk"}') == ["1", "3"]
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
    assert settles(message(desk, broken, whole)) == ["1"]
    assert desk.look()["history"][-1]["event"] == "confirmation_reminded"
    assert broken in capfd.readouterr().err


def test_letters_of_the_night_wait_for_the_morning(desk):
    desk.signs_up("mk")
    desk.on("2026-09-02")
    before = len(desk.mails())
    desk.at("2026-09-03", "00:05")
    runs_nightly(desk)
    for handed_out in takes_queued():
        settles(json.dumps(handed_out))
    for time in ("00:06", "08:59"):
        desk.at("2026-09-03", time)
        assert app.sweep({}, None) == {}
    desk.at("2026-09-03", "09:00")
    assert app.sweep({}, None) == {"sent": 1}
    assert len(desk.mails()) == before + 1


def stored(contract: str) -> dict:
    """All of an item, to see whether anything of it changed."""
    return Contract.get(contract, consistent_read=True).serialize()


def due(contract: str) -> str:
    """The day that is stored as a contract's next."""
    return stored(contract)["due"]["S"]


def in_trial(desk) -> str:
    """An mk trial from 2026-09-01 to 09-10, whose rules are noted.

    Its reminder is due four business days before the end: on 09-04.
    """
    contract = desk.starts("mk")
    desk.on("2026-09-02")
    assert due(contract) == "2026-09-04"
    assert desk.status == "trial"
    return contract


def test_a_dry_redate_counts_and_changes_nothing(desk, edit_house):
    contract = in_trial(desk)
    overdue = desk.signs_up("smile")
    edit_house("mk", "remind_days = 4", "remind_days = 5")
    desk.at("2026-09-05")
    before = [stored(contract), stored(overdue)]
    known = Progress.find("redate").state
    for event in ({"dry_run": True}, {}, {"dry_run": True, "time": jst(desk.moment)}):
        assert app.redate(event, None) == {"mk": 1, "smile": 0}
    assert [stored(contract), stored(overdue)] == before
    assert Progress.find("redate").state == known
    assert takes_queued() == []


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
    (handed_out,) = takes_queued()
    assert handed_out == {
        "house": "mk",
        "now": desk.moment.isoformat(),
        "contracts": [contract],
        "redate": True,
    }
    assert due(contract) == "2026-09-04"
    assert settles(json.dumps(handed_out)) == []
    assert due(contract) == "2026-09-03"
    assert app.redate({}, None) == {"mk": 0, "smile": 0}
    assert app.nightly({}, None) == {"mk": 0, "smile": 0}
    assert takes_queued() == []  # the night knows that it is done


def test_a_changed_house_file_is_noticed_by_the_next_night_which_queues_everything_once(
    desk, edit_house
):
    contract = in_trial(desk)
    edit_house("mk", "remind_days = 4", "remind_days = 5")
    desk.at("2026-09-03", "00:05")
    assert app.nightly({}, None) == {"mk": 0, "smile": 0}  # by its stored date it is not due
    (handed_out,) = takes_queued()
    assert handed_out["contracts"] == [contract]
    assert handed_out["redate"]
    assert app.nightly({}, None) == {"mk": 0, "smile": 0}
    assert takes_queued() == []


def test_a_date_that_came_forward_is_met_on_its_day(desk, edit_house):
    """Five business days before the last day of the trial are 09-03, a day before the old date."""
    in_trial(desk)
    edit_house("mk", "remind_days = 4", "remind_days = 5")
    desk.on("2026-09-03")
    reminded = [day for day, event in desk.events() if event == "trial_reminded"]
    assert reminded == ["2026-09-03"]
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
    assert shown["parked_at"] == "2026-09-04T00:05:00+09:00"  # not the last time
    assert (shown["status"], shown["plan"], shown["monthly"]) == ("trial", "gone", None)
    refused = desk.memo()
    assert (refused.status, refused.headers["Retry-After"]) == (503, "300")
    assert refused.json["type"] == "/problems/contract-parked"
    # The caller does not wait for a developer.
    screen = desk.screen()
    assert screen["greeting"] == "さくら商事"
    assert screen["people"]
    desk.on("2026-09-05")
    assert desk.look()["parked_at"] == "2026-09-04T00:05:00+09:00"

    stores.damage("contracts", broken, plan="small")
    desk.on("2026-09-06")
    shown = desk.look()
    assert shown["parked_at"] is None
    assert parked(desk) == []
    assert ("2026-09-04", "trial_reminded") in desk.events()
    assert desk.memo().status == 201


def test_a_contract_parked_by_new_rules_is_tried_again_though_its_old_date_was_later(
    desk, edit_house
):
    broken = in_trial(desk)
    stores.damage("contracts", broken, plan="gone")
    edit_house("mk", "remind_days = 4", "remind_days = 5")
    desk.on("2026-09-03")
    assert parked(desk) == [broken]
    assert due(broken) == "2026-09-03"
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


def _down(change):
    raise GetError("Failed to get item")


@pytest.mark.truth
def test_what_no_store_can_take_parks_the_contract_and_is_shown(true_desk, monkeypatch):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    # No door and no house file lets such long words in, so the letter is put in place of its own.
    over_400_kb = letters.Service("あ" * 200_000, 0, None, "listed", None, None, None, [], 0)
    monkeypatch.setattr(dated, "service", lambda *_: over_400_kb)
    desk.on("2026-09-12")  # the reminder of the trial's end is due, and cannot be stored
    contract = desk.look()
    assert contract["parked_at"]
    assert contract["due"] <= "2026-09-12"
    assert desk.memo().json["type"] == "/problems/contract-parked"
    monkeypatch.undo()
    desk.on("2026-09-13")
    assert desk.look()["parked_at"] is None
    assert desk.subjects("までです")
