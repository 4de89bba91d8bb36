"""Where a list goes on: DynamoDB's own key, opaque to its bearer and checked when it comes back."""

import base64
import json
from typing import Any

from chalicelib.errors import wrong

Key = dict[str, dict[str, Any]]


def seal(key: Key | None) -> str | None:
    """The cursor of a key, as it stands in an answer; None at the list's end."""
    if not key:
        return None
    text = json.dumps(key)
    return base64.urlsafe_b64encode(text.encode()).decode()


def unseal(cursor: str | None, names: set[str], **must_be: str) -> Key | None:
    """The key of a cursor: it has the attributes `names`, and of some of them the values `must_be`.

    Raises Invalid for any other.
    """
    if cursor is None:
        return None
    key = _read(cursor, names)
    is_ours = all(key[name]["S"] == value for name, value in must_be.items()) if key else False
    if not is_ours:
        raise wrong("cursor", "続きの印が正しくありません。一覧を最初から取得し直してください。")
    return key


def _read(cursor: str, names: set[str]) -> Key | None:
    """The key that a cursor holds; None where it is none that DynamoDB could have given."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        key = {name: {"S": parts[name]["S"]} for name in names}
    except (ValueError, KeyError, TypeError):
        return None
    are_words = all(_is_word(value["S"]) for value in key.values())
    return key if are_words else None


def _is_word(value: object) -> bool:
    if not isinstance(value, str):
        return False
    return value.isascii() and 0 < len(value) <= 100
