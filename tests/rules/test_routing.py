"""Who is told."""

from types import SimpleNamespace

import pytest

from chalicelib.rules import house as houses
from chalicelib.rules import routing

MK, SMILE = houses.find("mk"), houses.find("smile")


def person(name, *mails, reading=None, aliases=(), confirmed=True):
    addresses = [SimpleNamespace(mail=mail, confirmed_at=confirmed or None) for mail in mails]
    return SimpleNamespace(id=name, name=name, reading=reading, aliases=list(aliases), addresses=addresses)


TOP = person("髙橋 美咲", "top@a.example", reading="たかはし みさき", aliases=["社長"])
SECOND = person("佐藤 一郎", "sato@a.example", "sato@phone.example", reading="サトウ イチロウ")
THIRD = person("佐藤 花子", "hanako@a.example", reading="さとう はなこ")
SILENT = person("鈴木 次郎", reading="すずき じろう")
UNCONFIRMED = person("田中 実", "tanaka@a.example", confirmed=False)
PEOPLE = [TOP, SECOND, THIRD, SILENT, UNCONFIRMED]


@pytest.mark.parametrize(
    ("wanted", "told", "noted"),
    [
        (None, ["top@a.example"], False),
        ("佐藤 一郎", ["sato@a.example", "sato@phone.example"], False),
        ("佐藤一郎様", ["sato@a.example", "sato@phone.example"], False),
        ("ｻﾄｳ ｲﾁﾛｳ", ["sato@a.example", "sato@phone.example"], False),
        ("さとう いちろうさん", ["sato@a.example", "sato@phone.example"], False),
        ("社長", ["top@a.example"], False),
        ("髙橋", ["top@a.example"], False),
        ("佐藤", ["top@a.example"], True),  # two of them: nobody is guessed
        ("高橋", ["top@a.example"], True),  # another character: names are never altered
        ("山本", ["top@a.example"], True),
        ("鈴木 次郎", ["top@a.example"], True),
        ("田中 実", ["top@a.example"], True),
    ],
)
def test_mk_tells_the_person_asked_for(wanted, told, noted):
    route = routing.route(MK, PEOPLE, wanted)
    assert [each["address"] for each in route.told] == told
    assert bool(route.note) is noted


def test_mk_goes_down_the_roster_when_the_top_cannot_be_reached():
    route = routing.route(MK, [UNCONFIRMED, SECOND], None)
    assert route.told[0]["address"] == "sato@a.example"


@pytest.mark.parametrize("wanted", [None, "佐藤 一郎", "山本"])
def test_smile_tells_every_confirmed_address(wanted):
    told = [each["address"] for each in routing.route(SMILE, PEOPLE, wanted).told]
    assert told == ["top@a.example", "sato@a.example", "sato@phone.example", "hanako@a.example"]


@pytest.mark.parametrize("house", [MK, SMILE])
def test_nobody_left_is_told_to_the_caller(house):
    assert routing.route(house, [UNCONFIRMED, SILENT], "田中 実").told == []
