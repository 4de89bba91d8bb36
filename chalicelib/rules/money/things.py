"""What a contract is charged for by the month, and in which months (money.md What is billed).

Nothing is prorated: a month is charged in full if one day of it was served (houses.md 4).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.rules import calendar
from chalicelib.rules.contract import life
from chalicelib.rules.houses import House
from chalicelib.rules.money.facts import Billable, ExtraPeople

BASE = "base"
LISTED = "listed"
OPTION = "option"
NUMBER = "number"
PERSON = "person"

Period = tuple[date, date | None]


class Thing(NamedTuple):
    """Something charged by the month while one of its periods (both days included) runs."""

    kind: str
    key: str
    periods: Sequence[Period]

    @property
    def name(self) -> str:
        """Under which name it is kept which of its months were billed."""
        return f"{self.kind}:{self.key}" if self.key else self.kind


def things(contract: Billable, house: House, paid: Period) -> list[Thing]:
    """Everything that is charged within the `paid` period of a contract."""
    return [
        Thing(BASE, "", [paid]),
        *_listed(contract, house, paid),
        *_options(contract, house),
        *_numbers(contract, house),
        *_people(contract, house),
    ]


def months(thing: Thing, paid: Period, up_to: str) -> list[str]:
    """The months up to `up_to` in which a thing is charged, within the `paid` period."""
    charged: set[str] = set()
    for since, until in thing.periods:
        first = max(since, paid[0])
        ends = [calendar.last_day_of(up_to), *filter(None, (until, paid[1]))]
        last = min(ends)
        if first <= last:
            in_it = calendar.months(calendar.month_of_day(first), calendar.month_of_day(last))
            charged.update(in_it)
    return sorted(charged)


def paid_period(contract: Billable, house: House, today: date) -> Period:
    """From the first day that is paid for to the last day of service, where one is known."""
    return life.paid_from(contract, house, today), life.last_service_day(contract)


def _listed(contract: Billable, house: House, paid: Period) -> Iterator[Thing]:
    """The option of a house that charges for showing the lent number as the client's own."""
    if not house.line.listed_option_yen:
        return
    changes = [change for change in contract.uses if change.number == contract.line]
    uses = [change.was for change in changes] + [contract.use]
    begins = [paid[0], *(change.on for change in changes)]
    ends = [*(change.on for change in changes), None]
    periods = list(zip(begins, ends, strict=True))
    listed = [period for period, use in zip(periods, uses, strict=True) if use == "listed"]
    if listed:
        yield Thing(LISTED, "", listed)


def _options(contract: Billable, house: House) -> Iterator[Thing]:
    """A month is charged once for an option, however many orders of it touch the month."""
    for row in house.options:
        orders = [option for option in contract.options if option.key == row.key]
        if orders and row.yen:
            yield Thing(OPTION, row.key, [(order.since, order.until) for order in orders])


def _numbers(contract: Billable, house: House) -> Iterator[Thing]:
    if not house.line.extra_number_yen:
        return
    numbers = dict.fromkeys(extra.number for extra in contract.extra_lines)
    for number in numbers:
        lent = [extra for extra in contract.extra_lines if extra.number == number]
        yield Thing(NUMBER, number, [(extra.since, extra.until) for extra in lent])


def _people(contract: Billable, house: House) -> Iterator[Thing]:
    """The first person beyond those included, the second, and so on: one thing each."""
    if not house.roster.extra_person_yen:
        return
    most = max((change.count for change in contract.extra_people), default=0)
    for place in range(1, most + 1):
        yield Thing(PERSON, str(place), list(_at_least(place, contract.extra_people)))


def _at_least(place: int, changes: Sequence[ExtraPeople]) -> Iterator[Period]:
    """When so many people were charged for; the day of a departure still belongs to it."""
    since: date | None = None
    for change in changes:
        if change.count >= place and since is None:
            since = change.on
        if change.count < place and since is not None:
            yield since, change.on
            since = None
    if since is not None:
        yield since, None
