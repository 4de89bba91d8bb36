"""Single values of what comes in: words, numbers, ticks, choices.

A field reads a plain value and returns it in its type, or says what is wrong in a sentence for
its sender; it also prints its JSON Schema.
"""

import re
import unicodedata
from typing import Any

Schema = dict[str, Any]

_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters by Unicode's word that show nothing
_TURNS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"  # what turns the direction of a text

# Marks that choose among forms or directions and show nothing themselves.
UNSEEN = re.compile(
    "[\u00ad\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff]"
)
_LINE_END = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")  # as other programs end a line


class Field:
    """One value. `title` is what the person filling it in calls it."""

    def __init__(self, title: str, *, required: bool = True, example: Any = None) -> None:
        self.title = title
        self.required = required
        self.example = example

    def read(self, value: Any) -> Any:
        """The value in its type.

        Raises ValueError with a sentence for the sender, or Invalid for a nest of faults.
        """
        raise NotImplementedError

    def absent(self) -> str:
        """What is said where a required value is missing."""
        return f"{self.title}を入力してください。"

    def schema(self) -> Schema:
        """Its JSON Schema, as `/openapi.json` prints it."""
        schema = {"title": self.title} | self._schema()
        if self.example is None:
            return schema
        return schema | {"examples": [self.example]}

    def _schema(self) -> Schema:
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
    ) -> None:
        """`pattern`: a regular expression for the whole text, and what to say if it differs."""
        super().__init__(title, **rest)
        self.max = max
        self.lines = lines
        self.pattern = pattern

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("文字列で入力してください。")
        text = (_LINE_END.sub("\n", value) if self.lines else value).strip()
        if all(_is_blank(letter) for letter in text):
            raise ValueError(self.absent())
        if len(text) > self.max:
            length = f"現在{len(text)}文字"
            raise ValueError(f"{self.title}は{self.max}文字以内で入力してください({length})。")
        if any(self._is_hidden(letter) for letter in text):
            kinds = "制御文字など" if self.lines else "改行や制御文字など"
            raise ValueError(
                f"{kinds}、使えない文字が含まれています。取り除いて入力し直してください。"
            )
        if self.pattern and not re.fullmatch(self.pattern[0], text):
            raise ValueError(self.pattern[1])
        return text

    def _is_hidden(self, letter: str) -> bool:
        if letter in "\n\t" and self.lines:
            return False
        return unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} or letter in _TURNS

    def _schema(self) -> Schema:
        limits = {"type": "string", "minLength": 1, "maxLength": self.max}
        if self.pattern:
            return limits | {"pattern": f"^{self.pattern[0]}$"}
        if self.lines:
            return limits
        return limits | {"pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"}


def _is_blank(letter: str) -> bool:
    """Whether a letter shows nothing."""
    if letter in _BLANK or letter.isspace():
        return True
    return unicodedata.category(letter) in {"Cf", "Zs"}


class Number(Field):
    """A whole number from `min` to `max`; forms send its digits."""

    def __init__(self, title: str, *, min: int = 0, max: int = 10**9, **rest: Any) -> None:
        super().__init__(title, **rest)
        self.min = min
        self.max = max

    def read(self, value: Any) -> int:
        number = int(value) if _is_digits(value) else value
        if isinstance(number, bool) or not isinstance(number, int):
            raise ValueError("整数で入力してください。")
        if not self.min <= number <= self.max:
            raise ValueError(f"{self.min:,}から{self.max:,}までの整数で入力してください。")
        return number

    def _schema(self) -> Schema:
        return {"type": "integer", "minimum": self.min, "maximum": self.max}


def _is_digits(value: Any) -> bool:
    if not isinstance(value, str) or len(value) >= 12:
        return False
    return value.isascii() and value.strip().isdigit()


class Flag(Field):
    """True or false; a ticked box of a form sends `on`."""

    def read(self, value: Any) -> bool:
        if value in ("on", "true"):
            return True
        if not isinstance(value, bool):
            raise ValueError("true か false で入力してください。")
        return value

    def _schema(self) -> Schema:
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

    def __init__(self, title: str, words: dict[str, str], **rest: Any) -> None:
        super().__init__(title, **rest)
        self.words = words

    def absent(self) -> str:
        return f"{self.title}を選択してください。"

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.words:
            listed = "、".join(f"{key}({name})" for key, name in self.words.items())
            raise ValueError(f"次のいずれかを指定してください: {listed}")
        return value

    def _schema(self) -> Schema:
        return {"type": "string", "enum": list(self.words)}
