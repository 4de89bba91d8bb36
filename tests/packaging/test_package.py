"""What deploys is what is tested.

The zip is taken apart, and every function is run from it under the real runtime client.
"""

import json
import os
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
FONTS = ("regular.ttf", "bold.ttf", "characters.txt", "OFL.txt")


@pytest.fixture(scope="module")
def names(folder) -> set[str]:
    with zipfile.ZipFile(folder / "deployment.zip") as packed:
        return set(packed.namelist())


def test_everything_that_is_read_at_run_time_is_inside(names):
    wanted = {"app.py"}
    for folder in ("chalicelib", "templates"):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        sources = [path for path in files if "__pycache__" not in path.parts]
        wanted |= {str(path.relative_to(ROOT)) for path in sources}
    assert wanted <= names
    houses = {"chalicelib/houses/mk.toml", "chalicelib/houses/smile.toml"}
    assert houses <= names
    assert "templates/static/denwaban.css" in names


def test_byte_code_is_inside_and_never_checked_against_its_source(folder, names):
    sources = {name for name in names if name.endswith(".py")}
    tag = sys.implementation.cache_tag
    compiled = set()
    for name in sources:
        path = Path(name)
        code = path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc"
        compiled.add(str(code))
    assert compiled <= names
    with zipfile.ZipFile(folder / "deployment.zip") as packed:
        flags = {packed.read(name)[4:8] for name in compiled}
    assert flags == {b"\x01\0\0\0"}  # hash-based, unchecked


def test_nothing_is_inside_that_no_function_uses(folder, names):
    data = [name for name in names if name.startswith("botocore/data/")]
    services = {name.split("/")[2] for name in data if name.count("/") > 2}
    assert services == set(package.AWS_DATA)
    unused = ("boto3/", "moto/", "pip/", "tests/", "dev/", "infra/")
    assert not [name for name in names if name.startswith(unused)]
    assert (folder / "deployment.zip").stat().st_size <= 25 * 2**20


def test_two_packages_of_the_same_source_are_the_same(folder, tmp_path):
    again = package.package("dev", "ap-northeast-1", tmp_path)
    for name in ("deployment.zip", "papers-layer.zip"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "Say which stage to pack"),
        ({"STAGE": "moon"}, "There is no stage 'moon'"),
        ({"STAGE": "dev"}, "Say for which region to pack"),
    ],
)
def test_what_cannot_be_packed_is_said_in_one_sentence_and_leaves_nothing(environment, sentence):
    clean = {"PATH": os.environ["PATH"]} | environment
    run = subprocess.run(
        [sys.executable, "-m", "infra.package"], cwd=ROOT, env=clean, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert run.stderr == ""
    assert run.stdout.startswith(sentence)
    assert len(run.stdout.splitlines()) == 1
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

    def __init__(self, folder: Path, work: Path, topic: Topic):
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
        }
        self.environment |= topic.environment
        self.unpacked = work / "function"
        self.client = lambda_runtime.install_client(work / "client")
        with zipfile.ZipFile(folder / "deployment.zip") as packed:
            packed.extractall(self.unpacked)
        self._furnish()
        template = json.loads((folder / "sam.json").read_text())
        self.handlers = {
            name: each["Properties"]["Handler"]
            for name, each in template["Resources"].items()
            if each["Type"].endswith("Function")
        }
        self.functions = {name: self._function(name, self.environment) for name in self.handlers}

    def _function(self, name: str, environment: dict[str, str]) -> lambda_runtime.Lambda:
        return lambda_runtime.Lambda(self.handlers[name], self.unpacked, self.client, environment)

    def _furnish(self) -> None:
        code = (
            "from dev import cloud; import os; cloud.furnish(); "
            "print(*map(os.environ.get, ('SETTLE_QUEUE_URL', 'PAPERS_QUEUE_URL', 'FILES_BUCKET')))"
        )
        environment = self.environment | {"PATH": os.environ["PATH"]}
        run = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        names = ("SETTLE_QUEUE_URL", "PAPERS_QUEUE_URL", "FILES_BUCKET")
        self.environment |= dict(zip(names, run.stdout.split(), strict=True))

    def web(self, method: str, path: str, body: str = "", **headers) -> dict:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        event = lambda_runtime.web_event(app.app, method, path, body.encode(), names)
        return self.functions["APIHandler"].call(event)

    def dead_letter(self, name: str, event: dict) -> str:
        """What Lambda puts aside when a function has failed for good.

        Here the function fails because none of AWS's services can be reached.
        """
        nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
        function = self._function(name, self.environment | nowhere)
        try:
            function.events.put(event)
            answer = function.answers.get(timeout=60)
        finally:
            function.stop()
        assert answer["errorType"], answer
        letter = {
            "requestContext": {"condition": "RetriesExhausted"},
            "requestPayload": event,
            "responsePayload": answer,
        }
        return json.dumps(letter)

    def stop(self) -> None:
        for function in self.functions.values():
            function.stop()
        self.server.stop()


@pytest.fixture(scope="module")
def lambdas(folder, signing, tmp_path_factory):
    work = tmp_path_factory.mktemp("lambda")
    (work / "client").mkdir()
    cloud = Cloud(folder, work, signing)
    yield cloud
    cloud.stop()


FORM_HEADERS = {
    "content_type": "application/x-www-form-urlencoded",
    "sec_fetch_site": "same-origin",
}
FUNCTIONS = {
    "APIHandler",
    "Nightly",
    "Settle",
    "Close",
    "Books",
    "Recount",
    "Redrive",
    "Papers",
    "Sweep",
    "MailEvents",
    "Redate",
    "IssueKey",
}


