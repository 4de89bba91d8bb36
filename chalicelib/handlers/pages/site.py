"""What anybody may open: the front page, a house's page, static files, and the pages behind mailed links."""

import unicodedata

from chalice import Blueprint, Response

from chalicelib.errors import Invalid, NotFound
from chalicelib.flows.access import links
from chalicelib.flows.contract.count import OBJECTIONS
from chalicelib.flows.public import confirm, press
from chalicelib.handlers.http import file_answer, find_house, html_answer, page
from chalicelib.input.shapes import Number, Shape
from chalicelib.rules import calendar, houses
from chalicelib.rules.contract import plans
from chalicelib.rules.contract.life import CHECKS
from chalicelib.words import pages

routes = Blueprint(__name__)

_FRESH = (
    "public, max-age=300"  # the same address says the same to everybody, a question in it included
)


class _Calls(Number):
    """A number of calls as people type it: full width, with commas, or with 件 behind."""

    def read(self, value: str) -> int:
        plain = unicodedata.normalize("NFKC", value).strip()
        if not plain:
            raise ValueError(self.absent())
        try:
            return super().read(plain.removesuffix("件").replace(",", ""))
        except ValueError:
            raise ValueError(
                f"{self.title}は、{self.min}から{self.max:,}までの整数で入力してください(例: 45)。"
            ) from None


_QUESTION = Shape("Question", calls=_Calls("お電話の件数", max=plans.MOST_CALLS))


@page(routes, "GET", "/")
def show_front(asked) -> Response:
    return html_answer("public/front.html", asked, cache=_FRESH, houses=_priced(asked))


def _priced(asked) -> list:
    """Every house with the price of its first plan today."""
    today = calendar.day_of(asked.now)
    return [
        (house, house.price(house.plans[0].key, today)) for house in houses.all_houses().values()
    ]


@page(routes, "GET", "/{house}")
def show_house(asked, house) -> Response:
    """What a house offers and, where `calls` is asked, which plan suits so many calls a month."""
    found = find_house(house)
    typed = {name: value for name, value in asked.query.items() if name in _QUESTION.fields}
    try:
        calls = _QUESTION.read(typed)["calls"] if typed else None
    except Invalid as wrong:
        return _house_page(asked, found, typed, wrong=dict(wrong.errors))
    return _house_page(asked, found, typed, calls)


def _house_page(
    asked, house, typed: dict, calls: int | None = None, wrong: dict | None = None
) -> Response:
    today = calendar.day_of(asked.now)
    return html_answer(
        "public/house.html",
        asked,
        422 if wrong else 200,
        "no-store" if wrong else _FRESH,
        house=house,
        plans=[(plan, house.price(plan.key, today)) for plan in house.plans],
        typed=typed,
        wrong=wrong or {},
        advice=None if calls is None else plans.advise(house, calls, today),
        stretches=plans.stretches(house, today),
    )


@page(routes, "GET", "/static/{name}")
def send_static(asked, name) -> Response:
    body = pages.static(name) if name.endswith((".css", ".svg")) else None
    if body is None:
        raise NotFound("このファイルはありません。")
    return file_answer(
        body, "text/css; charset=utf-8" if name.endswith(".css") else "image/svg+xml"
    )


@page(routes, "GET", "/confirm/{token}")
def look_at_link(asked, token) -> Response:
    if links.memo_of(token):
        return _call(asked, press.look(token, asked.now))
    return _sight(asked, confirm.look(token, asked.now))


@page(routes, "POST", "/confirm/{token}")
def press_link(asked, token) -> Response:
    if links.memo_of(token):
        return _call(asked, press.press(token, asked.now, asked.body.get("press", "")))
    return _sight(asked, confirm.press(token, asked.now, asked.body.keys()))


def _call(asked, sight: press.Sight) -> Response:
    return html_answer(
        "public/call.html", asked, sight=sight, house=sight.house, objections=OBJECTIONS
    )


def _sight(asked, sight) -> Response:
    waiting = [gate for gate in sight.house.gates if gate.key in sight.contract.waits_for]
    return html_answer(
        "public/confirm.html", asked, sight=sight, house=sight.house, waiting=waiting, checks=CHECKS
    )
