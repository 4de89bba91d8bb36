"""What is done faster than moto does it comes out the same."""

import boto3
import moto
from moto.core import serialize
from moto.dynamodb.models.dynamo_type import Item

from dev import faster_moto

EVERYTHING = {
    "key": {"S": "one"},
    "text": {"S": "髙橋"},
    "number": {"N": "-12.5"},
    "bytes": {"B": b"\x00\xff"},
    "flag": {"BOOL": False},
    "nothing": {"NULL": True},
    "texts": {"SS": ["a"]},  # of several, moto tells any order
    "numbers": {"NS": ["1"]},
    "list": {"L": [{"S": "a"}, {"L": []}, {"M": {"deep": {"BOOL": True}}}]},
    "map": {"M": {"inner": {"N": "1"}, "bytes": {"B": b"x"}, "empty": {"M": {}}}},
}
ALL = {f"#{name}": name for name in EVERYTHING}
PARTS = ["#bytes, #flag, #missing", ", ".join(ALL), "#map.inner, #number"]


def told() -> list[dict]:
    """The item as get and scan tell it, whole and in part."""
    store = boto3.client("dynamodb")
    answers = [store.get_item(TableName="all", Key={"key": {"S": "one"}})["Item"]]
    for parts in PARTS:
        aliases = parts.replace(".inner", "").split(", ")
        names = {alias: ALL.get(alias, "missing") for alias in aliases}
        how = {"ProjectionExpression": parts, "ExpressionAttributeNames": names}
        answers.append(store.get_item(TableName="all", Key={"key": {"S": "one"}}, **how)["Item"])
        answers += store.scan(TableName="all", **how)["Items"]
    return answers


@moto.mock_aws
def test_an_item_is_told_as_moto_tells_it(monkeypatch):
    store = boto3.client("dynamodb")
    store.create_table(
        TableName="all",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    store.put_item(TableName="all", Item=EVERYTHING)
    ours = told()
    assert ours[0] == EVERYTHING
    monkeypatch.setattr(Item, "project", faster_moto._project)
    name = "_serialize_type_structure"
    monkeypatch.setattr(serialize.ResponseSerializer, name, faster_moto._structure)
    assert ours == told()
