"""Who is told."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from chalicelib.rules import houses
from chalicelib.rules.calls import routing

TODAY = date(2026, 9, 1)
MK, SMILE = houses.find("mk"), houses.find("smile")


def person(name, *mails, reading=None, aliases=(), confirmed=True):
    addresses = [SimpleNamespace(mail=mail, confirmed_at=confirmed or None) for mail in mails]
    return SimpleNamespace(
        id=name,
        name=name,
        reading=reading,
        aliases=list(aliases),
        addresses=addresses,
        away_until=None,
        deputy=None,
    )


def away(person, until, deputy=None):
    return SimpleNamespace(**vars(person) | {"away_until": until, "deputy": deputy})


TOP = person("髙橋 美咲", "top@a.example", reading="たかはし みさき", aliases=["社長"])
SECOND = person("佐藤 一郎", "sato@a.example", "sato@phone.example", reading="サトウ イチロウ")
THIRD = person("佐藤 花子", "hanako@a.example", reading="さとう はなこ")
SILENT = person("鈴木 次郎", reading="すずき じろう")
UNCONFIRMED = person("田中 実", "tanaka@a.example", confirmed=False)
PEOPLE = [TOP, SECOND, THIRD, SILENT, UNCONFIRMED]


@pytest.mark.parametrize("house", [MK, SMILE])
def test_an_empty_roster_reaches_nobody(house):
    assert routing.route(house, [], "佐藤", TODAY) == routing.Route([], None, None)


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
        ("高橋", ["top@a.example"], False),  # told as 髙橋: the name itself is never altered
        ("山本", ["top@a.example"], True),
        ("鈴木 次郎", ["top@a.example"], True),
        ("田中 実", ["top@a.example"], True),
    ],
)
def test_mk_tells_the_person_asked_for(wanted, told, noted):
    route = routing.route(MK, PEOPLE, wanted, TODAY)
    assert [each["address"] for each in route.told] == told
    assert bool(route.note) is noted


def test_mk_goes_down_the_roster_when_the_top_cannot_be_reached():
    route = routing.route(MK, [UNCONFIRMED, SECOND], None, TODAY)
    assert route.told[0]["address"] == "sato@a.example"


@pytest.mark.parametrize("wanted", [None, "鈴木 次郎", "山本"])
def test_mk_tells_the_absent_before_nobody_at_all(wanted):
    route = routing.route(MK, [SILENT, away(SECOND, TODAY)], wanted, TODAY)
    assert [each["address"] for each in route.told] == ["sato@a.example", "sato@phone.example"]


@pytest.mark.parametrize("wanted", [None, "佐藤 一郎", "山本"])
def test_smile_tells_every_confirmed_address(wanted):
    told = [each["address"] for each in routing.route(SMILE, PEOPLE, wanted, TODAY).told]
    assert told == ["top@a.example", "sato@a.example", "sato@phone.example", "hanako@a.example"]


@pytest.mark.parametrize("house", [MK, SMILE])
def test_nobody_left_is_told_to_the_caller(house):
    assert routing.route(house, [UNCONFIRMED, SILENT], "田中 実", TODAY).told == []


@pytest.mark.parametrize(
    ("until", "deputy", "told", "note"),
    [
        (
            TODAY,
            "佐藤 花子",
            "hanako@a.example",
            "2026年9月1日(火)までご不在",
        ),  # the last day still counts
        (TODAY, None, "top@a.example", "ご不在のため、髙橋 美咲様"),
        (TODAY, "鈴木 次郎", "top@a.example", "ご不在"),  # a deputy who cannot be reached
        (TODAY - timedelta(days=1), "佐藤 花子", "sato@a.example", None),  # back again
    ],
)
def test_who_is_away_gives_way(until, deputy, told, note):
    people = [TOP, away(SECOND, until, deputy), THIRD, SILENT]
    route = routing.route(MK, people, "佐藤 一郎", TODAY)
    assert route.told[0]["address"] == told
    assert route.asked_for == "佐藤 一郎"
    assert (note in route.note) if note else route.note is None


def test_nobody_named_and_the_top_away():
    route = routing.route(MK, [away(TOP, TODAY, "佐藤 花子"), SECOND, THIRD], None, TODAY)
    assert [each["address"] for each in route.told] == ["hanako@a.example"]
    assert "髙橋 美咲様は2026年9月1日(火)までご不在のため、佐藤 花子様へ" in route.note


def test_everybody_away_is_better_told_than_nobody():
    route = routing.route(MK, [away(TOP, TODAY), away(SECOND, TODAY)], None, TODAY)
    assert [each["address"] for each in route.told] == ["top@a.example"]


def test_a_deputy_who_is_away_is_passed_over():
    people = [TOP, away(SECOND, TODAY, "佐藤 花子"), away(THIRD, TODAY)]
    assert routing.route(MK, people, "佐藤 一郎", TODAY).told[0]["address"] == "top@a.example"
