"""What is unbilled, at the price and plan in force in each month (money.md What is billed).

One function for all: the final screen, mails, the gate, the close, the first active day.
Yen include tax, months are JST months (`2026-09`), dates JST dates.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from chalicelib.input import phones
from chalicelib.rules import calendar
from chalicelib.rules.contract import life
from chalicelib.rules.contract.lifecycle import ENDED
from chalicelib.rules.house_types import Price
from chalicelib.rules.houses import House
from chalicelib.rules.money import invoice
from chalicelib.rules.money.facts import Billable
from chalicelib.rules.money.invoice import UNTAXED, Line
from chalicelib.rules.money.things import (
    BASE,
    LISTED,
    NUMBER,
    OPTION,
    PERSON,
    Period,
    Thing,
    months,
    paid_period,
    things,
)

DEPOSIT = "deposit"
PLAN_DIFFERENCE = "plan_difference"
RETURNED = "returned"

Billed = dict[str, dict[str, str]]


def unbilled(contract: Billable, house: House, up_to: str, today: date) -> list[Line]:
    """The lines of everything in service up to a month that was not billed yet.

    With them the deposit, once, and what a change of plan has changed of months billed before. A
    contract that has ended is given back the months behind its end that were billed in advance.
    """
    paid = paid_period(contract, house, today)
    lines = _not_in(contract.billed, contract, house, paid, up_to)
    lines += _plan_differences(contract, house, paid)
    if contract.status == ENDED:
        lines += _not_served(contract, house, paid)
    return lines


def first_payment(contract: Billable, house: House, today: date) -> list[Line]:
    """The lines of the first payment: the first month that is paid for, and the deposit.

    The same before and after it was asked for.
    """
    paid = paid_period(contract, house, today)
    return _not_in({}, contract, house, paid, calendar.month_of_day(paid[0]))


def monthly_yen(
    contract: Billable, house: House, on: date, today: date, plan: str | None = None
) -> int:
    """What is billed each month as of the JST date `on`, calls over apart.

    With another `plan`, what it would be then. Before the first day that is paid for, it is the
    first month's.
    """
    first, _ = paid_period(contract, house, today)
    paid = (first, None)
    month = calendar.month_of_day(max(on, first))
    fee = house.price(plan or _plan(contract, month), calendar.first_day_of(month)).fee
    beside = [
        _line(thing, contract, house, month).yen
        for thing in things(contract, house, paid)
        if thing.kind != BASE and month in months(thing, paid, month)
    ]
    return fee + sum(beside)


def spoken(lines: list[Line]) -> list[tuple[str, int]]:
    """The lines of a first payment as screens and mails show them: a label, and yen."""
    return [(f"{line.label}(1か月分)" if line.month else line.label, line.yen) for line in lines]


def note(lines: list[Line], contract: Billable) -> Billed:
    """What was billed before, and these lines with it."""
    billed = {name: dict(by_month) for name, by_month in contract.billed.items()}
    for line in lines:
        name = BASE if line.kind == PLAN_DIFFERENCE else monthly_name(line)
        if line.kind == RETURNED and line.month:
            del billed[line.key][line.month]
        elif name:
            billed.setdefault(name, {})[line.month or ""] = _as_noted(name, line, contract)
    return billed


def _as_noted(name: str, line: Line, contract: Billable) -> str:
    """What is kept of a month that was billed: the plan of a base fee, the yen of all else."""
    return _plan(contract, line.month) if name == BASE and line.month else str(line.unit_yen)


def monthly_name(line: Line) -> str | None:
    """Under which name it is kept that a line was billed; None for what is no monthly thing."""
    if line.kind in (BASE, LISTED, DEPOSIT):
        return line.kind
    return f"{line.kind}:{line.key}" if line.kind in _LINES else None


def move_first_month(billed: Mapping[str, Mapping[str, str]], month: str) -> Billed:
    """What was billed, where the service begins in another month than it was billed for."""
    first = min(billed.get(BASE, {}), default=month)
    return {
        name: {month if was == first else was: plan for was, plan in by_month.items()}
        for name, by_month in billed.items()
    }


def _not_in(
    billed: Mapping[str, Mapping[str, str]],
    contract: Billable,
    house: House,
    paid: Period,
    up_to: str,
) -> list[Line]:
    lines = [
        _line(thing, contract, house, month)
        for thing in things(contract, house, paid)
        for month in months(thing, paid, up_to)
        if month not in billed.get(thing.name, {})
    ]
    if lines and DEPOSIT not in billed:
        lines += _deposit(contract, house, paid[0])
    return lines


def deposit(lines: Sequence[Line]) -> int:
    """What of some lines is a deposit, in yen."""
    return sum(line.yen for line in lines if line.kind == DEPOSIT)


def _deposit(contract: Billable, house: House, on: date) -> list[Line]:
    """One month's fee or more, by the plan of the first day that is paid for."""
    count = house.first_payment.months_of_deposit
    if not count:
        return []
    fee = _price(contract, house, calendar.month_of_day(on)).fee
    label = "保証金(解約時にご精算のうえお返しします)"
    return [invoice.line(DEPOSIT, "", label, None, fee, count, UNTAXED)]


