"""When money goes back to a client, what it is, and what the transfer costs."""

from datetime import UTC, datetime

import pytest

from chalicelib.rules.contract.lifecycle import ENDED
from chalicelib.rules.money import payouts
from tests.rules.money.contracts import MK, SMILE, contract, day, ended, open_invoice

FROZEN = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)  # the midnight that begins 11 November
BILLED = {"closed_through": "2026-11", "frozen_at": FROZEN}
OF_TRIAL = {
    "status": ENDED,
    "started_on": "2026-09-01",
    "active_from": None,
    "ended_on": "2026-09-08",
    "credit_yen": 5_500,
}


def left(**facts):
    """A client of mk who left with October: its last calls are billed by November's closing."""
    return ended(MK, "2026-10-31", **{"deposit_yen": 2_960} | BILLED | facts)


@pytest.mark.parametrize(
    ("given", "on"),
    [
        (left(), "2026-11-11"),
        (left(deposit_yen=0), None),
        (left(deposit_yen=0, credit_yen=148), "2026-11-11"),
        (left(deposit_yen=2_960, credit_yen=-2_960), None),
        (left(open_invoices=[open_invoice("2026-10-27")]), None),
        (left(closed_through=None), None),
        (left(closed_through="2026-10"), None),
        (left(closed_through="2026-12"), "2026-11-11"),
        # Who had no paid contract has no last calls to wait for.
        (contract(SMILE, **OF_TRIAL), "2026-09-08"),
        (contract(SMILE, **OF_TRIAL | {"credit_yen": 0}), None),
        (contract(SMILE, **OF_TRIAL, open_invoices=[open_invoice(None)]), None),
    ],
)
def test_from_when_money_goes_back(given, on):
    assert payouts.due(given, MK) == (day(on) if on else None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (left(), [("deposit", 2_960)]),
        (left(credit_yen=148), [("deposit", 2_960), ("credit", 148)]),
        (left(deposit_yen=0, credit_yen=148), [("credit", 148)]),
        (contract(SMILE, **OF_TRIAL), [("trial", 5_500)]),
        (left(deposit_yen=0), []),
    ],
)
def test_of_what_it_is_made(given, expected):
    parts = payouts.parts(given)
    assert [(part["reason"], part["yen"]) for part in parts] == expected


def house(base, *, trial_is_less, payout_is_less):
    return base._replace(
        trial=base.trial._replace(money_back_less_transfer_fee=trial_is_less),
        billing=base.billing._replace(
            transfer_fee_yen=440, payout_less_transfer_fee=payout_is_less
        ),
    )


@pytest.mark.parametrize(
    ("given", "trial_is_less", "payout_is_less", "fee"),
    [
        (left(), False, True, 440),
        (left(), True, False, 0),
        (left(end_reason="refused"), True, True, 440),
        (contract(SMILE, **OF_TRIAL), True, False, 440),
        (contract(SMILE, **OF_TRIAL), False, True, 0),
        (contract(SMILE, **OF_TRIAL, end_reason="stopped"), True, True, 440),
        (contract(SMILE, **OF_TRIAL, end_reason="refused"), True, True, 0),
        (contract(SMILE, **OF_TRIAL, end_reason="refused"), False, True, 0),
    ],
)
def test_who_bears_the_banks_fee(given, trial_is_less, payout_is_less, fee):
    rules = house(SMILE, trial_is_less=trial_is_less, payout_is_less=payout_is_less)
    assert payouts.fee(given, rules) == fee


def test_smiles_trial_goes_back_less_the_fee_and_so_does_mks_deposit():
    assert payouts.fee(contract(SMILE, **OF_TRIAL), SMILE) == 440
    assert payouts.fee(left(), MK) == 440
