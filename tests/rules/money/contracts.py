"""Contracts as the rules of money read them: facts that nobody keeps."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.models import Contract
from chalicelib.models.contract_parts import (
    ExtraLine,
    ExtraPeople,
    OpenInvoice,
    Option,
    Period,
    PlanChange,
    UseChange,
)
from chalicelib.rules import calendar, houses
from chalicelib.rules.contract.lifecycle import ACTIVE, ENDED
from chalicelib.rules.house import House
from chalicelib.rules.house_types import Price
from chalicelib.rules.money.invoice import Line

MK, SMILE = houses.find("mk"), houses.find("smile")
LENT = "0367001234"


def day(text: str) -> date:
    return date.fromisoformat(text)


def _fact(value: Any) -> Any:
    """A text that is a date as the date, anything else as it is."""
    is_day = isinstance(value, str) and len(value) == len("2026-09-01")
    return day(value) if is_day and value[4] == "-" else value


def contract(house: House, **facts: Any) -> Contract:
    """A contract in force since 1 September 2026 whose trial ended on 31 August: all as given."""
    known = {
        "status": ACTIVE,
        "plan": "small" if house is MK else "light",
        "use": "forwarding",
        "line": LENT,
        "wants_trial": True,
        "applied_on": "2026-08-17",
        "started_on": "2026-09-01",
        "active_from": "2026-09-01",
    }
    return Contract(**{name: _fact(value) for name, value in (known | facts).items()})


def ended(house: House, last: str, **facts: Any) -> Contract:
    """A contract whose service ended with that day."""
    midnight = calendar.at(day(last) + timedelta(days=1), calendar.MIDNIGHT)
    service = [Period(since=datetime(2026, 9, 1, tzinfo=UTC), until=midnight)]
    ends = {"status": ENDED, "service": service, "ended_on": day(last) + timedelta(days=1)}
    return contract(house, **ends | facts)


def option(key: str, since: str, until: str | None = None) -> Option:
    return Option(key=key, ordered_on=day(since), since=day(since), until=_fact(until))


def number(lent: str, since: str, until: str | None = None) -> ExtraLine:
    return ExtraLine(number=lent, use="forwarding", since=day(since), until=_fact(until))


def people(*changes: tuple[str, int]) -> list[ExtraPeople]:
    """From which day on how many people are charged for."""
    return [ExtraPeople(on=day(on), count=count) for on, count in changes]


def use(on: str, was: str, becomes: str, lent: str = LENT) -> UseChange:
    return UseChange(on=day(on), number=lent, was=was, becomes=becomes)


def plan(on: str, was: str, becomes: str) -> PlanChange:
    return PlanChange(on=day(on), was=was, becomes=becomes)


def open_invoice(due_on: str | None, reminded_on: str | None = None) -> OpenInvoice:
    return OpenInvoice(due_on=_fact(due_on), reminded_on=_fact(reminded_on))


def dearer(house: House, key: str, since: str, fee: int) -> House:
    """The house with a higher fee of one plan from a day on."""

    def with_price(each):
        price = each.prices[-1]
        later = Price(day(since), fee, price.included, price.over)
        return each._replace(prices=(*each.prices, later)) if each.key == key else each

    return house._replace(plans=tuple(with_price(each) for each in house.plans))


def short(lines: list[Line]) -> list[str]:
    """Each line in one word: what, of which month, how many times how much."""
    return [f"{line.kind} {line.month or '-'} {line.quantity}×{line.unit_yen}" for line in lines]
