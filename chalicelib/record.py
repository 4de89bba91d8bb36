"""A record: named, typed values that never change.

A dataclass or a NamedTuple writes code for each of its classes and compiles it
at every cold start (0.44 and 0.07 ms each, measured); the letters and the
parts of a house file are some sixty classes.
"""

from types import SimpleNamespace
from typing import Any, ClassVar, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class Record(SimpleNamespace):
    """Subclasses declare their fields. Raises TypeError for another set of fields."""

    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = tuple(cls.__annotations__)

    def __init__(self, *values: Any, **named: Any) -> None:
        facts = dict(zip(self._fields, values, strict=False)) | named
        if facts.keys() != set(self._fields) or len(values) + len(named) != len(facts):
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(self._fields)}")
        super().__init__(**facts)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} never changes: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} never changes: {name}")

    def _replace(self, **changes: Any) -> Self:
        """The same with other values in some fields."""
        return type(self)(**vars(self) | changes)
