"""The wire between this process and the services it calls: every request, seen and struck.

It lies below the SDK's retries and above the network, so a fault of a test can strike
one attempt or all of them, before the request has left or after its effect.
AWS is called by botocore, Chatwork by urllib3: each has a seam of its own.
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
from unittest.mock import patch
from urllib.parse import parse_qs

import urllib3
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.endpoint import Endpoint
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from chalicelib.input.rooms import address_of

_READS = re.compile("Get|Query|Scan|BatchGet|TransactGet|Describe|List|Receive")


class Killed(BaseException):
    """The process ends here: nothing of ours may catch it."""


@dataclass(frozen=True)
class Call:
    """One call of a service, as the story makes it; `attempts` is how often the SDK would try."""

    service: str
    operation: str
    target: str  # table, or table.index, or room
    attempts: int
    reads: bool
    stale: bool  # whether AWS may answer it with what was true a while ago

    def __str__(self) -> str:
        return f"{self.operation} {self.target or self.service}"


class Mail(NamedTuple):
    """A mail or message that was really taken: its item's tag, its recipients, its text."""

    item: str
    to: tuple[str, ...]
    text: str


@dataclass
class Attempt:
    """One attempt of a call, which `go` does.

    Its reply is (response, None) or (None, exception), as botocore has them.
    """

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
        answer = {
            "Error": {"Code": code, "Message": "injected"},
            "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
        }
        response = AWSResponse(self.request.url, status, HeadersDict(), None)
        response._content = b""  # as if it had been read already
        return (response, answer | more), None

    def unreached(self) -> tuple:
        return None, EndpointConnectionError(endpoint_url=self.request.url)

    def unheard(self) -> tuple:
        """Our time-out while we wait for the reply."""
        return None, ReadTimeoutError(endpoint_url=self.request.url)


class Post(Attempt):
    """A message to a Chatwork room; its `request` is (the address, what is sent)."""

    def go(self) -> tuple:
        reply = self.send()
        if reply[0].status == 200:
            text = self.request[1]["body"]
            # A report's link begins with its memo's id.
            item = re.search(r"/confirm/([\w-]+)\.", text)[1]
            self.wire.mails.append(Mail(item, (self.call.target,), text))
        return reply

    def refused(self, status: int, code: str, **_) -> tuple:
        return urllib3.HTTPResponse(json.dumps({"errors": [code]}).encode(), status=status), None

    def unreached(self) -> tuple:
        return None, urllib3.exceptions.NewConnectionError(None, "injected")

    def unheard(self) -> tuple:
        return None, urllib3.exceptions.ReadTimeoutError(None, self.request[0], "injected")


@dataclass
class Wire:
    """The story that is listened to: its `calls` and the fault's `hits`.

    Of everybody since: `mails` taken, tables `written`.
    """

    prefix: str  # of the tables' names
    # what else happens in the world: `rival()`, `rival_dies()`, `time_passes()`
    meanwhile: Any = None
    calls: list[Call] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    late: list[Attempt] = field(default_factory=list)
    hits: int = 0
    _listens: bool = False
    _dies: bool = False
    _place: int | None = None
    _fault: Any = None

    @contextmanager
    def laid(self) -> Iterator["Wire"]:
        """Every botocore endpoint and every urllib3 pool of this process goes through here."""
        aws = self._aws(Endpoint._do_get_response)
        web = self._web(urllib3.PoolManager.urlopen)
        with (
            patch.object(Endpoint, "_do_get_response", aws),
            patch.object(urllib3.PoolManager, "urlopen", web),
        ):
            yield self

    def _aws(self, straight: Callable) -> Callable:
        def through_us(endpoint, request, operation, context):
            call = _call(operation, request, context, self.prefix)
            send = partial(straight, endpoint, request, operation, context)
            attempt = Attempt(call, request, send, self)
            return self._passes(attempt, context["retries"]["attempt"])

        return through_us

    def _web(self, straight: Callable) -> Callable:
        """Chatwork's messages, which are tried once; botocore goes past the pools' manager."""

        def through_us(pools, method, url, **how):
            room = address_of(re.search(r"/rooms/(\d+)/messages$", url)[1])
            call = Call("chatwork", method, room, attempts=1, reads=False, stale=False)
            body = {name: values[0] for name, values in parse_qs(how["body"]).items()}

            def send():
                return straight(pools, method, url, **how), None

            response, fault = self._passes(Post(call, (url, body), send, self), 1)
            if fault:
                raise fault
            return response

        return through_us

    @contextmanager
    def listening(self, place: int | None = None, fault=None) -> Iterator[None]:
        """Note the calls, and let the fault strike the one at `place`.

        What the fault made late takes effect at the end.
        """
        self.calls, self.mails, self.written, self.late, self.hits = [], [], set(), [], 0
        self._place, self._fault, self._listens = place, fault, True
        try:
            yield
        finally:
            self._listens = False
        for attempt in self.late:
            attempt.go()

    @contextmanager
    def aside(self, dies: bool = False) -> Iterator[None]:
        """What somebody else does meanwhile is neither noted nor struck.

        Who `dies` ends with the first mail.
        """
        before, self._listens, self._dies = self._listens, False, dies
        try:
            yield
        finally:
            self._listens, self._dies = before, False

    def _passes(self, attempt: Attempt, number: int) -> tuple:
        if not self._listens:
            reply = attempt.go()
            if self._dies and attempt.call.service in ("sesv2", "chatwork"):
                raise Killed
            return reply
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
    retries = context["client_config"].retries or {}
    return Call(
        service=service,
        operation=operation.name,
        target=", ".join(name.removeprefix(prefix) for name in _targets(body)),
        attempts=retries.get("total_max_attempts", 1),
        reads=reads,
        stale=service == "dynamodb" and reads and not body.get("ConsistentRead", False),
    )


def _targets(body: dict) -> list[str]:
    """The tables of a request, with its index and the key of a house's own part of the index."""
    if "TransactItems" in body:
        parts = [part for item in body["TransactItems"] for part in item.values()]
        return sorted({part["TableName"] for part in parts})
    if "RequestItems" in body:
        return sorted(body["RequestItems"])
    if "TableName" not in body:
        return []
    if "IndexName" not in body:
        return [body["TableName"]]
    return [f"{body['TableName']}.{body['IndexName']}{_house(body)}"]


def _house(body: dict) -> str:
    """The house whose part of an index is read, or nothing."""
    values = body.get("ExpressionAttributeValues", {}).values()
    texts = [value["S"] for value in values if "S" in value]
    is_house = texts and re.fullmatch("[a-z]{1,8}", texts[0])
    return f" {texts[0]}" if is_house else ""


def _mail(sent: dict) -> Mail:
    raw = base64.b64decode(sent["Content"]["Raw"]["Data"])
    message = email.message_from_bytes(raw, policy=email.policy.default)
    text = message.get_body(("plain",)).get_content()
    tags = {tag["Name"]: tag["Value"] for tag in sent["EmailTags"]}
    return Mail(tags.get("memo") or tags["letter"], tuple(sent["Destination"]["ToAddresses"]), text)
