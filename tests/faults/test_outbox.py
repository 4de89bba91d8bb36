"""The outbox under every way a send can end."""

import pytest

from chalicelib.flows.post import repair
from chalicelib.models import Letter, Memo
from tests import ses_server, stores
from tests.desk import text_of
from tests.ses_server import refusal


@pytest.fixture
def running(any_desk):
    stores.once("mk started", any_desk, lambda: any_desk.on("2026-09-01").starts("mk"))
    return any_desk


def only_memo() -> Memo:
    (memo,) = Memo.scan(consistent_read=True)
    return memo


def sweep(desk) -> dict:
    return repair.sweep(desk.moment)


DEFINITE = [
    refusal(429, "TooManyRequestsException"),
    refusal(400, "SendingPausedException"),
    refusal(403, "AccessDeniedException"),
]


@pytest.mark.parametrize("ending", DEFINITE, ids=lambda ending: ending[1]["__type"])
def test_a_definite_no_is_tried_again_without_doubt(running, ending):
    with ses_server.answering(ending) as taken:
        assert running.memo().status == 201
    assert len(taken) == 1
    assert only_memo().handed_over_at is None
    assert only_memo().attempt_since is None
    assert running.counted("2026-09") == 0
    assert sweep(running) == {}
    assert sweep(running.later(seconds=20)) == {"sent": 1}
    assert only_memo().unsure == []
    assert only_memo().outbox is None
    assert "重ねて" not in text_of(running.mails()[-1])


@pytest.mark.parametrize("ending", [refusal(500, "InternalFailure"), "reset"], ids=["500", "reset"])
def test_an_ambiguous_end_waits_for_its_lease_and_says_so(running, ending):
    with ses_server.answering(ending) as taken:
        assert running.memo().status == 201
    assert len(taken) == 1  # one attempt, whatever the SDK would like to do
    assert sweep(running.later(seconds=29)) == {}
    assert sweep(running.later(seconds=2)) == {"sent": 1}
    assert len(only_memo().unsure) == 1
    beginning = "※通信の都合により、同じ内容のメールを重ねてお送りしている可能性"
    assert text_of(running.mails()[-1]).startswith(beginning)
    assert sweep(running.later(minutes=5)) == {}


def test_nobody_answering_is_a_definite_no(running):
    with ses_server.pointed_at(f"http://127.0.0.1:{stores.free_port()}"):
        assert running.memo().status == 201
    assert only_memo().problem == "EndpointConnectionError"
    assert sweep(running.later(seconds=20)) == {"sent": 1}


def test_what_will_always_be_refused_goes_to_the_office(running):
    with ses_server.answering(refusal(400, "MessageRejected")) as taken:
        identity = running.memo().json["id"]
        assert sweep(running.later(hours=1)) == {}
    assert len(taken) == 1
    report = running.get(f"/v1/memos/{identity}", role="operator").json["report"]
    assert (report["state"], report["problem"]) == ("with_office", "MessageRejected")


@pytest.mark.diary
def test_an_hour_without_ses_loses_and_doubles_nothing(running):
    with ses_server.answering(refusal(429, "TooManyRequestsException")):
        for place in range(5):
            running.memo(f"key-{place}", business=f"用件{place}")
        for _ in range(60):
            sweep(running.later(minutes=1))
    before = len(running.mails())
    for _ in range(20):
        sweep(running.later(minutes=1))
    assert len(running.mails()) == before + 5
    assert sorted(memo.unsure for memo in Memo.scan()) == [[]] * 5
    assert running.counted("2026-09") == 0  # a free trial
    assert all(memo.handed_over_at for memo in Memo.scan())


def test_a_mail_in_doubt_is_repeated_ever_more_slowly(running):
    with ses_server.answering("reset") as taken:
        running.memo()
        for _ in range(60):
            sweep(running.later(minutes=1))
    assert len(taken) == 1 + len(only_memo().unsure) <= 9
    assert sweep(running.later(minutes=15)) == {"sent": 1}


def test_two_sweeps_at_once_send_once(running):
    with ses_server.answering(refusal(500, "InternalFailure")):
        running.memo()
    running.later(seconds=31)
    copies = only_memo(), only_memo()
    assert [item.claim(running.moment) for item in copies] == [True, False]


def test_a_letter_whose_sender_died_is_sent_by_the_sweep(any_desk):
    with ses_server.answering("reset"):
        any_desk.signs_up("mk")
    assert any_desk.mails() == []
    assert sweep(any_desk.later(seconds=31)) == {"sent": 1}
    any_desk.presses("お申し込みを受け付けました")
    assert any_desk.status == "preparing"


def test_a_mail_that_cannot_be_written_is_left_to_the_office(running):
    letter = Letter(
        id="odd",
        house="mk",
        contract=running.contract,
        kind="no_such",
        to=["a@b.example"],
        facts={},
        written_at=running.moment,
        outbox="mk",
        next_try_at=running.moment,
    )
    letter.save()
    assert sweep(running) == {"never": 1}
    assert Letter.find("odd").outbox == "mk:office"


def test_nobody_left_to_tell_is_an_alarm(running, capfd):
    from chalicelib.models import Contract

    contract = Contract.find(running.contract)
    contract.people[0].addresses[0].confirmed_at = None
    contract.save()
    answer = running.memo()
    assert (answer.status, answer.json["reported_to"]) == (201, [])
    assert only_memo().outbox == "mk:office"
    assert '"alarm": "nobody left to tell"' in capfd.readouterr().err


def test_logs_carry_no_name_number_address_or_text(running, capfd):
    canaries = [
        "カナリア商会",
        "金糸雀",
        "080-7777-7777",
        "08077777777",
        "鳥籠の件",
        "canary@sakura.example",
    ]
    endings = [refusal(400, "MessageRejected"), refusal(429, "TooManyRequestsException")]
    with ses_server.answering("reset", *endings):
        caller = {"company": canaries[0], "name": canaries[1], "phone": canaries[2]}
        memo = {"caller": caller, "business": canaries[4]}
        for place in range(3):
            running.memo(f"key-{place}", **memo)
        running.memo("key-4", **memo | {"line": canaries[2]})
        running.signs_up("mk", mail=canaries[5], company=canaries[0])
    printed = "".join(capfd.readouterr())
    assert printed
    assert not [canary for canary in canaries if canary in printed]
