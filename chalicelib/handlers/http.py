"""What every web door shares: reading a request, checking a key, answering, and saying what is wrong.

`api` makes a JSON door, `page` an HTML one. Domain code never sees Chalice.
"""

import functools
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from chalice import Blueprint, Response
from pynamodb.exceptions import PynamoDBException

from chalicelib import clock, log, pages
from chalicelib.errors import Failed, NotAllowed, NotFound, NotKnown, NotReadable, Problem, StoreDown, TooLarge, WrongType
from chalicelib.flows import keys
from chalicelib.rules import house as houses
from chalicelib.shapes import Shape

MAX_BODY = 256 * 1024
MAX_DEPTH = 20
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
        door = Door(method, path, summary, role, takes, query, headers, status, gives or {}, key_optional, story.__name__)
        DOORS.append(door)

        @functools.wraps(story)
        def view(**parts):
            return _answered(lambda: _through(door, routes.current_request, story, parts, read_body), problem_answer)

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
        raw = _json(request)
        asked.body = door.takes.read(raw) if read_body else raw
    return json_answer(story(asked, **_parts(parts)), door.status)


def page(routes: Blueprint, method: str, path: str):
    """Open an HTML door to a story(asked, **path parts) that returns a Response."""

    def open_door(story):
        @functools.wraps(story)
        def view(**parts):
            def tell():
                request = routes.current_request
                asked = _asked(request)
                if method == "POST":
                    _same_site(request)
                    asked.body = _form(request)
                return story(asked, **_parts(parts))

            return _answered(tell, lambda problem: problem_page(problem, _root(routes.current_request)))

        routes.route(path, methods=[method], content_types=[])(view)
        return story

    return open_door


def json_answer(body: Any, status: int = 200, kind: str = "application/json", **headers: str) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status_code=status, headers=_COMMON | {"Content-Type": kind, "Cache-Control": "no-store", **headers})


def html_answer(template: str, asked: Asked, status: int = 200, cache: str = "no-store", **facts: Any) -> Response:
    text = pages.render(f"pages/{template}", root=asked.root, **facts)
    return Response(text, status_code=status, headers=_COMMON | _HTML | {"Cache-Control": cache})


def file_answer(body: bytes, kind: str) -> Response:
    return Response(
        body.decode(), status_code=200, headers=_COMMON | {"Content-Type": kind, "Cache-Control": "public, max-age=3600"}
    )


def problem_answer(problem: Problem) -> Response:
    """RFC 9457."""
    body = {"type": f"/problems/{problem.slug}", "title": problem.title, "status": problem.status, "detail": problem.detail}
    if problem.errors:
        body["errors"] = [fault._asdict() for fault in problem.errors]
    return json_answer(body, problem.status, "application/problem+json", **_retry(problem))


def problem_page(problem: Problem, root: str) -> Response:
    text = pages.render("pages/problem.html", root=root, problem=problem)
    return Response(text, status_code=problem.status, headers=_COMMON | _HTML | {"Cache-Control": "no-store", **_retry(problem)})


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
        return say_problem(StoreDown("ただいま処理できません。少し待ってから、もう一度お試しください。", retry_after=5))
    except Exception:
        log.crash("request failed")
        return say_problem(Failed("処理中に問題が起きました。同じ状態が続く場合は、窓口までご連絡ください。"))


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
        raise NotKnown("APIキーが必要です。Authorization ヘッダーに Bearer 形式で指定してください。")
    asked.key = keys.check(presented.strip(), asked.now)
    if keys.RANK[asked.key.role] < keys.RANK[role]:
        raise NotAllowed(f"この操作には「{keys.ROLES[role]}」以上のキーが必要です。")
    asked.house = houses.find(asked.key.house)


def _raw(request) -> bytes:
    try:
        raw = request.raw_body or b""
    except ValueError:
        raise NotReadable("本文を読み取れません。") from None
    if len(raw) > MAX_BODY:
        raise TooLarge(f"本文は{MAX_BODY // 1024}KB以内で送信してください。")
    return raw


def _json(request) -> Any:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise WrongType("Content-Type には application/json を指定してください。")
    try:
        body = json.loads(_raw(request), parse_constant=_no_such_number)
    except (ValueError, RecursionError):
        raise NotReadable("本文をJSONとして読み取れません。UTF-8の正しいJSONを送信してください。") from None
    if _deeper_than(MAX_DEPTH, body):
        raise NotReadable(f"本文の入れ子が深すぎます。{MAX_DEPTH}段以内にしてください。")
    return body


def _deeper_than(limit: int, value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return limit < 0 or any(_deeper_than(limit - 1, each) for each in inside)


def _no_such_number(name: str):
    raise ValueError(name)


def _form(request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise WrongType("フォームから送信してください。")
    try:
        pairs = parse_qs(_raw(request).decode(), keep_blank_values=True, max_num_fields=200, errors="strict")
    except ValueError:
        raise NotReadable("送信内容を読み取れません。もう一度入力してください。") from None
    return {name: values[-1] for name, values in pairs.items()}


def _same_site(request) -> None:
    """A form may only be sent from our own pages: Sec-Fetch-Site first, Origin where a browser lacks it."""
    site = request.headers.get("sec-fetch-site")
    if site is None:
        site = "same-origin" if _origin(request) == request.headers.get("host", "") else "unknown"
    if site != "same-origin":
        raise NotAllowed("このサイトのページから送信してください。ページを開き直してお試しください。")


def _origin(request) -> str | None:
    try:
        return urlsplit(request.headers.get("origin", "")).netloc or None
    except ValueError:
        return None


def _parts(parts: dict[str, str]) -> dict[str, str]:
    """Path parts as typed (API Gateway leaves them encoded); nothing of ours is longer than 200 letters."""
    found = {name: unquote(value, errors="replace") for name, value in parts.items()}
    if any(not 0 < len(value) <= 200 for value in found.values()):
        raise NotFound("見つかりません。アドレスをご確認ください。")
    return found
