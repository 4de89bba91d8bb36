"""The floor of the bench: the calls that a memo cannot do without, by bare botocore.

They are five calls to DynamoDB and one to SES. `Calls` runs them in this
process; `handler` is a Lambda function of nothing else, for the cold start.
"""

import json
import os
import uuid
from typing import Any

import botocore.session
from botocore.config import Config


def names_of(desk) -> dict:
    """What the calls need to name: tables, line, contract, and the item of the desk's last memo."""
    from chalicelib.models import Contract, Line, Memo
    from chalicelib.models.base import connection

    tables = {model.__name__: model.Meta.table_name for model in (Contract, Line, Memo)}
    client: Any = connection.client
    last = client.scan(TableName=tables["Memo"], Limit=1)["Items"][0]
    return {
        "tables": tables,
        "line": {"S": desk.line.replace("-", "")},
        "contract": {"S": desk.contract},
        "memo": _under_lease(last),
    }


def _under_lease(item: dict) -> dict:
    """A memo's item as it is stored before its mail is sent, without the id."""
    memo = {**item}
    for name in ("id", "handed_over_at", "message_id"):
        memo.pop(name, None)
    lease = {
        "outbox": {"S": "mk"},
        "next_try_at": item["taken_at"],
        "attempt_since": item["taken_at"],
    }
    return memo | lease


class Calls:
    """Calls with fixed arguments, of the same items and with the same effect as a memo's."""

    def __init__(self, names: dict):
        session: Any = botocore.session.get_session()
        limits = Config(parameter_validation=False, retries={"total_max_attempts": 1})
        self.dynamodb = session.create_client("dynamodb", "ap-northeast-1", config=limits)
        self.ses = session.create_client("sesv2", "ap-northeast-1", config=limits)
        self.tables = names["tables"]
        self.line = names["line"]
        self.contract = names["contract"]
        self.memo = names["memo"]
        self.mail = {
            "FromEmailAddress": "a@mk.example",
            "Destination": {"ToAddresses": ["a@b.example"]},
            "Content": {"Raw": {"Data": b"Subject: x\r\n\r\n" + b"x" * 6000}},
        }

    def run(self) -> None:
        """All calls of one memo, in its order."""
        key = {"S": uuid.uuid4().hex}
        self._read()
        self._put(key)
        self.ses.send_email(**self.mail)
        self._hand_over(key)

    def _read(self) -> None:
        """The line, its contract, and the caller's earlier memos of the day."""
        self.dynamodb.get_item(
            TableName=self.tables["Line"], Key={"number": self.line}, ConsistentRead=True
        )
        self.dynamodb.get_item(
            TableName=self.tables["Contract"], Key={"id": self.contract}, ConsistentRead=True
        )
        self.dynamodb.query(
            TableName=self.tables["Memo"],
            IndexName="by_contract_month",
            KeyConditionExpression="contract_month = :m AND received_at >= :t",
            FilterExpression="caller_number = :c",
            ExpressionAttributeValues={
                ":m": self.memo["contract_month"],
                ":t": {"S": self.memo["received_at"]["S"][:10]},
                ":c": {"S": "nobody"},
            },
        )

    def _put(self, key: dict) -> None:
        self.dynamodb.put_item(
            TableName=self.tables["Memo"],
            Item=self.memo | {"id": key, "contract_month": {"S": "floor"}},
            ConditionExpression="attribute_not_exists(id)",
        )

    def _hand_over(self, key: dict) -> None:
        """The mail is with SES: the memo leaves the outbox."""
        self.dynamodb.update_item(
            TableName=self.tables["Memo"],
            Key={"id": key},
            UpdateExpression=(
                "SET handed_over_at = :n, message_id = :i REMOVE outbox, next_try_at, attempt_since"
            ),
            ConditionExpression="outbox = :o AND next_try_at = :t",
            ExpressionAttributeValues={
                ":n": self.memo["taken_at"],
                ":i": {"S": "loopback"},
                ":o": self.memo["outbox"],
                ":t": self.memo["next_try_at"],
            },
        )


_calls: Calls | None = None


def handler(event, context) -> dict:
    """A Lambda function that makes the calls; its environment says what to name."""
    global _calls
    _calls = _calls or Calls(json.loads(os.environ["BARE_CALLS"]))
    _calls.run()
    return {"statusCode": 201}
