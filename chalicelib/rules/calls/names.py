"""Whom on the roster a caller means: names as they are heard (calls.md Report 1)."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import product

from chalicelib.rules.calls.facts import Person

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_HONORIFICS = re.compile("(?<=.)(さん|様|さま|氏|殿)+$")  # a name that is nothing else stays
# Forms of one character in names, which nobody can hear on the telephone: each is compared as
# the first of its group.
_FORMS = (
    "高髙 崎﨑嵜 吉𠮷 沢澤 辺邉邊 斎齋斉齊 浜濱濵 島嶋嶌 桜櫻 広廣 国國 竜龍 関關 恵惠 "
    "徳德 真眞 栄榮 瀬瀨 桑桒 槙槇 曽曾 万萬 寿壽 豊豐 円圓 亀龜 来來 蔵藏 浅淺 緒緖 "
    "条條 滝瀧 薮藪 桧檜 礼禮 静靜 弥彌 実實 富冨 鉄鐵 当當 与與 館舘"
)
_ONE_FORM = {ord(other): group[0] for group in _FORMS.split() for other in group[1:]}


def folded(name: str) -> str:
    """A name as it is compared.

    Width, kana, forms of a character, spaces and what closes it, さん or 様,
    make no difference.
    """
    plain = unicodedata.normalize("NFKC", name).translate(_KATAKANA_TO_HIRAGANA)
    whole = "".join(plain.translate(_ONE_FORM).casefold().split())
    return _HONORIFICS.sub("", whole.replace("・", ""))


def meant(people: Sequence[Person], wanted: str) -> list[Person]:
    """Whom on the roster `wanted` may mean.

    By name, reading, alias, family name, or family name and alias (佐藤専務).
    With somebody meant by a family name goes everybody who bears it, also
    without that reading or with no space behind it: 佐藤花子 may be meant by
    佐藤, but is never found by it alone, since 森 would find 森田.
    """
    sought = folded(wanted)
    called = [person for person in people if sought in _calls(person)]
    families = {sought}
    for person in called:
        if sought in _families(person):
            families |= _families(person)
    return [
        person for person in people if person in called or (called and _bears(person, families))
    ]


def _names(person: Person) -> list[str]:
    return [name for name in (person.name, person.reading) if name]


def _families(person: Person) -> set[str]:
    """The part in front of a space; of a name without one nobody knows where it ends."""
    parts = [name.split() for name in _names(person)]
    return {folded(words[0]) for words in parts if len(words) > 1}


def _calls(person: Person) -> set[str]:
    """Everything that somebody may be asked for by."""
    names = _names(person)
    aliases = [folded(alias) for alias in person.aliases]
    families = {folded(name.split()[0]) for name in names}
    titled = {family + alias for family, alias in product(families, aliases)}
    whole = {folded(name) for name in names}
    return whole | _families(person) | titled | set(aliases)


def _bears(person: Person, families: set[str]) -> bool:
    """Whether one of these family names is, or may be, that of a person."""
    if families & _families(person):
        return True
    unparted = [folded(name) for name in _names(person) if len(name.split()) == 1]
    return any(name.startswith(tuple(families)) for name in unparted)
