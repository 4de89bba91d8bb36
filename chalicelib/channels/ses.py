"""Handing a mail to SES: one attempt, and an honest word about how it ended.

The SDK's own retries would send the mail again after a lost reply, and SES
has no idempotency token; so there is exactly one attempt here, and repeating
is the outbox's decision.
"""

import re
from typing import Any

from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from chalicelib import config
from chalicelib.channels import aws
from chalicelib.channels.outcome import NEVER, RETRY, SENT, UNSURE, Outcome
from chalicelib.input import carriers

NOT_VERIFIED = "identity not verified"  # SES's rejection of every mail, until a person mends it
# SES will refuse the same mail again.
_NEVER = {"MessageRejected", "BadRequestException"}
_LIMITS = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"total_max_attempts": 1},
    max_pool_connections=50,
)


def send(raw: bytes, to: list[str], tags: dict[str, str]) -> Outcome:
    """One SendEmail of a finished MIME message to all of `to`.

    `tags` let an event find its mail again.
    """
    request = {
        "Destination": {"ToAddresses": [carriers.quoted(address) for address in to]},
        "Content": {"Raw": {"Data": raw}},
        "EmailTags": [{"Name": name, "Value": tagged(value)} for name, value in tags.items()],
    }
    if config.configuration_set():
        request["ConfigurationSetName"] = config.configuration_set()
    try:
        return Outcome(SENT, client().send_email(**request)["MessageId"])
    except ClientError as refused:
        return _refusal(refused)
    except (EndpointConnectionError, ConnectTimeoutError) as unreached:
        return Outcome(RETRY, problem=type(unreached).__name__)
    except HTTPClientError as lost:
        return Outcome(UNSURE, problem=type(lost).__name__)


def tagged(value: str) -> str:
    """A value as a tag can carry it: letters, digits, `-`, `_`, and `__` for the `#` of our ids."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", value.replace("#", "__"))[:256]


def untagged(tag: str) -> str:
    """The id that a tag was made of."""
    return tag.replace("__", "#")


def quota() -> str:
    """How much of the day's sending quota is used, in words.

    Only SES's older API gives the quota to everybody.
    """
    older = aws.client("ses", Config(read_timeout=5))
    answer = older.get_send_quota()
    sent, most = answer["SentLast24Hours"], answer["Max24HourSend"]
    return f"{sent:.0f} of {most:.0f} sent in 24 hours"


def _refusal(refused: ClientError) -> Outcome:
    code = refused.response["Error"]["Code"]
    status = refused.response["ResponseMetadata"].get("HTTPStatusCode", 500)
    if status >= 500:
        return Outcome(UNSURE, problem=code)
    if "not verified" in refused.response["Error"].get("Message", ""):
        return Outcome(RETRY, problem=NOT_VERIFIED)
    kind = NEVER if code in _NEVER else RETRY
    return Outcome(kind, problem=code)


def client() -> Any:
    """The one SES client, with a single attempt a call."""
    return aws.client("sesv2", _LIMITS)
