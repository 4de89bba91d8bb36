"""The template: clean by cfn-lint before and after SAM, true to the models, and no wider than what functions do."""

import json
import re
from collections import defaultdict

import boto3
import cfnlint.api
import moto
import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

import app
from chalicelib.models import TABLES
from infra.template import data_resources, table_resource
from tests import ses_server, stores

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("package")]


@pytest.fixture(scope="module")
def template(made) -> dict:
    return json.loads((made / "sam.json").read_text())


@pytest.fixture(scope="module")
def transformed(template) -> dict:
    copy = json.loads(json.dumps(template))
    for resource in copy["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/deployment.zip"
    return Translator({}, Parser()).translate(copy, {})


def lint(document: dict) -> list[str]:
    config = cfnlint.api.ManualArgs(regions=["ap-northeast-1"])
    return [str(match) for match in cfnlint.api.lint(json.dumps(document), config=config)]


def test_cfn_lint_finds_nothing_before_and_after_sam(template, transformed):
    assert lint(template) == []
    assert lint(transformed) == []


def test_functions_of_the_template_are_those_of_the_app(template):
    handlers = {
        each["Properties"]["Handler"] for each in template["Resources"].values() if each["Type"] == "AWS::Serverless::Function"
    }
    assert handlers == {"app.app", *(f"app.{function.name}" for function in app.app.pure_lambda_functions)}


def test_every_function_runs_on_arm_and_keeps_its_log(template):
    resources = template["Resources"]
    for name, each in resources.items():
        if each["Type"] == "AWS::Serverless::Function":
            assert each["Properties"]["Architectures"] == ["arm64"]
            assert resources[f"{name}Log"]["Properties"]["RetentionInDays"] == 400


def test_schedules_go_by_the_clock_of_japan(template):
    nightly = template["Resources"]["Nightly"]["Properties"]["Events"]["Night"]["Properties"]
    assert (nightly["ScheduleExpression"], nightly["ScheduleExpressionTimezone"]) == ("cron(5 0 * * ? *)", "Asia/Tokyo")
    batch = template["Resources"]["Settle"]["Properties"]["Events"]["Batch"]["Properties"]
    assert batch["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert template["Resources"]["SettleQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"] == 5


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_tables_are_those_of_the_models(model):
    properties = table_resource(model, "dev")["Properties"]
    assert properties["DeletionProtectionEnabled"] and properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    keys = {each["AttributeName"]: each["KeyType"] for each in properties["KeySchema"]}
    assert [name for name, kind in keys.items() if kind == "HASH"] == [model._hash_key_attribute().attr_name]
    assert len(properties.get("GlobalSecondaryIndexes", [])) == len(model._indexes)
    assert bool(properties.get("TimeToLiveSpecification")) is bool(model._ttl_attribute())


def test_the_data_part_deploys_and_the_models_fit_it():
    with moto.mock_aws():
        stores.use(None)
        template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": data_resources("test")}
        boto3.client("cloudformation").create_stack(StackName="data", TemplateBody=json.dumps(template))
        made_by_stack = {each["TableName"] for each in map(_describe, boto3.client("dynamodb").list_tables()["TableNames"])}
        assert made_by_stack == {model.Meta.table_name for model in TABLES}
        for model in TABLES:
            described = _describe(model.Meta.table_name)
            with moto.mock_aws():
                model.create_table(wait=True)
                own = _describe(model.Meta.table_name)
            assert _shape(described) == _shape(own)


def _describe(name: str) -> dict:
    return boto3.client("dynamodb").describe_table(TableName=name)["Table"]


def _shape(table: dict) -> dict:
    indexes = {
        each["IndexName"]: (sorted(map(str, each["KeySchema"])), str(sorted(each["Projection"].get("NonKeyAttributes", []))))
        for each in table.get("GlobalSecondaryIndexes", [])
    }
    return {"keys": sorted(map(str, table["KeySchema"])), "indexes": indexes}


def policy(name: str) -> dict[str, set[str]]:
    """action: the resources it is allowed on, `contracts` or `contracts/index/by_due` for tables."""
    allowed = defaultdict(set)
    for statement in json.loads((stores.FOLDER.parent.parent / ".chalice" / f"policy-{name}.json").read_text())["Statement"]:
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        for action in statement["Action"]:
            allowed[action] |= {_named(resource) for resource in resources}
    return allowed


def _named(resource) -> str:
    if isinstance(resource, dict) and "Fn::GetAtt" in resource:
        return resource["Fn::GetAtt"][0].removesuffix("Table").lower()
    text = resource["Fn::Sub"] if isinstance(resource, dict) else resource
    found = re.match(r"\$\{(\w+)Table\.Arn\}(/index/\w+)", text)
    return f"{found[1].lower()}{found[2]}" if found else text


@pytest.mark.parametrize("name", ["api", "nightly", "settle", "sweep", "issue-key"])
def test_no_policy_is_wider_than_it_has_to_be(name):
    for action, resources in policy(name).items():
        assert "*" not in action
        assert "*" not in resources or action == "ses:GetSendQuota"  # which takes no resource


class Watch:
    """What each function asks DynamoDB and SQS for while a story is lived."""

    def __init__(self, client):
        self.seen, self.function = defaultdict(set), "api"
        client.meta.events.register("before-parameter-build.dynamodb", self._note)

    def _note(self, params, model, **_):
        if model.name == "TransactWriteItems":
            for item in params["TransactItems"]:
                ((verb, given),) = item.items()
                self.seen[self.function].add((f"dynamodb:{verb}Item", self._table(given)))
        elif model.name not in ("CreateTable", "DescribeTable", "UpdateTimeToLive", "DescribeTimeToLive"):
            index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
            self.seen[self.function].add((f"dynamodb:{model.name}", self._table(params) + index))

    @staticmethod
    def _table(given) -> str:
        return given["TableName"].rpartition("-")[2]


def test_policies_allow_what_functions_do_and_nothing_else(desk, monkeypatch):
    from chalicelib.models.base import connection
    from dev import days

    watch = Watch(connection.client)
    desk.key("office", "mk"), desk.key("operator", "mk"), desk.key("admin", "mk")
    watch.seen.clear()
    for name in ("nightly", "settle", "sweep", "issue_key"):
        monkeypatch.setattr(app, name, _under(watch, name.replace("_", "-"), getattr(app, name)))
    app.issue_key({"house": "mk", "owner": "suzuki"}, None)

    desk.on("2026-08-03").starts("mk")
    made_key = desk.post("/v1/keys", {"owner": "tanaka", "role": "operator"}, role="admin").json
    desk.call("DELETE", f"/v1/keys/{made_key['id']}", role="admin")
    desk.get("/v1/lines/0367001234", role="operator")
    desk.memo("key-1"), desk.memo("key-1"), desk.counted("2026-08"), desk.get("/v1/contracts")
    with ses_server.answering("reset"):
        desk.memo("key-2")
    started = desk.contract
    desk.signs_up("mk", mail="second@a.example")
    desk.post(f"/v1/contracts/{desk.contract}/confirmation", {"mail": "third@a.example"})
    desk.on("2026-08-20")  # the first lapses, the second is forgotten
    desk.signs_up("mk", mail="fourth@a.example")
    desk.at("2026-09-10")
    desk.get(f"/v1/contracts/{desk.contract}")  # deleted by loading it
    desk.contract = started
    days.run_night(desk.moment)
    with ses_server.answering("reset"):
        desk.signs_up("smile", mail="sixth@a.example")
        desk.house = "mk"
    desk.later(minutes=1)
    days.run_sweep()

    for function, seen in watch.seen.items():
        allowed = {
            (action, where)
            for action, resources in policy(function).items()
            for where in resources
            if action.startswith("dynamodb:")
        }
        assert seen == allowed, function
    assert set(watch.seen) == {"api", "nightly", "settle", "sweep", "issue-key"}


def _under(watch: Watch, name: str, function):
    def call(event, context):
        before, watch.function = watch.function, name
        try:
            return function(event, context)
        finally:
            watch.function = before

    return call
