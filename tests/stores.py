"""The two stores behind the tests."""

import os

from dev.store import FOLDER, free_port, missing, running

__all__ = ["FOLDER", "empty", "free_port", "keep_expired", "missing", "running", "use"]


def use(address: str | None) -> None:
    """Point the shared connection at a store; None is the region's own, which moto stands in for."""
    from chalicelib.models.base import connection

    if address:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = address
    else:
        os.environ.pop("AWS_ENDPOINT_URL_DYNAMODB", None)
    connection._client = None


def keep_expired() -> None:
    """The diaries lie in the past, where DynamoDB Local would really expire what has a time to live."""
    from chalicelib.models import TABLES
    from chalicelib.models.base import connection

    for model in TABLES:
        if attribute := model._ttl_attribute():
            setting = {"Enabled": False, "AttributeName": attribute.attr_name}
            connection.client.update_time_to_live(TableName=model.Meta.table_name, TimeToLiveSpecification=setting)


def empty() -> None:
    from chalicelib.models import TABLES

    for model in TABLES:
        if model.exists():
            model.delete_table()
