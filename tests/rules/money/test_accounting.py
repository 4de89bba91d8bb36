"""Entries of the journal: each moves one amount, and all of them add up to the facts."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.money import accounting, invoice
from chalicelib.rules.money.accounting import Entry, Paid, Received
from chalicelib.rules.money.invoice import TAXED, UNTAXED

CONTRACT = "mk-7KQ2MAB3DE"
NUMBER = f"{CONTRACT}-202609-1"
CLIENT = "山田商店"
DAY = date(2026, 9, 10)


def bill(*lines: invoice.Line, credit_yen=0, part=1, on=DAY) -> invoice.Invoice:
    return invoice.Invoice(
        number=invoice.number(CONTRACT, "2026-09", part),
        kind="monthly",
        house="mk",
        contract=CONTRACT,
        month="2026-09",
        part=part,
        corrects=None,
        issued_on=on,
        due_on=None,
        issuer=invoice.Issuer("MK", None, "東京都", "0312345678", "mk@example.jp"),
        account=invoice.Account("例銀行 本店 普通 1234567", "エムケー"),
        recipient=invoice.Recipient(CLIENT, None, CONTRACT),
        lines=lines,
        rounding="down",
        credit_yen=credit_yen,
    )


def taxed(yen: int) -> invoice.Line:
    return invoice.line("base", "small", "基本料金", "2026-09", yen)


def deposit(yen: int) -> invoice.Line:
    return invoice.line("deposit", "", "保証金", None, yen, rate=UNTAXED)


def moves(entries) -> list[tuple]:
    return [(each.debit, each.credit, each.yen, each.tax, each.tax_yen) for each in entries]


SALE = ("receivable", "sales", 5_720, "sales", 520)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (bill(taxed(5_720)), [SALE]),
        (
            bill(taxed(5_720), deposit(5_720)),
            [SALE, ("receivable", "deposit", 5_720, "none", 0)],
        ),
        (
            bill(taxed(5_720), credit_yen=1_000),
            [SALE, ("advance", "receivable", 1_000, "none", 0)],
        ),
        (
            bill(taxed(-296)),
            [
                ("sales", "receivable", 296, "return", 26),
                ("receivable", "advance", 296, "none", 0),
            ],
        ),
        (
            bill(taxed(5_720), deposit(-2_960)),
            [SALE, ("deposit", "receivable", 2_960, "none", 0)],
        ),
        (
            bill(taxed(-1)),
            [("sales", "receivable", 1, "return", 0), ("receivable", "advance", 1, "none", 0)],
        ),
        (bill(taxed(5_720), taxed(-5_720)), []),
        (bill(), []),
    ],
)
def test_an_invoice_is_sales_deposit_and_credit(facts, expected):
    assert moves(accounting.of_invoice(facts)) == expected


def test_an_entry_says_when_of_whom_and_for_what():
    (entry,) = accounting.of_invoice(bill(taxed(5_720)))
    assert entry == Entry(
        on=DAY,
        debit="receivable",
        credit="sales",
        yen=5_720,
        tax="sales",
        tax_yen=520,
        client=CLIENT,
        note=f"電話代行料 2026年9月締め 請求書{NUMBER}",
        document=NUMBER,
    )


def test_a_rate_that_no_house_bills_is_no_entry():
    with pytest.raises(KeyError):
        accounting.of_invoice(bill(taxed(1_080)._replace(rate=8)))


def test_a_payment_settles_invoices_and_leaves_credit():
    received = Received(DAY, 10_000, CONTRACT, CLIENT, ((NUMBER, 5_720), ("other", 280)), 4_000)
    entries = accounting.of_received(received)
    assert moves(entries) == [
        ("bank", "receivable", 5_720, "none", 0),
        ("bank", "receivable", 280, "none", 0),
        ("bank", "advance", 4_000, "none", 0),
    ]
    assert [each.document for each in entries] == [NUMBER, "other", CONTRACT]
    assert [each.note for each in entries] == [
        f"入金 請求書{NUMBER}",
        "入金 請求書other",
        f"過入金の預かり 契約{CONTRACT}",
    ]


@pytest.mark.parametrize(
    ("yen", "allocations", "credit_yen"),
    [
        (100, ((NUMBER, 99),), 0),
        (100, ((NUMBER, 100),), 1),
        (100, ((NUMBER, 101),), -1),
        (100, ((NUMBER, 100), ("other", 0)), 0),
        (100, ((NUMBER, 200), ("other", -100)), 0),
    ],
)
def test_a_payment_whose_parts_are_not_its_sum_is_a_fault(yen, allocations, credit_yen):
    with pytest.raises(ValueError, match="payment of 100 yen"):
        accounting.of_received(Received(DAY, yen, CONTRACT, CLIENT, allocations, credit_yen))


@pytest.mark.parametrize(
    ("reason", "debit", "note"),
    [
        ("deposit", "deposit", "保証金の返還"),
        ("credit", "advance", "前受金の返金"),
        ("payment", "receivable", "入金取消による返金"),
    ],
)
def test_a_payout_goes_from_the_bank_to_what_is_given_back(reason, debit, note):
    (entry,) = accounting.of_paid(Paid(DAY, 5_720, 0, reason, CONTRACT, CLIENT))
    assert moves([entry]) == [(debit, "bank", 5_720, "none", 0)]
    assert entry.note == f"{note} 契約{CONTRACT}"
    assert entry.document == CONTRACT


def test_a_fee_that_the_client_bears_is_noted():
    (entry,) = accounting.of_paid(Paid(DAY, 5_720, 1_330, "credit", CONTRACT, CLIENT))
    assert entry.yen == 5_720
    assert entry.note.endswith(" 振込手数料1,330円はお客様負担")


@pytest.mark.parametrize(("yen", "fee_yen"), [(0, 0), (100, 100), (100, -1), (-5, 0)])
def test_a_payout_of_nothing_is_a_fault(yen, fee_yen):
    with pytest.raises(ValueError, match="a payout of"):
        accounting.of_paid(Paid(DAY, yen, fee_yen, "credit", CONTRACT, CLIENT))


def test_the_journal_is_sorted_by_day_and_document():
    invoices = [bill(taxed(5_720), part=2), bill(taxed(440)), bill(taxed(1), on=date(2026, 9, 9))]
    received = [Received(DAY, 440, CONTRACT, CLIENT, ((NUMBER, 440),), 0)]
    paid = [Paid(date(2026, 9, 1), 5, 0, "credit", CONTRACT, CLIENT)]
    entries = accounting.journal(invoices, received, paid)
    assert [each.yen for each in entries] == [5, 1, 440, 440, 5_720]
    assert [each.credit for each in entries] == ["bank", "sales", "sales", "receivable", "sales"]


LINES = st.builds(
    lambda yen, rate: invoice.line("base", "", "", None, yen, rate=rate),
    st.integers(-30_000, 30_000),
    st.sampled_from([TAXED, UNTAXED]),
)
RECEIVED = st.builds(
    lambda parts, left: Received(
        DAY,
        sum(parts) + left,
        CONTRACT,
        CLIENT,
        tuple((NUMBER, yen) for yen in parts),
        left,
    ),
    st.lists(st.integers(1, 50_000), max_size=4),
    st.integers(0, 10_000),
)
PAID = st.builds(
    lambda yen, fee, reason: Paid(DAY, yen, min(fee, yen - 1), reason, CONTRACT, CLIENT),
    st.integers(1, 50_000),
    st.integers(0, 880),
    st.sampled_from(["deposit", "credit", "payment"]),
)


@st.composite
def bills(draw):
    facts = bill(*draw(st.lists(LINES, max_size=6)))
    return facts._replace(credit_yen=draw(st.integers(0, max(0, facts.total_yen))))


def balances(entries) -> Counter:
    """Yen of each account, a debit above 0."""
    yen = Counter()
    for each in entries:
        yen[each.debit] += each.yen
        yen[each.credit] -= each.yen
    return yen


@given(st.lists(bills(), max_size=4), st.lists(RECEIVED, max_size=4), st.lists(PAID, max_size=4))
def test_accounts_add_up_to_the_facts(invoices, received, paid):
    entries = accounting.journal(invoices, received, paid)
    yen = balances(entries)
    rows = [row for each in invoices for row in each.sums]
    out = Counter()
    for each in paid:
        out[each.reason] += each.yen
    settled = sum(each.yen - each.credit_yen for each in received)
    left = sum(max(0, -each.total_yen) - each.credit_yen for each in invoices)
    assert sum(yen.values()) == 0
    assert yen["bank"] == sum(each.yen for each in received) - out.total()
    assert yen["sales"] == -sum(row.yen for row in rows if row.rate == TAXED)
    assert yen["deposit"] == out["deposit"] - sum(row.yen for row in rows if row.rate == UNTAXED)
    owed = sum(each.payable_yen for each in invoices)
    assert yen["receivable"] == owed - settled + out["payment"]
    assert -yen["advance"] == sum(each.credit_yen for each in received) + left - out["credit"]


@given(st.lists(bills(), max_size=4), st.lists(RECEIVED, max_size=4), st.lists(PAID, max_size=4))
def test_every_entry_moves_an_amount_between_two_accounts(invoices, received, paid):
    for entry in accounting.journal(invoices, received, paid):
        assert entry.yen > 0
        assert entry.debit != entry.credit
        assert 0 <= entry.tax_yen < entry.yen
        assert (entry.tax == "sales") is (entry.credit == "sales")
        assert (entry.tax == "return") is (entry.debit == "sales")
        assert entry.tax != "none" or entry.tax_yen == 0


@given(st.lists(bills(), max_size=4))
def test_the_tax_of_the_journal_is_the_tax_of_the_invoices(invoices):
    signs = {"sales": 1, "return": -1, "none": 0}
    taxes = [signs[each.tax] * each.tax_yen for each in accounting.journal(invoices, [], [])]
    assert sum(taxes) == sum(row.tax_yen for each in invoices for row in each.sums)


LATER = date(2026, 9, 20)


def withdrawn(*lines: invoice.Line, paid_yen=0) -> accounting.Withdrawn:
    return accounting.Withdrawn(bill(*lines), LATER, "the correction", "2026-10", paid_yen)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (withdrawn(taxed(5_720)), [("sales", "receivable", 5_720, "return", 520)]),
        (
            withdrawn(taxed(5_720), paid_yen=2_000),
            [
                ("sales", "receivable", 5_720, "return", 520),
                ("receivable", "advance", 2_000, "none", 0),
            ],
        ),
        (
            withdrawn(taxed(5_720), deposit(2_960)),
            [
                ("sales", "receivable", 5_720, "return", 520),
                ("deposit", "receivable", 2_960, "none", 0),
            ],
        ),
        (withdrawn(taxed(-296)), [("receivable", "sales", 296, "sales", 26)]),
        (withdrawn(taxed(5_720), taxed(-5_720)), []),
    ],
)
def test_an_invoice_taken_back_is_turned_round_and_what_was_paid_is_credit(facts, expected):
    entries = accounting.of_withdrawn(facts)
    assert moves(entries) == expected
    assert {(each.on, each.document) for each in entries} <= {(LATER, "the correction")}


@pytest.mark.parametrize(
    ("credit_yen", "deposit_yen", "expected"),
    [
        (300, 500, [("advance", 300, "前受金の充当"), ("deposit", 500, "保証金の充当")]),
        (1, 0, [("advance", 1, "前受金の充当")]),
        (0, 1, [("deposit", 1, "保証金の充当")]),
        (0, 0, []),
    ],
)
def test_what_the_house_had_pays_an_invoice(credit_yen, deposit_yen, expected):
    facts = accounting.SetOff(DAY, credit_yen, deposit_yen, CONTRACT, CLIENT)
    assert list(accounting.of_set_off(facts)) == [
        Entry(
            on=DAY,
            debit=account,
            credit="receivable",
            yen=yen,
            tax="none",
            tax_yen=0,
            client=CLIENT,
            note=f"{note} 契約{CONTRACT}",
            document=CONTRACT,
        )
        for account, yen, note in expected
    ]


def test_a_journal_holds_every_kind_of_fact_by_its_date():
    entries = accounting.journal(
        [bill(taxed(5_720))],
        [Received(DAY, 100, CONTRACT, CLIENT, ((NUMBER, 100),), 0)],
        [Paid(DAY, 50, 0, "credit", CONTRACT, CLIENT)],
        [withdrawn(taxed(10))],
        [accounting.SetOff(LATER, 7, 0, CONTRACT, CLIENT)],
    )
    assert sorted(each.yen for each in entries) == [7, 10, 50, 100, 5_720]
    assert [each.on for each in entries] == [DAY, DAY, DAY, LATER, LATER]