def delivery_of(identity: str) -> dict:
    """SES's event of a mail that no contract of this store has sent."""
    tags = {"letter": "mk-GONE__confirm", "stage": "dev"}
    mail = ses_events.Mail(identity, tags, ["a@b.example"], clock.now())
    return ses_events.delivery(mail, clock.now())


def test_the_functions_are_those_of_the_app(lambdas):
    assert set(lambdas.functions) == FUNCTIONS


def test_the_web_function_shows_a_page_and_takes_a_form(lambdas):
    page = lambdas.web("GET", "/mk/signup")
    assert page["statusCode"] == 200
    assert 'href="/api/static/denwaban.css"' in page["body"]
    form = urlencode(hidden(page["body"]) | FORM | {"step": "check"})
    final = lambdas.web("POST", "/mk/signup", form, **FORM_HEADERS)
    form = urlencode(hidden(final["body"]) | {"step": "apply"})
    done = lambdas.web("POST", "/mk/signup", form, **FORM_HEADERS)
    assert done["statusCode"] == 200
    assert "お申し込みを受け付けました" in done["body"]
    assert lambdas.web("GET", "/healthz")["statusCode"] == 200


def test_a_key_that_a_function_issues_opens_the_api(lambdas):
    owner = {"house": "mk", "owner": "suzuki", "role": "admin"}
    key = lambdas.functions["IssueKey"].call(owner)["key"]
    headers = {"authorization": f"Bearer {key}", "content_type": "application/json"}
    memo = lambdas.web("POST", "/v1/memos", "{}", idempotency_key="m-1", **headers)
    assert memo["statusCode"] == 422
    assert json.loads(memo["body"])["errors"]


def test_every_job_answers_a_real_event(lambdas):
    functions = lambdas.functions
    assert functions["Nightly"].call({"time": "2026-01-01T15:05:00Z"}) == {"mk": 0, "smile": 0}
    assert functions["Redate"].call({"dry_run": True}) == {"mk": 0, "smile": 0}
    good = json.dumps({"house": "mk", "now": "2026-01-01T15:05:00+00:00", "contracts": ["mk-GONE"]})
    batch = {"Records": [{"messageId": "1", "body": "{"}, {"messageId": "2", "body": good}]}
    assert functions["Settle"].call(batch) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert functions["Papers"].call(batch) == {
        "batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "2"}]
    }
    assert functions["Sweep"].call({}) == {}


def test_a_message_of_a_paper_is_tried_again_after_the_store_was_gone(lambdas):
    """What a dead-letter queue gives back: the same message once more."""
    gone = json.dumps({"house": "mk", "what": "invoice", "number": "mk-GONE"})
    batch = {"Records": [{"messageId": "1", "body": gone}]}
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    function = lambdas._function("Papers", lambdas.environment | nowhere)
    try:
        assert function.call(batch) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    finally:
        function.stop()
    assert lambdas.functions["Papers"].call(batch) == {"batchItemFailures": []}


def test_the_layer_holds_the_typesetter_for_arm_and_the_typeface(folder):
    with zipfile.ZipFile(folder / "papers-layer.zip") as packed:
        sizes = {entry.filename: entry.file_size for entry in packed.infolist()}
        (library,) = [name for name in sizes if name.endswith(".so")]
        head = packed.read(library)[:20]
    assert library.startswith("python/typst/")
    assert head[:4] == b"\x7fELF"
    assert int.from_bytes(head[18:20], "little") == 183  # the ELF number of 64-bit ARM
    fonts = {name for name in sizes if name.startswith("fonts/")}
    assert fonts == {f"fonts/{name}" for name in FONTS}
    # Lambda takes 250 MB of function and layers together, unpacked.
    assert sum(sizes.values()) <= 120 * 2**20
    assert (folder / "papers-layer.zip").stat().st_size <= 45 * 2**20


def test_no_function_but_the_typesetter_carries_it(names):
    assert not [name for name in names if name.startswith(("typst", "fonts/"))]


def test_an_event_of_the_topic_is_taken_and_a_forged_one_is_not(lambdas, signing):
    record = signing.record(delivery_of("ses-1"))
    assert lambdas.functions["MailEvents"].call(record) == {"ended": ["unknown"]}
    record["Records"][0]["Sns"]["Message"] += " "
    assert lambdas.functions["MailEvents"].call(record) == {"ended": ["forged"]}


def test_what_failed_is_done_when_the_event_of_its_dead_letter_is_sent_once_more(lambdas, signing):
    night = {"time": "2026-01-01T15:05:00Z"}
    events = {
        "Nightly": (night, {"mk": 0, "smile": 0}),
        "Sweep": (night, {}),
        "MailEvents": (signing.record(delivery_of("ses-2")), {"ended": ["unknown"]}),
    }
    for name, (event, answer) in events.items():
        letter = json.loads(lambdas.dead_letter(name, event))
        assert lambdas.functions[name].call(letter["requestPayload"]) == answer


def test_a_message_that_the_topic_could_not_hand_over_is_taken_in_a_record_of_its_own(
    lambdas, signing
):
    """The topic's own dead letter is the bare message.

    It has the names that SNS uses towards everybody but Lambda.
    """
    letter = signing.record(delivery_of("ses-3"))["Records"][0]["Sns"]
    letter["SigningCertURL"] = letter.pop("SigningCertUrl")
    letter["UnsubscribeURL"] = letter.pop("UnsubscribeUrl")
    answer = lambdas.functions["MailEvents"].call({"Records": [{"Sns": letter}]})
    assert answer == {"ended": ["unknown"]}
