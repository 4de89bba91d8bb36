"""Building a mail: plain text and HTML from two templates, as raw MIME.

Each `templates/mail/<name>.txt` starts with its subject and a blank line. The
standard library's EmailMessage refuses line breaks in headers, so nothing a
visitor types can add one.
"""

from email.headerregistry import Address
from email.message import EmailMessage
from typing import NamedTuple

from chalicelib import pages


class Words(NamedTuple):
    subject: str
    text: str
    html: str


def words(name: str, facts: dict) -> Words:
    """A mail's words from `templates/mail/<name>.txt` and `.html` and its plain facts."""
    subject, _, text = pages.render(f"mail/{name}.txt", **facts).partition("\n\n")
    return Words(" ".join(subject.split()), text.strip() + "\n", pages.render(f"mail/{name}.html", **facts))


def message(said: Words, house, to: list[str], sender: str) -> bytes:
    """The raw MIME message from a house to the addresses `to`; replies go to the house's office."""
    mail = EmailMessage()
    mail["From"] = Address(house.brand.name, addr_spec=sender)
    mail["To"] = [Address(addr_spec=each) for each in to]
    mail["Reply-To"] = Address(house.brand.name, addr_spec=house.brand.office_mail)
    mail["Subject"] = said.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(said.text, cte="base64")
    mail.add_alternative(said.html, subtype="html", cte="base64")
    return mail.as_bytes()
