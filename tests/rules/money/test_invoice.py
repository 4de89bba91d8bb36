"""Sums and tax of an invoice, and what its number is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.money import invoice
from chalicelib.rules.money.invoice import TAXED, UNTAXED, Sum


@pytest.mark.parametrize(
    ("yen", "rate", "rounding", "tax"),
    [
        (5_920, 10, "down", 538),
        (-296, 10, "down", -26),
        (296, 10, "down", 26),
        (2_960, 0, "down", 0),
        (10, 10, "down", 0),
        (10, 10, "half_up", 1),
        (-10, 10, "half_up", -1),
        (1_100, 10, "half_up", 100),
        (108, 8, "down", 8),
    ],
)
def test_the_tax_inside_is_rounded_without_its_sign(yen, rate, rounding, tax):
    assert invoice.tax_inside(yen, rate, rounding) == tax


def test_a_deposit_is_added_up_apart_and_bears_no_tax():
    lines = [
        invoice.line("base", "small", "基本料金", "2026-10", 2_960),
        invoice.line("deposit", "", "保証金", None, 2_960, rate=UNTAXED),
        invoice.line("overage", "small", "超過", "2026-09", 148, quantity=3),
    ]
    assert invoice.sums(lines, "down") == (Sum(TAXED, 3_404, 309), Sum(UNTAXED, 2_960, 0))
    assert invoice.total(lines) == 6_364


def test_a_number_says_contract_month_and_part():
    assert invoice.number("mk-7KQ2MAB3DE", "2026-09", 2) == "mk-7KQ2MAB3DE-202609-2"


@given(st.lists(st.tuples(st.integers(-10_000, 10_000), st.integers(0, 500)), max_size=30))
def test_the_sums_of_all_rates_are_the_total(amounts):
    lines = [
        invoice.line("base", "", "", None, unit, quantity, rate=TAXED if unit % 2 else UNTAXED)
        for unit, quantity in amounts
    ]
    rows = invoice.sums(lines, "down")
    assert sum(row.yen for row in rows) == invoice.total(lines)


@given(st.integers(-(10**9), 10**9), st.sampled_from(["down", "half_up"]))
def test_tax_is_off_by_less_than_a_yen(yen, rounding):
    tax = invoice.tax_inside(yen, TAXED, rounding)
    assert abs(110 * tax - 10 * yen) < 110
    assert tax == -invoice.tax_inside(-yen, TAXED, rounding)
