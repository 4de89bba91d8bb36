"""Building a mail: plain text and HTML from two templates, as raw MIME.

Each `templates/mail/<name>.txt` starts with its subject and a blank line. The
standard library's EmailMessage refuses line breaks in headers, so nothing a
visitor types can add one.
"""

import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Any, NamedTuple

from chalicelib.input import carriers
from chalicelib.words import pages


class Unwritable(ValueError):
    """An address that no header of a mail can hold."""


class Words(NamedTuple):
    """A mail's words: its subject, its plain text, and the same as HTML."""

    subject: str
    text: str
    html: str


class _Remembering(EmailPolicy):
    """The standard policy, but a header is parsed and folded once.

    Most headers are the same in every mail of a house, and parsing and folding
    them anew was an eighth of a memo's time.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        if hasattr(value, "name"):
            return super().header_store_parse(name, value)
        return _parsed(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return _folded(name, value)


class _Party(Address):
    """An Address that quotes a local part for its dots, as a carrier's old address needs."""

    @property
    def addr_spec(self) -> str:
        return carriers.quoted(super().addr_spec)


_BOUNDARY = "=_denwaban"  # nothing in base64 can look like it
_LINE = 76  # of an encoded word that leaves room for the 75 letters of RFC 2047
_STANDARD = EmailPolicy(max_line_length=_LINE)
_POLICY = _Remembering(max_line_length=_LINE)
_parsed = lru_cache(maxsize=1000)(_STANDARD.header_store_parse)
_folded = lru_cache(maxsize=1000)(_STANDARD.fold_binary)


def words(name: str, facts: dict[str, Any]) -> Words:
    """A mail's words from `templates/mail/<name>.txt` and its plain facts.

    A mail without an HTML template of its own shows the paragraphs of its text.
    """
    subject, _, text = pages.render(f"mail/{name}.txt", **facts).partition("\n\n")
    text = _closed_up(text)
    if facts.get("may_be_repeat"):  # before anybody acts on it
        text = pages.render("mail/parts/repeat.txt") + text
    subject = " ".join(subject.split())
    return Words(subject, text, _html(name, facts))


def _html(name: str, facts: dict[str, Any]) -> str:
    own = f"mail/{name}.html"
    if pages.exists(own):
        return pages.render(own, **facts)
    paragraphs = pages.paragraphs(f"mail/{name}.txt", **facts)
    return pages.render("mail/parts/letter.html", **facts | {"paragraphs": paragraphs})


def _closed_up(text: str) -> str:
    """Never more than one empty line where a template leaves something out.

    What somebody typed stays as it is.
    """
    closed = re.sub(r"\n{3,}", "\n\n", text.strip())
    return closed.replace(pages.TYPED_BREAK, "\n") + "\n"


def message(content: Words, house: Any, to: list[str], sender: str) -> bytes:
    """The raw MIME message of these words from a house to the addresses `to`.

    Replies go to the house's office. Raises Unwritable.
    """
    brand = house.brand
    mail = EmailMessage(_POLICY)
    mail["From"] = _addresses("From", (brand.name, sender))
    mail["To"] = _addresses("To", *(("", address) for address in to))
    mail["Reply-To"] = _addresses("Reply-To", (brand.name, brand.office_mail))
    mail["Subject"] = content.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"  # an absence note would be told as a bounce
    mail.set_content(content.text, cte="base64")
    mail.add_alternative(content.html, subtype="html", cte="base64")
    mail.set_boundary(_BOUNDARY)
    return mail.as_bytes()


@lru_cache(maxsize=1000)
def _addresses(header: str, *parties: tuple[str, str]) -> Any:
    """An address header of (name shown, address) pairs."""
    try:
        addresses = [_Party(name, addr_spec=carriers.quoted(address)) for name, address in parties]
        return _STANDARD.header_factory(header, addresses)
    except (HeaderParseError, ValueError, IndexError) as fault:
        raise Unwritable(str(fault)) from fault
