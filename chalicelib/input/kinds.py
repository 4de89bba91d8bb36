"""Kinds of values with a form of their own.

Dates and times, telephone numbers, mail addresses, rooms, a company's number.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from chalicelib.input import carriers, phones
from chalicelib.input.fields import UNSEEN, Field, Schema, Text

_T = TypeVar("_T")

_DATE = r"\d{4}-\d\d-\d\d"
_CLOCK = r"[0-2]\d:[0-5]\d"
_RFC3339 = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)"
_ROOM_NUMBER = "[1-9][0-9]{0,18}"
# As the address bar shows it, as a link to one of its messages, or the number alone, but never
# what may be a telephone number.
_ROOM = (
    r"(?:(?:https://(?:www\.chatwork\.com|kcw\.kddi\.ne\.jp)/)?#!)?"
    rf"rid({_ROOM_NUMBER})(?:-[0-9]+)?|({_ROOM_NUMBER})"
)

# No mail can name more than 64 letters (RFC 5321), or what reads as an encoded word (RFC 2047).
_CAN_BE_WRITTEN = re.compile(r"(?!.*=\?).{1,64}")


def _parsed(form: str, value: Any, parse: Callable[[str], _T]) -> _T | None:
    """What `parse` makes of a text of this form; None for anything else."""
    if not isinstance(value, str) or not re.fullmatch(form, value, re.ASCII):
        return None
    try:
        return parse(value)
    except (ValueError, OverflowError):
        return None


class Day(Field):
    """A civil date in Japan, `YYYY-MM-DD`."""

    def read(self, value: Any) -> date:
        if type(value) is date:  # what TOML has read already
            return value
        day = _parsed(_DATE, value, date.fromisoformat)
        if day is None or not 2000 <= day.year <= 2100:
            raise ValueError(
                "日付は 2026-09-01 の形で、実在する日を入力してください。"
                "「3日ごろ」などの表記はお受けできません。"
            )
        return day

    def _schema(self) -> Schema:
        return {
            "type": "string",
            "format": "date",
            "description": "a civil date in Japan, 2000 to 2100",
        }


class Clock(Field):
    """A time of day in Japan, `HH:MM`."""

    def read(self, value: Any) -> time:
        clock = _parsed(_CLOCK, value, time.fromisoformat)
        if clock is None:
            raise ValueError("時刻は 09:00 の形で入力してください。")
        return clock

    def _schema(self) -> Schema:
        return {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"}


class Instant(Field):
    """A moment, RFC 3339 with its offset; read as UTC, to the microsecond."""

    def read(self, value: Any) -> datetime:
        moment = _parsed(_RFC3339, value, _utc)
        if moment is None:
            raise ValueError("日時は 2026-09-01T10:15:00+09:00 の形(時差つき)で入力してください。")
        if not 2000 <= moment.year <= 2100:
            raise ValueError("2000年から2100年までの日時を入力してください。")
        return moment

    def _schema(self) -> Schema:
        return {"type": "string", "format": "date-time"}


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


class Phone(Text):
    """A telephone number that can be dialled, as typed.

    `phones.normalise` gives the form in which numbers are compared.
    """

    def __init__(self, title: str, **rest: Any) -> None:
        super().__init__(title, **{"max": 40} | rest)

    def read(self, value: Any) -> str:
        typed = super().read(value)
        if phones.normalise(typed) is None:
            raise ValueError(
                "電話番号として読み取れません。市外局番から入力してください(例: 03-1234-5678)。"
            )
        return typed


class CorporateNumber(Text):
    """A company's 13-digit number with its check digit (Act on the Use of Numbers, art. 39).

    Hyphens and full width are fine.
    """

    def __init__(self, title: str, **rest: Any) -> None:
        super().__init__(title, **{"max": 20} | rest)

    def read(self, value: Any) -> str:
        typed = phones.plain(super().read(value))
        digits = typed.replace("-", "").replace(" ", "").removeprefix("T")
        has_form = re.fullmatch(r"[1-9]\d{12}", digits, re.ASCII)
        if not has_form or int(digits[0]) != self._check_digit(digits[1:]):
            raise ValueError(
                "法人番号は13桁の数字です。"
                "登記や国税庁の法人番号公表サイトのとおりに入力してください。"
            )
        return digits

    @staticmethod
    def _check_digit(body: str) -> int:
        weighted = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(body))]
        return 9 - sum(weighted) % 9


class Mail(Text):
    """One mail address (law.md, carrier addresses).

    Of docomo and au also an old address with dots where mail allows none.
    """

    def __init__(self, title: str, **rest: Any) -> None:
        super().__init__(title, **{"max": 254} | rest)

    def read(self, value: Any) -> str:
        import email_validator  # loaded on first use: the memo path never needs it

        typed = super().read(_without_unseen_ends(_half_width(value)))
        if UNSEEN.search(typed):
            raise ValueError(
                f"{self.title}に、目に見えない文字が混じっています。"
                "貼り付けずに、半角で入力し直してください。"
            )
        if carriers.is_fragile(typed):
            local, _, domain = typed.partition("@")
            return f"{local}@{domain.lower()}"
        try:
            address = email_validator.validate_email(
                typed, check_deliverability=False, test_environment=True, allow_smtputf8=False
            )
        except email_validator.EmailNotValidError:
            raise self._no_address() from None
        if not _CAN_BE_WRITTEN.fullmatch(address.local_part):
            raise self._no_address()
        # A domain of Japanese letters in the form that mail headers can carry. Only a name beyond
        # ASCII has no such form, and was refused.
        assert address.ascii_email is not None
        return address.ascii_email

    def _no_address(self) -> ValueError:
        return ValueError(
            f"{self.title}の形が正しくありません。name@example.jp の形で入力してください。"
        )

    def _schema(self) -> Schema:
        return {"type": "string", "format": "email", "maxLength": self.max}


class Room(Text):
    """A room of Chatwork by its number, `rid…` or web address, full width too; read as digits."""

    def __init__(self, title: str, **rest: Any) -> None:
        super().__init__(title, **{"max": 100} | rest)

    def read(self, value: Any) -> str:
        typed = super().read(_half_width(value))
        room = re.fullmatch(_ROOM, typed)
        if room is None:
            raise ValueError(
                f"{self.title}を読み取れません。ルームを開き、アドレス欄の"
                " https://www.chatwork.com/#!rid123456 をそのまま入力してください"
                "(数字の 123456 だけでもかまいません)。"
            )
        return str(room[1] or room[2])


def _without_unseen_ends(value: Any) -> Any:
    """An address as it was meant where something unseen was pasted along with it."""
    if not isinstance(value, str):
        return value
    seen = [place for place, letter in enumerate(value) if not _is_unseen(letter)]
    return value[seen[0] : seen[-1] + 1] if seen else ""


def _is_unseen(letter: str) -> bool:
    return letter.isspace() or UNSEEN.match(letter) is not None


def _half_width(value: Any) -> Any:
    return unicodedata.normalize("NFKC", value) if isinstance(value, str) else value