def _plan_differences(contract: Billable, house: House, paid: Period) -> list[Line]:
    """A plan changed at once, within smile's trial, changes the fee of its month (houses.md 3)."""
    lines = []
    last = calendar.month_of_day(paid[1]) if paid[1] else None
    for month, was in sorted(contract.billed.get(BASE, {}).items()):
        plan = _plan(contract, month)
        if plan == was or (last and month > last):
            continue
        first = calendar.first_day_of(month)
        yen = house.price(plan, first).fee - house.price(was, first).fee
        label = f"プラン変更の差額({house.plan(was).name}から{house.plan(plan).name})"
        lines.append(invoice.line(PLAN_DIFFERENCE, plan, label, month, yen))
    return lines


def _not_served(contract: Billable, house: House, paid: Period) -> list[Line]:
    """The house may end a contract within a month that it has billed in advance."""
    assert paid[1] is not None  # whoever has ended had a last day
    last = calendar.month_of_day(paid[1])
    lines = []
    for name, by_month in contract.billed.items():
        kind, _, key = name.partition(":")
        for month, noted in sorted(by_month.items()):
            if month > last:
                billed = _as_billed(Thing(kind, key, [paid]), contract, house, month, noted)
                label = f"ご利用終了による返金({billed.label})"
                lines.append(invoice.line(RETURNED, name, label, month, -billed.unit_yen))
    return lines


def _as_billed(thing: Thing, contract: Billable, house: House, month: str, noted: str) -> Line:
    """A line as it was billed in advance: the base fee at the plan of then, all else at its yen."""
    if thing.kind != BASE:
        return _line(thing, contract, house, month)._replace(unit_yen=int(noted))
    fee = house.price(noted, calendar.first_day_of(month)).fee
    return invoice.line(BASE, "", f"{house.plan(noted).name} 月額基本料金", month, fee)


def _line(thing: Thing, contract: Billable, house: House, month: str) -> Line:
    return _LINES[thing.kind](thing, contract, house, month)


def _price(contract: Billable, house: House, month: str) -> Price:
    """The price of the month's plan; prices change with a month (house_checks)."""
    return house.price(_plan(contract, month), calendar.first_day_of(month))


def _plan(contract: Billable, month: str) -> str:
    """The plan that a month is billed at: the one in force at its end."""
    return life.plan_on(contract, calendar.last_day_of(month))


def _base(thing: Thing, contract: Billable, house: House, month: str) -> Line:
    label = f"{house.plan(_plan(contract, month)).name} 月額基本料金"
    return invoice.line(BASE, "", label, month, _price(contract, house, month).fee)


def _listed(thing: Thing, contract: Billable, house: House, month: str) -> Line:
    yen = house.line.listed_option_yen
    return invoice.line(LISTED, "", "03番号貸し出しオプション", month, yen)


def _option(thing: Thing, contract: Billable, house: House, month: str) -> Line:
    row = house.option(thing.key)
    assert row is not None  # things are made of the house's rows
    return invoice.line(OPTION, row.key, row.name, month, row.yen)


def _number(thing: Thing, contract: Billable, house: House, month: str) -> Line:
    label = f"追加の電話番号 {phones.display(thing.key)}"
    yen = house.line.extra_number_yen or 0
    return invoice.line(NUMBER, thing.key, label, month, yen)


def _person(thing: Thing, contract: Billable, house: House, month: str) -> Line:
    label = f"報告先の追加({house.roster.people_free + int(thing.key)}人目)"
    return invoice.line(PERSON, thing.key, label, month, house.roster.extra_person_yen)


_LINES: dict[str, Callable[[Thing, Billable, House, str], Line]] = {
    BASE: _base,
    LISTED: _listed,
    OPTION: _option,
    NUMBER: _number,
    PERSON: _person,
}
