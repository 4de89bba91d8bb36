"""The queue between the night and its workers."""

import json
import threading

from botocore.config import Config

from chalicelib import config
from chalicelib.models.base import connection

_making = threading.Lock()
_client = None


def send(messages: list[dict]) -> None:
    """Put messages on the settle queue. Raises RuntimeError if SQS took only some: the night is then run again."""
    for place in range(0, len(messages), 10):
        entries = [
            {"Id": str(number), "MessageBody": json.dumps(each)}
            for number, each in enumerate(messages[place : place + 10])
        ]
        answer = client().send_message_batch(QueueUrl=config.settle_queue_url(), Entries=entries)
        if answer.get("Failed"):
            raise RuntimeError(f"{len(answer['Failed'])} messages were not queued")


def depth() -> int:
    """Messages waiting, roughly."""
    answer = client().get_queue_attributes(
        QueueUrl=config.settle_queue_url(), AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def client():
    global _client
    if _client is None:
        with _making:
            if _client is None:
                limits = Config(
                    connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 3}
                )
                _client = connection.session.create_client("sqs", config.REGION, config=limits)
    return _client
