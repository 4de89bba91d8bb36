"""A prepared world that can be put back.

It is the tables of either store, the mails, the papers, the queue, the desk and the clocks.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cached_property
from unittest.mock import patch

import boto3
import botocore.endpoint
from botocore.config import Config
from moto.backends import get_backend

from chalicelib.channels import files
from chalicelib.config import TABLE_PREFIX
from chalicelib.flows.access import keys
from chalicelib.models import TABLES
from dev import cloud, days
from tests.desk import Desk

Tables = dict[str, dict[str, dict]]
# Servers and the like, which are no memory of the desk's own.
_BESIDE = {"client", "topic", "chatwork"}


class World:
    """What there is besides the running process.

    Its own reads and writes go past the app's clients.
    """

    def __init__(self, desk: Desk):
        self.desk = desk
        self._ahead = 0.0
        self._real = time.monotonic

    @cached_property
    def _store(self):
        # botocore's own user agent takes long to compose.
        return boto3.client("dynamodb", config=Config(user_agent="tests"))

    @contextmanager
    def clocks(self) -> Iterator["World"]:
        """One clock, which only we move: the desk's, the process's and the SDK's own."""
        with (
            patch.object(time, "monotonic", lambda: self._real() + self._ahead),
            patch.object(time, "sleep", self.sleep),
            patch.object(botocore.endpoint, "time", self),
        ):
            yield self

    def sleep(self, seconds: float) -> None:
        """Time passes. (The SDK waits by this name.)"""
        self._ahead += seconds
        self.desk.later(seconds=seconds)

    def sweep(self, after: float) -> None:
        """The cloud's sweep, so many seconds from now."""
        self.sleep(after)
        days.run_sweep()

    def keep(self) -> None:
        """From now on, `restore` comes back to this moment."""
        self.prepared = self._last = {_bare(model): dict(self._items(model)) for model in TABLES}
        own = {name: value for name, value in vars(self.desk).items() if name not in _BESIDE}
        self._desk = deepcopy(own)
        self._counts = [len(messages) for messages in self._taken()]
        self._papers = self._kept()

    def restore(self) -> None:
        """Put back what was there; nothing may have been written since the last `look`."""
        for table, items in self._last.items():
            if items is not self.prepared[table]:
                self._put_back(TABLE_PREFIX + table, items, self.prepared[table])
        self._last = self.prepared
        vars(self.desk).update(deepcopy(self._desk))
        for messages, count in zip(self._taken(), self._counts, strict=True):
            del messages[count:]
        for key in self._kept() - self._papers:
            files.client().delete_object(Bucket=cloud.BUCKET, Key=key)
        for queue in get_backend("sqs")[cloud.ACCOUNT][cloud.REGION].queues.values():
            queue._messages.clear()
        self.new_process()

    def new_process(self) -> None:
        """What a process remembers is gone with it."""
        keys.forget()

    def look(self, written: set[str]) -> Tables:
        """{table: {key: item}} as they are stored.

        Only tables that were `written` since the last look are read.
        """
        new = {}
        for model in TABLES:
            if _bare(model) in written:
                new[_bare(model)] = dict(self._items(model))
        self._last = self._last | new
        written.clear()
        return self._last

    def mails_taken(self) -> int:
        """How many mails and messages SES and Chatwork took since `restore`, by their own count."""
        return sum(map(len, self._taken())) - sum(self._counts)

    def _kept(self) -> set[str]:
        """The keys of the papers in the bucket."""
        listed = files.client().list_objects_v2(Bucket=cloud.BUCKET)
        return {each["Key"] for each in listed.get("Contents", [])}

    def _items(self, model) -> Iterator[tuple[str, dict]]:
        names = [name for name in (model._hash_keyname, model._range_keyname) if name]
        pages = self._store.get_paginator("scan")
        for page in pages.paginate(TableName=model.Meta.table_name, ConsistentRead=True):
            for item in page["Items"]:
                yield json.dumps({name: item[name] for name in names}), item

    def _put_back(self, table: str, now: dict, then: dict) -> None:
        for key in now.keys() - then.keys():
            self._store.delete_item(TableName=table, Key=json.loads(key))
        for key, item in then.items():
            if now.get(key) != item:
                self._store.put_item(TableName=table, Item=item)

    def _taken(self) -> list[list]:
        mails = get_backend("ses")[cloud.ACCOUNT][cloud.REGION].sent_messages
        return [mails, self.desk.chatwork._posted]


def _bare(model) -> str:
    return model.Meta.table_name.removeprefix(TABLE_PREFIX)
