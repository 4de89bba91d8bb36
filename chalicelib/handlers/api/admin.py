"""Keys, health, and the description of the API."""

from botocore.exceptions import BotoCoreError, ClientError
from chalice import Blueprint

from chalicelib import config
from chalicelib.channels import queue, ses
from chalicelib.flows.access import keys
from chalicelib.handlers.api import openapi
from chalicelib.handlers.http import DOORS, api, html_answer, let_in, page
from chalicelib.input.shapes import Choice, Shape

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
def make_key(asked):
    made, key = keys.make(asked.house.key, asked.body["owner"], asked.body["role"], asked.now)
    return {
        "id": made.id,
        "key": key,
        "owner": made.owner,
        "role": made.role,
        "expires_at": made.expires_at.isoformat(),
    }


@api(
    routes,
    "DELETE",
    "/v1/keys/{key_id}",
    "Revoke a key: dead everywhere within a minute",
    role="admin",
)
def revoke_key(asked, key_id):
    keys.revoke(asked.house, key_id, asked.now)
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
def tell_health(asked):
    health = {"status": "ok", "version": config.VERSION, "stage": config.STAGE}
    if not asked.query["deep"]:
        return health
    let_in(asked, "office")  # reading the key has already asked DynamoDB
    parts = {"dynamodb": "ok", "ses": _state(ses.quota), "settle_queue": _state(queue.depth)}
    return health | parts | {"status": "ok" if "down" not in parts.values() else "degraded"}


def _state(ask):
    try:
        return ask()
    except (BotoCoreError, ClientError, KeyError):
        return "down"


@api(routes, "GET", "/openapi.json", "This description", role=None)
def tell_openapi(asked):
    return openapi.describe()


@page(routes, "GET", "/docs")
def show_docs(asked):
    return html_answer("public/docs.html", asked, doors=DOORS, api=openapi.describe())
