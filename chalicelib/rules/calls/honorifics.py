"""様 where it belongs: behind a person's name, not behind a title or a department.

A name itself is never altered.
"""

import re

# Attached, only so much is taken off as no name can end in: 鵜殿 and おおはさま are names.
_CLOSING = re.compile(
    r"(?:\s+(?:様|さま|さん|氏|殿|御中)|(?<=.)(?:様|御中)|(?<=..)(?:さん|氏|殿)|(?<=[一-鿿々])さま)$"
)
TITLES = (
    "社長", "会長", "副社長", "専務", "常務", "取締役", "部長", "次長", "課長", "係長", "主任",
    "主査", "店長", "所長", "支店長", "支社長", "工場長", "室長", "局長", "院長", "園長", "校長",
    "理事長", "理事", "代表", "先生", "医師", "弁護士", "税理士", "司法書士", "行政書士", "会計士",
    "社労士", "弁理士", "建築士", "教授", "准教授", "講師", "住職", "監督", "コーチ",
)  # fmt: skip
_PLACES = (
    "部", "課", "係", "室", "店", "所", "局", "科", "課内", "窓口", "センター", "担当", "担当者",
    "ご担当者", "の方", "責任者",
)  # fmt: skip
# Of more than two letters, ending like a department.
_PEOPLE = ("長谷部", "日下部", "曽我部", "長宗我部", "佐々部")


def bare(name: str) -> str:
    """A name without the 様 or さん that somebody typed behind it."""
    return _CLOSING.sub("", name)


def person(name: str) -> str:
    """A person as a mail names them: `佐藤 様`, but `田中部長`, whose title says it already."""
    plain = bare(name)
    return plain if plain.endswith(TITLES) or plain == "様" else f"{plain} 様"


def wanted(name: str) -> str:
    """Whoever was asked for and is on no roster: a person, or a department (経理部).

    A department is no 様; 阿部 and 長谷部 are people.
    """
    plain = bare(name)
    is_place = plain.endswith(_PLACES) and len(plain) > 2 and plain not in _PEOPLE
    return plain if is_place else person(name)


def company(name: str) -> str:
    """A company's name without the 様 or 御中 that somebody typed behind it."""
    return re.sub(r"(?<=.)\s*(様|御中)$", "", name)
