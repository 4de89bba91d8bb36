"""The wire between our AWS clients and the world: it carries every request, and breaks when it is told to.

DynamoDB's requests go on to DynamoDB Local; SES and SQS are lists. A hook on
botocore's `before-send` stands in for the network, so that the SDK's own
retries, which come after it, meet each fault as they would outside.
"""

import base64
import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import botocore.endpoint
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from chalicelib import clock
from chalicelib.channels import aws
from chalicelib.models import TABLES
from chalicelib.models.base import connection


class Killed(BaseException):
    """The process ends here: nothing of ours may catch it."""


class Fault(NamedTuple):
    """`times` attempts end as `ending` says (see `ENDINGS`), once `after` others have gone well; only `at` a service, if one is named."""

    after: int
    ending: str
    times: int = 1
    at: str | None = None


class Taken(NamedTuple):
    """A mail that SES has taken: the item it was sent for (as its tag says), its recipients, the MIME message, and what SES knows."""

    item: str
    to: tuple[str, ...]
    raw: bytes
    tags: dict[str, str]
    message: str
    at: datetime


BEFORE = {"unreached": EndpointConnectionError, "reset": ConnectionClosedError, "killed": None}
AFTER = {"lost": ReadTimeoutError, "killed_after": None}
REFUSALS = {  # ending: (status, SES's word, DynamoDB's word)
    "throttled": (429, "TooManyRequestsException", "ProvisionedThroughputExceededException"),
    "rejected": (400, "MessageRejected", "ThrottlingException"),
    "error": (500, "InternalFailure", "InternalServerError"),
    "error_after": (500, "InternalFailure", "InternalServerError"),  # and yet it was done
    "conflict": (400, "LimitExceededException", "TransactionConflictException"),
}
ENDINGS = (*BEFORE, *AFTER, *REFUSALS)
# DynamoDB Local wants a name and believes it.
_SOMEBODY = "AWS4-HMAC-SHA256 Credential=test/20260901/ap-northeast-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
_KEYS = {
    model.Meta.table_name: [key for key in (model._hash_keyname, model._range_keyname) if key]
    for model in TABLES
}


