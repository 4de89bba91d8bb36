"""Operators and office: the memo.

It is taken, put right, judged anew, sent again, and shown with how far its
report has come.
"""

import re
from functools import partial

from chalice import Blueprint

from chalicelib.errors import wrong
from chalicelib.flows import lookup
from chalicelib.flows.calls import corrections, memos, resend
from chalicelib.flows.contract import count
from chalicelib.flows.post import act
from chalicelib.flows.views import calls
from chalicelib.handlers.http import api
from chalicelib.handlers.incoming import Visit
from chalicelib.input.shapes import Choice, Flag, Shape, Text
from chalicelib.rules.house_file import CLASSES

routes = Blueprint(__name__)

ADDRESSED = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"person": {"type": "string"}, "address": {"type": "string"}},
    },
}
_TAKEN = {
    "type": "object",
    "required": ["id", "number", "reported_to", "counts", "why"],
    "properties": {
        "id": {"type": "string"},
        "number": {"type": "string", "description": "the memo's number for people"},
        "reported_to": ADDRESSED,
        "counts": {
            "type": "boolean",
            "description": "whether a call of this class counts, once its report is handed over",
        },
        "why": {"type": "string"},
    },
}
_MEMO = {"type": "object", "required": [*_TAKEN["required"], "counted", "report"]}


@api(
    routes,
    "POST",
    "/v1/memos",
    "Take a call memo: stored once, reported in the same request",
    role="operator",
    takes=memos.MEMO,
    read_body=False,
    headers=("Idempotency-Key",),
    status=201,
    gives=_TAKEN,
)
def take_memo(visit: Visit) -> dict:
    key = idempotency_key(visit)
    return memos.answer(memos.take(visit.house, visit.key.owner, key, visit.body, visit.now))


def idempotency_key(visit: Visit) -> str:
    key = visit.headers.get("idempotency-key", "")
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", key):
        raise wrong(
            "Idempotency-Key",
            "Idempotency-Key ヘッダーに、メモごとに異なる1〜200文字の英数記号を指定してください。",
        )
    return key


@api(
    routes,
    "POST",
    "/v1/memos/{memo}/corrections",
    "Put a memo right: a new version takes its place and is reported as a correction",
    role="operator",
    takes=corrections.CORRECTION,
    read_body=False,
    headers=("Idempotency-Key",),
    status=201,
    gives=_TAKEN,
)
def correct_memo(visit: Visit, memo: str) -> dict:
    key = idempotency_key(visit)
    return memos.answer(
        corrections.correct(visit.house, visit.key.owner, key, memo, visit.body, visit.now)
    )


_CLASS_DECIDED = Shape(
    "ClassDecided",
    class_=Choice("分類", CLASSES),
    reason=Text("理由", max=300),
    declares=Flag("お客様が営業電話として番号を申告", required=False),
)


@api(
    routes,
    "POST",
    "/v1/memos/{memo}/class",
    "Decide with a reason of which class a call was: its count follows the house's table",
    takes=_CLASS_DECIDED,
    gives=_MEMO,
)
def decide_class(visit: Visit, memo: str) -> dict:
    contract = lookup.memo(visit.house, memo).contract
    story = partial(count.decide, memo_id=memo, **visit.body)
    act.on_contract(visit.house, contract, visit.now, visit.key.owner, story)
    return calls.view(lookup.memo(visit.house, memo))


@api(
    routes,
    "POST",
    "/v1/memos/{memo}/resend",
    "Send a report again, to whom the house's rule names now",
    role="operator",
    headers=("Idempotency-Key",),
    gives={
        "type": "object",
        "required": ["id", "number", "reported_to"],
        "properties": {"reported_to": ADDRESSED},
    },
)
def send_again(visit: Visit, memo: str) -> dict:
    key = idempotency_key(visit)
    return resend.report_again(visit.house, memo, key, visit.key.owner, visit.now)


@api(
    routes,
    "GET",
    "/v1/memos/{memo}",
    "A memo, how far its report has come at each address, and every change of its count",
    role="operator",
    gives=_MEMO,
)
def read_memo(visit: Visit, memo: str) -> dict:
    return calls.view(lookup.memo(visit.house, memo))
