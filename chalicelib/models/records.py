"""Small records that are kept as one line of text each in a list of an item."""

from typing import NamedTuple

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from chalicelib.rules.calls.delivery import Event


class Receipt(NamedTuple):
    """How the carrier of a way calls what it took."""

    way: str
    message: str

    @property
    def line(self) -> str:
        return f"{self.way} {self.message}"


class ReceiptAttribute(Attribute[Receipt]):
    """`mail1 0102…`"""

    attr_type = STRING

    def serialize(self, value: Receipt) -> str:
        return value.line

    def deserialize(self, value: str) -> Receipt:
        way, _, message = value.partition(" ")
        return Receipt(way, message)


class EventAttribute(Attribute[Event]):
    """`2026-09-01T01:05:00+00:00 delivered 0102… a@b.example`"""

    attr_type = STRING

    def serialize(self, value: Event) -> str:
        return value.line

    def deserialize(self, value: str) -> Event:
        return Event.of_line(value)
