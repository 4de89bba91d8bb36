"""How one attempt to hand a message over has ended, by whatever way it leaves."""

from typing import NamedTuple

SENT, RETRY, NEVER, UNSURE = "sent", "retry", "never", "unsure"


class Outcome(NamedTuple):
    """How an attempt ended.

    SENT with the carrier's id of the message, RETRY (certainly not sent), NEVER
    (will always be refused), or UNSURE.
    """

    kind: str
    message_id: str = ""
    problem: str = ""
