"""What every table shares: one connection, short time-outs, what a refusal means."""

import random
import threading
import time
from functools import cached_property, reduce
from operator import and_
from typing import Self, TypeVar

from botocore.exceptions import ClientError
from botocore.session import Session
from pynamodb.connection import Connection, TableConnection
from pynamodb.exceptions import PynamoDBException, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib import config
from chalicelib.channels import aws

_T = TypeVar("_T")


class OneSession(Connection):
    """PynamoDB on the session that serves every other service too.

    PynamoDB itself would make a session a thread.
    """

    @cached_property
    def session(self) -> Session:
        return aws.session()


# API Gateway gives up after 29 seconds; PynamoDB's own time-outs alone are longer than that.
connection = OneSession(
    region=config.REGION,
    connect_timeout_seconds=1,
    read_timeout_seconds=2,
    max_retry_attempts=2,
    max_pool_connections=50,
)
_joining = threading.Lock()
MEETINGS = 3  # with a transaction on the same item


class Table(Model):
    """A model on the shared connection.

    PynamoDB makes a session and a client per model, a quarter of a second
    each. How they are joined on one connection is PynamoDB's private ground, so
    its version is pinned and a test watches it.
    """

    class Meta:
        abstract = True
        table_name: str

    @classmethod
    def _get_connection(cls) -> TableConnection:
        if cls._connection is None:
            with _joining:
                if cls._connection is None:
                    own = super()._get_connection()
                    connection.add_meta_table(own.get_meta_table())
                    own.connection = connection
        assert cls._connection is not None  # PynamoDB's own call has just set it
        return cls._connection

    def unchanged(self, *names: str) -> Condition:
        """The condition that these attributes are still what they were when the item was read."""
        conditions = []
        for name in names:
            attribute = getattr(type(self), name)
            value = getattr(self, name)
            conditions.append(attribute.does_not_exist() if value is None else attribute == value)
        return reduce(and_, conditions)

    def changed(self, actions: list[Action], condition: Condition) -> bool:
        """Change the item if it is there and the condition holds; whether it was changed.

        A change that meets a transaction on the item is asked again, since that is over soon.
        """
        there = getattr(type(self), str(self._hash_keyname)).exists()
        for _ in range(MEETINGS):
            try:
                self.update(actions, condition=condition & there)
            except UpdateError as refused:
                if condition_failed(refused):
                    return False
                if not met_a_transaction(refused):
                    raise
                last = refused
                time.sleep(random.uniform(0.02, 0.1))
            else:
                return True
        raise last

    @property
    def identity(self) -> tuple:
        """What tells this item from every other one: its table and its key."""
        cls = type(self)
        names = (cls._hash_keyname, cls._range_keyname)
        return (cls.Meta.table_name, *(getattr(self, name) for name in names if name))

    @classmethod
    def find(cls, key: str) -> Self | None:
        """The item, read strongly, or None."""
        try:
            return cls.get(key, consistent_read=True)
        except cls.DoesNotExist:
            return None


def condition_failed(error: PynamoDBException) -> bool:
    """Whether a write was refused by its condition."""
    return _code(error) == "ConditionalCheckFailedException"


def met_a_transaction(error: PynamoDBException) -> bool:
    """Whether a single write was refused because a transaction was on its item at that moment.

    The SDK does not ask again.
    """
    return _code(error) == "TransactionConflictException"


def _code(error: PynamoDBException) -> str | None:
    """The store's code of an error, None where the store did not answer.

    PynamoDB's own `cause_response_code` breaks on a time-out.
    """
    if not isinstance(error.cause, ClientError):
        return None
    return error.cause.response["Error"]["Code"]


def lost_a_race(error: TransactWriteError) -> bool:
    """Whether a transaction was refused because something in it had changed meanwhile.

    Or was changing at that moment.
    """
    codes = {reason.code for reason in error.cancellation_reasons if reason}
    return bool(codes & {"TransactionConflict", "ConditionalCheckFailed"})


def refused_as_wrong(error: PynamoDBException) -> bool:
    """Whether the store says that what it was sent can never be stored.

    Too many items, too large, or of a wrong form.
    """
    if not isinstance(error.cause, ClientError):
        return False
    reasons = error.cause.response.get("CancellationReasons", [])
    codes = {reason.get("Code") for reason in reasons}
    return _code(error) == "ValidationException" or "ValidationError" in codes


def transaction() -> TransactWrite:
    """All or nothing: up to 100 items."""
    return TransactWrite(connection=connection)


def table(name: str) -> str:
    """The full name of a table in this stage."""
    return config.TABLE_PREFIX + name
