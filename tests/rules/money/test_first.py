"""When the first payment is asked for, and whether what was asked is still right."""

from datetime import UTC, datetime

import pytest

from chalicelib.rules.contract.lifecycle import PREPARING, TRIAL
from chalicelib.rules.money import first
from tests.rules.money.contracts import MK, SMILE, contract, day, dearer, plan

CONFIRMED = datetime(2026, 9, 1, 15, 30, tzinfo=UTC)  # half past midnight of 2 September
BEFORE_START = {
    "status": PREPARING,
    "started_on": None,
    "active_from": None,
    "mail_confirmed_at": CONFIRMED,
}
IN_TRIAL = {"status": TRIAL, "started_on": "2026-09-24", "active_from": None}
AT_MK = IN_TRIAL | {"trial_last_day": "2026-10-03", "continuation_asked_on": "2026-09-29"}


@pytest.mark.parametrize(
    ("house", "facts", "since"),
    [
        (SMILE, BEFORE_START, "2026-09-02"),
        (SMILE, BEFORE_START | {"mail_confirmed_at": None}, None),
        (SMILE, IN_TRIAL | {"mail_confirmed_at": CONFIRMED}, None),
        (SMILE, {"mail_confirmed_at": CONFIRMED}, None),
        # mk asks for it where the trial is skipped, and where the client asks to go on.
        (MK, BEFORE_START, None),
        (MK, BEFORE_START | {"wants_trial": False}, "2026-09-02"),
        (MK, BEFORE_START | {"wants_trial": False, "mail_confirmed_at": None}, None),
        (MK, AT_MK, "2026-09-29"),
        (MK, AT_MK | {"continuation_asked_on": None}, None),
        (MK, AT_MK | {"active_from": "2026-10-04"}, None),
        (SMILE, BEFORE_START | {"active_from": "2026-10-04"}, None),
        (SMILE, IN_TRIAL | {"continuation_asked_on": "2026-09-29"}, None),
    ],
)
def test_since_when_the_first_payment_is_due(house, facts, since):
    assert first.due(contract(house, **facts), house) == (day(since) if since else None)


@pytest.mark.parametrize(
    ("house", "facts", "word"),
    [
        (SMILE, BEFORE_START, "start light base: 5500"),
        (SMILE, BEFORE_START | {"start_on": "2026-12-01"}, "start light base: 5500"),
        (  # 8,800 + 1,100
            SMILE,
            BEFORE_START | {"plan": "regular", "use": "listed"},
            "start regular base:+listed: 9900",
        ),
        (MK, AT_MK, "2026-10 small base:+deposit: 5920"),  # 2,960 + 2,960
        (  # 5,720 + 5,720
            MK,
            AT_MK | {"next_plan": "half", "next_plan_on": "2026-10-01"},
            "2026-10 half base:+deposit: 11440",
        ),
    ],
)
def test_what_is_asked_for_in_one_word(house, facts, word):
    assert first.wish(contract(house, **facts), house, day("2026-09-29")) == word


def asked(house, facts, **changes):
    """The contract after its first payment was asked for, and what has changed since."""
    before = contract(house, **facts)
    word = first.wish(before, house, first.due(before, house))
    return contract(house, first_asked=word, **facts | changes)


@pytest.mark.parametrize(
    ("house", "facts", "changes", "since"),
    [
        (SMILE, BEFORE_START, {}, None),
        (SMILE, BEFORE_START, {"start_on": "2026-11-01"}, None),
        (SMILE, BEFORE_START, {"plan": "regular"}, "2026-09-02"),
        (SMILE, BEFORE_START, {"use": "listed"}, "2026-09-02"),
        (MK, AT_MK, {}, None),
        (MK, AT_MK, {"continuation_asked_on": "2026-09-30"}, None),
        (MK, AT_MK, {"next_plan": "half", "next_plan_on": "2026-10-01"}, "2026-09-29"),
        (MK, AT_MK, {"next_plan": "half", "next_plan_on": "2026-11-01"}, None),
        (
            MK,
            AT_MK,
            {"plan": "half", "plans": [plan("2026-10-01", "small", "half")]},
            "2026-09-29",
        ),
    ],
)
def test_another_invoice_is_due_where_another_plan_or_thing_is_to_be_paid(
    house, facts, changes, since
):
    given = asked(house, facts, **changes)
    assert first.due(given, house) == (day(since) if since else None)


def rising(house, key):
    """The house at whose prices one looks back on a rise, and forward to three, one of nothing."""
    for since, fee in [
        ("2026-09-01", 5_000),  # before the payment was asked for
        ("2026-11-01", 6_000),
        ("2026-12-01", 6_000),  # another price for what goes over, the same fee
        ("2027-01-01", 7_000),
    ]:
        house = dearer(house, key, since, fee)
    return house


@pytest.mark.parametrize(
    ("asked_on", "since"),
    [
        ("2026-09-02", "2026-11-01"),
        ("2026-10-31", "2026-11-01"),
        # What was asked for in November is right in December too.
        ("2026-11-01", "2027-01-01"),
        ("2026-12-01", "2027-01-01"),
        ("2027-01-01", None),
    ],
)
def test_before_the_start_a_rise_of_the_price_makes_another_part_due(asked_on, since):
    house = rising(SMILE, "light")
    facts = BEFORE_START | {"start_on": None}
    word = first.wish(contract(house, **facts), house, day(asked_on))
    given = contract(house, first_asked=word, **facts)
    assert first.due(given, house) == (day(since) if since else None)


def test_after_the_start_the_first_month_is_known_and_no_later_price_is_asked_for():
    house = rising(MK, "small")
    assert first.due(asked(house, AT_MK | {"plan": "small"}), house) is None


def test_what_was_never_asked_for_is_due_from_the_first_day_also_where_prices_rise():
    house = rising(SMILE, "light")
    assert first.due(contract(house, **BEFORE_START), house) == day("2026-09-02")
