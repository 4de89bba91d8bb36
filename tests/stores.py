"""The two stores behind the tests."""

import os
from collections.abc import Callable
from copy import deepcopy
from typing import NoReturn

import boto3
import pytest
from moto.backends import get_backend

from chalicelib import config
from chalicelib.models import TABLES
from chalicelib.models.base import connection
from dev import cloud
from dev.store import FOLDER, free_port, missing, running

__all__ = [
    "FOLDER",
    "damage",
    "empty",
    "fill_moto",
    "free_port",
    "furnish",
    "missing",
    "once",
    "running",
    "use",
]


def use(address: str | None) -> None:
    """Point the shared connection at a store; for None, moto stands in for the region's own."""
    if address:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = address
    else:
        os.environ.pop("AWS_ENDPOINT_URL_DYNAMODB", None)
    connection._client = None


ON_CI = os.environ.get("CI") == "true"


def fails_on_ci(why: str) -> NoReturn:
    """End a test that cannot run on this machine; on CI everything has to be there."""
    (pytest.fail if ON_CI else pytest.skip)(why)


_new_tables: dict = {}


def fill_moto() -> None:
    """Our tables, queue and identities in a new moto.

    Tables are copied from the first ones made, which saves a tenth of a second a test.
    """
    backend = get_backend("dynamodb")[cloud.ACCOUNT][cloud.REGION]
    if not _new_tables:
        cloud.make_tables()
        _new_tables.update(deepcopy(backend.tables))
    backend.tables = deepcopy(_new_tables)
    cloud.make_services()


_lived: dict[tuple[str, bool], tuple] = {}


def once(name: str, desk, story: Callable[[], object]) -> None:
    """Live a story the first time on each store; the next times put back what it left."""
    mails = get_backend("ses")[cloud.ACCOUNT][cloud.REGION]
    lived = (name, is_local())
    if lived not in _lived:
        story()
        own = {part: value for part, value in vars(desk).items() if part != "client"}
        _lived[lived] = deepcopy((_kept(), mails.sent_messages, own))
    else:
        kept, mails.sent_messages, own = deepcopy(_lived[lived])
        _put_back(kept)
        vars(desk).update(own)


def is_local() -> bool:
    """Whether the store is DynamoDB Local."""
    return "AWS_ENDPOINT_URL_DYNAMODB" in os.environ


def _kept() -> dict:
    """All that is stored: moto's own tables, or the items by table."""
    if not is_local():
        return get_backend("dynamodb")[cloud.ACCOUNT][cloud.REGION].tables
    return {model.Meta.table_name: _items(model) for model in TABLES}


def _put_back(kept: dict) -> None:
    if not is_local():
        get_backend("dynamodb")[cloud.ACCOUNT][cloud.REGION].tables = kept
        return
    for table, items in kept.items():
        _write(table, [{"PutRequest": {"Item": item}} for item in items])


def _items(model) -> list[dict]:
    pages = connection.client.get_paginator("scan").paginate(
        TableName=model.Meta.table_name, ConsistentRead=True
    )
    return [item for page in pages for item in page["Items"]]


def _write(table: str, requests: list[dict]) -> None:
    """Put or delete items, as many at once as DynamoDB takes."""
    for start in range(0, len(requests), 25):
        answer = connection.client.batch_write_item(RequestItems={table: requests[start:][:25]})
        assert not answer["UnprocessedItems"]


_furnished: set[str] = set()


def furnish(address: str) -> None:
    """Our tables in a DynamoDB Local, which stay there; queues, bucket and identities in moto."""
    use(address)
    if address not in _furnished:
        cloud.make_tables()
        _keep_expired()
        _furnished.add(address)
    cloud.make_services()


def _keep_expired() -> None:
    """Switch off the times to live: DynamoDB Local would expire items of diaries in the past."""
    for model in TABLES:
        attribute = model._ttl_attribute()
        if attribute:
            setting = {"Enabled": False, "AttributeName": attribute.attr_name}
            connection.client.update_time_to_live(
                TableName=model.Meta.table_name, TimeToLiveSpecification=setting
            )


def empty() -> None:
    """Delete every item of DynamoDB Local; its tables take longer to make than to clear."""
    for model in TABLES:
        names = [name for name in (model._hash_keyname, model._range_keyname) if name]
        keys = [{name: item[name] for name in names} for item in _items(model)]
        _write(model.Meta.table_name, [{"DeleteRequest": {"Key": key}} for key in keys])


def damage(table: str, identity: str, key: str = "id", **values: str | int | bool) -> None:
    """Put other values into an item, past the app and whoever watches it."""
    names = dict(enumerate(values))
    boto3.client("dynamodb").update_item(
        TableName=f"{config.TABLE_PREFIX}{table}",
        Key={key: {"S": identity}},
        UpdateExpression="SET " + ", ".join(f"#{place} = :{place}" for place in names),
        ExpressionAttributeNames={f"#{place}": name for place, name in names.items()},
        ExpressionAttributeValues={
            f":{place}": _value(values[name]) for place, name in names.items()
        },
    )


def _value(value: str | int | bool) -> dict:
    """A plain value as DynamoDB takes it."""
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"S": value} if isinstance(value, str) else {"N": str(value)}
