"""Operators and office: the line that rings, a month's calls, and what waits for a person."""

import re

from chalice import Blueprint

from chalicelib.errors import wrong
from chalicelib.flows.contract import count
from chalicelib.flows.post import held
from chalicelib.flows.views import calls, line, months, queues
from chalicelib.handlers.actions import Action, open_actions
from chalicelib.handlers.api.memos import ADDRESSED
from chalicelib.handlers.http import api
from chalicelib.handlers.incoming import Visit
from chalicelib.input.kinds import Phone
from chalicelib.input.shapes import Number, Shape, Text

routes = Blueprint(__name__)

_MONTH = (r"20\d\d-(0[1-9]|1[0-2])", "月は 2026-09 の形で指定してください。")


_LINE_QUERY = Shape("LineQuery", caller=Text("発信者番号", required=False, max=40))
_LINE_GIVEN = {"type": "object", "required": ["number", "house", "in_service", "why_not"]}


@api(
    routes,
    "GET",
    "/v1/lines/{number}",
    "What the operator needs for a called number",
    role="operator",
    query=_LINE_QUERY,
    gives=_LINE_GIVEN,
)
def look_up_line(visit: Visit, number: str) -> dict:
    return line.view(visit.house, number, visit.query["caller"], visit.now)


_MEMOS_QUERY = Shape(
    "MemosQuery",
    contract=Text("ご契約の番号", max=40),
    month=Text("月", max=7, required=False, pattern=_MONTH, example="2026-09"),
    limit=Number("件数", min=1, max=100, required=False),
    cursor=Text("続きの印", required=False, max=1000),
)


@api(
    routes,
    "GET",
    "/v1/memos",
    "A contract's memos of a month, newest first",
    role="operator",
    query=_MEMOS_QUERY,
    gives={"type": "object", "required": ["memos", "cursor"]},
)
def list_memos(visit: Visit) -> dict:
    return calls.listed(visit.house, visit.query, visit.now)


_ROUTING_QUERY = Shape("RoutingQuery", for_=Text("名指しの方", required=False, max=100))
_ROUTING_GIVEN = {
    "type": "object",
    "required": ["reported_to", "asked_for", "note"],
    "properties": {
        "contract": {"type": "string"},
        "reported_to": ADDRESSED,
        "asked_for": {"type": ["string", "null"]},
        "note": {"type": ["string", "null"]},
    },
}


@api(
    routes,
    "GET",
    "/v1/contracts/{contract}/routing",
    "Who would get the report of a call, by the same rule that memos go by",
    role="operator",
    query=_ROUTING_QUERY,
    gives=_ROUTING_GIVEN,
)
def tell_routing(visit: Visit, contract: str) -> dict:
    return calls.would_tell(visit.house, contract, visit.query["for_"], visit.now)


@api(
    routes,
    "GET",
    "/v1/contracts/{contract}/usage/{month}",
    "A month's counted calls against the plan",
    role="operator",
    gives={
        "type": "object",
        "required": ["contract", "month", "counted", "included", "over", "forecast"],
    },
)
def read_usage(visit: Visit, contract: str, month: str) -> dict:
    pattern, sentence = _MONTH
    if not re.fullmatch(pattern, month, re.ASCII):
        raise wrong("month", sentence)
    return months.usage(visit.house, contract, month, visit.now)


@api(
    routes,
    "GET",
    "/v1/objections",
    "Calls that a client objects to and the office has to decide on, the oldest first",
    gives={"type": "object", "required": ["objections"]},
)
def list_objections(visit: Visit) -> dict:
    return {"objections": queues.disputed(visit.house)}


@api(
    routes,
    "GET",
    "/v1/held",
    "Reports and letters that do not leave without a person, the longest waiting first",
    gives={"type": "object", "required": ["held"]},
)
def list_held(visit: Visit) -> dict:
    return {"held": queues.held(visit.house)}


@api(
    routes,
    "POST",
    "/v1/letters/{letter}/resend",
    "Let a letter that waits for the office leave with the next sweep",
    gives={"type": "object", "required": ["id", "kind"]},
)
def release_letter(visit: Visit, letter: str) -> dict:
    return queues.held_mail(held.release(visit.house, letter, visit.now))


open_actions(
    routes,
    [
        Action(
            "declare_number",
            "POST",
            "/declared",
            "Declare a number as sales: its calls are neither reported nor counted from now on",
            count.declare,
            Shape("NumberDeclared", number=Phone("電話番号", example="03-9999-1111")),
        ),
        Action(
            "take_off_number",
            "DELETE",
            "/declared/{number}",
            "Take a declared number off the list: its calls are reported and counted again",
            count.take_off,
        ),
    ],
)
