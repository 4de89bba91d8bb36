"""What has a paper: invoices, statements, receipts and estimates (money.md Papers).

A number alone is answered as JSON. With `.pdf` behind it the answer leads to the paper, and with
`.xml` it is the invoice as JP PINT.
"""

from typing import Any

from chalice import Blueprint, Response

from chalicelib.errors import NotFound, wrong
from chalicelib.flows import lookup
from chalicelib.flows.engine import contracts
from chalicelib.flows.money import paper_links
from chalicelib.flows.views import invoices, statements
from chalicelib.handlers.answers import way_to, xml_answer
from chalicelib.handlers.http import api
from chalicelib.handlers.incoming import Visit
from chalicelib.input.shapes import Choice, Many, Number, Shape, Text
from chalicelib.models import Statement
from chalicelib.rules import calendar
from chalicelib.rules.contract import plans
from chalicelib.rules.houses import House

routes = Blueprint(__name__)

_PDF, _XML = ".pdf", ".xml"
_LEADS = {
    "303": {
        "description": "With `.pdf` behind the number: a link to the paper that lives five minutes",
        "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}},
    }
}
_AS_XML = {"content": {"application/xml": {"schema": {"type": "string"}}}}


@api(
    routes,
    "GET",
    "/v1/invoices/{number}",
    "An invoice with its lines and sums; with .pdf behind it its paper, with .xml JP PINT",
    also=_LEADS | {"200": _AS_XML},
)
def read_invoice(visit: Visit, number: str) -> dict | Response:
    if number.endswith(_PDF):
        return way_to(paper_links.invoice(visit.house, number.removesuffix(_PDF)))
    if number.endswith(_XML):
        return xml_answer(paper_links.xml(visit.house, number.removesuffix(_XML)))
    return invoices.view(lookup.invoice(visit.house, number))


@api(
    routes,
    "GET",
    "/v1/invoices/{number}/receipt.pdf",
    "The receipt for an invoice that is paid",
    status=303,
    also=_LEADS,
)
def read_receipt(visit: Visit, number: str) -> Response:
    return way_to(paper_links.receipt(visit.house, number))


@api(
    routes,
    "GET",
    "/v1/contracts/{contract}/statements/{statement}",
    "A closed month: every call, and whether it counted; with .pdf behind it its paper",
    also=_LEADS,
)
def read_statement(visit: Visit, contract: str, statement: str) -> dict | Response:
    contracts.look_at(visit.house, contract, visit.now)
    frozen = Statement.of(contract, statement.removesuffix(_PDF))
    if frozen is None:
        raise NotFound("この月は締められていません。締め日の翌日以降にご確認ください。")
    if statement.endswith(_PDF):
        return way_to(paper_links.statement(visit.house, frozen))
    return statements.view(frozen)


_ESTIMATE = Shape(
    "EstimateAsked",
    client=Text("宛名", max=60, example="株式会社さくら商事"),
    plan=Text("プラン", max=20, example="small"),
    options=Many("オプション", Text("オプション", max=20), max=10, required=False),
    use=Choice("番号の使い方", {"forwarding": "転送利用", "listed": "表記利用"}),
    calls=Number("月のコール数", max=plans.MOST_CALLS, example=45),
)


@api(
    routes,
    "POST",
    "/v1/estimates",
    "An estimate for a plan, options and so many calls a month; `link` leads to its paper",
    takes=_ESTIMATE,
    status=201,
)
def make_estimate(visit: Visit) -> dict:
    from chalicelib.flows.money import estimates

    _check(visit.house, visit.body)
    made = estimates.make(visit.house, visit.body, calendar.day_of(visit.now))
    return made | {"link": f"{visit.root}{made['link']}"}


def _check(house: House, wish: dict[str, Any]) -> None:
    """Raises Invalid for what the house does not offer."""
    known = [plan.key for plan in house.plans]
    if wish["plan"] not in known:
        raise wrong("plan", f"プランは、{'、'.join(known)} のいずれかで指定してください。")
    if wish["use"] not in house.line.uses:
        raise wrong("use", f"番号の使い方は、{'、'.join(house.line.uses)} のいずれかです。")
    offered = [option.key for option in house.options]
    for place, key in enumerate(wish["options"] or ()):
        if key not in offered:
            words = "、".join(offered) or "なし"
            raise wrong(f"options.{place}", f"指定できるオプション: {words}")


@api(
    routes,
    "GET",
    "/v1/estimates/{number}",
    "An estimate as it was made; with .pdf behind the number its paper",
    also=_LEADS,
)
def read_estimate(visit: Visit, number: str) -> dict | Response:
    from chalicelib.flows.money import estimates

    if number.endswith(_PDF):
        return way_to(estimates.link(visit.house, number.removesuffix(_PDF)))
    made = estimates.read(visit.house, number)
    return made | {"link": f"{visit.root}{made['link']}"}
