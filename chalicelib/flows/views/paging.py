"""Where a list goes on: DynamoDB's own key, opaque to its bearer and checked when it comes back."""

import base64
import json
import re
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
    is_ours = key is not None and all(key[name] == {"S": value} for name, value in must_be.items())
    if not is_ours:
        raise wrong("cursor", "続きの印が正しくありません。一覧を最初から取得し直してください。")
    return key


def _read(cursor: str, names: set[str]) -> Key | None:
    """The key that a cursor holds; None where it is none that DynamoDB could have given."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        key = {name: parts[name] for name in names}
    except (ValueError, KeyError, TypeError):
        return None
    are_values = all(_is_value(value) for value in key.values())
    return key if are_values else None


def _is_value(value: object) -> bool:
    """Whether it is a word or a whole number as DynamoDB writes them."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    [(kind, text)] = value.items()
    if not isinstance(text, str) or not text.isascii():
        return False
    is_number = kind == "N" and re.fullmatch(r"-?[0-9]{1,15}", text) is not None
    return is_number or (kind == "S" and 0 < len(text) <= 100)
