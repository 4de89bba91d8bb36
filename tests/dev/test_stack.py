"""`python -m dev`, from outside.

It comes up, prints where it is, can be lived in, and ends with Ctrl-C.
"""

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
        others = ("AWS_", "STAGE", "LINK", "PUBLIC")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(others)
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
        self.output = ""
        while not self.output.endswith(f"ready http://127.0.0.1:{self.port}\n"):
            line = self.process.stdout.readline()
            assert line, self.output
            self.output += line

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def key(self, house: str, role: str) -> str:
        pattern = rf"  {house}:.*?{role} +(dwb_\S+)"
        return re.search(pattern, self.output, re.DOTALL)[1]

    def line(self, house: str) -> str:
        return re.search(rf"  {house}: .* on (\S+)", self.output)[1]

    def ask_contract(self, house: str, contract: str) -> dict:
        _, body = self.ask(f"/v1/contracts/{contract}", key=self.key(house, "office"))
        return json.loads(body)

    def ask_line(self, house: str, line: str) -> dict:
        status, body = self.ask(f"/v1/lines/{line}", key=self.key(house, "operator"))
        assert status == 200
        return json.loads(body)

    def ask(self, path: str, body: dict | None = None, key: str | None = None, **headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=names)
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
    running = Stack()
    yield running
    if running.process.poll() is None:
        running.process.kill()


@pytest.mark.parametrize("house", ["mk", "smile"])
def test_what_it_prints_can_be_tried(stack, house):
    line = stack.ask_line(house, stack.line(house))
    assert line["in_service"]
    assert len(line["recent"]) == 2
    assert stack.ask("/v1/contracts", key=stack.key(house, "office"))[0] == 200
    assert stack.ask(f"/{house}/signup")[0] == 200
    assert stack.ask("/nowhere/at/all")[0] == 404


def test_mails_are_shown_and_days_can_be_lived_through(stack):
    status, listing = stack.ask("/_dev/mails")
    assert status == 200
    assert "テストメール" in listing
    assert stack.ask("/_dev/mails/0")[0] == 200
    assert stack.ask("/_dev/mails/0/html")[0] == 200
    assert stack.ask("/_dev/mails/9999")[0] == 404
    assert stack.ask("/_dev/chatwork")[0] == 200
    contract = re.search(r"  smile: a client in trial, (\S+),", stack.output)[1]
    last = date.fromisoformat(stack.ask_contract("smile", contract)["trial_last_day"])
    after = (last + timedelta(days=1)).isoformat()
    nights = stack.nightly(after)
    assert nights.returncode == 0
    assert nights.stdout.splitlines()[-1].startswith(after)
    assert stack.ask_contract("smile", contract)["status"] == "active"
    assert "正式なご契約でのご利用が始まりました" in stack.ask("/_dev/mails")[1]
    assert stack.nightly("soon").returncode == 1


def test_the_end_of_it_is_ctrl_c(stack):
    second = subprocess.run(
        [sys.executable, "-m", "dev"],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode == 1
    assert f"Port {stack.port} cannot be used" in second.stdout
    stack.process.send_signal(signal.SIGINT)
    assert stack.process.wait(timeout=30) == 0
    assert stack.nightly("2027-01-01").returncode == 1


@pytest.mark.truth
def test_a_store_that_remembers(dynamodb_local, tmp_path):
    environment = {"STORE": "dynamodb-local", "DATA": str(tmp_path / "data")}
    first = Stack(**environment)
    later = (date.today() + timedelta(days=20)).isoformat()
    assert first.nightly(later).returncode == 0
    mails = first.ask("/_dev/mails")[1]
    _, contracts = first.ask("/v1/contracts", key=first.key("smile", "office"))
    assert first.stop() == 0
    second = Stack(**environment)
    assert second.key("smile", "office") == first.key("smile", "office")
    assert second.ask("/v1/contracts", key=second.key("smile", "office")) == (200, contracts)
    assert second.ask("/_dev/mails") == (200, mails)
    assert second.ask_line("smile", second.line("smile"))["status"] == "active"
    assert second.stop() == 0


def test_an_unknown_store_is_said():
    run = subprocess.run(
        [sys.executable, "-m", "dev"],
        cwd=ROOT,
        env=os.environ | {"STORE": "papyrus"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert "STORE is moto" in run.stdout
