"""Templates rendered: pages and mails alike."""

import re
from functools import cache
from pathlib import Path

from chalicelib.input import carriers, phones, rooms
from chalicelib.rules import calendar

TYPED_BREAK = (
    "\x1f"  # a line break of somebody's own, until the text is closed up; no input can hold it
)
_LEFT = r"<[^>]*>|https?://[^\s<]+"  # a tag, and an address that a mail program makes a link of
_HELD = "|".join(  # nothing longer than fits beside a label on a phone
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
def _environment():
    from jinja2 import (
        Environment,
        FileSystemLoader,
        StrictUndefined,
        select_autoescape,
    )  # not on every path

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["yen"] = lambda amount: f"{amount:,}円"
    environment.filters["calls"] = lambda calls: f"{calls:,}件"
    environment.filters["day"] = calendar.spoken_day
    environment.filters["moment"] = calendar.spoken_time
    environment.filters["phone"] = phones.display
    environment.filters["typed"] = lambda text: text.replace("\n", TYPED_BREAK)
    environment.filters["unbroken"] = unbroken
    environment.filters["carrier"] = carriers.carrier
    environment.filters["carriers"] = carriers.among
    environment.tests["fragile"] = carriers.is_fragile
    environment.tests["room"] = lambda address: rooms.room_of(address) is not None
    return environment


def unbroken(text):
    """Text or HTML as HTML in which no date, number or short mail address breaks at the end of a line."""
    from markupsafe import Markup, escape

    return Markup(_UNBROKEN.sub(_hold, str(escape(text))))


def _hold(found: re.Match) -> str:
    return f'<span style="white-space:nowrap">{found[0]}</span>' if found[1] else found[0]


def render(template: str, **facts) -> str:
    """The text of a template; a fact it needs and does not get is an error, never a gap."""
    return _environment().get_template(template).render(**facts)


@cache
def exists(template: str) -> bool:
    return (FOLDER / template).exists()


def paragraphs(template: str, **facts) -> list[list[str]]:
    """The body block of a text template, as paragraphs of lines."""
    found = _environment().get_template(template)
    body = "".join(found.blocks["body"](found.new_context(facts)))
    return [part.strip().split("\n") for part in re.split(r"\n{2,}", body.strip())]


def static(name: str) -> bytes | None:
    """A file of `templates/static/`, or None."""
    files = {path.name: path for path in (FOLDER / "static").iterdir()}
    return files[name].read_bytes() if name in files else None
