"""Advice for the telephone: which plan for so many calls a month."""

from chalice import Blueprint

from chalicelib.handlers.http import api
from chalicelib.handlers.incoming import Visit
from chalicelib.input.shapes import Number, Shape
from chalicelib.rules import calendar
from chalicelib.rules.contract import plans

routes = Blueprint(__name__)


def _words(description: str, **rest: str) -> dict:
    return {"type": "string", **rest, "description": description}


def _whole(description: str) -> dict:
    return {"type": "integer", "minimum": 0, "description": description}


def _object(**properties: dict) -> dict:
    return {"type": "object", "required": list(properties), "properties": properties}


def _array(items: dict, description: str) -> dict:
    return {"type": "array", "items": items, "description": description}


_KEY = _words("the plan's key")
_NAME = _words("the plan's name")
_PLAN = _object(
    plan=_KEY,
    name=_NAME,
    fee=_whole("yen a month, tax included"),
    included=_whole("calls a month that the fee includes"),
    over=_whole("yen for each further call, tax included"),
    calls_over=_whole("of the calls asked about, those beyond the included ones"),
    yen=_whole(
        "what the calls asked about cost with this plan: yen a month, tax included, without options"
    ),
)
_BREAK_EVEN = _object(
    **{"from": _whole("calls a month from which on this plan is the cheapest")},
    plan=_KEY,
    name=_NAME,
    instead_of=_words("key of the plan that is the cheapest with one call less"),
)
_ADVICE = _object(
    calls=_whole("counted calls a month, as asked"),
    on=_words("the day in Japan whose prices were taken", format="date"),
    plan=_words("key of the cheapest plan; of equals the smaller one"),
    name=_NAME,
    yen=_whole("what it costs: yen a month, tax included, without options"),
    plans=_array(_PLAN, "every plan of the house, smaller ones first"),
    break_evens=_array(_BREAK_EVEN, "by rising number of calls"),
)


_QUERY = Shape("PlansQuery", calls=Number("月のコール数", max=plans.MOST_CALLS, example=45))


@api(
    routes,
    "GET",
    "/v1/plans",
    "Which plan for so many calls a month",
    role="operator",
    query=_QUERY,
    gives=_ADVICE,
)
def advise_plan(visit: Visit) -> dict:
    return plans.advise(visit.house, visit.query["calls"], calendar.day_of(visit.now))
