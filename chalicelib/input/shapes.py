"""Shapes of what comes in: request bodies, forms and house files.

A shape reads a plain value and either returns it in its proper type or names
every fault at once; the same shape prints its JSON Schema, from which
`/openapi.json` is made. (Pydantic and marshmallow do this too, but cost 144 ms
and 63 ms of every cold start, and neither speaks to an operator in Japanese.)
"""

import re
import unicodedata
from contextlib import suppress
from typing import Any

from chalicelib.errors import Fault, Invalid

_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters by Unicode's word that show nothing


class Field:
    """One value. `title` is what the person filling it in calls it."""

    def __init__(self, title: str, *, required: bool = True, example: Any = None):
        self.title = title
        self.required = required
        self.example = example

    def read(self, value: Any) -> Any:
        """The value in its type. Raises ValueError with a sentence for the sender, or Invalid for a nest of faults."""
        raise NotImplementedError

    def absent(self) -> str:
        """What is said where a required value is missing."""
        return f"{self.title}を入力してください。"

    def schema(self) -> dict:
        described = {"title": self.title} | self._schema()
        return described | ({"examples": [self.example]} if self.example is not None else {})

    def _schema(self) -> dict:
        raise NotImplementedError


class Text(Field):
    """Words as typed. `lines` allows line breaks; nothing else that cannot be seen is let in."""

    def __init__(
        self,
        title: str,
        *,
        max: int = 100,
        lines: bool = False,
        pattern: tuple[str, str] | None = None,
        **rest: Any,
    ):
        """`pattern` is a regular expression for the whole text, and what is said when it does not fit."""
        super().__init__(title, **rest)
        self.max, self.lines, self.pattern = max, lines, pattern

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("文字列で入力してください。")
        text = (value.replace("\r\n", "\n") if self.lines else value).strip()
        if all(
            letter in _BLANK or letter.isspace() or unicodedata.category(letter) in {"Cf", "Zs"}
            for letter in text
        ):  # nothing that can be seen
            raise ValueError(self.absent())
        if len(text) > self.max:
            raise ValueError(
                f"{self.title}は{self.max}文字以内で入力してください(現在{len(text)}文字)。"
            )
        if any(self._hidden(letter) for letter in text):
            what = "制御文字など" if self.lines else "改行や制御文字など"
            raise ValueError(
                f"{what}、使えない文字が含まれています。取り除いて入力し直してください。"
            )
        if self.pattern and not re.fullmatch(self.pattern[0], text):
            raise ValueError(self.pattern[1])
        return text

    def _hidden(self, letter: str) -> bool:
        if letter in "\n\t" and self.lines:
            return False
        return (
            unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}
            or letter in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
        )

    def _schema(self) -> dict:
        limits = {"type": "string", "minLength": 1, "maxLength": self.max}
        if self.pattern:
            return limits | {"pattern": f"^{self.pattern[0]}$"}
        return (
            limits if self.lines else limits | {"pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"}
        )


class Number(Field):
    def __init__(self, title: str, *, min: int = 0, max: int = 10**9, **rest: Any):
        super().__init__(title, **rest)
        self.min, self.max = min, max

    def read(self, value: Any) -> int:
        if (
            isinstance(value, str)
            and value.isascii()
            and value.strip().isdigit()
            and len(value) < 12
        ):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("整数で入力してください。")
        if not self.min <= value <= self.max:
            raise ValueError(f"{self.min:,}から{self.max:,}までの整数で入力してください。")
        return value

    def _schema(self) -> dict:
        return {"type": "integer", "minimum": self.min, "maximum": self.max}


class Flag(Field):
    """True or false; a ticked box of a form sends `on`."""

    def read(self, value: Any) -> bool:
        if value in ("on", "true"):
            return True
        if not isinstance(value, bool):
            raise ValueError("true か false で入力してください。")
        return value

    def _schema(self) -> dict:
        return {"type": "boolean"}


class Ticked(Flag):
    """A box that has to be ticked."""

    def absent(self) -> str:
        return f"{self.title}をご確認のうえ、チェックを入れてください。"

    def read(self, value: Any) -> bool:
        if not super().read(value):
            raise ValueError(self.absent())
        return True


