"""Keys, health, and the description of the API."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from chalice import Blueprint, Response

from chalicelib import config
from chalicelib.channels import queue, ses
from chalicelib.flows.access import keys
from chalicelib.handlers.answers import html_answer
from chalicelib.handlers.api import openapi
from chalicelib.handlers.http import DOORS, api, let_in, page
from chalicelib.handlers.incoming import Visit
from chalicelib.input.shapes import Choice, Shape
from chalicelib.rules import calendar

routes = Blueprint(__name__)


@api(
    routes,
    "POST",
    "/v1/keys",
    "Make a key; it is shown this once",
    role="admin",
    takes=keys.NEW,
    status=201,
    gives={"type": "object", "required": ["id", "key", "owner", "role", "expires_at"]},
)
def make_key(visit: Visit) -> dict:
    owner, role = visit.body["owner"], visit.body["role"]
    key, secret = keys.make(visit.house.key, owner, role, visit.now)
    return {
        "id": key.id,
        "key": secret,
        "owner": key.owner,
        "role": key.role,
        "expires_at": calendar.clock_of(key.expires_at),
    }


@api(
    routes,
    "DELETE",
    "/v1/keys/{key_id}",
    "Revoke a key: dead everywhere within a minute",
    role="admin",
)
def revoke_key(visit: Visit, key_id: str) -> dict:
    keys.revoke(visit.house, key_id, visit.now)
    return {"id": key_id, "revoked": True}


@api(
    routes,
    "GET",
    "/healthz",
    "Whether the service answers; `?deep=1` with a key asks its stores too",
    role=None,
    query=Shape("HealthQuery", deep=Choice("詳しく", {"1": "はい"}, required=False)),
    gives={"type": "object", "required": ["status", "version", "stage"]},
    key_optional=True,
)
def tell_health(visit: Visit) -> dict:
    health = {"status": "ok", "version": config.VERSION, "stage": config.STAGE}
    if not visit.query["deep"]:
        return health
    let_in(visit, "office")  # reading the key has already asked DynamoDB
    health["dynamodb"] = "ok"
    health["ses"] = _state(ses.quota)
    health["settle_queue"] = _state(queue.depth)
    if "down" in health.values():
        health["status"] = "degraded"
    return health


def _state(ask: Callable[[], Any]) -> Any:
    """What a service says of itself, or "down"."""
    try:
        return ask()
    except (BotoCoreError, ClientError, KeyError):
        return "down"


@api(routes, "GET", "/openapi.json", "This description", role=None)
def tell_openapi(visit: Visit) -> dict:
    return openapi.describe()


@page(routes, "GET", "/docs")
def show_docs(visit: Visit) -> Response:
    return html_answer("public/docs.html", visit, doors=DOORS, api=openapi.describe())
