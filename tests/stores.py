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
    "keep_expired",
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


_lived: dict[str, tuple] = {}


def once(name: str, desk, story: Callable[[], object]) -> None:
    """Live a story the first time; the next times, on moto, put back what it left."""
    tables = get_backend("dynamodb")[cloud.ACCOUNT][cloud.REGION]
    mails = get_backend("ses")[cloud.ACCOUNT][cloud.REGION]
    if "AWS_ENDPOINT_URL_DYNAMODB" in os.environ:
        story()
    elif name not in _lived:
        story()
        own = {part: value for part, value in vars(desk).items() if part != "client"}
        _lived[name] = deepcopy((tables.tables, mails.sent_messages, own))
    else:
        tables.tables, mails.sent_messages, own = deepcopy(_lived[name])
        vars(desk).update(own)


def keep_expired() -> None:
    """Switch off the times to live: DynamoDB Local would expire items of diaries in the past."""
    for model in TABLES:
        attribute = model._ttl_attribute()
        if attribute:
            setting = {"Enabled": False, "AttributeName": attribute.attr_name}
            connection.client.update_time_to_live(
                TableName=model.Meta.table_name, TimeToLiveSpecification=setting
            )


def empty() -> None:
    """Delete every table."""
    for model in TABLES:
        if model.exists():
            model.delete_table()


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