class Choice(Field):
    """One of a few words; `words` maps each to what people call it."""

    def __init__(self, title: str, words: dict[str, str], **rest: Any):
        super().__init__(title, **rest)
        self.words = words

    def absent(self) -> str:
        return f"{self.title}を選択してください。"

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise ValueError(
                "次のいずれかを指定してください: "
                + "、".join(f"{key}({name})" for key, name in self.words.items())
            )
        return value

    def _schema(self) -> dict:
        return {"type": "string", "enum": list(self.words)}


class Many(Field):
    """A list of one kind of thing."""

    def __init__(
        self, title: str, of: "Field | Shape", *, min: int = 0, max: int = 100, **rest: Any
    ):
        super().__init__(title, **rest)
        self.of, self.min, self.max = of, min, max

    def read(self, value: Any) -> list:
        if not isinstance(value, list):
            raise ValueError("配列で入力してください。")
        if not self.min <= len(value) <= self.max:
            raise ValueError(f"{self.min}件から{self.max}件までで入力してください。")
        return _read_all(
            {f"{place}": (self.of, each) for place, each in enumerate(value)},
            then=lambda found: list(found.values()),
        )

    def _schema(self) -> dict:
        return {
            "type": "array",
            "items": self.of.schema(),
            "minItems": self.min,
            "maxItems": self.max,
        }


class Lookup(Field):
    """A small table: names of the sender's choosing, each with one kind of value."""

    def __init__(self, title: str, of: "Field | Shape", *, max: int = 30, **rest: Any):
        super().__init__(title, **rest)
        self.of, self.max = of, max

    def read(self, value: Any) -> dict:
        if not isinstance(value, dict):
            raise ValueError("項目名と値の組で入力してください。")
        if len(value) > self.max:
            raise ValueError(f"{self.max}項目以内で入力してください。")
        name = Text("項目名", max=40)
        return _read_all({f"{name.read(key)}": (self.of, each) for key, each in value.items()})

    def _schema(self) -> dict:
        return {
            "type": "object",
            "additionalProperties": self.of.schema(),
            "maxProperties": self.max,
        }


class Shape(Field):
    """Named fields together. Fields nobody knows are refused, since a misspelt one would be lost in silence."""

    def __init__(
        self, name: str, /, *, title: str = "", required: bool = True, **fields: "Field | Shape"
    ):
        super().__init__(title or name, required=required)
        self.name, self.fields = name, fields

    def read(self, value: Any) -> dict:
        """Every declared field by name, None where an optional one is absent. Raises Invalid with every fault."""
        if not isinstance(value, dict):
            raise Invalid([Fault("", "項目名と値の組(オブジェクト)で入力してください。")])
        known = {spoken(name) for name in self.fields}
        faults = [
            Fault(_safe(name), "この項目は使えません。項目名の綴りをご確認ください。")
            for name in value
            if name not in known
        ]
        present = {name: (field, value.get(spoken(name))) for name, field in self.fields.items()}
        wanted = {
            name: pair for name, pair in present.items() if pair[0].required or pair[1] is not None
        }
        return dict.fromkeys(self.fields) | _read_all(wanted, faults)

    def sound(self, value: Any) -> dict:
        """The fields of a faulty value that can be read by themselves, None for the others."""
        found = dict.fromkeys(self.fields)
        for name, field in self.fields.items():
            given = value.get(spoken(name)) if isinstance(value, dict) else None
            with suppress(ValueError, Invalid):
                found[name] = None if given is None else field.read(given)
        return found

    def _schema(self) -> dict:
        required = [spoken(name) for name, field in self.fields.items() if field.required]
        described = {
            "type": "object",
            "properties": {spoken(name): field.schema() for name, field in self.fields.items()},
        }
        return (
            described
            | {"additionalProperties": False}
            | ({"required": required} if required else {})
        )


def _read_all(
    pairs: dict[str, tuple[Field, Any]], faults: list[Fault] | None = None, then: Any = None
) -> Any:
    faults, found = list(faults or []), {}
    for name, (field, value) in pairs.items():
        try:
            if value is None:
                raise ValueError(field.absent())
            found[name] = field.read(value)
        except Invalid as nested:
            faults += [
                Fault(".".join(filter(None, (spoken(name), fault.field))), fault.message)
                for fault in nested.errors
            ]
        except ValueError as fault:
            faults.append(Fault(spoken(name), str(fault)))
    if faults:
        raise Invalid(faults)
    return then(found) if then else found


def spoken(name: str) -> str:
    """`for`, `class` and `from` are words of Python: shapes declare them with an underscore at the end."""
    return name.removesuffix("_")


def _safe(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[:40]
