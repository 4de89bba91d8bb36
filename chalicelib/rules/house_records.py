"""From what the shapes of a house file have read to the records that the rules read."""

from types import NoneType
from typing import Any, Literal, get_args, get_origin


def record(kind: Any, value: Any, place: str = "house") -> Any:
    """A value as the annotation `kind` declares it: a record, a tuple of records, or a plain value.

    Raises TypeError, naming the place, where the shapes and the records have drifted apart.
    """
    choices = get_args(kind)
    if hasattr(kind, "_fields"):
        return _fields_of(kind, value, place)
    if get_origin(kind) is tuple:
        return tuple(record(choices[0], element, place) for element in value)
    if NoneType in choices:
        return None if value is None else record(choices[0], value, place)
    fits = value in choices if get_origin(kind) is Literal else type(value) is kind
    if not fits:
        raise TypeError(f"{place}: the shape reads {value!r}, the record declares {kind}")
    return value


def _fields_of(kind: Any, value: dict[str, Any], place: str) -> Any:
    differing = set(value).symmetric_difference(kind._fields)
    if differing:
        names = ", ".join(sorted(differing))
        raise TypeError(f"{place}: only one of shape and record knows {names}")
    types = kind.__annotations__
    fields = {name: record(types[name], field, f"{place}.{name}") for name, field in value.items()}
    return kind(**fields)
