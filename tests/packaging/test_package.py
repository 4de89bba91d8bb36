"""What deploys is what is tested: the zip taken apart, and every function run from it under the real runtime client."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import urlencode

import moto.server
import pytest

import app
from chalicelib import clock
from dev import lambda_runtime, ses_events
from dev.topic import Topic
from infra import package
from tests.desk import FORM, hidden

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("package")]
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def names(made) -> set[str]:
    with zipfile.ZipFile(made / "deployment.zip") as packed:
        return set(packed.namelist())


def test_everything_that_is_read_at_run_time_is_inside(names):
    wanted = [
        path
        for folder in ("chalicelib", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    ]
    wanted = {str(path.relative_to(ROOT)) for path in wanted if "__pycache__" not in path.parts} | {
        "app.py"
    }
    assert wanted <= names
    assert {
        "chalicelib/houses/mk.toml",
        "chalicelib/houses/smile.toml",
        "templates/static/denwaban.css",
    } <= names


def test_byte_code_is_inside_and_never_checked_against_its_source(made, names):
    sources = {name for name in names if name.endswith(".py")}
    tag = sys.implementation.cache_tag
    compiled = {
        f"{Path(name).parent}/__pycache__/{Path(name).stem}.{tag}.pyc".removeprefix("./")
        for name in sources
    }
    assert compiled <= names
    with zipfile.ZipFile(made / "deployment.zip") as packed:
        flags = {packed.read(name)[4:8] for name in compiled}
    assert flags == {b"\x01\0\0\0"}  # hash-based, unchecked


def test_nothing_is_inside_that_no_function_uses(made, names):
    services = {
        name.split("/")[2]
        for name in names
        if name.startswith("botocore/data/") and name.count("/") > 2
    }
    assert services == set(package.AWS_DATA)
    assert not [
        name
        for name in names
        if name.startswith(("boto3/", "moto/", "pip/", "tests/", "dev/", "infra/"))
    ]
    assert (made / "deployment.zip").stat().st_size <= 25 * 2**20


def test_two_packages_of_the_same_source_are_the_same(made, tmp_path):
    again = package.package("dev", "ap-northeast-1", tmp_path)
    assert (again / "deployment.zip").read_bytes() == (made / "deployment.zip").read_bytes()


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "Say which stage to pack"),
        ({"STAGE": "moon"}, "There is no stage 'moon'"),
        ({"STAGE": "dev"}, "Say for which region to pack"),
    ],
)
def test_what_cannot_be_packed_is_said_in_one_sentence_and_leaves_nothing(environment, said):
    clean = {"PATH": __import__("os").environ["PATH"]} | environment
    done = subprocess.run(
        [sys.executable, "-m", "infra.package"], cwd=ROOT, env=clean, capture_output=True, text=True
    )
    assert done.returncode == 1 and done.stderr == ""
    assert done.stdout.startswith(said) and len(done.stdout.splitlines()) == 1
    assert not (ROOT / "dist" / "moon").exists()


def test_a_house_file_that_does_not_load_stops_the_package(monkeypatch, tmp_path):
    from chalicelib.rules import houses

    (tmp_path / "mk.toml").write_text("[brand]\n")
    monkeypatch.setattr(houses, "FOLDER", tmp_path)
    houses.all_houses.cache_clear()
    with pytest.raises(package.Unready, match="mk.toml: "):
        package.check("dev", "ap-northeast-1")
    houses.all_houses.cache_clear()


class Cloud:
    """Every function of the template, each in a process of its own, on moto's server."""

    def __init__(self, made: Path, work: Path, topic: Topic):
        self.server = moto.server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "ap-northeast-1",
            "TABLE_PREFIX": "denwaban-dev-",
            "STAGE": "dev",
            "PUBLIC_URL": "https://denwaban.example",
            "LINK_SECRET": "x" * 40,
        } | topic.environment
        self.unpacked, self.client = (
            work / "function",
            lambda_runtime.install_client(work / "client"),
        )
        with zipfile.ZipFile(made / "deployment.zip") as packed:
            packed.extractall(self.unpacked)
        self._furnish()
        template = json.loads((made / "sam.json").read_text())
        self.handlers = {
            name: each["Properties"]["Handler"]
            for name, each in template["Resources"].items()
            if each["Type"].endswith("Function")
        }
        self.functions = {name: self._function(name, self.environment) for name in self.handlers}

    def _function(self, name: str, environment: dict[str, str]) -> lambda_runtime.Lambda:
        return lambda_runtime.Lambda(self.handlers[name], self.unpacked, self.client, environment)

    def _furnish(self) -> None:
        code = "from dev import cloud; import os; cloud.furnish(); print(os.environ['SETTLE_QUEUE_URL'])"
        environment = self.environment | {"PATH": __import__("os").environ["PATH"]}
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        self.environment["SETTLE_QUEUE_URL"] = done.stdout.strip()

    def web(self, method: str, path: str, body: str = "", **headers) -> dict:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.functions["APIHandler"].call(
            lambda_runtime.web_event(app.app, method, path, body.encode(), given)
        )

    def dead_letter(self, name: str, event: dict) -> str:
        """What Lambda puts aside when a function has failed for good, here because none of AWS's services can be reached."""
        function = self._function(
            name, self.environment | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
        )
        try:
            function.events.put(event)
            answer = function.answers.get(timeout=60)
        finally:
            function.stop()
        assert answer["errorType"], answer
        return json.dumps(
            {
                "requestContext": {"condition": "RetriesExhausted"},
                "requestPayload": event,
                "responsePayload": answer,
            }
        )

    def stop(self) -> None:
        for function in self.functions.values():
            function.stop()
        self.server.stop()


