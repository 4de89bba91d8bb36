"""The template is clean by cfn-lint before and after SAM, and true to the models.

It allows no more than what functions do.
"""

import json
import re
from collections import defaultdict

import boto3
import cfnlint.api
import moto
import pytest

import app
from chalicelib.channels import files, queue
from chalicelib.config import settle_dead_letters_url
from chalicelib.flows import change
from chalicelib.models import TABLES
from dev import days, ses_events
from dev.chatwork import NO_ROOM, TOO_MANY
from infra.stores import data_resources, table_resource
from tests import chatwork_server, ses_server, stores, waiting
from tests.flows.money.bank_days import confirms, imports, notices, proposals, row

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("package")]


def lint(document: dict) -> list[str]:
    config = cfnlint.api.ManualArgs(regions=["ap-northeast-1"])
    return [str(match) for match in cfnlint.api.lint(json.dumps(document), config=config)]


def test_cfn_lint_finds_nothing_before_and_after_sam(template, transformed):
    assert lint(template) == []
    assert lint(transformed) == []


def test_functions_of_the_template_are_those_of_the_app(template):
    resources = template["Resources"].values()
    functions = [each for each in resources if each["Type"] == "AWS::Serverless::Function"]
    handlers = {each["Properties"]["Handler"] for each in functions}
    pure = {f"app.{function.name}" for function in app.app.pure_lambda_functions}
    assert handlers == {"app.app"} | pure


def test_every_function_runs_on_arm_and_keeps_its_log(template):
    resources = template["Resources"]
    for name, each in resources.items():
        if each["Type"] == "AWS::Serverless::Function":
            assert each["Properties"]["Architectures"] == ["arm64"]
            assert resources[f"{name}Log"]["Properties"]["RetentionInDays"] == 400


def test_a_deployment_without_chatwork_needs_no_secret_for_it(template):
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    condition, with_it, without = variables["CHATWORK_TOKENS"]["Fn::If"]
    assert with_it == {"Fn::Sub": "{{resolve:secretsmanager:${ChatworkSecretName}}}"}
    assert without == {"Ref": "AWS::NoValue"}
    assert template["Conditions"][condition] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "ChatworkSecretName"}, ""]}]
    }
    assert template["Parameters"]["ChatworkSecretName"]["Default"] == ""


