"""The wire between our AWS clients and the world: it carries every request, and breaks on demand.

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
from email import message_from_bytes, policy
from typing import NamedTuple
from urllib.parse import urlsplit

import botocore.endpoint
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from chalicelib import clock, config
from chalicelib.channels import aws
from chalicelib.models import TABLES
from chalicelib.models.base import connection


class Killed(BaseException):
    """The process ends here: nothing of ours may catch it."""


class Fault(NamedTuple):
    """`times` attempts end as `ending` says (see `ENDINGS`), once `after` others have gone well.

    Only attempts `at` a service count, if one is named.
    """

    after: int
    ending: str
    times: int = 1
    at: str | None = None


class Taken(NamedTuple):
    """A mail that SES has taken, and what SES knows of it.

    `item` is what it was sent for, as its tag says; `raw` is the MIME message.
    """

    item: str
    to: tuple[str, ...]
    raw: bytes
    tags: dict[str, str]
    message: str
    at: datetime

    @property
    def text(self) -> str:
        """The plain text of the message."""
        message = message_from_bytes(self.raw, policy=policy.default)
        return message.get_body(("plain",)).get_content()


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
_SOMEBODY = (
    "AWS4-HMAC-SHA256 Credential=test/20260901/ap-northeast-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=0"
)
_KEYS = {}
for _model in TABLES:
    _names = (_model._hash_keyname, _model._range_keyname)
    _KEYS[_model.Meta.table_name] = [name for name in _names if name]


@dataclass
class Wire:
    """`ses_is` is how every SendEmail ends for now: "well", or one of the endings."""

    address: str
    fault: Fault | None = None
    ses_is: str = "well"
    hit: bool = False  # whether a planned fault has met a request since it was planned
    taken: list[Taken] = field(default_factory=list)
    # how the last attempt for an item's mail ended
    last_word: dict[str, str] = field(default_factory=dict)
    queued: list[str] = field(default_factory=list)
    # (table, key) of everything that a history wrote
    written: set[tuple[str, str]] = field(default_factory=set)
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
        fault = self.fault
        if fault is None or fault.at not in (None, service):
            return self._usual(service)
        if fault.after > 0:
            self.fault = fault._replace(after=fault.after - 1)
            return self._usual(service)
        self.fault = fault._replace(times=fault.times - 1) if fault.times > 1 else None
        self.hit = True
        return fault.ending

    def _usual(self, service: str) -> str:
        return self.ses_is if service == "sesv2" else "well"

    def _end(self, ending: str, service: str, operation: str, request) -> AWSResponse:
        if ending in BEFORE:
            raise _error(BEFORE[ending], request)
        answer = None
        if ending in ("well", "error_after", *AFTER):
            answer = self._do(service, operation, request)
        if ending in AFTER:
            raise _error(AFTER[ending], request)
        if ending in REFUSALS:
            return _refusal(ending, service, request)
        return answer

    def _do(self, service: str, operation: str, request) -> AWSResponse:
        if service == "dynamodb":
            self._note_writes(operation, request)
            return self._forward(request)
        if service == "sesv2":
            return self._take_mail(request)
        return self._take_messages(request)

    def _take_mail(self, request) -> AWSResponse:
        body = json.loads(request.body)
        raw = base64.b64decode(body["Content"]["Raw"]["Data"])
        to = tuple(body["Destination"]["ToAddresses"])
        with self._lock:
            message = f"m{len(self.taken) + 1}"
            mail = Taken(_item(request), to, raw, _tags(request), message, clock.now())
            self.taken.append(mail)
            return _answer(request, 200, json.dumps({"MessageId": message}).encode())

    def _take_messages(self, request) -> AWSResponse:
        body = json.loads(request.body)
        entries = body["Entries"]
        if body["QueueUrl"] == config.settle_queue_url():  # papers are no matter of a history
            self.queued += [each["MessageBody"] for each in entries]
        results = [
            {"Id": each["Id"], "MessageId": each["Id"], "MD5OfMessageBody": ""} for each in entries
        ]
        return _answer(request, 200, json.dumps({"Successful": results, "Failed": []}).encode())

    def _note_writes(self, operation: str, request) -> None:
        if operation not in ("PutItem", "UpdateItem", "TransactWriteItems"):
            return
        body = json.loads(request.body)
        parts = [part for each in body.get("TransactItems", []) for part in each.values()]
        parts = parts or [body]
        for part in parts:
            whole = part.get("Item") or part["Key"]
            key = {name: whole[name] for name in _KEYS[part["TableName"]]}
            self.written.add((part["TableName"], json.dumps(key)))

    def _forward(self, request) -> AWSResponse:
        """To DynamoDB Local, on a connection of this thread's own: half the time of botocore's."""
        try:
            return self._ask_store(request)
        except (http.client.RemoteDisconnected, ConnectionError):  # closed while nobody used it
            del self._own.line
            return self._ask_store(request)

    def _ask_store(self, request) -> AWSResponse:
        if not hasattr(self._own, "line"):
            host = urlsplit(self.address).netloc
            self._own.line = http.client.HTTPConnection(host, timeout=30)
        headers = {**request.headers, "Authorization": _SOMEBODY}
        self._own.line.request(request.method, "/", request.body, headers)
        answer = self._own.line.getresponse()
        crc = answer.headers.get("x-amz-crc32")
        return _answer(request, answer.status, answer.read(), crc=crc)


def _item(request) -> str:
    tags = _tags(request)
    return tags.get("memo") or tags["letter"]


def _tags(request) -> dict[str, str]:
    tags = json.loads(request.body)["EmailTags"]
    return {tag["Name"]: tag["Value"] for tag in tags}


def _error(kind, request) -> BaseException:
    return kind(endpoint_url=request.url, error="on demand") if kind else Killed()


def _refusal(ending: str, service: str, request) -> AWSResponse:
    status, ses_word, store_word = REFUSALS[ending]
    word = store_word if service == "dynamodb" else ses_word
    if service != "sesv2" and status != 500:
        status = 400
    reasons = [{"Code": "TransactionConflict"}]
    body = {"__type": word, "message": "no", "CancellationReasons": reasons}
    return _answer(request, status, json.dumps(body).encode(), word)


def _answer(
    request, status: int, body: bytes, error: str = "", crc: str | None = None
) -> AWSResponse:
    headers = {"content-type": "application/x-amz-json-1.0"}
    if error:
        headers["x-amzn-errortype"] = error
    if crc:
        headers["x-amz-crc32"] = crc
    answer = AWSResponse(request.url, status, headers, None)
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
        # Signing would take a tenth of a history's time.
        client.meta.events.register("choose-signer.*", _leave_unsigned, unique_id="unsigned")


def _leave_unsigned(**_):
    return UNSIGNED


def disconnect() -> None:
    """The clients are made anew when they are next needed."""
    botocore.endpoint.time = time
    connection._client = None
    aws.forget()
