"""What a request brings, read with suspicion: headers, path, body, and where it comes from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn, cast
from urllib.parse import parse_qs, unquote, urlsplit

from chalice.app import Request

from chalicelib import clock
from chalicelib.errors import NotAllowed, NotFound, NotReadable, TooLarge, WrongType
from chalicelib.models import Key
from chalicelib.rules.houses import House

MAX_BODY = 256 * 1024  # bytes
MAX_DEPTH = 20
MAX_PART = 200  # letters: no name or number of ours is longer


@dataclass
class Visit:
    """A request as doors see it; `house` and `key` are known once the key was checked."""

    now: datetime
    headers: Mapping[str, str]
    network: str
    root: str  # what stands before our paths: "" at a domain's root, "/api" under a stage
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    house: House = field(init=False)
    key: Key = field(init=False)


def visit_of(request: Request) -> Visit:
    """The request without its body, at this moment."""
    params: Mapping[str, str] = request.query_params or {}
    query = {name: params[name] for name in params}
    network = request.context.get("identity", {}).get("sourceIp") or "unknown"
    return Visit(clock.now(), request.headers, network, root_of(request), query)


def root_of(request: Request) -> str:
    """What the outside puts before our paths (API Gateway's stage).

    The full path is longer than ours by just that.
    """
    parts = [part for part in request.context.get("path", "").split("/") if part]
    if request.path != "/":
        depth = len(request.path.strip("/").split("/"))
        parts = parts[:-depth]
    return "".join(f"/{part}" for part in parts)


def path_parts(parts: dict[str, str]) -> dict[str, str]:
    """Path parts as typed: API Gateway leaves them encoded.

    Raises NotFound for an empty part and for one that is too long.
    """
    typed = {name: unquote(value, errors="replace") for name, value in parts.items()}
    if not all(0 < len(value) <= MAX_PART for value in typed.values()):
        raise NotFound("見つかりません。アドレスをご確認ください。")
    return typed


def json_body(request: Request, most: int = MAX_BODY) -> Any:
    """The parsed body of at most so many bytes.

    Raises WrongType, TooLarge, or NotReadable for what is no JSON or nested too
    deep.
    """
    if _media_type(request, "application/json") != "application/json":
        raise WrongType("Content-Type には application/json を指定してください。")
    try:
        body = json.loads(_raw(request, most), parse_constant=_no_such_number)
    except (ValueError, RecursionError):
        raise NotReadable(
            "本文をJSONとして読み取れません。UTF-8の正しいJSONを送信してください。"
        ) from None
    if _deeper_than(MAX_DEPTH, body):
        raise NotReadable(f"本文の入れ子が深すぎます。{MAX_DEPTH}段以内にしてください。")
    return body


def form_fields(request: Request) -> dict[str, str]:
    """The fields of a form, the last of each name. Raises WrongType, TooLarge or NotReadable."""
    if _media_type(request) != "application/x-www-form-urlencoded":
        raise WrongType("フォームから送信してください。")
    try:
        text = _raw(request).decode()
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=400, errors="strict")
    except ValueError:
        raise NotReadable("送信内容を読み取れません。もう一度入力してください。") from None
    return {name: values[-1] for name, values in fields.items()}


def refuse_other_sites(request: Request) -> None:
    """A form may only be sent from our own pages. Raises NotAllowed.

    Sec-Fetch-Site says where a form comes from, and Origin where a browser
    lacks that header.
    """
    site = request.headers.get("sec-fetch-site")
    if site is None:
        is_ours = _origin(request) == request.headers.get("host", "")
    else:
        is_ours = site == "same-origin"
    if not is_ours:
        raise NotAllowed(
            "このサイトのページから送信してください。ページを開き直してお試しください。"
        )


def _raw(request: Request, most: int = MAX_BODY) -> bytes:
    try:
        raw = cast(bytes, request.raw_body or b"")  # Chalice's types say "or str"
    except ValueError:
        raise NotReadable("本文を読み取れません。") from None
    if len(raw) > most:
        raise TooLarge(f"本文は{most // 1024}KB以内で送信してください。")
    return raw


def _media_type(request: Request, default: str = "") -> str:
    kind: str = request.headers.get("content-type", default)
    return kind.partition(";")[0].strip().lower()


def _no_such_number(name: str) -> NoReturn:
    """JSON knows no NaN and no Infinity, which Python's reader takes."""
    raise ValueError(name)


def _deeper_than(limit: int, value: Any) -> bool:
    if limit < 0:
        return True
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return False
    return any(_deeper_than(limit - 1, each) for each in value)


def _origin(request: Request) -> str | None:
    try:
        return urlsplit(request.headers.get("origin", "")).netloc or None
    except ValueError:
        return None
