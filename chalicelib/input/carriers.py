"""Mail addresses of mobile carriers.

The old ones that break the rules of mail, and how each carrier lets mail in.
docomo and au gave out addresses with `..` or `.@` until 2009, and they live:
docomo.ne.jp until March (https://www.docomo.ne.jp/service/docomo_mail/rfc_add/),
ezweb.ne.jp until au followed in September; au.com came years later. Such an
address is stored as it is written and quoted only where it leaves in a mail.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

# Nothing that means something inside quotes may come in: quoting is then no more than putting
# quotes around it.
_FRAGILE = re.compile(
    r"(?=[^@]*\.[.@])[a-z0-9_-][a-z0-9._-]{0,63}@(docomo|ezweb)\.ne\.jp",
    re.ASCII | re.IGNORECASE,
)


class Carrier(NamedTuple):
    """`steps` say how its users let in a domain that was named before."""

    name: str
    domains: frozenset[str]
    steps: str


_CARRIERS = (
    Carrier(
        "ドコモ",
        frozenset({"docomo.ne.jp"}),
        "「My docomo」または「ドコモメール」アプリから「メール設定」を開き、"
        "「受信リスト設定」にドメインを登録してください。"
        "登録後もメールが見当たらない場合は、迷惑メールフォルダをご確認ください。",
    ),
    Carrier(
        "au・UQ mobile",
        frozenset({"ezweb.ne.jp", "au.com", "uqmobile.jp"}),
        "「メール」アプリの設定から「迷惑メールフィルター」の設定画面を開き、"
        "「受信リスト」にドメインを登録してください。"
        "「必ず受信」の欄がある場合は、チェックを入れてください。",
    ),
    Carrier(
        "ソフトバンク・ワイモバイル",
        frozenset(
            {"softbank.ne.jp", "i.softbank.jp", "disney.ne.jp", "ymobile.ne.jp", "ymobile1.ne.jp"}
            | {f"{area}.vodafone.ne.jp" for area in "dhtckrnsq"}
        ),
        "「My SoftBank」(ワイモバイルの方は「My Y!mobile」)の「メール設定」から"
        "「迷惑メール対策」を開き、"
        "受信許可リストにドメインを登録してください。",
    ),
    Carrier(
        "楽天モバイル",
        frozenset({"rakumail.jp"}),
        "楽メールの設定画面で、迷惑メールの対象から除く送信元としてドメインを登録してください。"
        "登録後もメールが見当たらない場合は、迷惑メールフォルダをご確認ください。",
    ),
)


def is_fragile(mail: str) -> bool:
    """Whether it is an address with `..` or `.@`, as only docomo and au ever gave out."""
    return _FRAGILE.fullmatch(mail) is not None


def quoted(mail: str) -> str:
    """The address as it must stand in a mail: `"a..b"@docomo.ne.jp`; any other one as it is."""
    if not is_fragile(mail):
        return mail
    local, _, domain = mail.partition("@")
    return f'"{local}"@{domain}'


def carrier(mail: str) -> Carrier | None:
    """Whose address it is, or None if it is no carrier's."""
    domain = mail.rpartition("@")[2].lower()
    return next((row for row in _CARRIERS if domain in row.domains), None)


def among(mails: Iterable[str]) -> list[Carrier]:
    """The carriers of some addresses, each once."""
    carriers = [carrier(mail) for mail in mails]
    return list(dict.fromkeys(filter(None, carriers)))
