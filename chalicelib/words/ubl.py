"""A document of UBL 2.1 as a tree: `node` holds elements, `text` and `yen` hold a value.

What has no value is left out, since Peppol takes no empty element (ibr-079, e_invoice.md).
"""

import re
from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree

CURRENCY = "JPY"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = ElementTree.Element


def document(kind: str, parts: Sequence[Element | None]) -> bytes:
    """A whole document as UTF-8 bytes, the same for the same parts: `kind` is `Invoice`."""
    root = node(kind, *parts)
    root.attrib.update(
        {
            "xmlns": f"{_UBL}{kind}-2",
            "xmlns:cac": f"{_UBL}CommonAggregateComponents-2",
            "xmlns:cbc": f"{_UBL}CommonBasicComponents-2",
        }
    )
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def node(tag: str, *children: Element | None) -> Element:
    """An element of elements, in the order of the schema."""
    element = Element(tag)
    element.extend([each for each in children if each is not None])
    return element


def yen(tag: str, amount: int) -> Element | None:
    """An amount in whole yen."""
    return text(tag, amount, currencyID=CURRENCY)


def text(tag: str, value: str | int | date | None, **attributes: str) -> Element | None:
    """A value on one line, without characters that XML cannot hold; None if nothing is left."""
    plain = _ILLEGAL.sub("", "" if value is None else str(value))
    words = " ".join(plain.split())
    if not words:
        return None
    element = Element(tag, attributes)
    element.text = words
    return element
