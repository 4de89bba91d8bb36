"""What opens the web's doors: a request is read, its key checked, and what goes wrong is said.

`api` makes a JSON door, `page` an HTML one. Domain code never sees Chalice.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from chalice import Blueprint, Response
from chalice.app import Request
from pynamodb.exceptions import PynamoDBException

from chalicelib import log
from chalicelib.errors import Failed, NotAllowed, NotFound, NotKnown, Problem, StoreDown
from chalicelib.flows.access import keys
from chalicelib.handlers import incoming
from chalicelib.handlers.answers import json_answer, problem_answer, problem_page
from chalicelib.handlers.incoming import Visit
from chalicelib.input.shapes import Shape
from chalicelib.rules import houses


class Door(NamedTuple):
    """A JSON door to a story(visit, **path parts) that returns plain data or raises a Problem.

    `also` describes answers that the story makes itself, by their status: those are Responses.
    With `read_body` False the story gets the parsed JSON as it came, and reads
    `takes` itself.
    """

    story: Callable[..., Any]
    method: str
    path: str
    summary: str
    role: str | None = "office"
    takes: Shape | None = None
    query: Shape | None = None
    headers: tuple[str, ...] = ()
    status: int = 200
    gives: dict | None = None
    also: dict[str, dict] | None = None
    read_body: bool = True
    key_optional: bool = False
    most: int = incoming.MAX_BODY  # bytes of a body


DOORS: list[Door] = []


def api(
    routes: Blueprint, method: str, path: str, summary: str, **rest: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Open a JSON door to the function below; `rest` are further attributes of a Door."""

    def open_door(story: Callable[..., Any]) -> Callable[..., Any]:
        door = Door(story, method, path, summary, **rest)
        DOORS.append(door)

        @functools.wraps(story)
        def view(**parts: str) -> Response:
            request = routes.current_request
            answer = _answered(lambda: _through(door, request, parts), problem_answer)
            return _without_body(answer) if request.method == "HEAD" else answer

        routes.route(path, methods=_methods(method), content_types=[])(view)
        return story

    return open_door


def _methods(method: str) -> list[str]:
    """HEAD is asked where GET is: monitors and mail scanners do so."""
    return ["GET", "HEAD"] if method == "GET" else [method]


def _through(door: Door, request: Request, parts: dict[str, str]) -> Response:
    """A request through a JSON door: the key first, then all that was sent, then the story."""
    visit = incoming.visit_of(request)
    if door.role:
        let_in(visit, door.role)
    if door.query:
        said = {name: value for name, value in visit.query.items() if value.strip()}
        visit.query = door.query.read(said)  # a telephone system sends `?caller=` for no number
    if door.takes:
        visit.body = incoming.json_body(request, door.most)
        if door.read_body:
            visit.body = door.takes.read(visit.body)
    body = door.story(visit, **incoming.path_parts(parts))
    return body if isinstance(body, Response) else json_answer(body, door.status)


def page(
    routes: Blueprint, method: str, path: str
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Open an HTML door to a story(visit, **path parts) that returns a Response."""

    def open_door(story: Callable[..., Response]) -> Callable[..., Response]:
        @functools.wraps(story)
        def view(**parts: str) -> Response:
            request = routes.current_request
            root = incoming.root_of(request)
            answer = _answered(
                lambda: _to_page(story, request, parts),
                lambda problem: problem_page(problem, root),
            )
            return _without_body(answer) if request.method == "HEAD" else answer

        routes.route(path, methods=_methods(method), content_types=[])(view)
        return story

    return open_door


def _to_page(story: Callable[..., Response], request: Request, parts: dict[str, str]) -> Response:
    """A request through an HTML door; what is posted must come from our own pages."""
    visit = incoming.visit_of(request)
    if request.method == "POST":
        incoming.refuse_other_sites(request)
        visit.body = incoming.form_fields(request)
    return story(visit, **incoming.path_parts(parts))


def _answered(tell: Callable[[], Response], say: Callable[[Problem], Response]) -> Response:
    """The answer that `tell` makes, or what `say` makes of the Problem that came up."""
    try:
        return tell()
    except Problem as problem:
        return say(problem)
    except (PynamoDBException, BotoCoreError, ClientError) as fault:
        log.crash("store does not answer", fault=type(fault).__name__)
        sentence = "ただいま処理できません。少し待ってから、もう一度お試しください。"
        return say(StoreDown(sentence, retry_after=5))
    except Exception:
        log.crash("request failed")
        sentence = "処理中に問題が起きました。同じ状態が続く場合は、窓口までご連絡ください。"
        return say(Failed(sentence))


def _without_body(answer: Response) -> Response:
    answer.body = ""
    return answer


def let_in(visit: Visit, role: str) -> None:
    """Check the key of a visit and note whose it is. Raises NotKnown and NotAllowed."""
    scheme, _, secret = visit.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotKnown(
            "APIキーが必要です。Authorization ヘッダーに Bearer 形式で指定してください。"
        )
    key = keys.check(secret.strip(), visit.now)
    if keys.RANK[key.role] < keys.RANK[role]:
        raise NotAllowed(f"この操作には「{keys.ROLES[role]}」以上のキーが必要です。")
    house = houses.find(key.house)
    if house is None:
        raise NotKnown("この事業者は、ここでは運用されていません。事務にお問い合わせください。")
    visit.key, visit.house = key, house


def find_house(key: str) -> houses.House:
    """The house named in a page's path. Raises NotFound."""
    house = houses.find(key)
    if house is None:
        raise NotFound("このページは見つかりません。アドレスをご確認ください。")
    return house
