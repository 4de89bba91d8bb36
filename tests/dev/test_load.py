"""The load: its short form, and that its books notice what they are there for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev import ledger, traffic
from dev.crowd import Crowd, Served
from dev.loopback import Mail
from tests import stores
from tests.conftest import ON_CI

ROOT = Path(__file__).parents[2]
START = 1788220800.0  # 2026-09-01T00:00:00Z
CROWD = Crowd(
    [
        Served("smile", "smile-1", "0367021111", "a@client.example", True),
        Served("mk", "mk-1", "0367011111", "b@client.example", False),
    ],
    {"smile": ["key-s"], "mk": ["key-m"]},
)


@pytest.mark.truth
def test_nothing_is_lost_or_doubled_under_load():
    if why := stores.missing():
        (pytest.fail if ON_CI else pytest.skip)(why)
    ours = ("AWS_", "TABLE_", "SES_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    short = {"RATE": "20", "DURATION": "3", "BURST": "60", "CLIENTS": "10"}
    load = subprocess.run(
        [sys.executable, "-m", "dev.load"],
        cwd=ROOT,
        env=environment | short,
        capture_output=True,
        text=True,
    )
    assert load.returncode == 0, load.stdout + load.stderr
    assert "nothing lost, nothing doubled, no error" in load.stdout


def sound() -> ledger.Facts:
    """A load of 40 memos after which all is well."""
    attempts = traffic.plan(CROWD, "t", [number / 10 for number in range(40)], START)
    answers = [traffic.Answer(each, 0, 0, 1, *_answer(each)) for each in attempts]
    stored = {f"id-{each.request.key}": _stored(each.request) for each in attempts}
    mails = [_mail(identity, memo) for identity, memo in stored.items()]
    usage = {
        ("smile-1", "2026-09"): {"taken": 20, "counted": 20},
        ("mk-1", "2026-09"): {"taken": 20, "counted": 0},
    }
    return ledger.Facts(answers, stored, mails, usage)


def _answer(attempt):
    if attempt.hangs_up:
        return 0, b""
    return 201, json.dumps({"id": f"id-{attempt.request.key}"}).encode()


def _mail(identity, memo):
    return Mail(identity, [memo.answer["reported_to"][0]["address"]], 1.0, memo.message_id)


def _stored(request):
    return ledger.Stored(
        contract=request.client.contract,
        business=request.body["business"],
        answer={"reported_to": [{"address": request.client.address}]},
        outbox=None,
        taken_at=0.0,
        handed_over_at=0.0,
        message_id=f"mail-{request.key}",
        unsure=0,
    )


def replace(facts, part, place, **changes):
    """Put other words into one row of the books."""
    rows = getattr(facts, part)
    row = rows[place]
    rows[place] = row | changes if isinstance(row, dict) else row._replace(**changes)


DAMAGE = {
    "an error": (
        lambda facts: replace(facts, "answers", 0, status=503),
        "1 requests ended with 503",
    ),
    "no connection": (
        lambda facts: replace(facts, "answers", 0, status=0, problem="ConnectionResetError"),
        "ConnectionResetError",
    ),
    "other bytes": (
        lambda facts: replace(facts, "answers", 7, body=b'{"id": "id-t-7" }'),
        "t-7: 2 different answers",
    ),
    "two memos": (
        lambda facts: replace(facts, "answers", 7, body=b'{"id": "id-other"}'),
        "accepted as 41 memos",
    ),
    "not stored": (lambda facts: facts.stored.pop("id-t-3"), "id-t-3: accepted, but not stored"),
    "stored unasked": (
        lambda facts: facts.stored.update(other=facts.stored["id-t-3"]),
        "other: stored, but nobody was told",
    ),
    "another's words": (
        lambda facts: replace(facts, "stored", "id-t-3", business="?"),
        "id-t-3: stored with another memo's words",
    ),
    "another's contract": (
        lambda facts: replace(facts, "stored", "id-t-3", contract="?"),
        "id-t-3: stored with another memo's words",
    ),
    "not handed over": (
        lambda facts: replace(facts, "stored", "id-t-3", handed_over_at=None),
        "id-t-3: its report is not handed over",
    ),
    "still waiting": (
        lambda facts: replace(facts, "stored", "id-t-3", outbox="mk"),
        "id-t-3: its report is not handed over",
    ),
    "wrong address": (
        lambda facts: replace(facts, "stored", "id-t-3", answer={"reported_to": []}),
        "id-t-3: reported to the wrong address",
    ),
    "doubled": (lambda facts: facts.mails.append(facts.mails[3]), "2 mails"),
    "no mail": (lambda facts: facts.mails.pop(3), "0 mails"),
    "mail astray": (
        lambda facts: replace(facts, "mails", 3, to=["c@client.example"]),
        "its mail is not the one that is stored",
    ),
    "another mail": (
        lambda facts: replace(facts, "mails", 3, id="?"),
        "its mail is not the one that is stored",
    ),
    "miscounted": (
        lambda facts: replace(facts, "usage", ("mk-1", "2026-09"), counted=1),
        "20 taken and 1 counted, not 20 and 0",
    ),
    "not in the month": (lambda facts: facts.usage.clear(), "0 taken and 0 counted, not 20 and 20"),
}


def test_sound_books_have_nothing_to_say():
    facts = sound()
    assert ledger.broken(facts) == []
    # sent twice at once, sent again later, sent again after hanging up
    assert len(facts.answers) == 43


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_noticed(name):
    facts = sound()
    damage, sentence = DAMAGE[name]
    damage(facts)
    problems = ledger.broken(facts)
    assert any(sentence in problem for problem in problems), problems
