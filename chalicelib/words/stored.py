"""How a letter's facts are stored: plain JSON by name, typed again when the letter is written out.

A letter that waits may be older than the code that sends it, so names and
texts of stored facts stay as they are.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, get_args

from chalicelib.words import call_letters, letters, money_letters

AnyLetter = letters.AnyLetter | call_letters.AnyLetter | money_letters.AnyLetter
_ROOMS = {
    "contract": letters.AnyLetter,
    "calls": call_letters.AnyLetter,
    "money": money_letters.AnyLetter,
}
_PARTS = (letters.Service, letters.Ending, call_letters.Bounce)


def kind_of(letter: AnyLetter) -> str:
    """How a letter's kind is stored: `start_check`."""
    return _snake(type(letter).__name__)


@cache
def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


@cache
def _all() -> dict[str, type]:
    return {_snake(letter.__name__): letter for letter in get_args(AnyLetter)}


def template(kind: str) -> str:
    """Where the words of a kind stand, below `templates/mail/`: `contract/start_check`."""
    letter = _all()[kind]
    room = next(room for room, kinds in _ROOMS.items() if letter in get_args(kinds))
    return f"{room}/{kind}"


def as_stored(letter: AnyLetter) -> dict[str, Any]:
    """A letter's facts as plain JSON by name; those of a part stand beside the letter's own."""
    return dict(_plain(letter))


def _plain(facts: Any) -> Iterator[tuple[str, Any]]:
    for name, value in vars(facts).items():
        if isinstance(value, _PARTS):
            yield from _plain(value)
        elif isinstance(value, date):  # a datetime is one too
            yield name, value.isoformat()
        else:
            yield name, value


def as_typed(kind: str, stored: dict[str, Any]) -> dict[str, Any]:
    """Stored facts with their dates and instants; a kind of an older version is left as it is."""
    readers = _readers(kind)
    return {
        name: readers[name](value) if value and name in readers else value
        for name, value in stored.items()
    }


@cache
def _readers(kind: str) -> dict[str, Any]:
    """How each date and instant of a kind is read from its text."""
    letter = _all().get(kind)
    return dict(_dated(letter)) if letter else {}


def _dated(facts: Any) -> Iterator[tuple[str, Any]]:
    for name, annotation in facts.__annotations__.items():
        types = get_args(annotation) or (annotation,)
        if annotation in _PARTS:
            yield from _dated(annotation)
        elif datetime in types:
            yield name, datetime.fromisoformat
        elif date in types:
            yield name, date.fromisoformat
