"""Every letter about a contract: one typed class of facts each; those about calls: call_letters.py.

The words of `StartCheck` stand in `templates/mail/contract/start_check.txt`.
Yen include tax, dates are JST dates. (A NamedTuple
costs a seventh of a frozen dataclass at every cold start.)
"""

from datetime import date
from typing import Any, NamedTuple


class Service(NamedTuple):
    """What most letters say of a contract, at the prices of one day."""

    plan: str
    monthly: int
    line: str | None
    use: str
    greeting: str | None
    ends_on: date | None
    last_day: date | None
    first_lines: list[tuple[str, int]]
    first_total: int


class Ending(NamedTuple):
    """What a client is told when it is over: `day` is the last day of service."""

    day: date
    was_active: bool
    paid_yen: int | None
    use: str
    line: str | None
    numbers: list[str]


# Before the start


class Confirm(NamedTuple):
    """The auto-reply: its link confirms the applicant's own address."""

    reminder: bool
    seen: dict[str, Any]
    answer_by: date
    receipt: str


class Guidance(NamedTuple):
    """What is waited for before the start, and by whom."""

    waiting: list[dict[str, str]]
    seen: dict[str, Any]
    receipt: str
    addresses: list[str]


class TestMail(NamedTuple):
    """The test mail of a report address: its button confirms the address."""

    person: str
    address: str
    reminder: bool


class NoTrial(NamedTuple):
    """The client may not try again: the service starts as a paid contract."""

    service: Service
    paid_yen: int | None


class Number(NamedTuple):
    """A number is lent for a start on a later day."""

    service: Service
    trial_until: date | None
    day: date


class Started(NamedTuple):
    """The service is on; its link opens the start check."""

    service: Service
    day: date
    in_trial: bool
    trial_used_up: bool
    checks: list[str]


class StartCheck(NamedTuple):
    """The points of the start check that are not ticked yet."""

    service: Service
    checks: list[str]


class Withdrawn(NamedTuple):
    """The client gave up before the start."""

    ending: Ending


class Refused(NamedTuple):
    """The house declined before the start."""

    ending: Ending


# The trial


class TrialReminder(NamedTuple):
    """What the trial's end will bring."""

    service: Service
    asked: bool
    paid: bool
    paid_yen: int | None
    paid_from: date


class Continuation(NamedTuple):
    """The client wishes to go on after the trial, or no longer does."""

    service: Service
    paid_yen: int | None
    withdrawn: bool


class Continued(NamedTuple):
    """The trial became a contract."""

    service: Service
    day: date


class Paused(NamedTuple):
    """The trial is over and the payment has not come: the place is kept until a day."""

    service: Service
    kept_until: date


class Resumed(NamedTuple):
    """The payment came late: a contract from `day`, the line on again on `resumed`."""

    service: Service
    day: date
    resumed: date


class EndedUnpaid(NamedTuple):
    """Nobody paid while the place was kept."""

    service: Service
    numbers: list[str]
    kept_until: date


class Lapsed(NamedTuple):
    """The trial ended, since nobody asked to go on."""

    service: Service
    numbers: list[str]
    paid_yen: int | None


class Stop(NamedTuple):
    """The trial will stop after a day, or no longer will."""

    day: date
    withdrawn: bool


class Stopped(NamedTuple):
    """The trial was stopped."""

    ending: Ending


# The running contract


class Plan(NamedTuple):
    """The plan changes on a day, or no longer does; `now` where it has changed at once."""

    plan: str
    included: int
    over: int
    monthly: int
    day: date
    withdrawn: bool
    now: bool


class Option(NamedTuple):
    """An option is ready from a day, or given up with one."""

    option: str
    yen: int
    day: date
    ordered: bool


class Line(NamedTuple):
    """A number was added, taken back or is used in another way: `change` says which."""

    number: str
    change: str
    use_name: str
    use: str
    yen: int | None
    day: date


class Notice(NamedTuple):
    """The client leaves after a day, or stays after all."""

    day: date
    in_trial: bool
    withdrawn: bool
    use: str


class Termination(NamedTuple):
    """The house ends the service after a day, or does not after all."""

    day: date
    reason: str | None
    withdrawn: bool


class Left(NamedTuple):
    """The contract has ended by notice or by the house's decision."""

    ending: Ending


AnyLetter = (
    Confirm | Guidance | TestMail | NoTrial | Number | Started | StartCheck | Withdrawn | Refused
    | TrialReminder | Continuation | Continued | Paused | Resumed | EndedUnpaid | Lapsed
    | Stop | Stopped | Plan | Option | Line | Notice | Termination | Left
)  # fmt: skip
