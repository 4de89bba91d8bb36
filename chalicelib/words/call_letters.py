"""Every letter about calls and mails, beside the report: one typed class of facts each.

Their words stand in `templates/mail/calls/`; a `datetime` is a UTC instant.
"""

from datetime import datetime

from chalicelib.record import Record


class Bounce(Record):
    """A mail that did not arrive: `what` is `report` or a letter's kind, `content` its name."""

    address: str
    state: str
    sent_at: datetime
    stopped: bool
    nobody_left: bool
    what: str
    memo: str | None
    content: str


class Declared(Record):
    """The yearly question: whether declared numbers still are sales."""

    numbers: list[str]


class Objection(Record):
    """To the office: a client says that a call was none of theirs."""

    memo: str
    number: str
    received_at: datetime
    call_class: str
    said: str


class Decision(Record):
    """What the office decided on an objection."""

    number: str
    said: str
    counts: bool
    granted: bool
    why: str
    reason: str


class Bounced(Record):
    """To another address of the client: a mail did not arrive. `again` shows the report itself."""

    bounce: Bounce
    contact: str
    again: bool


class BouncedOffice(Record):
    """To the office: a mail did not arrive. `told` is the other address that was written to."""

    bounce: Bounce
    words: str
    told: str | None


class ReportAgain(Record):
    """A copy of a report, sent because a person asked for it."""

    memo: str
    number: str
    again: bool
    sent_at: datetime
    asked_for: str | None
    route_note: str | None


AnyLetter = Declared | Objection | Decision | Bounced | BouncedOffice | ReportAgain
