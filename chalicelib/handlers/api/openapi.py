"""The description of `/v1`, made from the doors and the shapes that read their bodies."""

import re
from functools import cache

from chalicelib import config
from chalicelib.handlers.http import DOORS, Door
from chalicelib.handlers.incoming import MAX_PART
from chalicelib.input.shapes import spoken

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_MONTH = r"20\d\d-(0[1-9]|1[0-2])"
_PARTS = {
    "month": {"pattern": f"^{_MONTH}$", "examples": ["2026-09"]},
    "statement": {"pattern": rf"^{_MONTH}(\.pdf)?$", "examples": ["2026-09", "2026-09.pdf"]},
}
_FAILURES = {
    "400": "The request cannot be read",
    "401": "No live key",
    "403": "The key's role does not suffice",
    "404": "There is no such thing here",
    "409": "The state of things forbids it now",
    "413": "Too large",
    "415": "Not JSON",
    "422": "Something in it is not valid: every fault is named",
    "503": "The store does not answer; try again after Retry-After seconds",
}


_KEY = {"type": "http", "scheme": "bearer", "description": "dwb_<id>_<secret>"}


@cache
def describe() -> dict:
    """The OpenAPI 3.1 document."""
    paths: dict[str, dict] = {}
    for door in DOORS:
        paths.setdefault(door.path, {})[door.method.lower()] = _operation(door)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Denwaban",
            "version": config.VERSION,
            "summary": "Back office of a telephone answering service",
        },
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM},
            "securitySchemes": {"key": _KEY},
        },
    }


def _operation(door: Door) -> dict:
    operation = {
        "operationId": door.story.__name__,
        "summary": door.summary,
        "parameters": _in_path(door) + _in_query(door) + _in_headers(door),
        "responses": _success(door) | _failures(door) | _others(door),
    }
    if door.role:
        operation["security"] = [{"key": []}]
        operation["description"] = f"Role: {door.role}"
    if door.takes:
        content = {"application/json": {"schema": door.takes.schema()}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _in_path(door: Door) -> list[dict]:
    return [_path_part(name) for name in re.findall(r"{(\w+)}", door.path)]


def _path_part(name: str) -> dict:
    schema = {"type": "string", "minLength": 1, "maxLength": MAX_PART} | _PARTS.get(name, {})
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(door: Door) -> list[dict]:
    fields = door.query.fields if door.query else {}
    return [
        {"name": spoken(name), "in": "query", "required": field.required, "schema": field.schema()}
        for name, field in fields.items()
    ]


def _in_headers(door: Door) -> list[dict]:
    schema = {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"}
    return [
        {"name": name, "in": "header", "required": True, "schema": schema} for name in door.headers
    ]


def _success(door: Door) -> dict:
    content = {"application/json": {"schema": door.gives or {"type": "object"}}}
    return {str(door.status): {"description": "Done", "content": content}}


def _others(door: Door) -> dict:
    """What the story answers itself; a further form of the usual answer stands beside it."""
    others = door.also or {}
    usual = _success(door).get("200", {})
    beside = others.get("200", {})
    both = {"200": usual | {"content": usual["content"] | beside["content"]}} if beside else {}
    return others | both


def _failures(door: Door) -> dict:
    """What can go wrong here; a door without a key or a body cannot fail for want of one."""
    keyed = door.role or door.key_optional
    needs = {"401": keyed, "403": keyed, "400": door.takes, "413": door.takes, "415": door.takes}
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        code: {"description": words, "content": content}
        for code, words in _FAILURES.items()
        if needs.get(code, True)
    }
