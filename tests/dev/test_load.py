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
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "TABLE_", "SES_"))
    }
    short = {"RATE": "20", "DURATION": "3", "BURST": "60", "CLIENTS": "10"}
    told = subprocess.run(
        [sys.executable, "-m", "dev.load"],
        cwd=ROOT,
        env=kept | short,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "nothing lost, nothing doubled, no error" in told.stdout


def sound() -> ledger.Facts:
    """A load of 40 memos after which all is well."""
    attempts = traffic.plan(CROWD, "t", [number / 10 for number in range(40)], START)
    answers = [traffic.Answer(each, 0, 0, 1, *_answered(each)) for each in attempts]
    stored = {f"id-{each.request.key}": _stored(each.request) for each in attempts}
    mails = [
        Mail(identity, [found.answer["reported_to"][0]["address"]], 1.0, found.message_id)
        for identity, found in stored.items()
    ]
    usage = {
        ("smile-1", "2026-09"): {"taken": 20, "counted": 20},
        ("mk-1", "2026-09"): {"taken": 20, "counted": 0},
    }
    return ledger.Facts(answers, stored, mails, usage)


def _answered(attempt):
    return (
        (0, b"")
        if attempt.hangs_up
        else (201, json.dumps({"id": f"id-{attempt.request.key}"}).encode())
    )


def _stored(request):
    told = {"reported_to": [{"address": request.client.address}]}
    return ledger.Stored(
        request.client.contract,
        request.body["business"],
        told,
        None,
        0.0,
        0.0,
        f"mail-{request.key}",
        0,
    )


def replaced(facts, part, place, **changes):
    rows = getattr(facts, part)
    rows[place] = (
        rows[place] | changes if isinstance(rows[place], dict) else rows[place]._replace(**changes)
    )


DAMAGE = {
    "an error": (
        lambda facts: replaced(facts, "answers", 0, status=503),
        "1 requests ended with 503",
    ),
    "no connection": (
        lambda facts: replaced(facts, "answers", 0, status=0, problem="ConnectionResetError"),
        "ConnectionResetError",
    ),
    "other bytes": (
        lambda facts: replaced(facts, "answers", 7, body=b'{"id": "id-t-7" }'),
        "t-7: 2 different answers",
    ),
    "two memos": (
        lambda facts: replaced(facts, "answers", 7, body=b'{"id": "id-other"}'),
        "accepted as 41 memos",
    ),
    "not stored": (lambda facts: facts.stored.pop("id-t-3"), "id-t-3: accepted, but not stored"),
    "stored unasked": (
        lambda facts: facts.stored.update(other=facts.stored["id-t-3"]),
        "other: stored, but nobody was told",
    ),
    "another's words": (
        lambda facts: replaced(facts, "stored", "id-t-3", business="?"),
        "id-t-3: stored with another memo's words",
    ),
    "another's contract": (
        lambda facts: replaced(facts, "stored", "id-t-3", contract="?"),
        "id-t-3: stored with another memo's words",
    ),
    "not handed over": (
        lambda facts: replaced(facts, "stored", "id-t-3", handed_over_at=None),
        "id-t-3: its report is not handed over",
    ),
    "still waiting": (
        lambda facts: replaced(facts, "stored", "id-t-3", outbox="mk"),
        "id-t-3: its report is not handed over",
    ),
    "wrong address": (
        lambda facts: replaced(facts, "stored", "id-t-3", answer={"reported_to": []}),
        "id-t-3: reported to the wrong address",
    ),
    "doubled": (lambda facts: facts.mails.append(facts.mails[3]), "2 mails"),
    "no mail": (lambda facts: facts.mails.pop(3), "0 mails"),
    "mail astray": (
        lambda facts: replaced(facts, "mails", 3, to=["c@client.example"]),
        "its mail is not the one that is stored",
    ),
    "another mail": (
        lambda facts: replaced(facts, "mails", 3, id="?"),
        "its mail is not the one that is stored",
    ),
    "miscounted": (
        lambda facts: replaced(facts, "usage", ("mk-1", "2026-09"), counted=1),
        "20 taken and 1 counted, not 20 and 0",
    ),
    "not in the month": (lambda facts: facts.usage.clear(), "0 taken and 0 counted, not 20 and 20"),
}


def test_sound_books_have_nothing_to_say():
    facts = sound()
    assert ledger.broken(facts) == []
    assert (
        len(facts.answers) == 43
    )  # sent twice at once, sent again later, sent again after hanging up


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_noticed(name):
    facts = sound()
    damage, said = DAMAGE[name]
    damage(facts)
    assert any(said in each for each in ledger.broken(facts)), ledger.broken(facts)