@pytest.fixture(scope="module")
def lambdas(made, signing, tmp_path_factory):
    work = tmp_path_factory.mktemp("lambda")
    (work / "client").mkdir()
    started = Cloud(made, work, signing)
    yield started
    started.stop()


def test_every_function_answers_a_real_event(lambdas, signing):
    functions = lambdas.functions
    assert set(functions) == {
        "APIHandler",
        "Nightly",
        "Settle",
        "Sweep",
        "MailEvents",
        "Redate",
        "IssueKey",
    }

    key = functions["IssueKey"].call({"house": "mk", "owner": "suzuki", "role": "admin"})["key"]
    page = lambdas.web("GET", "/mk/signup")
    assert page["statusCode"] == 200 and 'href="/api/static/denwaban.css"' in page["body"]

    form = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin"}
    final = lambdas.web(
        "POST", "/mk/signup", urlencode(hidden(page["body"]) | FORM | {"step": "check"}), **form
    )
    done = lambdas.web(
        "POST", "/mk/signup", urlencode(hidden(final["body"]) | {"step": "apply"}), **form
    )
    assert done["statusCode"] == 200 and "お申し込みを受け付けました" in done["body"]

    memo = lambdas.web(
        "POST",
        "/v1/memos",
        "{}",
        authorization=f"Bearer {key}",
        idempotency_key="m-1",
        content_type="application/json",
    )
    assert memo["statusCode"] == 422 and json.loads(memo["body"])["errors"]

    assert functions["Nightly"].call({"time": "2026-01-01T15:05:00Z"}) == {"mk": 0, "smile": 0}
    assert functions["Redate"].call({"dry_run": True}) == {"mk": 0, "smile": 0}
    good = json.dumps({"house": "mk", "now": "2026-01-01T15:05:00+00:00", "contracts": ["mk-GONE"]})
    batch = {"Records": [{"messageId": "1", "body": "{"}, {"messageId": "2", "body": good}]}
    assert functions["Settle"].call(batch) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert functions["Sweep"].call({}) == {}
    mail = ses_events.Mail(
        "ses-1", {"letter": "mk-GONE__confirm", "stage": "dev"}, ["a@b.example"], clock.now()
    )
    told = signing.record(ses_events.delivery(mail, clock.now()))
    assert functions["MailEvents"].call(told) == {"ended": ["unknown"]}
    told["Records"][0]["Sns"]["Message"] += " "
    assert functions["MailEvents"].call(told) == {"ended": ["forged"]}
    assert lambdas.web("GET", "/healthz")["statusCode"] == 200


def test_what_failed_is_done_when_the_event_of_its_dead_letter_is_sent_once_more(lambdas, signing):
    mail = ses_events.Mail(
        "ses-2", {"letter": "mk-GONE__confirm", "stage": "dev"}, ["a@b.example"], clock.now()
    )
    failing = {
        "Nightly": ({"time": "2026-01-01T15:05:00Z"}, {"mk": 0, "smile": 0}),
        "Sweep": ({"time": "2026-01-01T15:05:00Z"}, {}),
        "MailEvents": (
            signing.record(ses_events.delivery(mail, clock.now())),
            {"ended": ["unknown"]},
        ),
    }
    for name, (event, done) in failing.items():
        letter = json.loads(lambdas.dead_letter(name, event))
        assert lambdas.functions[name].call(letter["requestPayload"]) == done


def test_a_message_that_the_topic_could_not_hand_over_is_taken_in_a_record_of_its_own(
    lambdas, signing
):
    """The topic's own dead letter is the bare message, with the names that SNS uses towards everybody but Lambda."""
    mail = ses_events.Mail(
        "ses-3", {"letter": "mk-GONE__confirm", "stage": "dev"}, ["a@b.example"], clock.now()
    )
    said = signing.record(ses_events.delivery(mail, clock.now()))["Records"][0]["Sns"]
    letter = said | {
        "SigningCertURL": said["SigningCertUrl"],
        "UnsubscribeURL": said["UnsubscribeUrl"],
    }
    del letter["SigningCertUrl"], letter["UnsubscribeUrl"]
    assert lambdas.functions["MailEvents"].call({"Records": [{"Sns": letter}]}) == {
        "ended": ["unknown"]
    }
