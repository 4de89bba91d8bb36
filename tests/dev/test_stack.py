"""`python -m dev`, from outside: it comes up, tells where it is, can be lived in, and ends with Ctrl-C."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests import stores

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]
ROOT = Path(__file__).parents[2]


class Stack:
    def __init__(self, **environment: str):
        self.port = stores.free_port()
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "STAGE", "LINK", "PUBLIC"))
        }
        self.environment |= {"PORT": str(self.port)} | environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dev"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        while not self.said.endswith(f"ready http://127.0.0.1:{self.port}\n"):
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def key(self, house: str, role: str) -> str:
        return re.search(rf"  {house}:.*?{role} +(dwb_\S+)", self.said, re.DOTALL)[1]

    def ask(self, path: str, body: dict | None = None, key: str | None = None, **headers):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            headers={k.replace("_", "-"): v for k, v in headers.items()},
        )
        if key:
            request.add_header("Authorization", f"Bearer {key}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    def nightly(self, at: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "dev", "nightly", at]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True
        )


@pytest.fixture(scope="module")
def stack():
    started = Stack()
    yield started
    if started.process.poll() is None:
        started.process.kill()


@pytest.mark.parametrize("house", ["mk", "smile"])
def test_what_it_prints_can_be_tried(stack, house):
    line = re.search(rf"  {house}: .* on (\S+)", stack.said)[1]
    status, told = stack.ask(f"/v1/lines/{line}", key=stack.key(house, "operator"))
    assert status == 200 and json.loads(told)["in_service"]
    assert len(json.loads(told)["recent"]) == 2
    assert stack.ask("/v1/contracts", key=stack.key(house, "office"))[0] == 200
    assert stack.ask(f"/{house}/signup")[0] == 200
    assert stack.ask("/nowhere/at/all")[0] == 404


def test_mails_are_shown_and_days_can_be_lived_through(stack):
    status, listing = stack.ask("/_dev/mails")
    assert status == 200 and "テストメール" in listing
    assert all(stack.ask(path)[0] == 200 for path in ("/_dev/mails/0", "/_dev/mails/0/html"))
    assert stack.ask("/_dev/mails/9999")[0] == 404
    assert stack.ask("/_dev/chatwork")[0] == 200
    contract = re.search(r"  smile: a client in trial, (\S+),", stack.said)[1]
    _, told = stack.ask(f"/v1/contracts/{contract}", key=stack.key("smile", "office"))
    last = json.loads(told)["trial_last_day"]
    after = date.fromisoformat(last) + timedelta(days=1)
    lived = stack.nightly(after.isoformat())
    assert lived.returncode == 0 and lived.stdout.splitlines()[-1].startswith(after.isoformat())
    _, told = stack.ask(f"/v1/contracts/{contract}", key=stack.key("smile", "office"))
    assert json.loads(told)["status"] == "active"
    assert "正式なご契約でのご利用が始まりました" in stack.ask("/_dev/mails")[1]
    assert stack.nightly("soon").returncode == 1


def test_the_end_of_it_is_ctrl_c(stack):
    taken = subprocess.run(
        [sys.executable, "-m", "dev"],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert taken.returncode == 1 and f"Port {stack.port} cannot be used" in taken.stdout
    stack.process.send_signal(signal.SIGINT)
    assert stack.process.wait(timeout=30) == 0
    assert stack.nightly("2027-01-01").returncode == 1


@pytest.mark.truth
def test_a_store_that_remembers(dynamodb_local, tmp_path):
    kept = {"STORE": "dynamodb-local", "DATA": str(tmp_path / "data")}
    first = Stack(**kept)
    assert first.nightly((date.today() + timedelta(days=20)).isoformat()).returncode == 0
    mails = first.ask("/_dev/mails")[1]
    _, contracts = first.ask("/v1/contracts", key=first.key("smile", "office"))
    assert first.stop() == 0
    second = Stack(**kept)
    assert second.key("smile", "office") == first.key("smile", "office")
    assert second.ask("/v1/contracts", key=second.key("smile", "office")) == (200, contracts)
    assert second.ask("/_dev/mails") == (200, mails)
    line = re.search(r"  smile: .* on (\S+)", second.said)[1]
    assert (
        json.loads(second.ask(f"/v1/lines/{line}", key=second.key("smile", "operator"))[1])[
            "status"
        ]
        == "active"
    )
    assert second.stop() == 0


def test_an_unknown_store_is_said():
    told = subprocess.run(
        [sys.executable, "-m", "dev"],
        cwd=ROOT,
        env=os.environ | {"STORE": "papyrus"},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1 and "STORE is moto" in told.stdout
