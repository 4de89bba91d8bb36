"""The queues: between the night and its workers, and before whoever makes papers."""

import json
from typing import Any

from botocore.config import Config

from chalicelib import config
from chalicelib.channels import aws

AT_ONCE = 10  # messages that SQS takes in one request
_LIMITS = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 3})


def send(messages: list[dict]) -> None:
    """Put messages on the settle queue.

    Raises RuntimeError if SQS took only some: the night is then run again.
    """
    _put(config.settle_queue_url(), messages)


def ask_for_papers(messages: list[dict]) -> None:
    """Put messages on the queue of papers.

    Raises RuntimeError if SQS took only some: their papers are asked for again.
    """
    _put(config.papers_queue_url(), messages)


def _put(url: str, messages: list[dict]) -> None:
    for place in range(0, len(messages), AT_ONCE):
        batch = messages[place : place + AT_ONCE]
        entries = [
            {"Id": str(number), "MessageBody": json.dumps(message)}
            for number, message in enumerate(batch)
        ]
        answer = client().send_message_batch(QueueUrl=url, Entries=entries)
        if answer.get("Failed"):
            raise RuntimeError(f"{len(answer['Failed'])} messages were not queued")


def depth() -> int:
    """Messages waiting, roughly."""
    name = "ApproximateNumberOfMessages"
    answer = client().get_queue_attributes(
        QueueUrl=config.settle_queue_url(), AttributeNames=[name]
    )
    return int(answer["Attributes"][name])


def client() -> Any:
    """The one SQS client."""
    return aws.client("sqs", _LIMITS)
