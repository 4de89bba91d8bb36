"""What is charged by the month, and in which months."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import calendar
from chalicelib.rules.contract.lifecycle import PREPARING
from chalicelib.rules.money import things
from chalicelib.rules.money.things import Thing
from tests.rules.money.contracts import MK, SMILE, contract, day, number, option, people, use

SINCE_SEPTEMBER = (date(2026, 9, 1), None)


def period(since: str, until: str | None = None):
    return day(since), day(until) if until else None


@pytest.mark.parametrize(
    ("periods", "paid", "up_to", "expected"),
    [
        ([period("2026-09-01")], SINCE_SEPTEMBER, "2026-08", []),
        ([period("2026-09-01")], SINCE_SEPTEMBER, "2026-09", ["2026-09"]),
        ([period("2026-09-30")], SINCE_SEPTEMBER, "2026-09", ["2026-09"]),
        ([period("2026-10-01")], SINCE_SEPTEMBER, "2026-09", []),
        (  # the days of both ends are charged: 30 September to 1 October are two months
            [period("2026-09-30", "2026-10-01")],
            SINCE_SEPTEMBER,
            "2026-12",
            ["2026-09", "2026-10"],
        ),
        ([period("2026-09-05", "2026-09-05")], SINCE_SEPTEMBER, "2026-12", ["2026-09"]),
        ([period("2026-08-01", "2026-09-01")], SINCE_SEPTEMBER, "2026-12", ["2026-09"]),
        ([period("2026-08-01", "2026-08-31")], SINCE_SEPTEMBER, "2026-12", []),
        (
            [period("2026-09-05")],
            period("2026-09-01", "2026-10-31"),
            "2026-12",
            ["2026-09", "2026-10"],
        ),
        ([period("2026-11-01")], period("2026-09-01", "2026-10-31"), "2026-12", []),
        (  # each month once, though two periods touch it, and in order
            [period("2026-11-20", "2026-12-02"), period("2026-10-31", "2026-11-05")],
            SINCE_SEPTEMBER,
            "2026-12",
            ["2026-10", "2026-11", "2026-12"],
        ),
        ([], SINCE_SEPTEMBER, "2026-12", []),
        (
            [period("2026-12-31", "2027-01-01")],
            SINCE_SEPTEMBER,
            "2027-03",
            ["2026-12", "2027-01"],
        ),
    ],
)
def test_a_month_is_charged_if_one_day_of_it_was_served_and_paid_for(
    periods, paid, up_to, expected
):
    assert things.months(Thing("option", "guidance", periods), paid, up_to) == expected


def all_of(house, **facts) -> list[tuple]:
    """(kind, key, periods) of everything beside the base fee."""
    charged = things.things(contract(house, **facts), house, SINCE_SEPTEMBER)
    return [(each.kind, each.key, list(each.periods)) for each in charged[1:]]


def test_the_base_fee_is_charged_for_the_whole_time_that_is_paid_for():
    paid = period("2026-09-01", "2026-12-31")
    assert things.things(contract(SMILE), SMILE, paid) == [Thing("base", "", [paid])]


@pytest.mark.parametrize(
    ("facts", "periods"),
    [
        ({"use": "forwarding"}, None),
        ({"use": "listed"}, [SINCE_SEPTEMBER]),
        (
            {"use": "listed", "uses": [use("2026-09-20", "forwarding", "listed")]},
            [period("2026-09-20")],
        ),
        (  # the day of the change still belongs to it
            {"use": "forwarding", "uses": [use("2026-09-20", "listed", "forwarding")]},
            [period("2026-09-01", "2026-09-20")],
        ),
        (
            {
                "use": "listed",
                "uses": [
                    use("2026-09-20", "listed", "forwarding"),
                    use("2026-11-02", "forwarding", "listed"),
                ],
            },
            [period("2026-09-01", "2026-09-20"), period("2026-11-02")],
        ),
        (  # another number's change is not this one's
            {
                "use": "forwarding",
                "uses": [use("2026-09-20", "listed", "forwarding", "0367009999")],
            },
            None,
        ),
    ],
)
def test_smile_charges_for_the_days_on_which_the_lent_number_is_listed(facts, periods):
    assert all_of(SMILE, **facts) == ([("listed", "", periods)] if periods else [])


def test_mk_shows_the_lent_number_for_the_same_price():
    assert all_of(MK, use="listed") == []


def test_an_option_is_one_thing_however_often_it_was_ordered():
    orders = [
        option("guidance", "2026-09-20", "2026-10-05"),
        option("guidance", "2026-10-20"),
    ]
    periods = [period("2026-09-20", "2026-10-05"), period("2026-10-20")]
    assert all_of(SMILE, options=orders) == [("option", "guidance", periods)]


@pytest.mark.parametrize("key", ["windows", "unknown"])
def test_an_option_without_a_price_is_not_charged(key):
    assert all_of(SMILE, options=[option(key, "2026-09-20")]) == []


def test_each_further_number_is_a_thing_of_its_own():
    lines = [
        number("0367000001", "2026-09-10", "2026-09-12"),
        number("0367000002", "2026-09-11"),
        number("0367000001", "2027-03-01"),
    ]
    assert all_of(MK, extra_lines=lines) == [
        ("number", "0367000001", [period("2026-09-10", "2026-09-12"), period("2027-03-01")]),
        ("number", "0367000002", [period("2026-09-11")]),
    ]


def test_smile_has_no_price_for_a_further_number():
    assert all_of(SMILE, extra_lines=[number("0367000001", "2026-09-10")]) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], []),
        ([("2026-09-30", 1)], [("person", "1", [period("2026-09-30")])]),
        (
            [("2026-09-30", 1), ("2026-10-01", 0)],
            [("person", "1", [period("2026-09-30", "2026-10-01")])],
        ),
        (
            [("2026-09-05", 2), ("2026-10-05", 1), ("2026-11-05", 2), ("2026-12-05", 0)],
            [
                ("person", "1", [period("2026-09-05", "2026-12-05")]),
                (
                    "person",
                    "2",
                    [period("2026-09-05", "2026-10-05"), period("2026-11-05", "2026-12-05")],
                ),
            ],
        ),
        (
            [("2026-09-05", 1), ("2026-09-20", 0), ("2026-11-01", 1)],
            [("person", "1", [period("2026-09-05", "2026-09-20"), period("2026-11-01")])],
        ),
        (
            [("2026-09-05", 1), ("2026-09-06", 3), ("2026-09-07", 2)],
            [
                ("person", "1", [period("2026-09-05")]),
                ("person", "2", [period("2026-09-06")]),
                ("person", "3", [period("2026-09-06", "2026-09-07")]),
            ],
        ),
    ],
)
def test_the_first_person_beyond_those_included_is_one_thing_and_the_second_another(
    changes, expected
):
    assert all_of(MK, extra_people=people(*changes)) == expected


def test_smile_charges_for_no_person():
    assert all_of(SMILE, extra_people=people(("2026-09-30", 1))) == []


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        (Thing("base", "", []), "base"),
        (Thing("option", "guidance", []), "option:guidance"),
        (Thing("person", "1", []), "person:1"),
    ],
)
def test_under_which_name_the_months_of_a_thing_are_kept(thing, name):
    assert thing.name == name


@pytest.mark.parametrize(
    ("house", "facts", "expected"),
    [
        (SMILE, {}, period("2026-09-01")),
        (SMILE, {"ends_on": "2026-12-31"}, period("2026-09-01", "2026-12-31")),
        (  # smile's trial is paid for from the day of the start, mk's is free
            SMILE,
            {"started_on": "2026-08-31", "active_from": "2026-09-09"},
            period("2026-08-31"),
        ),
        (MK, {"started_on": "2026-08-31", "active_from": "2026-09-10"}, period("2026-09-10")),
        (
            SMILE,
            {"status": PREPARING, "started_on": None, "active_from": None},
            period("2026-09-14"),
        ),
    ],
)
def test_from_which_day_to_which_a_contract_is_paid_for(house, facts, expected):
    given_today = day("2026-09-14")
    assert things.paid_period(contract(house, **facts), house, given_today) == expected


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
PERIODS = st.lists(st.tuples(DAYS, DAYS | st.none()), max_size=4)


@given(PERIODS, DAYS, DAYS | st.none(), DAYS)
def test_a_month_is_charged_exactly_if_a_day_of_it_lies_in_a_period(periods, since, until, last):
    up_to = calendar.month_of_day(last)
    charged = things.months(Thing("option", "x", periods), (since, until), up_to)
    for month in calendar.months("2026-01", "2027-12"):
        first, end = calendar.first_day_of(month), calendar.last_day_of(month)
        served = [
            max(first, since, start) <= min(end, until or end, stop or end)
            for start, stop in periods
        ]
        assert (month in charged) is (any(served) and month <= up_to)
