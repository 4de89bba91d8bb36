"""The wire between this process and AWS: every request of every client, seen, and struck where a test says so.

It lies below the SDK's retries and above the network, so a fault can strike
one attempt or all of them, before the request has left or after its effect.
"""

import base64
import email
import email.policy
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.endpoint import Endpoint

_READS = re.compile("Get|Query|Scan|BatchGet|TransactGet|Describe|List|Receive")


class Killed(BaseException):
    """The process ends here: nothing of ours may catch it."""


@dataclass(frozen=True)
class Call:
    """One call of an AWS service, as the story makes it; `attempts` is how often the SDK would try."""

    service: str
    operation: str
    target: str  # table, or table.index
    attempts: int
    reads: bool
    stale: bool  # whether AWS may answer it with what was true a while ago

    def __str__(self) -> str:
        return f"{self.operation} {self.target or self.service}"


class Mail(NamedTuple):
    """A mail that SES has really taken: the id of its item as tagged, its recipients, its text."""

    item: str
    to: tuple[str, ...]
    text: str


@dataclass
class Attempt:
    """One attempt of a call. `go` does it; its reply is (response, None) or (None, exception), as botocore has them."""

    call: Call
    request: Any
    send: Callable[[], tuple]
    wire: "Wire"

    def go(self) -> tuple:
        if self.call.service == "dynamodb" and not self.call.reads:
            self.wire.written.update(self.call.target.split(", "))
        reply = self.send()
        if self.call.operation == "SendEmail" and reply[0] and reply[0][0].status_code == 200:
            self.wire.mails.append(_mail(json.loads(self.request.body)))
        return reply

    def refused(self, status: int, code: str, **more) -> tuple:
        """The service's refusal, without any effect."""
        said = {"Error": {"Code": code, "Message": "injected"}, "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}}}
        response = AWSResponse(self.request.url, status, HeadersDict(), None)
        response._content = b""  # as if it had been read already
        return (response, said | more), None


@dataclass
class Wire:
    """The story that is listened to: its `calls` and the fault's `hits`. Of everybody since: `mails` taken, tables `written`."""

    prefix: str  # of the tables' names
    meanwhile: Any = None  # what else happens in the world: `rival()`, `time_passes()`
    calls: list[Call] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    late: list[Attempt] = field(default_factory=list)
    hits: int = 0
    _listens: bool = False
    _place: int | None = None
    _fault: Any = None

    @contextmanager
    def laid(self) -> Iterator["Wire"]:
        """Every botocore endpoint of this process goes through here."""
        straight = Endpoint._do_get_response

        def through_us(endpoint, request, operation, context):
            call = _call(operation, request, context, self.prefix)
            attempt = Attempt(call, request, partial(straight, endpoint, request, operation, context), self)
            return self._passes(attempt, context["retries"]["attempt"])

        Endpoint._do_get_response = through_us
        try:
            yield self
        finally:
            Endpoint._do_get_response = straight

    @contextmanager
    def listening(self, place: int | None = None, fault=None) -> Iterator[None]:
        """Note the calls, and let the fault strike the one at `place`; what it made late takes effect at the end."""
        self.calls, self.mails, self.written, self.late, self.hits = [], [], set(), [], 0
        self._place, self._fault, self._listens = place, fault, True
        try:
            yield
        finally:
            self._listens = False
        for attempt in self.late:
            attempt.go()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What somebody else does meanwhile is neither noted nor struck."""
        before, self._listens = self._listens, False
        try:
            yield
        finally:
            self._listens = before

    def _passes(self, attempt: Attempt, number: int) -> tuple:
        if not self._listens:
            return attempt.go()
        if number == 1:
            self.calls.append(attempt.call)
        here = self._fault and len(self.calls) - 1 == self._place
        if not here or (self.hits and not self._fault.lasting):
            return attempt.go()
        self.hits += 1
        return self._fault.strikes(attempt)


def _call(operation, request, context, prefix: str) -> Call:
    service = operation.service_model.service_name
    body = json.loads(request.body or b"{}") if service in ("dynamodb", "sesv2") else {}
    reads = bool(_READS.match(operation.name))
    return Call(
        service=service,
        operation=operation.name,
        target=", ".join(each.removeprefix(prefix) for each in _targets(body)),
        attempts=(context["client_config"].retries or {}).get("total_max_attempts", 1),
        reads=reads,
        stale=service == "dynamodb" and reads and not body.get("ConsistentRead", False),
    )


def _targets(body: dict) -> list[str]:
    """The tables of a request; with its index, and the key of a house's own part of it."""
    if "TransactItems" in body:
        return sorted({each["TableName"] for item in body["TransactItems"] for each in item.values()})
    if "RequestItems" in body:
        return sorted(body["RequestItems"])
    index = f".{body['IndexName']}" if "IndexName" in body else ""
    part = next((value["S"] for value in body.get("ExpressionAttributeValues", {}).values() if "S" in value), "")
    house = f" {part}" if index and re.fullmatch("[a-z]{1,8}", part) else ""
    return [f"{body['TableName']}{index}{house}"] if "TableName" in body else []


def _mail(sent: dict) -> Mail:
    raw = base64.b64decode(sent["Content"]["Raw"]["Data"])
    text = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain",)).get_content()
    tags = {tag["Name"]: tag["Value"] for tag in sent["EmailTags"]}
    return Mail(tags["item"], tuple(sent["Destination"]["ToAddresses"]), text)
