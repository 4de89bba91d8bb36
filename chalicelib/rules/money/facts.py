"""What the rules of money read of a contract and of a closed month; nothing here can be written.

All dates are JST dates, months are JST months (`2026-09`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from chalicelib.rules.contract.facts import Contract


class Ordered(Protocol):
    """Something that is charged while a day from `since` to `until` lies in the month."""

    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date | None: ...


class Option(Ordered, Protocol):
    """An option beside the plan."""

    @property
    def key(self) -> str: ...


class Number(Ordered, Protocol):
    """A further lent number."""

    @property
    def number(self) -> str: ...


class UseChange(Protocol):
    """A lent number changed its use."""

    @property
    def on(self) -> date: ...
    @property
    def number(self) -> str: ...
    @property
    def was(self) -> str: ...


class ExtraPeople(Protocol):
    """How many people are charged for from a day on."""

    @property
    def on(self) -> date: ...
    @property
    def count(self) -> int: ...


class OpenInvoice(Protocol):
    """An invoice that is not paid in full."""

    @property
    def due_on(self) -> date | None: ...
    @property
    def reminded_on(self) -> date | None: ...


class Billable(Contract, Protocol):
    """A contract with everything that is charged by the month.

    `billed` says of each thing which months were billed, and at which plan.
    """

    @property
    def use(self) -> str: ...
    @property
    def line(self) -> str | None: ...
    @property
    def uses(self) -> Sequence[UseChange]: ...
    @property
    def options(self) -> Sequence[Option]: ...
    @property
    def extra_lines(self) -> Sequence[Number]: ...
    @property
    def extra_people(self) -> Sequence[ExtraPeople]: ...
    @property
    def billed(self) -> Mapping[str, Mapping[str, str]]: ...
    @property
    def closed_through(self) -> str | None: ...
    @property
    def first_asked(self) -> str | None: ...
    @property
    def open_invoices(self) -> Sequence[OpenInvoice]: ...
    @property
    def credit_yen(self) -> int: ...
    @property
    def deposit_yen(self) -> int: ...


class Ended(Billable, Protocol):
    """A contract at its end."""

    @property
    def ended_on(self) -> date | None: ...
    @property
    def end_reason(self) -> str | None: ...
    @property
    def frozen_at(self) -> datetime | None: ...


class Counted(Protocol):
    """A month's count as a closing froze it, with the price that it was billed at."""

    @property
    def month(self) -> str: ...
    @property
    def plan(self) -> str: ...
    @property
    def included(self) -> int: ...
    @property
    def over_yen(self) -> int: ...
