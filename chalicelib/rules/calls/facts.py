"""What the rules read of people, of a memo and of its contract: whatever has these can be asked.

Nothing here can be written. All dates are JST dates, all instants are aware.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol


class Address(Protocol):
    """An address of the roster, and since when it is known to receive."""

    @property
    def mail(self) -> str: ...
    @property
    def confirmed_at(self) -> datetime | None: ...


class Person(Protocol):
    """Somebody on the roster; `away_until` is the last day of an absence, `deputy` an id."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def reading(self) -> str | None: ...
    @property
    def aliases(self) -> Sequence[str]: ...
    @property
    def addresses(self) -> Sequence[Address]: ...
    @property
    def away_until(self) -> date | None: ...
    @property
    def deputy(self) -> str | None: ...


class Contract(Protocol):
    """The contract that a call is for."""

    @property
    def trial_last_day(self) -> date | None: ...


class Report(Protocol):
    """A memo as it was taken, and the class that was decided for it since."""

    @property
    def received_at(self) -> datetime: ...
    @property
    def class_now(self) -> str | None: ...


class Judged(Protocol):
    """Whether a call of its class counts: as the memo was taken, and as was decided since.

    `why_now` is there wherever `counts_now` is.
    """

    @property
    def counts(self) -> bool: ...
    @property
    def why(self) -> str: ...
    @property
    def counts_now(self) -> bool | None: ...
    @property
    def why_now(self) -> str: ...


class Metered(Judged, Protocol):
    """What the count of a month reads of each memo."""

    @property
    def corrected_by(self) -> str | None: ...
    @property
    def handed_over_at(self) -> datetime | None: ...
    @property
    def told_before(self) -> datetime | None: ...
