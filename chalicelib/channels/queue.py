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
    return _depth(config.settle_queue_url())


def dead_letters() -> int:
    """Messages that failed too often, roughly."""
    return _depth(config.settle_dead_letters_url())


def _depth(url: str) -> int:
    name = "ApproximateNumberOfMessages"
    answer = client().get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return int(answer["Attributes"][name])


def redrive() -> int:
    """Put the dead letters back, each onto the queue before it is deleted. Returns how many."""
    moved = 0
    url = config.settle_dead_letters_url()
    while letters := _received(url):
        send([json.loads(letter["Body"]) for letter in letters])
        for letter in letters:
            client().delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
        moved += len(letters)
    return moved


def _received(url: str) -> list[dict[str, Any]]:
    answer = client().receive_message(QueueUrl=url, MaxNumberOfMessages=AT_ONCE)
    letters: list[dict[str, Any]] = answer.get("Messages", [])
    return letters


def client() -> Any:
    """The one SQS client."""
    return aws.client("sqs", _LIMITS)
