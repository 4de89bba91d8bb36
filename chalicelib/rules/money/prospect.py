"""An application before it is one: what the rules of money ask of a contract (money.md)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chalicelib.rules.contract.lifecycle import PREPARING


class Prospect:
    """Plan, use, start and trial as somebody wishes them on the JST date `applied_on`."""

    status = PREPARING
    paused_on: date | None = None
    matches: Sequence[object] = ()
    mail_confirmed_at = None
    confirmation_reminded_on: date | None = None
    people: Sequence[Any] = ()
    ready_on: date | None = None
    plans: Sequence[Any] = ()
    service: Sequence[Any] = ()
    started_on: date | None = None
    start_checks: Sequence[str] = ()
    start_check_reminded_on: date | None = None
    trial_last_day: date | None = None
    trial_reminded_on: date | None = None
    continuation_asked_on: date | None = None
    paid_on: date | None = None
    active_from: date | None = None
    declared: Sequence[Any] = ()
    declared_asked_on: date | None = None
    stop_on: date | None = None
    ends_on: date | None = None
    terminate_on: date | None = None
    line: str | None = None
    uses: Sequence[Any] = ()
    options: Sequence[Any] = ()
    extra_lines: Sequence[Any] = ()
    extra_people: Sequence[Any] = ()
    billed: Mapping[str, Mapping[str, str]] = {}
    closed_through: str | None = None
    first_asked: str | None = None
    open_invoices: Sequence[Any] = ()
    credit_yen = 0
    deposit_yen = 0

    def __init__(self, wish: Mapping[str, Any], applied_on: date) -> None:
        """`wish` has `plan`, `use`, `start_on` (date or None) and `wants_trial`."""
        self.plan: str = wish["plan"]
        self.use: str = wish["use"]
        self.start_on: date | None = wish["start_on"]
        self.wants_trial: bool = wish["wants_trial"]
        self.applied_on = applied_on

    def plan_wishes(self) -> Sequence[Any]:
        """Nothing is changed before it has begun."""
        return ()

    def passed_gates(self) -> set[str]:
        """None is passed yet."""
        return set()
