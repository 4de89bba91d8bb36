"""The office: the pool of numbers, and a contract's own."""

from chalice import Blueprint

from chalicelib.flows.calls import lines
from chalicelib.flows.contract import numbers
from chalicelib.flows.views import pool
from chalicelib.handlers.actions import CONTRACT, change
from chalicelib.handlers.http import api
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
_NUMBER = Shape("LineAdded", number=Phone("番号"))
_LENT = Shape("LineLent", number=Phone("番号"), use=Choice("使い方", USES))


@api(
    routes,
    "GET",
    "/v1/lines",
    "The numbers of the house, in order",
    query=Shape(
        "LinesQuery",
        state=Choice("状態", pool.STATES, required=False),
        limit=Number("件数", min=1, max=200, required=False),
        cursor=Text("続きの番号", required=False, max=20),
    ),
    gives={
        "type": "object",
        "required": ["lines", "cursor"],
        "properties": {"lines": {"type": "array", "items": _LINE}},
    },
)
def list_lines(asked):
    limit, today = asked.query["limit"] or 100, calendar.day_of(asked.now)
    found = pool.listed(asked.house, asked.query["state"], asked.query["cursor"], limit, today)
    return {
        "lines": [pool.view(line, today) for line in found],
        "cursor": found[-1].number if len(found) == limit else None,
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
def add_line(asked):
    return pool.view(lines.add(asked.house, asked.body["number"]), calendar.day_of(asked.now))


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/lines",
    "Lend a further number to a contract",
    takes=_LENT,
    gives=CONTRACT,
)
def add_extra_line(asked, contract):
    return change(
        asked,
        contract,
        lambda change: numbers.add_extra(change, asked.body["number"], asked.body["use"]),
    )


@api(
    routes,
    "PATCH",
    "/v1/contracts/{contract}/lines/{number}",
    "Switch a number's use",
    takes=Shape("UseSwitched", use=Choice("使い方", USES)),
    gives=CONTRACT,
)
def switch_use(asked, contract, number):
    return change(
        asked, contract, lambda change: numbers.switch_use(change, number, asked.body["use"])
    )


@api(
    routes,
    "DELETE",
    "/v1/contracts/{contract}/lines/{number}",
    "Take a further number back",
    gives=CONTRACT,
)
def drop_extra_line(asked, contract, number):
    return change(asked, contract, lambda change: numbers.drop_extra(change, number))
