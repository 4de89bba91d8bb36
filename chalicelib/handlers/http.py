"""What every web door shares: reading a request, checking a key, answering, and saying what is wrong.

`api` makes a JSON door, `page` an HTML one. Domain code never sees Chalice.
"""

import functools
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from chalice import Blueprint, Response
from pynamodb.exceptions import PynamoDBException

from chalicelib import clock, log
from chalicelib.errors import Failed, NotAllowed, NotFound, NotKnown, Problem, StoreDown
from chalicelib.flows.access import keys
from chalicelib.handlers import incoming
from chalicelib.input.shapes import Shape
from chalicelib.rules import houses
from chalicelib.words import pages

Headers = dict[str, str | list[str]]
_COMMON: Headers = {
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_HTML: Headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}


@dataclass
class Asked:
    """A request as handlers see it."""

    now: datetime
    headers: Any
    network: str
    root: str  # what stands before our paths: "" at a domain's root, "/api" under a stage
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    house: Any = None
    key: Any = None


class Door(NamedTuple):
    """A JSON door, for `/openapi.json`."""

    method: str
    path: str
    summary: str
    role: str | None
    takes: Shape | None
    query: Shape | None
    headers: tuple[str, ...]
    status: int
    gives: dict
    key_optional: bool
    story: str


DOORS: list[Door] = []


def api(
    routes: Blueprint,
    method: str,
    path: str,
    summary: str,
    *,
    role: str | None = "office",
    takes: Shape | None = None,
    query: Shape | None = None,
    headers: tuple[str, ...] = (),
    status: int = 200,
    gives: dict | None = None,
    read_body: bool = True,
    key_optional: bool = False,
):
    """Open a JSON door to a story(asked, **path parts) that returns plain data or raises a Problem.

    With `read_body` False the story gets the parsed JSON as it came, and reads
    `takes` itself.
    """

    def open_door(story):
        door = Door(
            method,
            path,
            summary,
            role,
            takes,
            query,
            headers,
            status,
            gives or {},
            key_optional,
            story.__name__,
        )
        DOORS.append(door)

        @functools.wraps(story)
        def view(**parts):
            return _answered(
                lambda: _through(door, routes.current_request, story, parts, read_body),
                problem_answer,
            )

        routes.route(path, methods=[method], content_types=[])(view)
        return story

    return open_door


def _through(door: Door, request, story, parts: dict[str, str], read_body: bool) -> Response:
    """A request through a JSON door: the key first, then everything that was sent, then the story."""
    asked = _asked(request)
    if door.role:
        let_in(asked, door.role)
    if door.query:
        asked.query = door.query.read(asked.query)
    if door.takes:
        raw = incoming.json_body(request)
        asked.body = door.takes.read(raw) if read_body else raw
    return json_answer(story(asked, **incoming.path_parts(parts)), door.status)


def page(routes: Blueprint, method: str, path: str):
    """Open an HTML door to a story(asked, **path parts) that returns a Response."""

    def open_door(story):
        @functools.wraps(story)
        def view(**parts):
            def tell():
                request = routes.current_request
                asked = _asked(request)
                if method == "POST":
                    incoming.refuse_other_sites(request)
                    asked.body = incoming.form_fields(request)
                return story(asked, **incoming.path_parts(parts))

            return _answered(
                tell, lambda problem: problem_page(problem, _root(routes.current_request))
            )

        routes.route(path, methods=[method], content_types=[])(view)
        return story

    return open_door


def json_answer(
    body: Any, status: int = 200, kind: str = "application/json", **headers: str
) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(
        text,
        status_code=status,
        headers=_COMMON | {"Content-Type": kind, "Cache-Control": "no-store", **headers},
    )


def html_answer(
    template: str, asked: Asked, status: int = 200, cache: str = "no-store", **facts: Any
) -> Response:
    text = pages.render(f"pages/{template}", root=asked.root, **facts)
    return Response(text, status_code=status, headers=_COMMON | _HTML | {"Cache-Control": cache})


def file_answer(body: bytes, kind: str) -> Response:
    return Response(
        body.decode(),
        status_code=200,
        headers=_COMMON | {"Content-Type": kind, "Cache-Control": "public, max-age=3600"},
    )


def problem_answer(problem: Problem) -> Response:
    """RFC 9457."""
    body = {
        "type": f"/problems/{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = [fault._asdict() for fault in problem.errors]
    return json_answer(body, problem.status, "application/problem+json", **_retry(problem))


def problem_page(problem: Problem, root: str) -> Response:
    text = pages.render("pages/public/problem.html", root=root, problem=problem)
    return Response(
        text,
        status_code=problem.status,
        headers=_COMMON | _HTML | {"Cache-Control": "no-store", **_retry(problem)},
    )


def find_house(key: str) -> houses.House:
    """The house named in a page's path. Raises NotFound."""
    house = houses.find(key)
    if house is None:
        raise NotFound("このページは見つかりません。アドレスをご確認ください。")
    return house


def _retry(problem: Problem) -> dict[str, str]:
    return {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}


def _answered(tell, say_problem) -> Response:
    try:
        return tell()
    except Problem as problem:
        return say_problem(problem)
    except (PynamoDBException, BotoCoreError, ClientError) as fault:
        log.crash("store does not answer", fault=type(fault).__name__)
        return say_problem(
            StoreDown(
                "ただいま処理できません。少し待ってから、もう一度お試しください。", retry_after=5
            )
        )
    except Exception:
        log.crash("request failed")
        return say_problem(
            Failed("処理中に問題が起きました。同じ状態が続く場合は、窓口までご連絡ください。")
        )


def _asked(request) -> Asked:
    query = {name: request.query_params[name] for name in request.query_params or {}}
    network = request.context.get("identity", {}).get("sourceIp") or "unknown"
    return Asked(clock.now(), request.headers, network, _root(request), query)


def _root(request) -> str:
    """What the outside puts before our paths (API Gateway's stage), told by how much longer the full path is."""
    depth = len(request.path.strip("/").split("/")) if request.path != "/" else 0
    parts = [part for part in request.context.get("path", "").split("/") if part]
    return "".join(f"/{part}" for part in (parts[:-depth] if depth else parts))


def let_in(asked: Asked, role: str) -> None:
    scheme, _, presented = asked.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotKnown(
            "APIキーが必要です。Authorization ヘッダーに Bearer 形式で指定してください。"
        )
    asked.key = keys.check(presented.strip(), asked.now)
    if keys.RANK[asked.key.role] < keys.RANK[role]:
        raise NotAllowed(f"この操作には「{keys.ROLES[role]}」以上のキーが必要です。")
    if houses.find(asked.key.house) is None:
        raise NotKnown("この事業者は、ここでは運用されていません。事務にお問い合わせください。")
    asked.house = houses.find(asked.key.house)
