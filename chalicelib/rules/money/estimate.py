"""What an estimate says in yen (money.md Estimate), at the prices of its day.

Yen include tax, dates are JST dates; a line of an estimate is for no month.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.rules import calendar
from chalicelib.rules.contract import plans
from chalicelib.rules.houses import House
from chalicelib.rules.money import charges, counts, invoice
from chalicelib.rules.money.invoice import Line
from chalicelib.rules.money.prospect import Prospect

VALID_DAYS = 30  # [D] how long an estimate holds


def number(house: str, on: date, digest: str) -> str:
    """An estimate's number, made of its facts: `mk-E-20260915-0A1B2C3D`."""
    return f"{house}-E-{on:%Y%m%d}-{digest[:8].upper()}"


def is_number(house: str, text: str) -> bool:
    """Whether a text can be the number of one of the house's estimates."""
    return re.fullmatch(rf"{re.escape(house)}-E-[0-9]{{8}}-[0-9A-F]{{8}}", text) is not None


class _Order(NamedTuple):
    """An option as somebody wishes it."""

    key: str
    since: date
    until: date | None = None


class Costs(NamedTuple):
    """`monthly` is paid each month with so many calls, `once` only at the start."""

    monthly: tuple[Line, ...]
    once: tuple[Line, ...]


def costs(house: House, plan: str, options: Sequence[str], use: str, calls: int, on: date) -> Costs:
    """The lines for `calls` a month on a plan, by the prices of the JST date `on`."""
    prospect = Prospect({"plan": plan, "use": use, "start_on": on, "wants_trial": False}, on)
    prospect.options = [_Order(key, on) for key in options]
    first = charges.first_payment(prospect, house, on)
    monthly = [line._replace(month=None) for line in first if line.kind != charges.DEPOSIT]
    once = [line for line in first if line.kind == charges.DEPOSIT]
    month = calendar.first_day_of(calendar.month_of_day(on))
    return Costs((*monthly, *_calls_over(house, plan, calls, month)), tuple(once))


def _calls_over(house: House, plan: str, calls: int, on: date) -> list[Line]:
    """The calls that the fee does not include; none where it includes all."""
    priced = next(each for each in plans.smaller_first(house, on) if each.key == plan)
    over = priced.calls_over(calls)
    if not over:
        return []
    note = f"想定{calls}件のうち、基本料金に含まれる{priced.included}件を超える分"
    label = "超過コール料金"
    return [invoice.line(counts.OVERAGE, plan, label, None, priced.over, over, note=note)]
