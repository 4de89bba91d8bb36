"""Net lines add up, and which rounding passes the check of an e-invoice."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Refused
from chalicelib.rules.money import invoice, net
from chalicelib.rules.money.invoice import TAXED, UNTAXED

ROUNDINGS = st.sampled_from(["down", "half_up"])
LINES = st.lists(
    st.builds(
        lambda unit, quantity, rate: invoice.line("base", "", "", None, unit, quantity, rate),
        st.integers(-30_000, 30_000),
        st.integers(0, 300),
        st.sampled_from([TAXED, net.REDUCED, UNTAXED]),
    ),
    max_size=20,
)


def line(yen: int, rate: int = TAXED) -> invoice.Line:
    return invoice.line("base", "small", "基本料金", "2026-09", yen, rate=rate)


@pytest.mark.parametrize(
    ("gross", "rounding", "expected"),
    [
        ([], "down", ()),
        ([5_720], "down", (5_200,)),
        ([5_920], "half_up", (5_382,)),
        ([2_960, 444], "half_up", (2_691, 404)),  # 2690.91 and 403.64: both are rounded up
        ([100, 100, 100], "half_up", (91, 91, 91)),  # 90.91 each, 273 together
        ([10, 10], "half_up", (9, 9)),
        ([1, 1, 1], "half_up", (1, 1, 1)),
        ([-296], "down", (-270,)),
        ([-296], "half_up", (-269,)),
        ([2_960, -296], "half_up", (2_691, -269)),
    ],
)
def test_a_line_loses_its_share_of_the_tax(gross, rounding, expected):
    assert net.nets([line(yen) for yen in gross], rounding) == expected


def test_of_equal_remainders_the_first_line_gets_the_odd_yen():
    assert net.nets([line(5), line(5)], "half_up") == (5, 4)


def test_rates_are_split_apart_and_a_deposit_stays_whole():
    lines = [line(1_000), line(2_960, UNTAXED), line(1_000), line(1_080, net.REDUCED)]
    assert net.nets(lines, "half_up") == (909, 2_960, 909, 1_000)


@given(LINES, ROUNDINGS)
def test_nets_of_a_rate_are_its_gross_less_its_tax(lines, rounding):
    amounts = net.nets(lines, rounding)
    for row in invoice.sums(lines, rounding):
        of_rate = [yen for yen, each in zip(amounts, lines, strict=True) if each.rate == row.rate]
        assert sum(of_rate) == row.yen - row.tax_yen


@given(LINES, ROUNDINGS)
def test_a_net_is_less_than_a_yen_from_its_exact_share(lines, rounding):
    for yen, each in zip(net.nets(lines, rounding), lines, strict=True):
        assert abs(yen * (100 + each.rate) - each.yen * 100) < 100 + each.rate


@given(LINES, ROUNDINGS)
def test_a_net_never_changes_its_sign(lines, rounding):
    for yen, each in zip(net.nets(lines, rounding), lines, strict=True):
        assert yen * each.yen >= 0


@pytest.mark.parametrize(
    ("net_yen", "tax_yen", "rate", "within"),
    [
        (100, 10, 10, True),
        (100, 9, 10, False),
        (105, 10, 10, True),
        (105, 11, 10, True),
        (105, 12, 10, False),
        (-105, -10, 10, True),
        (-105, -11, 10, True),
        (-105, -12, 10, False),
        (0, 0, 10, True),
    ],
)
def test_a_tax_is_its_net_times_the_rate_rounded_either_way(net_yen, tax_yen, rate, within):
    """aligned-ibrp-051-jp"""
    assert net.is_within(net_yen, tax_yen, rate) is within


def fails(yen: int, rate: int, rounding) -> bool:
    tax = invoice.tax_inside(yen, rate, rounding)
    return not net.is_within(yen - tax, tax, rate)


def test_rounded_down_just_the_sums_of_10_modulo_11_fail():
    assert [yen for yen in range(110) if fails(yen, TAXED, "down")] == list(range(10, 110, 11))


def test_rounded_down_at_8_per_cent_two_of_27_sums_fail():
    failing = [yen for yen in range(108) if fails(yen, net.REDUCED, "down")]
    assert [yen % 27 for yen in failing] == [13, 26] * 4


@pytest.mark.parametrize("rate", [TAXED, net.REDUCED])
def test_rounded_half_up_no_sum_fails(rate):
    assert not [yen for yen in range(100 + rate) if fails(yen, rate, "half_up")]


@given(st.integers(-(10**12), 10**12))
def test_what_holds_of_few_sums_holds_of_all(yen):
    assert not fails(yen, TAXED, "half_up")
    assert fails(yen, TAXED, "down") is (abs(yen) % 11 == 10)


def test_only_half_up_fits_the_standard():
    assert net.fits_standard("half_up") is True
    assert net.fits_standard("down") is False
    assert net.fits_standard("down", rates=()) is True


def test_every_sum_is_tried():
    assert [yen for yen in range(101) if fails(yen, 1, "down")] == [100]
    assert net.fits_standard("down", rates=(1,)) is False


def bill(*lines, rounding="half_up", registration="T1234567890123") -> invoice.Invoice:
    return invoice.Invoice(
        number="mk-7KQ2MAB3DE-202609-1",
        kind="monthly",
        house="mk",
        contract="mk-7KQ2MAB3DE",
        month="2026-09",
        part=1,
        corrects=None,
        issued_on=date(2026, 9, 10),
        due_on=date(2026, 9, 30),
        issuer=invoice.Issuer("MK", registration, "東京都", "0312345678", "mk@example.jp"),
        account=invoice.Account("例銀行 本店 普通 1234567", "エムケー"),
        recipient=invoice.Recipient("山田商店", None, "mk-7KQ2MAB3DE"),
        lines=lines,
        rounding=rounding,
        credit_yen=0,
    )


@pytest.mark.parametrize(
    ("unfit", "remedy"),
    [
        (bill(line(1_100), registration=None), "登録番号"),
        (bill(), "明細"),
        (bill(line(10), rounding="down"), "half_up"),
        (bill(line(5_720), line(-1), line(10, UNTAXED), rounding="down"), "half_up"),
        (bill(line(1_100), line(13, net.REDUCED), rounding="down"), "half_up"),
    ],
)
def test_what_the_standard_does_not_take_is_refused_with_the_remedy(unfit, remedy):
    with pytest.raises(Refused, match=remedy):
        net.check(unfit)


def test_a_sum_rounded_down_that_happens_to_pass_is_taken():
    net.check(bill(line(5_720), line(10, UNTAXED), rounding="down"))
