"""What anybody may open: the front page, a house's page, files, and what mailed links lead to."""

import unicodedata
from pathlib import PurePath

from chalice import Blueprint, Response

from chalicelib.errors import Invalid, NotFound
from chalicelib.flows.access import links
from chalicelib.flows.contract.count import OBJECTIONS
from chalicelib.flows.money import paper_links
from chalicelib.flows.public import confirm, paper, press
from chalicelib.handlers.answers import file_answer, html_answer, leading_to, way_to
from chalicelib.handlers.http import find_house, page
from chalicelib.handlers.incoming import Visit
from chalicelib.input.shapes import Number, Shape
from chalicelib.rules import calendar, houses
from chalicelib.rules.contract import plans
from chalicelib.rules.contract.life import CHECKS
from chalicelib.words import pages

routes = Blueprint(__name__)

# The same address, its question included, says the same to everybody.
_FRESH = "public, max-age=300"
_KINDS = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


class _Calls(Number):
    """A number of calls as people type it: full width, with commas, or with 件 behind."""

    def read(self, value: str) -> int:
        plain = unicodedata.normalize("NFKC", value).strip()
        if not plain:
            raise ValueError(self.absent())
        try:
            return super().read(plain.removesuffix("件").replace(",", ""))
        except ValueError:
            limits = f"{self.min}から{self.max:,}までの整数"
            raise ValueError(f"{self.title}は、{limits}で入力してください(例: 45)。") from None


_QUESTION = Shape("Question", calls=_Calls("お電話の件数", max=plans.MOST_CALLS))


@page(routes, "GET", "/")
def show_front(visit: Visit) -> Response:
    """Every house with the price of its first plan today."""
    today = calendar.day_of(visit.now)
    prices = [
        (house, house.price(house.plans[0].key, today)) for house in houses.all_houses().values()
    ]
    return html_answer("public/front.html", visit, cache=_FRESH, houses=prices)


@page(routes, "GET", "/{house}")
def show_house(visit: Visit, house: str) -> Response:
    """What a house offers and, where `calls` is asked, which plan suits so many calls a month."""
    its = find_house(house)
    typed = {name: value for name, value in visit.query.items() if name in _QUESTION.fields}
    if not typed:
        return _house_page(visit, its, typed)
    try:
        calls = _QUESTION.read(typed)["calls"]
    except Invalid as fault:
        return _house_page(visit, its, typed, wrong=dict(fault.errors))
    return _house_page(visit, its, typed, calls)


def _house_page(
    visit: Visit,
    house: houses.House,
    typed: dict[str, str],
    calls: int | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    """A house's page; `wrong` are the faults of the question, by field."""
    today = calendar.day_of(visit.now)
    return html_answer(
        "public/house.html",
        visit,
        status=422 if wrong else 200,
        cache="no-store" if wrong else _FRESH,
        house=house,
        plans=[(plan, house.price(plan.key, today)) for plan in house.plans],
        typed=typed,
        wrong=wrong or {},
        advice=None if calls is None else plans.advise(house, calls, today),
        stretches=plans.stretches(house, today),
    )


@page(routes, "GET", "/static/{name}")
def send_static(visit: Visit, name: str) -> Response:
    kind = _KINDS.get(PurePath(name).suffix)
    body = pages.static(name) if kind else None
    if kind is None or body is None:
        raise NotFound("このファイルはありません。")
    return file_answer(body, kind)


@page(routes, "GET", "/confirm/{token}")
def look_at_link(visit: Visit, token: str) -> Response:
    if links.memo_of(token):
        return _call_page(visit, press.look(token, visit.now))
    return _link_page(visit, confirm.look(token, visit.now))


@page(routes, "POST", "/confirm/{token}")
def press_link(visit: Visit, token: str) -> Response:
    if links.memo_of(token):
        return _call_page(visit, press.press(token, visit.now, visit.body.get("press", "")))
    return _link_page(visit, confirm.press(token, visit.now, visit.body.keys()))


@page(routes, "GET", "/paper/{token}")
def look_at_paper(visit: Visit, token: str) -> Response:
    sight = paper.look(token, visit.now)
    seen = html_answer("public/paper.html", visit, house=sight.house, invoice=sight.invoice)
    return leading_to(paper_links.origin(), seen)


@page(routes, "POST", "/paper/{token}")
def open_paper(visit: Visit, token: str) -> Response:
    sight = paper.look(token, visit.now)
    return way_to(paper_links.of_invoice(sight.invoice))


def _call_page(visit: Visit, sight: press.Sight) -> Response:
    """The page behind the links of a report."""
    return html_answer(
        "public/call.html", visit, sight=sight, house=sight.house, objections=OBJECTIONS
    )


def _link_page(visit: Visit, sight: confirm.Sight) -> Response:
    """The page behind every other link: a confirmation, a start check, declared numbers."""
    waiting = [gate for gate in sight.house.gates if gate.key in sight.contract.waits_for]
    return html_answer(
        "public/confirm.html",
        visit,
        sight=sight,
        house=sight.house,
        waiting=waiting,
        checks=CHECKS,
    )
