"""What the rules read of a contract: whatever has these can be asked, and nothing can be written.

All dates are JST dates, all instants are aware. A contract in a state that brings a date with it
has that date: `OnTrial`, `Paused`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol


class Address(Protocol):
    """An address of the roster: since when it is known to receive, and when it was asked."""

    @property
    def confirmed_at(self) -> datetime | None: ...
    @property
    def asked_on(self) -> date | None: ...
    @property
    def reminded_on(self) -> date | None: ...


class Person(Protocol):
    """Somebody on the roster."""

    @property
    def addresses(self) -> Sequence[Address]: ...


class Period(Protocol):
    """A time in which the service was on, half-open."""

    @property
    def since(self) -> datetime: ...
    @property
    def until(self) -> datetime | None: ...


class PlanChange(Protocol):
    """A plan gave way to another on a date."""

    @property
    def on(self) -> date: ...
    @property
    def was(self) -> str: ...
    @property
    def becomes(self) -> str: ...


class Declared(Protocol):
    """A number that the client declared as sales."""

    @property
    def at(self) -> datetime: ...


class State(Protocol):
    """How far a contract has come in its lifecycle."""

    @property
    def status(self) -> str: ...
    @property
    def paused_on(self) -> date | None: ...


class Application(State, Protocol):
    """What was applied for, and what has been passed on the way to the start."""

    @property
    def applied_on(self) -> date: ...
    @property
    def wants_trial(self) -> bool: ...
    @property
    def matches(self) -> Sequence[object]: ...
    @property
    def mail_confirmed_at(self) -> datetime | None: ...
    @property
    def confirmation_reminded_on(self) -> date | None: ...
    @property
    def people(self) -> Sequence[Person]: ...
    @property
    def start_on(self) -> date | None: ...
    @property
    def ready_on(self) -> date | None: ...
    def passed_gates(self) -> set[str]: ...


class Contract(Application, Protocol):
    """A contract from its application to its end; `plans` are its changes of plan, oldest first."""

    @property
    def plan(self) -> str: ...
    @property
    def plans(self) -> Sequence[PlanChange]: ...
    def plan_wishes(self) -> Sequence[PlanChange]: ...
    @property
    def service(self) -> Sequence[Period]: ...
    @property
    def started_on(self) -> date | None: ...
    @property
    def start_checks(self) -> Sequence[str]: ...
    @property
    def start_check_reminded_on(self) -> date | None: ...
    @property
    def trial_last_day(self) -> date | None: ...
    @property
    def trial_reminded_on(self) -> date | None: ...
    @property
    def continuation_asked_on(self) -> date | None: ...
    @property
    def paid_on(self) -> date | None: ...
    @property
    def active_from(self) -> date | None: ...
    @property
    def declared(self) -> Sequence[Declared]: ...
    @property
    def declared_asked_on(self) -> date | None: ...
    @property
    def stop_on(self) -> date | None: ...
    @property
    def ends_on(self) -> date | None: ...
    @property
    def terminate_on(self) -> date | None: ...


class Started(Contract, Protocol):
    """A contract whose service has started."""

    @property
    def started_on(self) -> date: ...


class OnTrial(Started, Protocol):
    """A contract whose trial has begun."""

    @property
    def trial_last_day(self) -> date: ...


class Paused(OnTrial, Protocol):
    """A contract whose trial ended before its continuation was paid."""

    @property
    def paused_on(self) -> date: ...
