"""Amounts without tax, and whether they pass the check of an e-invoice (e_invoice.md Net).

Our prices have the tax inside, and an e-invoice is made of lines without it. Yen are whole.
"""

from collections.abc import Sequence

from chalicelib.errors import Refused
from chalicelib.rules.money.invoice import TAXED, UNTAXED, Invoice, Line, Rounding, tax_inside

REDUCED = 8  # per cent: food and newspapers, nothing that a house sells today


def nets(lines: Sequence[Line], rounding: Rounding) -> tuple[int, ...]:
    """Yen without tax for each line, in the order of the lines.

    The nets of one tax rate add up to their gross sum less its tax, rounded once. Each net is
    less than a yen away from its own exact share.
    """
    amounts: dict[int, int] = {}
    for rate in {each.rate for each in lines}:
        places = [place for place, each in enumerate(lines) if each.rate == rate]
        shares = _split([lines[place].yen for place in places], rate, rounding)
        amounts |= zip(places, shares, strict=True)
    return tuple(amounts[place] for place in range(len(lines)))


def _split(gross: list[int], rate: int, rounding: Rounding) -> list[int]:
    """Gross amounts of one rate without their tax: the largest remainders get the odd yen."""
    whole = 100 + rate
    shares = [yen * 100 // whole for yen in gross]
    total = sum(gross) - tax_inside(sum(gross), rate, rounding)
    by_remainder = sorted(range(len(gross)), key=lambda place: -(gross[place] * 100 % whole))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


def is_within(net_yen: int, tax_yen: int, rate: int) -> bool:
    """Whether a tax is its net times the rate, rounded up or down (aligned-ibrp-051-jp)."""
    hundredths = net_yen * rate
    return hundredths // 100 <= tax_yen <= -(-hundredths // 100)


def fits_standard(rounding: Rounding, rates: Sequence[int] = (TAXED, REDUCED)) -> bool:
    """Whether every sum of a house that rounds like this passes the check of an e-invoice.

    `half_up` fits and `down` does not. Sums that differ by 100 yen and their tax pass or fail
    alike, so that a few of them speak for all.
    """
    return all(_fits(yen, rate, rounding) for rate in rates for yen in range(100 + rate))


def _fits(yen: int, rate: int, rounding: Rounding) -> bool:
    tax = tax_inside(yen, rate, rounding)
    return is_within(yen - tax, tax, rate)


def check(invoice: Invoice) -> None:
    """Raises Refused where the standard asks for what this invoice does not have."""
    if not invoice.is_qualified:  # aligned-ibr-jp-04
        raise Refused(
            "登録番号のない請求書は、電子インボイス(JP PINT)にできません。"
            "事業者の設定に登録番号(T+13桁)を入れてください。"
        )
    if not invoice.lines:  # ibr-016
        raise Refused("明細のない請求書は、電子インボイスにできません。")
    taxed = [each for each in invoice.sums if each.rate != UNTAXED]
    if not all(is_within(each.yen - each.tax_yen, each.tax_yen, each.rate) for each in taxed):
        raise Refused(
            "端数を切り捨てた消費税額が、電子インボイス(JP PINT)の検算と合いません。"
            "事業者の設定で端数処理を四捨五入(half_up)にすると、以後の請求書から出せます。"
        )
