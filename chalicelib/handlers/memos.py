"""Operators: the line that rings, the memo, the count."""

import re

from chalice import Blueprint

from chalicelib.errors import Fault, Invalid
from chalicelib.flows import line, memo
from chalicelib.handlers.http import api
from chalicelib.rules import calendar, metering
from chalicelib.rules.house_file import CLASSES
from chalicelib.shapes import Number, Shape, Text

routes = Blueprint(__name__)

_MONTH = (r"20\d\d-(0[1-9]|1[0-2])", "月は 2026-09 の形で指定してください。")
_ADDRESSED = {
    "type": "array",
    "items": {"type": "object", "properties": {"person": {"type": "string"}, "address": {"type": "string", "format": "email"}}},
}
_TAKEN = {
    "type": "object",
    "required": ["id", "number", "reported_to", "counts", "why"],
    "properties": {
        "id": {"type": "string"},
        "number": {"type": "string", "description": "the memo's number for people"},
        "reported_to": _ADDRESSED,
        "counts": {"type": "boolean", "description": "whether a call of this class counts, once its report is handed over"},
        "why": {"type": "string"},
    },
}


@api(
    routes,
    "GET",
    "/v1/lines/{number}",
    "What the operator needs for a called number",
    role="operator",
    query=Shape("LineQuery", caller=Text("発信者番号", required=False, max=40)),
    gives={"type": "object", "required": ["number", "house", "in_service", "why_not"]},
)
def look_up_line(asked, number):
    return line.tell(asked.house, number, asked.query["caller"], asked.now)


@api(
    routes,
    "POST",
    "/v1/memos",
    "Take a call memo: stored once, reported in the same request",
    role="operator",
    takes=memo.MEMO,
    read_body=False,
    headers=("Idempotency-Key",),
    status=201,
    gives=_TAKEN,
)
def take_memo(asked):
    key = asked.headers.get("idempotency-key", "")
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", key):
        raise Invalid(
            [Fault("Idempotency-Key", "Idempotency-Key ヘッダーに、メモごとに異なる1〜200文字の英数記号を指定してください。")]
        )
    return memo.answer(memo.take(asked.house, asked.key.owner, key, asked.body, asked.now))


@api(
    routes,
    "GET",
    "/v1/memos",
    "A contract's memos of a month, newest first",
    role="operator",
    query=Shape(
        "MemosQuery",
        contract=Text("ご契約の番号", max=40),
        month=Text("月", max=7, required=False, pattern=_MONTH, example="2026-09"),
        limit=Number("件数", min=1, max=100, required=False),
        cursor=Text("続きの印", required=False, max=1000),
    ),
    gives={"type": "object", "required": ["memos", "cursor"]},
)
def list_memos(asked):
    return memo.listed(asked.house, asked.query, asked.now)


@api(
    routes,
    "GET",
    "/v1/contracts/{contract}/routing",
    "Who would get the report of a call, by the same rule that memos go by",
    role="operator",
    query=Shape("RoutingQuery", for_=Text("名指しの方", required=False, max=100)),
    gives={
        "type": "object",
        "required": ["reported_to", "asked_for", "note"],
        "properties": {
            "contract": {"type": "string"},
            "reported_to": _ADDRESSED,
            "asked_for": {"type": ["string", "null"]},
            "note": {"type": ["string", "null"]},
        },
    },
)
def tell_routing(asked, contract):
    return memo.would_tell(asked.house, contract, asked.query["for_"], asked.now)


@api(
    routes,
    "GET",
    "/v1/memos/{memo}",
    "A memo, and how far its report has come",
    role="operator",
    gives={"type": "object", "required": [*_TAKEN["required"], "counted", "report"]},
)
def read_memo(asked, **parts):
    found = memo.find(asked.house, parts["memo"])
    counted, why = metering.counted(found)
    return memo.answer(found) | {
        "contract": found.contract,
        "class": found.call_class,
        "class_name": CLASSES[found.call_class],
        "received_at": found.received_at.astimezone(calendar.JST).isoformat(),
        "operator": found.operator,
        "text": {name.removesuffix("_"): value for name, value in (found.text or {}).items()},
        "counted": counted,
        "why_counted": why,
        "report": _report(found),
    }


def _report(found) -> dict:
    """Where the report is: handed over, on its way, with the office, or none to be sent."""
    state = "handed_over" if found.handed_over_at else "none" if found.outbox is None else "on_its_way"
    return {
        "state": "with_office" if found.outbox and found.outbox != found.house else state,
        "handed_over_at": found.handed_over_at and found.handed_over_at.astimezone(calendar.JST).isoformat(),
        "tries": found.tries,
        "unsure": [moment.astimezone(calendar.JST).isoformat() for moment in found.unsure],
        "problem": found.problem if not found.handed_over_at else None,
    }


@api(
    routes,
    "GET",
    "/v1/contracts/{contract}/usage/{month}",
    "A month's counted calls against the plan",
    role="operator",
    gives={"type": "object", "required": ["contract", "month", "counted", "included", "over", "forecast"]},
)
def read_usage(asked, contract, month):
    if not re.fullmatch(_MONTH[0], month, re.ASCII):
        raise Invalid([Fault("month", _MONTH[1])])
    return memo.usage(asked.house, contract, month, asked.now)
