"""How values are stored: dates that a person can read in the console, whole numbers, lists."""

from datetime import date
from functools import cache
from typing import Any, TypeVar

from pynamodb.attributes import (
    Attribute,
    ListAttribute,
    MapAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.constants import NULL, NUMBER, STRING

_T = TypeVar("_T")


class DayAttribute(Attribute[date]):
    """A JST date, stored as `2026-09-15`."""

    attr_type = STRING

    def serialize(self, value: date) -> str:
        return value.isoformat()

    def deserialize(self, value: str) -> date:
        return date.fromisoformat(value)


class WholeAttribute(Attribute[int]):
    """A whole number; PynamoDB's own attribute calls every number a float."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class ListOf(ListAttribute[_T]):
    """A list whose elements' attribute is made once.

    PynamoDB makes it anew for every list that it reads, copying each of its parts.
    """

    def deserialize(self, values: list[dict[str, Any]]) -> list[_T | None]:
        kind: Any = self.element_type
        element = _element_of(kind)
        return [_element_value(element, value) for value in values]


def _element_value(element: Any, value: dict[str, Any]) -> Any:
    if NULL in value:
        return None
    return element.deserialize(element.get_value(value))


@cache
def _element_of(kind: Any) -> Any:
    element = kind()
    if isinstance(element, MapAttribute):
        element._make_attribute()  # as PynamoDB's own list does
    return element


def list_of(kind: type[Attribute[_T]]) -> ListAttribute[_T]:
    """A list of plain values, empty by default.

    PynamoDB's types take the elements for attributes.
    """
    of: Any = kind
    return ListOf(of=of, default=list)


__all__ = [
    "DayAttribute",
    "ListOf",
    "UTCDateTimeAttribute",
    "UnicodeAttribute",
    "WholeAttribute",
    "list_of",
]
