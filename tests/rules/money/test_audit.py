"""Invoices, statements and what a contract keeps, held against each other."""

from datetime import date
from types import SimpleNamespace

import pytest

from chalicelib.rules.money import audit, invoice
from chalicelib.rules.money.audit import Finding, Issued
from chalicelib.rules.money.invoice import Account, Invoice, Issuer, Recipient


def line(kind, month, yen=100, key="", quantity=1):
    return invoice.line(kind, key, "", month, yen, quantity)


BASE = line("base", "2026-09", 2_960)
DEPOSIT = invoice.line("deposit", "", "", None, 2_960, rate=invoice.UNTAXED)


def issued(*lines, total_yen=None, open_yen=0, month="2026-09", replaced_by=None, kind="monthly"):
    """An invoice of these lines; its total as it is stored may be another."""
    facts = Invoice(
        number=invoice.number("mk-1", month, 1),
        kind=kind,
        house="mk",
        contract="mk-1",
        month=month,
        part=1,
        corrects=None,
        issued_on=date(2026, 9, 10),
        due_on=date(2026, 9, 28),
        issuer=Issuer("MK", None, "", "", ""),
        account=Account("", ""),
        recipient=Recipient("", None, "mk-1"),
        lines=lines,
        rounding="down",
        credit_yen=0,
    )
    total = invoice.total(lines) if total_yen is None else total_yen
    return Issued(facts, total, open_yen, replaced_by)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({}, []),
        ({"2026-09": 0}, []),
        ({"2026-09": 1}, []),
        ({"2026-09": 2}, ["mk-1-202609-2"]),
        (
            {"2026-09": 1, "2026-10": 3},
            ["mk-1-202610-1", "mk-1-202610-2", "mk-1-202610-3"],
        ),
    ],
)
def test_every_invoice_that_a_contract_has_counted_is_there(numbers, expected):
    findings = audit.missing(numbers, "mk-1", [issued(BASE)])
    assert findings == [Finding("invoice missing", each) for each in expected]


WRONG_LINE = BASE._replace(quantity=2)  # 2 × 2,960 where 2,960 are added up


@pytest.mark.parametrize(
    ("each", "open_yen", "expected"),
    [
        (issued(BASE, DEPOSIT), {}, []),
        (issued(BASE, open_yen=2_960), {"mk-1-202609-1": 2_960}, []),
        (issued(BASE, open_yen=2_960), {}, ["open amount differs"]),
        (issued(BASE), {"mk-1-202609-1": 2_960}, ["open amount differs"]),
        (issued(BASE), {"mk-1-202610-1": 2_960}, []),
        (
            issued(BASE, total_yen=2_961),
            {},
            ["lines are not the total", "tax rates are not the total"],
        ),
        (issued(WRONG_LINE), {}, ["lines are not the total"]),
        (issued(WRONG_LINE, total_yen=5_920), {}, ["tax rates are not the total"]),
    ],
)
def test_lines_tax_rates_and_open_amount_fit_the_total(each, open_yen, expected):
    findings = audit.sums([each], open_yen)
    assert findings == [Finding(what, "mk-1-202609-1") for what in expected]


KEPT = {"base": {"2026-09": "small"}, "deposit": {"": ""}}
OPTION = line("option", "2026-09", key="guidance")
CREDIT = line("returned", "2026-10", -2_960, key="base")
FIRST = (BASE, DEPOSIT)


@pytest.mark.parametrize(
    ("invoices", "billed", "expected"),
    [
        ([], {}, []),
        ([issued(*FIRST)], KEPT, []),
        ([issued(*FIRST), issued(BASE)], KEPT, [("billed more than once", "base 2026-09")]),
        ([issued(*FIRST), issued(BASE, replaced_by="mk-1-202609-2")], KEPT, []),
        ([issued(*FIRST), issued(BASE, kind="refund")], KEPT, []),
        ([issued(*FIRST), issued(BASE, kind="correction", replaced_by="x")], KEPT, []),
        (
            [issued(DEPOSIT)],
            KEPT,
            [("billed and kept differ", "base 2026-09")],
        ),
        ([issued(BASE)], KEPT, [("billed and kept differ", "deposit ")]),
        (
            [issued(*FIRST, OPTION)],
            KEPT,
            [("billed and kept differ", "option:guidance 2026-09")],
        ),
        ([issued(*FIRST, OPTION)], KEPT | {"option:guidance": {"2026-09": ""}}, []),
        (  # a month that was given back is kept no longer
            [issued(*FIRST, line("base", "2026-10")), issued(CREDIT, month="2026-11")],
            KEPT,
            [],
        ),
        (
            [issued(*FIRST, line("base", "2026-10")), issued(CREDIT, month="2026-11")],
            {"base": {"2026-09": "small", "2026-10": "small"}, "deposit": {"": ""}},
            [("billed and kept differ", "base 2026-10")],
        ),
        # What is no monthly thing is not kept by its month.
        ([issued(*FIRST, line("overage", "2026-08"))], KEPT, []),
        (  # two findings, by thing and month
            [issued(line("base", "2026-11"), line("base", "2026-10"))],
            {"base": {}},
            [
                ("billed and kept differ", "base 2026-10"),
                ("billed and kept differ", "base 2026-11"),
            ],
        ),
        (  # a first payment may have been asked for before its month was known
            [issued(line("base", None), line("listed", None))],
            {"base": {"2026-10": "light", "2026-09": "light"}, "listed": {"2026-09": ""}},
            [("billed and kept differ", "base 2026-10")],
        ),
    ],
)
def test_each_month_is_billed_once_and_as_the_contract_keeps_it(invoices, billed, expected):
    assert audit.months(invoices, billed) == [Finding(*each) for each in expected]


def closed(settled_calls, surcharge_yen=0, month="2026-09"):
    return SimpleNamespace(
        month=month,
        plan="small",
        included=20,
        over_yen=148,
        calls=21,
        settled_calls=settled_calls,
        settled_surcharge_yen=surcharge_yen,
    )


OVER = line("overage", "2026-09", 148, quantity=2)  # 22 of 20
CHANGED = line("count_changed", "2026-09", -148)
SURCHARGE = line("surcharge", "2026-09", 200)
SURCHARGE_BACK = line("surcharge_changed", "2026-09", -200)
CALLS, SURCHARGES = "calls over billed otherwise", "surcharges billed otherwise"


@pytest.mark.parametrize(
    ("lines", "month", "expected"),
    [
        ([], closed(20), []),
        ([], closed(21), [CALLS]),
        ([OVER], closed(22), []),
        ([OVER], closed(21), [CALLS]),
        ([OVER, CHANGED], closed(21), []),
        ([OVER, CHANGED, SURCHARGE], closed(21, 200), []),
        ([OVER, CHANGED, SURCHARGE], closed(21), [SURCHARGES]),
        ([SURCHARGE, SURCHARGE_BACK], closed(20), []),
        ([SURCHARGE], closed(20, 400), [SURCHARGES]),
        ([SURCHARGE], closed(21), [CALLS, SURCHARGES]),
        # Lines of another month, and of another thing of this month, make no difference.
        ([OVER], closed(20, month="2026-08"), []),
        ([BASE], closed(20), []),
    ],
)
def test_a_months_calls_are_billed_as_they_were_settled(lines, month, expected):
    findings = audit.calls([issued(*lines)], [month])
    assert findings == [Finding(what, month.month) for what in expected]


def test_calls_of_a_replaced_invoice_are_not_billed():
    replaced = issued(OVER, replaced_by="mk-1-202609-2")
    assert audit.calls([replaced], [closed(20)]) == []
