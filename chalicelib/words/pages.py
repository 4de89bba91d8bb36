"""Templates rendered: pages and mails alike."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.input import carriers, phones, rooms
from chalicelib.rules import calendar

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

# A line break of somebody's own, until the text is closed up; no input can hold this character.
TYPED_BREAK = "\x1f"
_LEFT = r"<[^>]*>|https?://[^\s<]+"  # a tag, and an address that a mail program makes a link of
# Nothing is held together that is longer than fits beside a label on a phone.
_HELD = "|".join(
    (
        r"\d{4}年\d+月\d+日\(.\)(?: \d\d:\d\d)?",
        r"(?<![\dA-Z+-])(?=[\dA-Z+-]{7,20}(?![\dA-Z-]))\+?\d[\d-]{5,}[\dA-Z][\dA-Z-]*",
        r"\b[a-z]{1,9}-[\dA-Z]{10}\b",
        r"(?<![\w.+@-])(?=[\w.+@-]{1,22}(?![\w.+@-]))[\w.+-]+@[\w.-]+",
    )
)
_UNBROKEN = re.compile(f"{_LEFT}|({_HELD})", re.ASCII)
FOLDER = Path(__file__).parents[2] / "templates"


@cache
def _environment() -> "Environment":
    # Loaded on first use: not every path shows or writes something.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "yen": _yen,
        "calls": _calls,
        "day": calendar.spoken_day,
        "moment": calendar.spoken_time,
        "phone": phones.display,
        "typed": _typed,
        "unbroken": unbroken,
        "lines": _lines,
        "carrier": carriers.carrier,
        "carriers": carriers.among,
    }
    environment.tests |= {"fragile": carriers.is_fragile, "room": _is_room}
    return environment


def _yen(amount: int) -> str:
    return f"{amount:,}円"


def _calls(count: int) -> str:
    return f"{count:,}件"


def _typed(text: str) -> str:
    """Text as somebody typed it: its line breaks are not the template's."""
    return text.replace("\n", TYPED_BREAK)


def _lines(html: "Markup") -> "Markup":
    """HTML in which a line break is a tag: not every mail program knows CSS for it."""
    from markupsafe import Markup

    return Markup("<br>").join(html.split("\n"))


def _is_room(address: str) -> bool:
    return rooms.room_of(address) is not None


def unbroken(text: object) -> "Markup":
    """Text or HTML as HTML, in which no date, number or short mail address is broken by a line."""
    from markupsafe import Markup, escape

    html = str(escape(text))
    return Markup(_UNBROKEN.sub(_hold, html))


def _hold(match: re.Match[str]) -> str:
    if not match[1]:
        return match[0]
    return f'<span style="white-space:nowrap">{match[0]}</span>'


def render(template: str, **facts: Any) -> str:
    """The text of a template; a fact it needs and does not get is an error, never a gap."""
    return _environment().get_template(template).render(**facts)


@cache
def exists(template: str) -> bool:
    """Whether `templates/` has this file."""
    return (FOLDER / template).exists()


def paragraphs(template: str, **facts: Any) -> list[list[str]]:
    """The body block of a text template, as paragraphs of lines."""
    text = _environment().get_template(template)
    context = text.new_context(facts)
    body = "".join(text.blocks["body"](context))
    parts = re.split(r"\n{2,}", body.strip())
    return [part.strip().split("\n") for part in parts]


def static(name: str) -> bytes | None:
    """The bytes of a file of `templates/static/`, or None."""
    for path in (FOLDER / "static").iterdir():
        if path.name == name:
            return path.read_bytes()
    return None
