"""What a request brings, read with suspicion: its body as JSON or as a form, its path, and where it comes from."""

import json
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from chalicelib.errors import NotAllowed, NotFound, NotReadable, TooLarge, WrongType

MAX_BODY = 256 * 1024
MAX_DEPTH = 20


def _raw(request) -> bytes:
    try:
        raw = request.raw_body or b""
    except ValueError:
        raise NotReadable("本文を読み取れません。") from None
    if len(raw) > MAX_BODY:
        raise TooLarge(f"本文は{MAX_BODY // 1024}KB以内で送信してください。")
    return raw


def json_body(request) -> Any:
    """The parsed body. Raises WrongType, TooLarge, or NotReadable for what is no JSON or nested too deep."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise WrongType("Content-Type には application/json を指定してください。")
    try:
        body = json.loads(_raw(request), parse_constant=_no_such_number)
    except (ValueError, RecursionError):
        raise NotReadable(
            "本文をJSONとして読み取れません。UTF-8の正しいJSONを送信してください。"
        ) from None
    if _deeper_than(MAX_DEPTH, body):
        raise NotReadable(f"本文の入れ子が深すぎます。{MAX_DEPTH}段以内にしてください。")
    return body


def _deeper_than(limit: int, value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return limit < 0 or any(_deeper_than(limit - 1, each) for each in inside)


def _no_such_number(name: str):
    raise ValueError(name)


def form_fields(request) -> dict[str, str]:
    """The fields of a form, the last of each name. Raises WrongType, TooLarge or NotReadable."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise WrongType("フォームから送信してください。")
    try:
        pairs = parse_qs(
            _raw(request).decode(), keep_blank_values=True, max_num_fields=400, errors="strict"
        )
    except ValueError:
        raise NotReadable("送信内容を読み取れません。もう一度入力してください。") from None
    return {name: values[-1] for name, values in pairs.items()}


def refuse_other_sites(request) -> None:
    """A form may only be sent from our own pages: Sec-Fetch-Site first, Origin where a browser lacks it. Raises NotAllowed."""
    site = request.headers.get("sec-fetch-site")
    if site is None:
        site = "same-origin" if _origin(request) == request.headers.get("host", "") else "unknown"
    if site != "same-origin":
        raise NotAllowed(
            "このサイトのページから送信してください。ページを開き直してお試しください。"
        )


def _origin(request) -> str | None:
    try:
        return urlsplit(request.headers.get("origin", "")).netloc or None
    except ValueError:
        return None


def path_parts(parts: dict[str, str]) -> dict[str, str]:
    """Path parts as typed (API Gateway leaves them encoded); nothing of ours is longer than 200 letters."""
    found = {name: unquote(value, errors="replace") for name, value in parts.items()}
    if any(not 0 < len(value) <= 200 for value in found.values()):
        raise NotFound("見つかりません。アドレスをご確認ください。")
    return found
