"""Every letter about a contract: one typed class of facts each; those about calls: call_letters.py.

The words of `StartCheck` stand in `templates/mail/contract/start_check.txt`.
Yen include tax, dates are JST dates.
"""

from datetime import date
from typing import Any

from chalicelib.record import Record


class Service(Record):
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


class Ending(Record):
    """What a client is told when it is over: `day` is the last day of service."""

    day: date
    was_active: bool
    paid_yen: int | None
    use: str
    line: str | None
    numbers: list[str]


class Confirm(Record):
    """The auto-reply: its link confirms the applicant's own address."""

    reminder: bool
    seen: dict[str, Any]
    answer_by: date
    receipt: str


class Guidance(Record):
    """What is waited for before the start, and by whom."""

    waiting: list[dict[str, str]]
    seen: dict[str, Any]
    receipt: str
    addresses: list[str]


class TestMail(Record):
    """The test mail of a report address: its button confirms the address."""

    person: str
    address: str
    reminder: bool


class NoTrial(Record):
    """The client may not try again: the service starts as a paid contract."""

    service: Service
    paid_yen: int | None


class Number(Record):
    """A number is lent for a start on a later day."""

    service: Service
    trial_until: date | None
    day: date


class Started(Record):
    """The service is on; its link opens the start check."""

    service: Service
    day: date
    in_trial: bool
    trial_used_up: bool
    checks: list[str]


class StartCheck(Record):
    """The points of the start check that are not ticked yet."""

    service: Service
    checks: list[str]


class Withdrawn(Record):
    """The client gave up before the start."""

    ending: Ending


class Refused(Record):
    """The house declined before the start."""

    ending: Ending


class TrialReminder(Record):
    """What the trial's end will bring."""

    service: Service
    asked: bool
    paid: bool
    paid_yen: int | None
    paid_from: date


class Continuation(Record):
    """The client wishes to go on after the trial, or no longer does."""

    service: Service
    paid_yen: int | None
    withdrawn: bool


class Continued(Record):
    """The trial became a contract."""

    service: Service
    day: date


class Paused(Record):
    """The trial is over and the payment has not come: the place is kept until a day."""

    service: Service
    kept_until: date


class Resumed(Record):
    """The payment came late: a contract from `day`, the line on again on `resumed`."""

    service: Service
    day: date
    resumed: date


class Revived(Record):
    """A contract that ended unpaid runs again from `day`: the payment had come in time."""

    service: Service
    day: date
    paid_on: date
    paid_yen: int


class EndedUnpaid(Record):
    """Nobody paid while the place was kept."""

    service: Service
    numbers: list[str]
    kept_until: date


class Lapsed(Record):
    """The trial ended, since nobody asked to go on."""

    service: Service
    numbers: list[str]
    paid_yen: int | None


class Stop(Record):
    """The trial will stop after a day, or no longer will."""

    day: date
    withdrawn: bool


class Stopped(Record):
    """The trial was stopped."""

    ending: Ending


class Plan(Record):
    """The plan changes on a day, or no longer does; `now` where it has changed at once.

    `until` is the last day on which the wish can be withdrawn.
    """

    plan: str
    included: int
    over: int
    monthly: int
    day: date
    withdrawn: bool
    now: bool
    until: date | None


class Option(Record):
    """An option is ready from a day, or given up with one."""

    option: str
    yen: int
    day: date
    ordered: bool


class Line(Record):
    """A number was added, taken back or is used in another way: `change` says which."""

    number: str
    change: str
    use_name: str
    use: str
    yen: int | None
    day: date


class Notice(Record):
    """The client leaves after a day, or stays after all."""

    day: date
    in_trial: bool
    withdrawn: bool
    use: str


class Termination(Record):
    """The house ends the service after a day, or does not after all."""

    day: date
    reason: str | None
    withdrawn: bool


class Left(Record):
    """The contract has ended by notice or by the house's decision."""

    ending: Ending


AnyLetter = (
    Confirm | Guidance | TestMail | NoTrial | Number | Started | StartCheck | Withdrawn | Refused
    | TrialReminder | Continuation | Continued | Paused | Resumed | Revived | EndedUnpaid | Lapsed
    | Stop | Stopped | Plan | Option | Line | Notice | Termination | Left
)  # fmt: skip
