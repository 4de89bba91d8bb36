"""What anybody may open: the front page, a house's page, static files, and the pages behind mailed links."""

from chalice import Blueprint, Response

from chalicelib import pages
from chalicelib.errors import NotFound
from chalicelib.flows import confirm
from chalicelib.handlers.http import file_answer, find_house, html_answer, page
from chalicelib.rules import calendar
from chalicelib.rules import house as houses
from chalicelib.rules.contract import CHECKS

routes = Blueprint(__name__)


@page(routes, "GET", "/")
def show_front(asked) -> Response:
    return html_answer("front.html", asked, cache="public, max-age=300", houses=_priced(asked))


def _priced(asked) -> list:
    """Every house with the price of its first plan today."""
    today = calendar.day_of(asked.now)
    return [(house, house.price(house.plans[0].key, today)) for house in houses.all_houses().values()]


@page(routes, "GET", "/{house}")
def show_house(asked, house) -> Response:
    found = find_house(house)
    today = calendar.day_of(asked.now)
    plans = [(plan, found.price(plan.key, today)) for plan in found.plans]
    return html_answer("house.html", asked, cache="public, max-age=300", house=found, plans=plans)


@page(routes, "GET", "/static/{name}")
def send_static(asked, name) -> Response:
    body = pages.static(name) if name.endswith((".css", ".svg")) else None
    if body is None:
        raise NotFound("このファイルはありません。")
    return file_answer(body, "text/css; charset=utf-8" if name.endswith(".css") else "image/svg+xml")


@page(routes, "GET", "/confirm/{token}")
def look_at_link(asked, token) -> Response:
    return _sight(asked, confirm.look(token, asked.now))


@page(routes, "POST", "/confirm/{token}")
def press_link(asked, token) -> Response:
    return _sight(asked, confirm.press(token, asked.now, asked.body.keys()))


def _sight(asked, sight) -> Response:
    waiting = [gate for gate in sight.house.gates if gate.key in sight.contract.waits_for]
    return html_answer("confirm.html", asked, sight=sight, house=sight.house, waiting=waiting, checks=CHECKS)
