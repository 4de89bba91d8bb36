"""Where a list goes on: DynamoDB's own key, opaque to whoever carries it, and checked when it comes back."""

import base64
import json
from typing import Any

from chalicelib.errors import Fault, Invalid

Key = dict[str, dict[str, Any]]


def seal(key: Key | None) -> str | None:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode() if key else None


def unseal(cursor: str | None, names: set[str], **must_be: str) -> Key | None:
    """The key of a cursor that has these attributes and, of some of them, these values. Raises Invalid for any other."""
    if cursor is None:
        return None
    try:
        given = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        key = {name: {"S": given[name]["S"]} for name in names}
    except (ValueError, KeyError, TypeError):
        key = {}
    known = all(_is_word(value["S"]) for value in key.values())
    if not key or not known or any(key[name]["S"] != value for name, value in must_be.items()):
        raise Invalid(
            [Fault("cursor", "続きの印が正しくありません。一覧を最初から取得し直してください。")]
        )
    return key


def _is_word(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 100 and value.isascii()
