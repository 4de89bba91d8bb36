"""A file inside of JSON: its bytes in Base64, as browsers and command lines both make it."""

import base64
import binascii
from typing import Any

from chalicelib.input.fields import Field, Schema

_LETTERS_OF_3_BYTES = 4


class File(Field):
    """The bytes of a file of at most `max` bytes; line breaks in the Base64 are fine."""

    def __init__(self, title: str, *, max: int, **rest: Any) -> None:
        super().__init__(title, **rest)
        self.max = max

    def read(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise ValueError("ファイルの内容を、Base64の文字列で入力してください。")
        letters = "".join(value.split())
        if not letters:
            raise ValueError(self.absent())
        try:
            content = base64.b64decode(letters, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(
                f"{self.title}をBase64として読み取れません。"
                "ファイルをそのままBase64に変換して入力してください。"
            ) from None
        if len(content) > self.max:
            raise ValueError(
                f"{self.title}は{self.max // 1024:,}KB以内にしてください。"
                "期間を短くしてダウンロードし、分けて取り込んでください。"
            )
        return content

    def _schema(self) -> Schema:
        return {
            "type": "string",
            "contentEncoding": "base64",
            "minLength": 1,
            "maxLength": -(-self.max // 3) * _LETTERS_OF_3_BYTES,
        }
