"""The records say the same as the shapes, and a difference between them stops the load."""

import tomllib
from datetime import date
from types import NoneType
from typing import Literal, NamedTuple, get_args, get_origin

import pytest

from chalicelib.input.shapes import Choice, Many, Shape
from chalicelib.rules import houses
from chalicelib.rules.house import House
from chalicelib.rules.house_file import HOUSE
from chalicelib.rules.house_records import record
from tests.rules.test_house import SMILE


class Rest(NamedTuple):
    days: int
    since: date | None


class Trial(NamedTuple):
    at_end: Literal["continues", "lapses"] | None
    campaigns: bool
    rests: tuple[Rest, ...]


GIVEN = {
    "at_end": "lapses",
    "campaigns": True,
    "rests": [{"days": 3, "since": None}, {"days": 4, "since": date(2026, 9, 1)}],
}


def test_a_record_is_built_in_depth():
    assert record(Trial, GIVEN) == Trial("lapses", True, (Rest(3, None), Rest(4, date(2026, 9, 1))))
    assert record(Trial, GIVEN | {"at_end": None, "rests": []}) == Trial(None, True, ())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"at_end": "sometimes"}, r"^house\.at_end: the shape reads 'sometimes', the record"),
        ({"campaigns": 1}, r"^house\.campaigns: the shape reads 1, the record declares .*bool"),
        ({"campaigns": None}, r"^house\.campaigns: the shape reads None"),
        ({"dayz": 1}, "^house: only one of shape and record knows dayz$"),
        ({"rests": [{"dayz": 3, "since": None}]}, r"^house\.rests: only one .* days, dayz$"),
        ({"rests": [{"days": "3", "since": None}]}, r"^house\.rests\.days: the shape reads '3'"),
    ],
)
def test_what_shape_and_record_do_not_share_stops_the_load(changes, message):
    with pytest.raises(TypeError, match=message):
        record(Trial, GIVEN | changes)


def test_a_field_that_no_shape_reads_stops_the_load():
    given = {name: value for name, value in GIVEN.items() if name != "campaigns"}
    with pytest.raises(TypeError, match="^house: only one of shape and record knows campaigns$"):
        record(Trial, given)


def test_a_house_keeps_what_its_file_says():
    house, file = houses.find("smile"), tomllib.loads(SMILE)
    assert house.key == "smile"
    assert house.trial.days == file["trial"]["days"]
    assert house.calls[0].classes == tuple(file["calls"][0]["classes"])
    assert [plan.key for plan in house.plans] == [plan["key"] for plan in file["plans"]]


def test_a_rule_of_a_house_cannot_be_changed():
    with pytest.raises(AttributeError):
        houses.find("smile").trial.days = 15


def check_agreement(shape, kind, place):
    """A shape and a record have the same fields, and the same words, in depth."""
    if NoneType in get_args(kind):
        assert not shape.required, place
        kind = next(each for each in get_args(kind) if each is not NoneType)
    else:
        assert shape.required, place
    if isinstance(shape, Many):
        assert get_origin(kind) is tuple, place
        check_agreement(shape.of, get_args(kind)[0], place)
    elif isinstance(shape, Shape):
        beside = {"key"} if kind is House else set()  # the name of the file, which none can say
        assert set(shape.fields) | beside == set(kind._fields), place
        for name, field in shape.fields.items():
            check_agreement(field, kind.__annotations__[name], f"{place}.{name}")
    elif get_origin(kind) is Literal:
        assert isinstance(shape, Choice) and set(shape.words) == set(get_args(kind)), place


def test_every_word_that_a_file_may_say_is_one_that_the_records_know():
    check_agreement(HOUSE, House, "house")