@dataclass
class Wire:
    """`ses_is` is how every SendEmail ends for now: "well", or one of the endings."""

    address: str
    fault: Fault | None = None
    ses_is: str = "well"
    hit: bool = False  # whether a planned fault has met a request since it was planned
    taken: list[Taken] = field(default_factory=list)
    last_word: dict[str, str] = field(
        default_factory=dict
    )  # how the last attempt for an item's mail ended
    queued: list[str] = field(default_factory=list)
    written: set[tuple[str, str]] = field(
        default_factory=set
    )  # (table, key) of everything a history wrote
    faults: Counter = field(default_factory=Counter)

    def __post_init__(self):
        self._lock, self._own = threading.Lock(), threading.local()

    def plan(self, fault: Fault | None) -> None:
        self.fault, self.hit = fault, False

    def carry(self, request, event_name: str, **_) -> AWSResponse:
        """One attempt of one request, from a hook on `before-send.<service>.<operation>`."""
        _, service, operation = event_name.split(".")
        with self._lock:
            ending = self._ending(service)
            if ending != "well":
                self.faults[f"{service} {ending}"] += 1
        if service == "sesv2":
            self.last_word[_item(request)] = ending
        return self._end(ending, service, operation, request)

    def _ending(self, service: str) -> str:
        met = self.fault if self.fault and self.fault.at in (None, service) else None
        if met and met.after > 0:
            self.fault = met._replace(after=met.after - 1)
        elif met:
            self.fault, self.hit = (
                met._replace(times=met.times - 1) if met.times > 1 else None,
                True,
            )
            return met.ending
        return self.ses_is if service == "sesv2" else "well"

    def _end(self, ending: str, service: str, operation: str, request) -> AWSResponse:
        if ending in BEFORE:
            raise _error(BEFORE[ending], request)
        done = (
            self._do(service, operation, request)
            if ending in ("well", "error_after", *AFTER)
            else None
        )
        if ending in AFTER:
            raise _error(AFTER[ending], request)
        if ending in REFUSALS:
            status, *words = REFUSALS[ending]
            word = words[service == "dynamodb"]
            known = {
                "__type": word,
                "message": "no",
                "CancellationReasons": [{"Code": "TransactionConflict"}],
            }
            return _answer(
                request,
                status if service == "sesv2" or status == 500 else 400,
                json.dumps(known).encode(),
                word,
            )
        return done

    def _do(self, service: str, operation: str, request) -> AWSResponse:
        if service == "dynamodb":
            self._note_writes(operation, request)
            return self._forward(request)
        if service == "sesv2":
            body = json.loads(request.body)
            raw = base64.b64decode(body["Content"]["Raw"]["Data"])
            with self._lock:
                to, message = tuple(body["Destination"]["ToAddresses"]), f"m{len(self.taken) + 1}"
                self.taken.append(
                    Taken(_item(request), to, raw, _tags(request), message, clock.now())
                )
                return _answer(request, 200, json.dumps({"MessageId": message}).encode())
        entries = json.loads(request.body)["Entries"]
        self.queued += [each["MessageBody"] for each in entries]
        done = [
            {"Id": each["Id"], "MessageId": each["Id"], "MD5OfMessageBody": ""} for each in entries
        ]
        return _answer(request, 200, json.dumps({"Successful": done, "Failed": []}).encode())

    def _note_writes(self, operation: str, request) -> None:
        if operation not in ("PutItem", "UpdateItem", "TransactWriteItems"):
            return
        body = json.loads(request.body)
        parts = [part for each in body.get("TransactItems", []) for part in each.values()] or [body]
        for part in parts:
            whole = part.get("Item") or part["Key"]
            key = {name: whole[name] for name in _KEYS[part["TableName"]]}
            self.written.add((part["TableName"], json.dumps(key)))

    def _forward(self, request) -> AWSResponse:
        """To DynamoDB Local, on a connection of this thread's own: half the time of botocore's."""
        for attempt in (1, 2):
            if not hasattr(self._own, "line"):
                self._own.line = http.client.HTTPConnection(
                    urlsplit(self.address).netloc, timeout=30
                )
            try:
                self._own.line.request(
                    request.method,
                    "/",
                    request.body,
                    {**request.headers, "Authorization": _SOMEBODY},
                )
                got = self._own.line.getresponse()
                return _answer(request, got.status, got.read(), crc=got.headers.get("x-amz-crc32"))
            except (http.client.RemoteDisconnected, ConnectionError):  # closed while nobody used it
                del self._own.line
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")


def _item(request) -> str:
    tags = _tags(request)
    return tags.get("memo") or tags["letter"]


def _tags(request) -> dict[str, str]:
    return {tag["Name"]: tag["Value"] for tag in json.loads(request.body)["EmailTags"]}


def _error(kind, request) -> BaseException:
    return kind(endpoint_url=request.url, error="told to") if kind else Killed()


def _answer(
    request, status: int, body: bytes, error: str = "", crc: str | None = None
) -> AWSResponse:
    told = {"content-type": "application/x-amz-json-1.0", "x-amzn-errortype": error} | (
        {"x-amz-crc32": crc} if crc else {}
    )
    answer = AWSResponse(
        request.url, status, {name: value for name, value in told.items() if value}, None
    )
    answer._content = body
    return answer


class _NoWaiting:
    """The time module as botocore's retries see it: they happen at once."""

    sleep = staticmethod(lambda _: None)

    def __getattr__(self, name):
        return getattr(time, name)


def connect(wire: Wire, *clients) -> None:
    """Let all requests of these clients go over this wire."""
    botocore.endpoint.time = _NoWaiting()
    for client in clients:
        client.meta.events.register_first("before-send.*", wire.carry, unique_id="wire")
        client.meta.events.register(
            "choose-signer.*", lambda **_: UNSIGNED, unique_id="unsigned"
        )  # a tenth of a history's time


def disconnect() -> None:
    """The clients are made anew when they are next needed."""
    botocore.endpoint.time = time
    connection._client = None
    aws.forget()
