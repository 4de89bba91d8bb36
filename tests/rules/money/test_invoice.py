"""Sums and tax of an invoice, and what its number is made of."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.money import invoice
from chalicelib.rules.money.invoice import (
    TAXED,
    UNTAXED,
    Account,
    Invoice,
    Issuer,
    Recipient,
    Sum,
)


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


ISSUER = Issuer("MK", "T1234567890123", "", "", "")


def of(*lines, rounding="down", credit_yen=0, issuer=ISSUER):
    return Invoice(
        number="mk-1-202609-1",
        kind="monthly",
        house="mk",
        contract="mk-1",
        month="2026-09",
        part=1,
        corrects=None,
        issued_on=date(2026, 9, 10),
        due_on=date(2026, 9, 28),
        issuer=issuer,
        account=Account("", ""),
        recipient=Recipient("", None, "mk-1"),
        lines=lines,
        rounding=rounding,
        credit_yen=credit_yen,
    )


BASE = invoice.line("base", "", "", "2026-09", 5_500)
BACK = invoice.line("count_changed", "", "", "2026-08", -148, quantity=2)


@pytest.mark.parametrize(
    ("lines", "credit_yen", "total", "payable"),
    [
        ([BASE], 0, 5_500, 5_500),
        ([BASE, BACK], 0, 5_204, 5_204),  # 5,500 − 296
        ([BASE], 1_500, 5_500, 4_000),  # a credit pays, and leaves the total alone
        ([BASE], 5_500, 5_500, 0),
        ([BASE], 5_501, 5_500, 0),
        ([BACK], 0, -296, 0),
    ],
)
def test_what_is_to_be_paid_is_the_total_less_a_credit_and_never_less_than_nothing(
    lines, credit_yen, total, payable
):
    given_invoice = of(*lines, credit_yen=credit_yen)
    assert given_invoice.total_yen == total
    assert given_invoice.payable_yen == payable


@pytest.mark.parametrize(("rounding", "tax"), [("down", 500), ("half_up", 501)])
def test_an_invoice_rounds_its_tax_once(rounding, tax):
    calls = [invoice.line("overage", "", "", "2026-08", 3, quantity=1) for _ in range(2)]
    # 5,500 + 3 + 3 = 5,506, of which 500.55 are tax; 500 + 0.27 + 0.27 line by line would be 500.
    assert of(BASE, *calls, rounding=rounding).sums == (Sum(TAXED, 5_506, tax),)


def test_only_an_issuer_with_a_number_makes_a_qualified_invoice():
    assert of(BASE).is_qualified is True
    assert of(BASE, issuer=ISSUER._replace(registration_number=None)).is_qualified is False


def test_a_credit_of_ten_thousand_yen_says_what_it_takes_back():
    assert invoice.RETURN_ITEMS_FROM == 10_000
