"""A process killed between "stored" and "sent" loses nothing.

This runs on DynamoDB Local, with a real SIGKILL.
"""

import os
import signal
import subprocess
import sys
import time

import pytest

from chalicelib.flows.post import repair
from chalicelib.models import Letter, Memo
from tests import ses_server
from tests.desk import text_of

pytestmark = pytest.mark.truth


def start(desk, what: str, dynamodb: str) -> subprocess.Popen:
    """The same app in a process of its own, on the same store, doing one thing."""
    further = {"AWS_ENDPOINT_URL_DYNAMODB": dynamodb, "DESK_MOMENT": desk.moment.isoformat()}
    command = [sys.executable, "-m", "tests.faults.one_request", what]
    return subprocess.Popen(command, env=os.environ | further)


def run_and_kill(desk, what: str, dynamodb: str) -> None:
    """Run one request in another process and kill it when SES hears from it."""
    process = None

    def kill():
        process.send_signal(signal.SIGKILL)
        process.wait()

    with ses_server.answering(kill) as requests:
        process = start(desk, what, dynamodb)
        for _ in range(300):
            if requests and process.poll() is not None:
                break
            time.sleep(0.1)
    assert process.returncode == -signal.SIGKILL
    assert len(requests) == 1


def test_a_memo_whose_process_was_killed_is_still_reported(true_desk, dynamodb_local):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    before = len(desk.mails())
    run_and_kill(desk, "memo", dynamodb_local)
    (memo,) = Memo.scan(consistent_read=True)
    assert memo.handed_over_at is None
    assert desk.counted("2026-09") == 0
    assert repair.sweep(desk.later(seconds=29).moment) == {}
    assert repair.sweep(desk.later(seconds=2).moment) == {"sent": 1}
    assert len(desk.mails()) == before + 1
    assert len(Memo.find(memo.id).unsure) == 1
    assert "重ねてお送りしている可能性" in text_of(desk.mails()[-1])
    assert desk.counted("2026-09") == 1
    again = desk.at("2026-09-01", "10:00").memo("killed-1")
    assert (again.status, again.json["id"]) == (201, memo.id)
    assert len(desk.mails()) == before + 1
    assert desk.counted("2026-09") == 1


def test_an_application_whose_process_was_killed_still_gets_its_mail(true_desk, dynamodb_local):
    desk = true_desk
    run_and_kill(desk, "signup", dynamodb_local)
    (letter,) = Letter.scan(consistent_read=True)
    assert letter.handed_over_at is None
    assert repair.sweep(desk.later(seconds=31).moment) == {"sent": 1}
    desk.presses("お申し込みを受け付けました")
    desk.contract = letter.contract
    assert desk.status == "preparing"


def test_a_sweep_that_was_killed_is_taken_over_by_the_next(true_desk, dynamodb_local):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    run_and_kill(desk, "memo", dynamodb_local)
    run_and_kill(desk.later(seconds=31), "sweep", dynamodb_local)
    before = len(desk.mails())
    assert repair.sweep(desk.later(seconds=31).moment) == {"sent": 1}
    assert len(desk.mails()) == before + 1
    (memo,) = Memo.scan(consistent_read=True)
    assert len(memo.unsure) == 2
    assert desk.counted("2026-09") == 1
