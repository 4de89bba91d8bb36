"""Shapes of what comes in: request bodies, forms and house files.

A shape reads a plain value and either returns it in its proper type or names
every fault at once; the same shape prints its JSON Schema, from which
`/openapi.json` is made. (Pydantic and marshmallow do this too, but cost 144 ms
and 63 ms of every cold start, and neither speaks to an operator in Japanese.)
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from chalicelib.errors import Fault, Invalid, wrong
from chalicelib.input.fields import Choice, Field, Flag, Number, Schema, Text, Ticked


class Many(Field):
    """A list of one kind of thing."""

    def __init__(self, title: str, of: Field, *, min: int = 0, max: int = 100, **rest: Any) -> None:
        super().__init__(title, **rest)
        self.of = of
        self.min = min
        self.max = max

    def read(self, value: Any) -> list[Any]:
        """Every element in its type. Raises ValueError, or Invalid with every fault."""
        if not isinstance(value, list):
            raise ValueError("配列で入力してください。")
        if not self.min <= len(value) <= self.max:
            raise ValueError(f"{self.min}件から{self.max}件までで入力してください。")
        elements = [(f"{place}", self.of, element) for place, element in enumerate(value)]
        return list(_read_all(elements).values())

    def _schema(self) -> Schema:
        return {
            "type": "array",
            "items": self.of.schema(),
            "minItems": self.min,
            "maxItems": self.max,
        }


class Lookup(Field):
    """A small table: names of the sender's choosing, each with one kind of value."""

    def __init__(self, title: str, of: Field, *, max: int = 30, **rest: Any) -> None:
        super().__init__(title, **rest)
        self.of = of
        self.max = max

    def read(self, value: Any) -> dict[str, Any]:
        """Every value by its name. Raises ValueError, or Invalid with every fault."""
        if not isinstance(value, dict):
            raise ValueError("項目名と値の組で入力してください。")
        if len(value) > self.max:
            raise ValueError(f"{self.max}項目以内で入力してください。")
        name = Text("項目名", max=40)
        named = {name.read(key): element for key, element in value.items()}
        return _read_all([(key, self.of, element) for key, element in named.items()])

    def _schema(self) -> Schema:
        return {
            "type": "object",
            "additionalProperties": self.of.schema(),
            "maxProperties": self.max,
        }


class Shape(Field):
    """Named fields together.

    Fields nobody knows are refused, since a misspelt name would be lost in silence.
    """

    def __init__(
        self, name: str, /, *, title: str = "", required: bool = True, **fields: Field
    ) -> None:
        super().__init__(title or name, required=required)
        self.name = name
        self.fields = fields

    def read(self, value: Any) -> dict[str, Any]:
        """Every declared field by name, None where an optional one is absent.

        Raises Invalid with every fault.
        """
        if not isinstance(value, dict):
            raise wrong("", "項目名と値の組(オブジェクト)で入力してください。")
        rows = [(name, field, value.get(spoken(name))) for name, field in self.fields.items()]
        needed = [row for row in rows if row[1].required or row[2] is not None]
        return dict.fromkeys(self.fields) | _read_all(needed, self._unknown(value))

    def _unknown(self, value: dict[str, Any]) -> list[Fault]:
        names = {spoken(name) for name in self.fields}
        remedy = "この項目は使えません。項目名の綴りをご確認ください。"
        return [Fault(_printable(name), remedy) for name in value if name not in names]

    def sound(self, value: Any) -> dict[str, Any]:
        """The fields of a faulty value that can be read by themselves, None for the others."""
        fields: dict[str, Any] = dict.fromkeys(self.fields)
        for name, field in self.fields.items():
            part = value.get(spoken(name)) if isinstance(value, dict) else None
            with suppress(ValueError, Invalid):
                fields[name] = None if part is None else field.read(part)
        return fields

    def _schema(self) -> Schema:
        fields = {spoken(name): field for name, field in self.fields.items()}
        required = [name for name, field in fields.items() if field.required]
        schema = {
            "type": "object",
            "properties": {name: field.schema() for name, field in fields.items()},
            "additionalProperties": False,
        }
        return schema | {"required": required} if required else schema


def _read_all(
    rows: Iterable[tuple[str, Field, Any]], faults: Iterable[Fault] = ()
) -> dict[str, Any]:
    """Each row's value by its name. Raises Invalid with `faults` and every fault of the rows."""
    values: dict[str, Any] = {}
    every_fault = list(faults)
    for name, field, value in rows:
        try:
            if value is None:
                raise ValueError(field.absent())
            values[name] = field.read(value)
        except Invalid as invalid:
            every_fault += [_inside(spoken(name), fault) for fault in invalid.errors]
        except ValueError as reason:
            every_fault.append(Fault(spoken(name), str(reason)))
    if every_fault:
        raise Invalid(every_fault)
    return values


def _inside(name: str, fault: Fault) -> Fault:
    """A fault of a part, as seen from the whole: `phone` becomes `caller.phone`."""
    return Fault(f"{name}.{fault.field}" if fault.field else name, fault.message)


def spoken(name: str) -> str:
    """A field's name as senders write it.

    `for`, `class` and `from` are words of Python: shapes declare them with an underscore behind.
    """
    return name.removesuffix("_")


def _printable(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[:40]


__all__ = [
    "Choice",
    "Field",
    "Flag",
    "Lookup",
    "Many",
    "Number",
    "Shape",
    "Text",
    "Ticked",
    "spoken",
]
