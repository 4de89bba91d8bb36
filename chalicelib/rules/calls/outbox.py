"""A mail's way out: every event in every state has an answer (calls.md Exactly once).

A state follows from what is stored: `outbox` says where the mail waits,
`attempt_since` that an attempt was begun, `handed_over_at` that it left. The
lease, `next_try_at`, is no state: whoever holds it alone causes what a
sender causes, and a mail whose lease has run out is claimed by somebody else.
"""

from typing import Protocol

from chalicelib.record import Record

NONE = "none"  # nothing is to be sent
WAITING = "waiting"  # the sweep sends it from `next_try_at` on
TRYING = "trying"  # somebody began to send it and has not said how that ended
HELD = "held"  # it does not leave without a person
LEFT = "left"  # handed over by every way
OVERTAKEN = "overtaken"  # a correction goes out in its place; whether it had left before is noted
STATES = (NONE, WAITING, TRYING, HELD, LEFT, OVERTAKEN)


class Goes(Record):
    """The mail is in another state from now on."""

    to: str


class Stays(Record):
    """The event changes nothing, since `why`."""

    why: str


Answer = Goes | Stays

_IDLE = Stays("no attempt of ours is running")
_NOTHING = Stays("there is nothing to send")
_PERSON = Stays("a person has to look at it first")
_GONE = Stays("it has left")
_ON_ITS_WAY = Stays("it is on its way by itself")
_IN_HAND = Stays("somebody has begun to send it")

_CORRECTED = Stays("its correction goes out in its place")

_TABLE: dict[str, tuple[Answer, ...]] = {
    # event: none, waiting, trying, held, left, overtaken
    # What a sender does: the request that stored the mail, or the sweep.
    "claimed": (_NOTHING, Goes(TRYING), Goes(TRYING), _PERSON, _GONE, _CORRECTED),
    "refused": (_IDLE, _IDLE, Goes(WAITING), _IDLE, _IDLE, _IDLE),
    "refused_for_good": (_IDLE, _IDLE, Goes(HELD), _IDLE, _IDLE, _IDLE),
    # What is true whoever says so: our own attempt, or SES's events in any order.
    "left": (Goes(LEFT), Goes(LEFT), Goes(LEFT), Goes(LEFT), _GONE, Goes(OVERTAKEN)),
    "rejected": (Goes(HELD), Goes(HELD), Goes(HELD), Goes(HELD), Goes(HELD), Goes(OVERTAKEN)),
    # What a person causes.
    "corrected": (Goes(OVERTAKEN),) * 5 + (_CORRECTED,),
    "sent_again": (Goes(TRYING), _ON_ITS_WAY, _ON_ITS_WAY, Goes(TRYING), _GONE, _CORRECTED),
    "copied": (_NOTHING, _ON_ITS_WAY, _ON_ITS_WAY, Goes(LEFT), _GONE, _CORRECTED),
    "released": (_NOTHING, _ON_ITS_WAY, _ON_ITS_WAY, Goes(WAITING), _GONE, _CORRECTED),
    "to_be_reported": (Goes(WAITING), _ON_ITS_WAY, _ON_ITS_WAY, _PERSON, _GONE, _CORRECTED),
    "not_to_be_reported": (_NOTHING, Goes(NONE), _IN_HAND, Goes(NONE), _GONE, _CORRECTED),
}

LIFE: dict[tuple[str, str], Answer] = {
    (state, event): answer
    for event, row in _TABLE.items()
    for state, answer in zip(STATES, row, strict=True)
}
EVENTS = sorted(_TABLE)


class Mail(Protocol):
    """What a mail's state follows from."""

    house: str

    @property
    def outbox(self) -> str | None: ...

    @property
    def attempt_since(self) -> object: ...

    @property
    def handed_over_at(self) -> object: ...

    @property
    def is_overtaken(self) -> bool: ...


def office(house: str) -> str:
    """The outbox of what does not leave without a person."""
    return f"{house}:office"


def state(mail: Mail) -> str:
    """The state of a mail as it is stored."""
    if mail.is_overtaken:
        return OVERTAKEN
    if mail.outbox is None:
        return LEFT if mail.handed_over_at else NONE
    if mail.outbox == office(mail.house):
        return HELD
    return TRYING if mail.attempt_since else WAITING


def answer(mail: Mail, event: str) -> Answer:
    """What an event does to a mail in its present state."""
    return LIFE[state(mail), event]