def test_schedules_go_by_the_clock_of_japan(template):
    resources = template["Resources"]
    nightly = resources["Nightly"]["Properties"]["Events"]["Night"]["Properties"]
    assert nightly["ScheduleExpression"] == "cron(5 0 * * ? *)"
    assert nightly["ScheduleExpressionTimezone"] == "Asia/Tokyo"
    batch = resources["Settle"]["Properties"]["Events"]["Batch"]["Properties"]
    assert batch["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    settle_queue = resources["SettleQueue"]["Properties"]
    assert settle_queue["RedrivePolicy"]["maxReceiveCount"] == 5


@pytest.mark.parametrize(
    ("name", "expression"), [("Close", "cron(20 0 * * ? *)"), ("Books", "cron(0 6 * * ? *)")]
)
def test_the_money_is_closed_and_proved_each_day(template, name, expression):
    job = template["Resources"][name]["Properties"]
    schedule = job["Events"]["Day"]["Properties"]
    assert schedule["ScheduleExpression"] == expression
    assert schedule["ScheduleExpressionTimezone"] == "Asia/Tokyo"
    assert job["Timeout"] == 900
    assert job["EventInvokeConfig"]["MaximumRetryAttempts"] == 2


@pytest.mark.parametrize("name", ["Recount", "Redrive"])
def test_what_a_person_calls_is_not_repeated_behind_their_back(template, name):
    job = template["Resources"][name]["Properties"]
    assert "Events" not in job
    assert job["EventInvokeConfig"]["MaximumRetryAttempts"] == 0


@pytest.mark.parametrize("name", ["Settle", "Papers"])
def test_a_night_of_closings_leaves_functions_free_for_calls(template, name):
    [event] = template["Resources"][name]["Properties"]["Events"].values()
    assert event["Properties"]["ScalingConfig"] == {"MaximumConcurrency": 20}


def test_only_the_typesetter_has_the_layer_the_typeface_and_more_memory(template):
    functions = {
        name: each["Properties"]
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::Serverless::Function"
    }
    papers = functions.pop("Papers")
    assert papers["Layers"] == [{"Ref": "PapersLayer"}]
    assert papers["MemorySize"] == 1024
    assert papers["Environment"]["Variables"] == {"PAPER_FONTS": "/opt/fonts"}
    batch = papers["Events"]["Batch"]["Properties"]
    assert batch["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    for each in functions.values():
        assert "Layers" not in each
        assert each["MemorySize"] == 512


def test_the_bucket_is_closed_encrypted_and_keeps_what_it_has(template):
    resources = template["Resources"]
    bucket, policy = resources["FilesBucket"], resources["FilesBucketPolicy"]["Properties"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    properties = bucket["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "LifecycleConfiguration" not in properties
    assert properties["BucketEncryption"]
    denied = policy["PolicyDocument"]["Statement"]
    assert {each["Effect"] for each in denied} == {"Deny"}
    assert [each["Condition"] for each in denied] == [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"Null": {"s3:if-none-match": "true"}},
    ]


def test_redate_is_called_by_hand_and_has_time(template):
    redate = template["Resources"]["Redate"]["Properties"]
    assert "Events" not in redate
    assert redate["Timeout"] == 900
    assert redate["EventInvokeConfig"]["MaximumRetryAttempts"] == 0


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_tables_are_those_of_the_models(model):
    properties = table_resource(model, "dev")["Properties"]
    assert properties["DeletionProtectionEnabled"]
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    keys = {each["AttributeName"]: each["KeyType"] for each in properties["KeySchema"]}
    hash_keys = [name for name, kind in keys.items() if kind == "HASH"]
    assert hash_keys == [model._hash_key_attribute().attr_name]
    assert len(properties.get("GlobalSecondaryIndexes", [])) == len(model._indexes)
    assert bool(properties.get("TimeToLiveSpecification")) is bool(model._ttl_attribute())


def test_the_data_part_deploys_and_the_models_fit_it():
    with moto.mock_aws():
        stores.use(None)
        template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": data_resources("test")}
        cloudformation = boto3.client("cloudformation")
        cloudformation.create_stack(StackName="data", TemplateBody=json.dumps(template))
        names = boto3.client("dynamodb").list_tables()["TableNames"]
        assert set(names) == {model.Meta.table_name for model in TABLES}
        for model in TABLES:
            by_stack = _describe(model.Meta.table_name)
            with moto.mock_aws():
                model.create_table(wait=True)
                own = _describe(model.Meta.table_name)
            assert _shape(by_stack) == _shape(own)


def _describe(name: str) -> dict:
    return boto3.client("dynamodb").describe_table(TableName=name)["Table"]


def _shape(table: dict) -> dict:
    indexes = {}
    for index in table.get("GlobalSecondaryIndexes", []):
        names = sorted(index["Projection"].get("NonKeyAttributes", []))
        indexes[index["IndexName"]] = sorted(map(str, index["KeySchema"])), str(names)
    return {"keys": sorted(map(str, table["KeySchema"])), "indexes": indexes}


def policy(name: str) -> dict[str, set[str]]:
    """action: the resources that it is allowed on: `contracts`, `contracts/index/by_due`."""
    file = stores.FOLDER.parent.parent / ".chalice" / f"policy-{name}.json"
    resources = defaultdict(set)
    for statement in json.loads(file.read_text())["Statement"]:
        names = {_name_of(resource) for resource in _as_list(statement["Resource"])}
        for action in statement["Action"]:
            resources[action] |= names
    return resources


def _as_list(value) -> list:
    return value if isinstance(value, list) else [value]


def _name_of(resource) -> str:
    if isinstance(resource, dict) and "Fn::GetAtt" in resource:
        return resource["Fn::GetAtt"][0].removesuffix("Table").lower()
    text = resource["Fn::Sub"] if isinstance(resource, dict) else resource
    table = re.match(r"\$\{(\w+)Table\.Arn\}(/index/\w+)", text)
    return f"{table[1].lower()}{table[2]}" if table else text


@pytest.mark.parametrize(
    "name",
    [
        *("api", "nightly", "settle", "papers", "sweep", "mail-events", "redate", "issue-key"),
        *("close", "books", "recount", "redrive"),
    ],
)
def test_no_policy_is_wider_than_it_has_to_be(name):
    for action, resources in policy(name).items():
        assert "*" not in action
        assert "*" not in resources or action == "ses:GetSendQuota"  # which takes no resource


class Watch:
    """What each function asks DynamoDB and the queue for while a story is lived."""

    def __init__(self, client, monkeypatch):
        self.requests = defaultdict(set)
        self.function = "api"
        client.meta.events.register("before-parameter-build.dynamodb", self._note)
        files.client().meta.events.register("before-parameter-build.s3", self._note_file)
        for name, where in QUEUES.items():
            monkeypatch.setattr(queue, name, self._watched(getattr(queue, name), where))

    def _note(self, params, model, **_):
        if model.name == "TransactWriteItems":
            for item in params["TransactItems"]:
                ((verb, part),) = item.items()
                self._add(f"dynamodb:{verb}Item", self._table(part))
        elif model.name == "BatchGetItem":
            for table in params["RequestItems"]:
                self._add("dynamodb:BatchGetItem", table.rpartition("-")[2])
        elif model.name not in UNWATCHED:
            index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
            self._add(f"dynamodb:{model.name}", self._table(params) + index)

    def _note_file(self, model, **_):
        """A file that is not there is only told from a refusal by whoever may list."""
        if model.name == "PutObject":
            kind = "*" if self.function == "papers" else "*/estimates/*.json"
            self._add("s3:PutObject", f"${{FilesBucket.Arn}}/{kind}")
        elif model.name in ("GetObject", "HeadObject"):
            self._add("s3:GetObject", "${FilesBucket.Arn}/*")
            self._add("s3:ListBucket", "filesbucket")

    def _watched(self, send, where):
        def watched_send(messages):
            if messages:
                self._add("sqs:SendMessage", where)
            return send(messages)

        return watched_send

    def _add(self, action: str, where: str) -> None:
        self.requests[self.function].add((action, where))

    @staticmethod
    def _table(request) -> str:
        return request["TableName"].rpartition("-")[2]


LINES = 24  # of a contract's history, until it turns a page
QUEUES = {"send": "settlequeue", "ask_for_papers": "papersqueue"}
DESK = "desk"  # no function: the tests' own questions
UNWATCHED = {"CreateTable", "DescribeTable", "UpdateTimeToLive", "DescribeTimeToLive"}


def test_policies_allow_what_functions_do_and_nothing_else(desk, topic, monkeypatch, edit_house):
    monkeypatch.setattr(change, "HISTORY", LINES)
    watch = _watch_functions(desk, monkeypatch)
    app.issue_key({"house": "mk", "owner": "suzuki"}, None)
    _pays_and_opens_papers(desk)
    first = _lives_at_mk(desk, topic)
    _turns_pages(desk, first)
    _has_options_at_smile(desk)
    _changes_the_rules(desk, edit_house)
    _parks_a_contract(desk)
    _leaves_a_mail_to_the_sweep(desk)

    del watch.requests[DESK]
    names = {"api", "nightly", "settle", "papers", "sweep", "mail-events", "redate", "issue-key"}
    assert set(watch.requests) == names | {"close", "books", "recount", "redrive"}
    for function, requests in watch.requests.items():
        beside = BESIDE.get(function, set())
        if function in ("mail-events", "sweep", "api", "recount"):
            # What an event, a dead room or a visit finds due is settled as the night would.
            beside = beside | allowed("settle")
        assert requests | (beside & allowed(function)) == allowed(function), function
        assert beside <= allowed(function)


def _watch_functions(desk, monkeypatch) -> Watch:
    """A watch that knows which of the app's functions runs; keys are there before it begins."""
    from chalicelib.models.base import connection

    watch = Watch(connection.client, monkeypatch)
    for house in ("mk", "smile"):
        for role in ("office", "operator", "admin"):
            desk.key(role, house)
    watch.requests.clear()
    names = ("nightly", "settle", "papers", "sweep", "mail_events", "redate", "issue_key")
    for name in (*names, "close", "books", "recount", "redrive"):
        monkeypatch.setattr(app, name, _under(watch, name.replace("_", "-"), getattr(app, name)))
    monkeypatch.setattr(waiting, "next_day", _under(watch, DESK, waiting.next_day))
    return watch


def _lives_at_mk(desk, topic) -> str:
    """A client's life, and applicants who are turned away; the client's contract."""
    desk.on("2026-08-03").starts("mk")
    _looks_after_keys_and_calls(desk)
    _hears_of_bounces(desk, topic)
    _loses_a_room(desk)
    contract = desk.contract
    _looks_after_a_client(desk)
    _turns_applicants_away(desk)
    return contract


def _turns_pages(desk, contract: str) -> None:
    """Histories that go on over a page, by a night's line and by a change."""
    desk.contract = contract
    _fills_the_history(desk)  # so that the next night's line turns its page
    desk.signs_up("mk", mail="second@a.example")
    desk.post(f"/v1/contracts/{desk.contract}/confirmation", {"mail": "third@a.example"})
    desk.on("2026-08-20")  # the first lapses, the second is forgotten
    desk.signs_up("mk", mail="fourth@a.example")
    desk.at("2026-09-10")
    desk.get(f"/v1/contracts/{desk.contract}")  # deleted by loading it
    desk.contract = contract
    _fills_the_history(desk)
    _does(desk, "PATCH", "", {"papers_address": "次の頁"})
    assert desk.get(f"/v1/contracts/{contract}/history").json["history"]
    days.run_night(desk.moment)


def _leaves_a_mail_to_the_sweep(desk) -> None:
    with ses_server.answering("reset"):
        desk.signs_up("smile", mail="sixth@a.example")
        desk.house = "mk"
    desk.later(minutes=1)
    days.run_sweep()


def _pays_and_opens_papers(desk) -> None:
    """A client of mk from the first payment to a statement, by every door of the money."""
    form = {"mail": "seventh@a.example", "person1_mail1": "eighth@a.example"}
    form |= {"phone": "03-6800-7777", "company": "株式会社みなと"}
    desk.at("2026-06-01").signs_up("mk", **form)
    desk.presses("お申し込みを受け付けました", to="seventh@a.example")
    desk.presses("テストメール", to="eighth@a.example")
    desk.passes("identity", "eligibility")
    desk.passes("number", number="03-6700-8888")
    _does(desk, "PATCH", "", {"corporate_number": "5835678256246"})
    desk.at("2026-06-02")
    _does(desk, "POST", "/continuation")
    [first] = desk.get(f"/v1/invoices?contract={desk.contract}").json["invoices"]
    _opens_papers(desk, first["number"])
    _records_payments(desk, first["number"])
    desk.on("2026-06-20")
    memo = desk.memo("in-june", line="03-6700-8888").json["id"]
    desk.on("2026-07-11")
    assert desk.decides(memo, "sales", "営業と判明").status == 200
    month = f"/v1/contracts/{desk.contract}/statements/2026-06"
    assert desk.get(f"{month}.pdf").status == 503
    days.make_papers()
    assert desk.get(f"{month}.pdf").status == 303
    _talks_to_the_bank(desk)
    _looks_into_the_books(desk)
    _pays_back(desk)


def _talks_to_the_bank(desk) -> None:
    """A list that comes in, an invoice put right, what goes out, and what the books say."""
    [newest, *_] = desk.get(f"/v1/invoices?contract={desk.contract}").json["invoices"]
    corrected = desk.post(
        f"/v1/invoices/{newest['number']}/correction",
        {"reason": "値引き", "adjustments": [{"label": "値引き", "yen": -100}]},
    )
    number = corrected.json["number"]
    imports(desk, notices(row("ｻｸﾗ", 60, "2026-07-11"), row("ｻｸﾗ", 70, "2026-07-11")))
    first, second = proposals(desk)
    confirms(desk, {"payment": first["payment"]["id"], "invoices": [number]})
    cancelled = second["payment"]["id"]
    desk.post(f"/v1/payments/{cancelled}/cancellation", {"reason": "誤入力"})
    desk.get("/v1/exports/freee?month=2026-07")
    desk.get("/v1/closes/2026-07")
    desk.get("/v1/statements?month=2026-06")
    desk.get(f"/v1/statements?contract={desk.contract}")


def _looks_into_the_books(desk) -> None:
    """The morning's books; a month counted again by hand; letters that nobody could settle."""
    memo = desk.memo("in-july", line="03-6700-8888").json["id"]
    desk.on("2026-08-13")
    stores.damage("memos", memo, counts=False)
    days.run_books(desk.moment)
    desk.get(f"/v1/books/{desk.today}")
    event = {"house": "mk", "contract": desk.contract, "time": desk.moment.isoformat()}
    app.recount(event | {"dry_run": False}, None)
    message = {"house": "mk", "now": desk.moment.isoformat(), "contracts": []}
    queue.client().send_message(QueueUrl=settle_dead_letters_url(), MessageBody=json.dumps(message))
    app.redrive({"dry_run": False}, None)
    days.drain()


def _opens_papers(desk, number: str) -> None:
    """An invoice's paper by door and by mail, before and after it is made; an estimate."""
    assert desk.get(f"/v1/invoices/{number}.pdf").status == 503
    days.run_sweep()
    assert desk.get(f"/v1/invoices/{number}.pdf").status == 303
    assert desk.get(f"/v1/invoices/{number}.xml").status == 200
    wish = {"client": "みなと", "plan": "small", "use": "forwarding", "calls": 30}
    estimate = desk.post("/v1/estimates", wish).json
    days.make_papers()
    assert desk.get(estimate["link"]).status == 303


def _records_payments(desk, number: str) -> None:
    """A payment that is matched, let go, taken back; another one, with its receipt."""
    body = {"on": "2026-06-02", "yen": 5920, "payer": "サクラ"}
    payment = desk.post("/v1/payments", body, **{"idempotency-key": "pay-1"}).json["id"]
    wish = {"invoices": [number]}
    assert desk.post(f"/v1/payments/{payment}/match", wish).status == 200
    desk.call("DELETE", f"/v1/payments/{payment}/match")
    desk.post(f"/v1/payments/{payment}/cancellation", {"reason": "誤入力"})
    again = desk.post("/v1/payments", body | wish, **{"idempotency-key": "pay-2"})
    assert again.status == 201, again.text
    desk.get("/v1/payments")
    desk.get(f"/v1/invoices/{number}/receipt.pdf")
    days.make_papers()
    assert desk.get(f"/v1/invoices/{number}/receipt.pdf").status == 303


def _pays_back(desk) -> None:
    """A client leaves: what is open is paid, and the deposit goes back."""
    account = {"bank_code": "9999", "branch_code": "001", "kind": "1", "number": "1234567"}
    _does(desk, "POST", "/bank-account", account | {"holder": "サクラ"})
    _does(desk, "POST", "/notice")
    for query in ("open=1", "min_yen=1", "client=みなと"):
        listed = desk.get(f"/v1/invoices?{query}&contract={desk.contract}").json["invoices"]
    for each in listed:
        if each["open_yen"]:
            body = {"on": "2026-08-13", "yen": each["open_yen"], "invoices": [each["number"]]}
            desk.post("/v1/payments", body, **{"idempotency-key": each["number"]})
    desk.on("2026-10-14")
    [payout] = desk.get("/v1/payouts").json["payouts"]
    desk.post("/v1/payouts/file", {"on": "2026-10-15"})
    desk.post(f"/v1/payouts/{payout['id']}/paid", {"on": "2026-10-14"})


# What Lambda itself does by a function's role: it puts aside what is lost. And what a function
# only does on a worse day than this story's.
BESIDE = {
    "mail-events": {("sqs:SendMessage", "lostmailevents")},
    "sweep": {("sqs:SendMessage", "missedsweeps")},
    "nightly": {("sqs:SendMessage", "missedruns")},
    "close": {("sqs:SendMessage", "missedruns"), ("sqs:SendMessage", "settlequeue")},
    # A price that rises puts a first invoice right; a count that nobody changed is noted.
    "settle": {("dynamodb:GetItem", "invoices"), ("dynamodb:PutItem", "recounts")},
    "books": {("sqs:SendMessage", "missedruns")},
}


def allowed(function: str) -> set[tuple[str, str]]:
    """(action, where) of a function's policy on DynamoDB, the bucket and queues."""
    places = set()
    for action, resources in policy(function).items():
        if action.startswith(("dynamodb:", "s3:")) or action == "sqs:SendMessage":
            places |= {(action, where) for where in resources}
    return places


def _looks_after_keys_and_calls(desk):
    key = desk.post("/v1/keys", {"owner": "tanaka", "role": "operator"}, role="admin").json
    desk.call("DELETE", f"/v1/keys/{key['id']}", role="admin")
    desk.get("/v1/lines/0367001234", role="operator")
    desk.memo("key-1")
    desk.memo("key-1")
    desk.counted("2026-08")
    desk.get("/v1/contracts")
    with ses_server.answering("reset"):
        desk.memo("key-2")
    first = desk.memo("key-3").json["id"]
    desk.post(f"/v1/memos/{first}/class", {"class": "sales", "reason": "営業"})
    desk.get(f"/v1/memos/{first}")
    desk.get("/v1/objections")
    desk.get("/v1/held")
    second = desk.memo("key-4").json["id"]
    desk.post(f"/v1/memos/{second}/resend", **{"idempotency-key": "again"})


def _hears_of_bounces(desk, topic):
    memo = desk.memo("key-5").json
    tags = {"memo": memo["id"], "contract": desk.contract, "stage": "test"}
    to = [each["address"] for each in memo["reported_to"]]
    mail = ses_events.Mail("ses-1", tags, to, desk.moment)
    for event in (ses_events.delivery(mail, desk.moment), ses_events.bounce(mail, desk.moment)):
        assert app.mail_events(topic.record(event, desk.moment), None) == {"ended": ["noted"]}
    with ses_server.answering(ses_server.refusal(400, "MessageRejected")):
        desk.office("people/p1/addresses/p1a1/test-mail")
    (held,) = desk.get("/v1/held").json["held"]
    desk.post(f"/v1/letters/{held['id'].replace('#', '%23')}/resend")
    desk.office("people/p1/addresses/p1a1/confirmation", {"ground": "お電話で確認"})


def _loses_a_room(desk):
    """The sweep finds a Chatwork room gone, which is told like a bounce."""
    with chatwork_server.running(rooms={"123456"}) as chatwork:
        _does(desk, "POST", "/people/p1/addresses", {"chatwork": "123456"})
        _does(desk, "POST", "/people/p1/addresses/p1a2/confirmation", {"ground": "お電話で確認"})
        chatwork.endings += [TOO_MANY, NO_ROOM]
        desk.memo("key-6")
        desk.later(minutes=1)
        days.run_sweep()
    assert desk.mail("お届けできませんでした")
    _does(desk, "DELETE", "/people/p1/addresses/p1a2")


def _does(desk, method: str, door: str, body=None) -> None:
    """A change of the contract that the desk is at, through one of its doors."""
    answer = desk.call(method, f"/v1/contracts/{desk.contract}{door}", body)
    assert answer.status == 200, (method, door, answer.text)


def _fills_the_history(desk):
    for number in range(LINES - len(desk.look()["history"])):
        _does(desk, "PATCH", "", {"papers_address": f"東京都千代田区{number}"})


def _looks_after_a_client(desk):
    _looks_after_people(desk)
    _looks_after_lines(desk)
    _looks_after_the_end(desk)


def _looks_after_people(desk):
    _does(desk, "POST", "/people", {"name": "鈴木 一郎", "addresses": ["ichiro@a.example"]})
    _does(desk, "PATCH", "/people/p2", {"position": 1, "away_until": "2026-08-05", "deputy": "p1"})
    _does(desk, "DELETE", "/people/p2/absence")
    _does(desk, "POST", "/people/p2/addresses", {"mail": "mobile@a.example"})
    _does(desk, "POST", "/people/p2/addresses/p2a2/test-mail")
    _does(desk, "POST", "/people/p2/addresses/p2a1/confirmation", {"ground": "お電話で受信を確認"})
    _does(desk, "DELETE", "/people/p2/addresses/p2a2")
    _does(desk, "DELETE", "/people/p2")
    _does(desk, "PATCH", "/people/p1/addresses/p1a1", {"mail": "new@a.example"})
    desk.presses("テストメール", to="new@a.example")


def _looks_after_lines(desk):
    _does(desk, "POST", "/plan", {"plan": "half"})
    _does(desk, "DELETE", "/plan")
    assert desk.get("/v1/plans?calls=45", role="operator").status == 200
    desk.has_line("03-6700-5678")
    _does(desk, "POST", "/lines", {"number": "03-6700-5678", "use": "forwarding"})
    _does(desk, "PATCH", "/lines/0367005678", {"use": "listed"})
    _does(desk, "DELETE", "/lines/0367005678")
    assert len(desk.get("/v1/lines").json["lines"]) == 3
    new = {"phone": "03-6800-9999", "invoice_name": "経理部", "clear": ["contact_reading"]}
    _does(desk, "PATCH", "", new)


def _looks_after_the_end(desk):
    _does(desk, "POST", "/continuation")
    _does(desk, "DELETE", "/continuation")
    _does(desk, "POST", "/stop", {"on": "2026-08-10"})
    _does(desk, "DELETE", "/stop")
    termination = {"on": "2026-08-31", "reason": "お支払いが確認できないため"}
    _does(desk, "POST", "/termination", termination)
    _does(desk, "DELETE", "/termination")
    _does(desk, "POST", "/notice")
    _does(desk, "DELETE", "/notice")
    _does(desk, "DELETE", "/continuation")

    _does(desk, "POST", "/continuation"), _does(desk, "DELETE", "/continuation")
    _does(desk, "POST", "/stop", {"on": "2026-08-10"}), _does(desk, "DELETE", "/stop")
    _does(
        desk, "POST", "/termination", {"on": "2026-08-31", "reason": "お支払いが確認できないため"}
    )
    _does(desk, "DELETE", "/termination")
    (
        _does(desk, "POST", "/notice"),
        _does(desk, "DELETE", "/notice"),
        _does(desk, "DELETE", "/continuation"),
    )


def _turns_applicants_away(desk):
    desk.signs_up("mk", mail="leaves@a.example")
    _does(desk, "POST", "/withdrawal")
    desk.signs_up("mk", mail="unwanted@a.example")
    _does(desk, "POST", "/refusal", {"reason": "用途を確認できないため"})


def _has_options_at_smile(desk):
    desk.signs_up("smile", mail="fifth@a.example")
    desk.presses("お申し込みを受け付けました", to="fifth@a.example")
    desk.presses("テストメール", to="pc@sakura.example")
    desk.passes("identity", "payment")
    desk.passes("number", number="03-6700-7777")
    _does(
        desk, "POST", "/options/windows", {"windows": [{"day": 0, "from": "13:00", "to": "17:00"}]}
    )
    _does(desk, "DELETE", "/options/windows")
    _does(desk, "POST", "/people", {"name": "佐々木 優", "addresses": ["never@a.example"]})
    memo = desk.memo("at-smile", line="03-6700-7777").json["id"]
    assert desk.post(f"/v1/memos/{memo}/class", {"class": "sales", "reason": "営業"}).status == 200


def _changes_the_rules(desk, edit_house):
    """The first change is noticed by the night, the second is brought by hand.

    An unpressed button is reminded of.
    """
    edit_house("smile", "remind_days = 3", "remind_days = 5")
    desk.on("2026-09-14")
    edit_house("smile", "remind_days = 5", "remind_days = 6")
    app.redate({"dry_run": True}, None)
    app.redate({"dry_run": False}, None)
    days.drain()


def _parks_a_contract(desk):
    """A stored contract that no date can be applied to.

    The night meets it, and the office does so before.
    """
    desk.signs_up("mk", mail="parked@a.example")
    stores.damage("contracts", desk.contract, seen="{}")
    desk.at("2026-09-16", "00:05")
    assert desk.look()["parked_at"]
    days.run_night(desk.moment)


def _under(watch: Watch, name: str, function):
    def call(*given):
        before, watch.function = watch.function, name
        try:
            return function(*given)
        finally:
            watch.function = before

    return call
