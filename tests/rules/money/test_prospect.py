"""What the rules of money read of an application before it is one."""

from datetime import date

import pytest

from chalicelib.rules.contract import life
from chalicelib.rules.money import charges, first, reminders
from chalicelib.rules.money.prospect import Prospect
from tests.rules.money.contracts import MK, SMILE, short

TODAY = date(2026, 9, 1)


def prospect(plan, **wish):
    facts = {"plan": plan, "use": "forwarding", "start_on": None, "wants_trial": True} | wish
    return Prospect(facts, TODAY)


@pytest.mark.parametrize(
    ("house", "given", "expected"),
    [
        (SMILE, prospect("light"), ["base 2026-09 1×5500"]),
        (SMILE, prospect("light", start_on=date(2026, 10, 1)), ["base 2026-10 1×5500"]),
        (
            SMILE,
            prospect("regular", use="listed"),
            ["base 2026-09 1×8800", "listed 2026-09 1×1100"],
        ),
        (  # the trial of ten days from 25 September ends on 4 October
            MK,
            prospect("half", start_on=date(2026, 9, 25)),
            ["base 2026-10 1×5720", "deposit - 1×5720"],
        ),
        (
            MK,
            prospect("half", start_on=date(2026, 9, 25), wants_trial=False),
            ["base 2026-09 1×5720", "deposit - 1×5720"],
        ),
    ],
)
def test_the_first_payment_of_an_application_follows_from_what_is_wished(house, given, expected):
    assert short(charges.first_payment(given, house, TODAY)) == expected


def test_nothing_is_known_of_an_application_but_what_is_wished():
    given = prospect("small")
    gates = [gate.key for gate in life.missing_to_start(given, MK)]
    assert gates == ["mail", "eligibility", "greeting", "identity", "address", "number"]
    assert life.last_service_day(given) is None
    assert first.due(given, MK) is None
    assert reminders.due(given, MK) is None


def test_an_application_has_neither_credit_nor_deposit():
    given = prospect("small")
    assert given.credit_yen == 0
    assert given.deposit_yen == 0
