"""How far closings have come, and what the books say (money.md The close)."""

from chalice import Blueprint

from chalicelib.flows.views import closes
from chalicelib.handlers.http import api
from chalicelib.handlers.incoming import Visit

routes = Blueprint(__name__)


@api(routes, "GET", "/v1/closes/{month}", "How far the closing of a month has come")
def read_close(visit: Visit, month: str) -> dict:
    return closes.close(visit.house, month)


@api(routes, "GET", "/v1/books/{day}", "What the books of a day say")
def read_books(visit: Visit, day: str) -> dict:
    return closes.books(visit.house, day)
