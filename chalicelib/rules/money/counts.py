"""Calls over the plan, surcharges, and what is corrected of them later (money.md The close).

Yen include tax. A month's price is frozen with its count: `Counted` carries both.
"""

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.rules import calendar
from chalicelib.rules.money import invoice
from chalicelib.rules.money.facts import Counted
from chalicelib.rules.money.invoice import Line

OVERAGE = "overage"
SURCHARGE = "surcharge"
COUNT_CHANGED = "count_changed"
SURCHARGE_CHANGED = "surcharge_changed"


class Count(NamedTuple):
    """What of a month is billed: its counted calls, and the yen of their surcharges together."""

    calls: int
    surcharge_yen: int


def calls_over(month: Counted, calls: int) -> int:
    """How many of a month's counted calls its fee does not include."""
    return max(0, calls - month.included)


def billed(month: Counted, calls: int, surcharges: Sequence[int]) -> list[Line]:
    """The lines of a month that is frozen: calls over, and each amount of surcharge.

    `surcharges` are the yen of the counted calls that bear one.
    """
    lines = []
    over = calls_over(month, calls)
    spoken = calendar.spoken_month(month.month)
    if over:
        note = f"{spoken}のコール数{calls}件のうち、基本料金に含まれる{month.included}件を超えた分"
        label = "超過コール料金"
        lines.append(
            invoice.line(OVERAGE, month.plan, label, month.month, month.over_yen, over, note=note)
        )
    for yen in sorted(set(surcharges)):
        quantity = surcharges.count(yen)
        label = "特別対応の加算"
        lines.append(invoice.line(SURCHARGE, str(yen), label, month.month, yen, quantity))
    return lines


def corrected(month: Counted, was: Count, now: Count, why: str) -> list[Line]:
    """The lines of what changed in a frozen month since it was settled last.

    Calls over now less calls over before, at the frozen price: a credit is negative.
    """
    lines = []
    calls = calls_over(month, now.calls) - calls_over(month, was.calls)
    if calls:
        label = f"コール数の訂正({was.calls}件から{now.calls}件)"
        yen = month.over_yen if calls > 0 else -month.over_yen
        lines.append(
            invoice.line(
                COUNT_CHANGED, month.month, label, month.month, yen, abs(calls), note=why or None
            )
        )
    yen = now.surcharge_yen - was.surcharge_yen
    if yen:
        label = "特別対応の加算の訂正"
        lines.append(invoice.line(SURCHARGE_CHANGED, month.month, label, month.month, yen))
    return lines
