"""The office: the pool of numbers, and a contract's own."""

from chalice import Blueprint

from chalicelib.flows.calls import lines
from chalicelib.flows.contract import numbers
from chalicelib.flows.views import pool
from chalicelib.handlers.actions import Action, open_actions
from chalicelib.handlers.http import api
from chalicelib.handlers.incoming import Visit
from chalicelib.input.kinds import Phone
from chalicelib.input.shapes import Choice, Number, Shape, Text
from chalicelib.rules import calendar
from chalicelib.rules.house_file import USES

routes = Blueprint(__name__)

_LINE = {
    "type": "object",
    "required": ["number", "state", "contract", "use"],
    "properties": {
        "number": {"type": "string"},
        "state": {"enum": list(pool.STATES)},
        "contract": {"type": ["string", "null"]},
        "use": {"type": ["string", "null"]},
        "quarantined_until": {"type": ["string", "null"], "format": "date"},
    },
}


_LINES_QUERY = Shape(
    "LinesQuery",
    state=Choice("状態", pool.STATES, required=False),
    limit=Number("件数", min=1, max=200, required=False),
    cursor=Text("続きの番号", required=False, max=20),
)
_LINES_GIVEN = {
    "type": "object",
    "required": ["lines", "cursor"],
    "properties": {"lines": {"type": "array", "items": _LINE}},
}


@api(
    routes,
    "GET",
    "/v1/lines",
    "The numbers of the house, in order",
    query=_LINES_QUERY,
    gives=_LINES_GIVEN,
)
def list_lines(visit: Visit) -> dict:
    today = calendar.day_of(visit.now)
    state, cursor = visit.query["state"], visit.query["cursor"]
    limit = visit.query["limit"] or 100
    numbers_of_house = pool.listed(visit.house, state, cursor, limit, today)
    is_full = len(numbers_of_house) == limit
    return {
        "lines": [pool.view(line, today) for line in numbers_of_house],
        "cursor": numbers_of_house[-1].number if is_full else None,
    }


@api(
    routes,
    "POST",
    "/v1/lines",
    "Put a number into the pool",
    takes=Shape("LineAdded", number=Phone("番号")),
    status=201,
    gives=_LINE,
)
def add_line(visit: Visit) -> dict:
    line = lines.add(visit.house, visit.body["number"])
    return pool.view(line, calendar.day_of(visit.now))


open_actions(
    routes,
    [
        Action(
            "add_extra_line",
            "POST",
            "/lines",
            "Lend a further number to a contract",
            numbers.add_extra,
            Shape("LineLent", number=Phone("番号"), use=Choice("使い方", USES)),
        ),
        Action(
            "switch_use",
            "PATCH",
            "/lines/{number}",
            "Switch a number's use",
            numbers.switch_use,
            Shape("UseSwitched", use=Choice("使い方", USES)),
        ),
        Action(
            "drop_extra_line",
            "DELETE",
            "/lines/{number}",
            "Take a further number back",
            numbers.drop_extra,
        ),
    ],
)
