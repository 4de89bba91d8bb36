"""Whom on the roster a caller means: names as they are heard (calls.md Report 1)."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import product
from pathlib import Path

from chalicelib.input.fields import UNSEEN
from chalicelib.rules.calls import honorifics
from chalicelib.rules.calls.facts import Person

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_SMALL_TO_LARGE = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_FIRST_KANJI = "\u3400"
_HONORIFICS = re.compile("(?<=.)(さん|様|さま|氏|殿)+$")  # a name that is nothing else stays
_PLACE = re.compile("(?<=(.))[けか箇](?=(.))")  # 四ケ所, read しかしょ, where kanji stand around it
_REPEATED = re.compile("(.)々")
# [D] Kanji of their own, or left apart by the source, that nobody tells apart on the telephone.
_HEARD_ALIKE = str.maketrans("斉薮桧", "斎藪檜")


def folded(name: str) -> str:
    """A name as it is compared.

    Width, size and kind of kana, forms of a kanji, what shows nothing, spaces and what closes
    the name, さん or 様, make no difference.
    """
    plain = unicodedata.normalize("NFKC", UNSEEN.sub("", name)).translate(_KATAKANA_TO_HIRAGANA)
    whole = "".join(plain.casefold().split()).replace("・", "").translate(_SMALL_TO_LARGE)
    whole = _PLACE.sub(_between_kanji, _REPEATED.sub(r"\1\1", whole))
    common = "".join(map(_common_form, whole)).translate(_HEARD_ALIKE)
    return _HONORIFICS.sub("", common)


def _between_kanji(match: re.Match[str]) -> str:
    return "が" if match[1] >= _FIRST_KANJI and match[2] >= _FIRST_KANJI else match[0]


@lru_cache(maxsize=4096)
def _common_form(letter: str) -> str:
    """The form of a kanji that all its forms are compared as; any other letter as it is."""
    forms = _kanji_forms()
    place = forms.find(letter) if letter >= _FIRST_KANJI else -1
    return letter if place < 0 else forms[forms.rfind("\n", 0, place) + 1]


@cache
def _kanji_forms() -> str:
    """A line for each kanji, its common form first; `make kanji` writes the file."""
    return Path(__file__).with_name("kanji_forms.txt").read_text("utf-8")


def meant(people: Sequence[Person], wanted: str) -> list[Person]:
    """Whom on the roster `wanted` may mean; without its title where nobody bears that.

    By name, reading, alias, family name, or family name and alias (佐藤専務).
    With somebody meant by a family name goes everybody who bears it, also
    without that reading or with no space behind it: 佐藤花子 may be meant by
    佐藤, but is never found by it alone, since 森 would find 森田.
    """
    sought = folded(wanted)
    return _meant(people, sought) or _without_title(people, sought)


def _without_title(people: Sequence[Person], sought: str) -> list[Person]:
    """Whom 山田先生 means: 山田, unless 先生 is what somebody else is called."""
    name = _titles().sub("", sought)
    if name == sought:
        return []
    title = sought.removeprefix(name)
    bearers = [person for person in people if title in map(folded, person.aliases)]
    return [] if bearers else _meant(people, name)


@cache
def _titles() -> re.Pattern[str]:
    """What may stand behind a name besides さん and 様."""
    titles = map(folded, ("君", "くん", "ちゃん", *honorifics.TITLES))
    return re.compile(f"(?<=.)({'|'.join(titles)})$")


def _meant(people: Sequence[Person], sought: str) -> list[Person]:
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
