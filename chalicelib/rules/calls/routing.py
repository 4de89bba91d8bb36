"""Who is told of a call (houses.md 7, calls.md Report 1)."""

import re
import unicodedata
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from chalicelib.rules import calendar
from chalicelib.rules.houses import House

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_HONORIFICS = re.compile("(?<=.)(さん|様|さま|氏|殿)+$")  # a name that is nothing but one stays
# Forms of one character in names, which nobody can hear on the telephone; each is compared as the first of its group.
_FORMS = (
    "高髙 崎﨑嵜 吉𠮷 沢澤 辺邉邊 斎齋斉齊 浜濱濵 島嶋嶌 桜櫻 広廣 国國 竜龍 関關 恵惠 徳德 真眞 栄榮 瀬瀨 桑桒 槙槇 曽曾 万萬 "
    "寿壽 豊豐 円圓 亀龜 来來 蔵藏 浅淺 緒緖 条條 滝瀧 薮藪 桧檜 礼禮 静靜 弥彌 実實 富冨 鉄鐵 当當 与與 館舘"
)
_ONE_FORM = {ord(other): group[0] for group in _FORMS.split() for other in group[1:]}


class Route(NamedTuple):
    """The confirmed addresses a report goes to, whose they are, and what the report says about the choice."""

    told: list[dict]
    asked_for: str | None
    note: str | None


def folded(name: str) -> str:
    """A name as it is compared: width, kana, forms of a character, spaces and what closes it, さん or 様, make no difference."""
    plain = (
        unicodedata.normalize("NFKC", name)
        .translate(_KATAKANA_TO_HIRAGANA)
        .translate(_ONE_FORM)
        .casefold()
    )
    return _HONORIFICS.sub("", "".join(plain.split()).replace("・", ""))


def meant(people: list, wanted: str) -> list:
    """Whom on the roster `wanted` may mean: by name, reading, alias, family name, or family name and alias (佐藤専務).

    With somebody meant by a family name goes everybody who bears it, also
    without that reading or with no space behind it: 佐藤花子 may be meant by 佐藤,
    but is never found by it alone, since 森 would find 森田.
    """
    sought = folded(wanted)
    found = [each for each in people if sought in _calls(each)]
    families = {sought}.union(*(_families(each) for each in found if sought in _families(each)))
    return [each for each in people if each in found or (found and _bears(each, families))]


def find_person(people: list, wanted: str) -> Any | None:
    """The one person on the roster that `wanted` means.

    A name that fits two people fits nobody: telling the wrong one is worse
    than telling the top of the roster that somebody was asked for.
    """
    found = meant(people, wanted)
    return found[0] if len(found) == 1 else None


def route(house: House, people: list, wanted: str | None, today: date) -> Route:
    """Who gets the report, on the JST date `today`, for a call that asked for `wanted` (None: nobody was named).

    Only confirmed addresses are told. Who is away gives way to a deputy, else
    to the top of the roster. An empty `told` means that nobody can be reached:
    the caller raises an alarm.
    """
    person = find_person(people, wanted) if wanted else None
    unknown = _why_nobody(people, wanted) if wanted and not person else None
    if house.report.who == "everyone":
        why = unknown or (_why_not(person, today) if person else None)
        told = confirmed(people)
        return Route(
            told,
            person and person.name,
            why + "ご登録のすべての報告先へお送りしています。" if why and told else None,
        )
    first = person or (people[0] if people else None)
    for candidate in _in_turn(first, people, today):
        if told := confirmed([candidate]):
            why = unknown or (_why_not(first, today) if candidate is not first else None)
            who = "名簿の先頭の" if unknown and candidate is people[0] else ""
            return Route(
                told,
                person and person.name,
                why and f"{why}{who}{candidate.name}様へお送りしています。",
            )
    return Route([], person and person.name, None)


def _in_turn(first, people: list, today: date) -> list:
    """Whom to try: the one meant, a deputy, the roster from its top; the absent last, since silence would be worse."""
    here = [each for each in people if not is_away(each, today)]
    if first is None or not is_away(first, today):
        return [first, *here, *people] if first else here
    deputies = [each for each in here if each.id == first.deputy]
    return [*deputies, *here, first, *people]


def is_away(person, today: date) -> bool:
    """Whether somebody is absent on a JST date; the last day of an absence is given."""
    return person.away_until is not None and today <= person.away_until


def _why_nobody(people: list, wanted: str) -> str:
    found = "、".join(f"{each.name}様" for each in meant(people, wanted))
    why = (
        f"に当てはまる方が名簿に複数いらっしゃるため({found})、"
        if found
        else "は名簿に見当たらないため、"
    )
    return f"お名指しの「{wanted}」{why}"


def _why_not(person, today: date) -> str | None:
    if is_away(person, today):
        return f"{person.name}様は{calendar.spoken_day(person.away_until)}までご不在のため、"
    return None if confirmed([person]) else f"{person.name}様の確認済みの報告先がないため、"


def confirmed(people: list) -> list[dict]:
    """Every confirmed address of these people, and whose it is."""
    return [
        {"person": person.name, "address": address.mail}
        for person in people
        for address in person.addresses
        if address.confirmed_at
    ]


def _names(person) -> list[str]:
    return [name for name in (person.name, person.reading) if name]


def _families(person) -> set[str]:
    """The part in front of a space; of a name without one nobody knows where it ends."""
    return {folded(name.split()[0]) for name in _names(person) if len(name.split()) > 1}


def _calls(person) -> set[str]:
    """Everything that somebody may be asked for by."""
    aliases = [folded(alias) for alias in person.aliases]
    families = {folded(name.split()[0]) for name in _names(person)}
    return (
        {folded(name) for name in _names(person)}
        | _families(person)
        | {*aliases, *map("".join, product(families, aliases))}
    )


def _bears(person, families: set[str]) -> bool:
    whole = [folded(name) for name in _names(person) if len(name.split()) == 1]
    return bool(families & _families(person)) or any(
        name.startswith(tuple(families)) for name in whole
    )
