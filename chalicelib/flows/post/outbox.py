"""The outbox: how one mail, report or letter, is tried, and what follows from how that ended.

An item is stored before its mail is tried, under a lease of 30 seconds. What
certainly failed is tried again later; what may have been sent is left alone
until its lease runs out, and is then sent again with a line that says so.
"""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib import config, log
from chalicelib.channels import chatwork, ses
from chalicelib.channels.outcome import NEVER, RETRY, SENT, UNSURE, Outcome
from chalicelib.flows.post import letters, report
from chalicelib.input import rooms
from chalicelib.models import Letter, Memo
from chalicelib.models.outgoing import Outgoing
from chalicelib.rules import houses
from chalicelib.words import mail

Way = Callable[[], Outcome]
PATIENCE = 8  # seconds in which a request begins to send; the last send's 12 still end in its lease

_GRAVITY = (NEVER, RETRY, UNSURE)  # of several ends the one that leaves most to do
# Faults of our own: somebody has to mend them, and what waits then leaves by itself.
_OURS = {
    "chatwork-no-token",
    "chatwork-401",
    "NotFoundException",
    "AccessDeniedException",
    "AccountSuspendedException",
    "MailFromDomainNotVerifiedException",
    "SendingPausedException",
    ses.NOT_VERIFIED,
}
_COMPOSE: dict[type[Outgoing], Callable[[Any, houses.House], tuple[mail.Words, list[str], str]]] = {
    Memo: report.compose,
    Letter: letters.compose,
}


class Failure(NamedTuple):
    """A way that the mail has not left by, how that ended, and when."""

    way: str
    outcome: Outcome
    at: datetime

    @property
    def is_a_dead_room(self) -> bool:
        return self.outcome.problem in chatwork.GONE


def ways_of(item: Outgoing) -> dict[str, Way]:
    """What is still to be done: a mail to as many as SES takes, a message to each room."""
    house = houses.all_houses()[item.house]
    words, _, sender = _COMPOSE[type(item)](item, house)
    tags = {item.tag: item.id, "contract": item.contract, "stage": config.STAGE}
    ways = {}
    for way, to in item.open_ways.items():
        room = rooms.room_of(way)
        if room:
            ways[way] = _posting(house, room, words)
        else:
            ways[way] = _mailing(house, to, words, sender, tags)
    return ways


def _mailing(
    house: houses.House, to: list[str], words: mail.Words, sender: str, tags: dict[str, str]
) -> Way:
    try:
        raw = mail.message(words, house, to, sender)
    except mail.Unwritable:
        return lambda: Outcome(NEVER, problem="address cannot be written")
    return lambda: ses.send(raw, to, tags)


def _posting(house: houses.House, room: str, words: mail.Words) -> Way:
    text = chatwork.plain(f"{words.subject}\n\n{words.text}")
    return lambda: chatwork.send(house.key, room, text)


def try_all(
    item: Outgoing,
    ways: dict[str, Way],
    now: datetime,
    begun: float,
    tell_of_dead_room: Callable[[Outgoing, Failure], None],
) -> list[Failure]:
    """Each way once, as long as patience lasts; what has left is written down at once.

    The lease is of `now`, when the monotonic clock stood at `begun`. A dead
    room is told of at once, since telling takes time from the other ways.
    Returns the ways by which the mail has not left.
    """
    failures: list[Failure] = []
    lease = item.next_try_at
    for way, send in ways.items():
        if item.next_try_at != lease or way not in item.open_ways:
            continue  # another sender has taken the mail over, or SES itself has said that it went
        is_patient = time.monotonic() - begun < PATIENCE
        outcome = send() if is_patient else Outcome(RETRY, problem="not tried yet")
        moment = now + timedelta(seconds=time.monotonic() - begun)
        if outcome.kind == SENT:
            item.way_left(way, moment, outcome.message_id)
            continue
        failure = Failure(way, outcome, moment)
        failures.append(failure)
        if failure.is_a_dead_room:
            tell_of_dead_room(item, failure)
    if not ways:  # every way was noted, and only the last word was lost
        item.mark_handed_over(now, item.message_id or "")
    return failures


def worst(failures: list[Failure]) -> Outcome:
    """Of several ends the one that leaves most to do: a doubt waits for its lease."""
    outcomes = [failure.outcome for failure in failures]
    return max(outcomes, key=lambda outcome: _GRAVITY.index(outcome.kind))


def write_down(item: Outgoing, outcome: Outcome, now: datetime) -> None:
    """What follows from an end: nothing after a doubt, since the lease runs out by itself."""
    match outcome.kind:
        case "retry":
            say = log.alarm if outcome.problem in _OURS else log.info
            say("mail refused for now", item=item.id, problem=outcome.problem, tries=item.tries)
            item.retry_at(now + backoff(item.tries), outcome.problem)
        case "never":
            log.alarm("mail refused for good", item=item.id, problem=outcome.problem)
            item.leave_to_office(now, outcome.problem)
        case "unsure":
            log.info("mail may have been sent", item=item.id, problem=outcome.problem)


def backoff(tries: int) -> timedelta:
    """The wait after the `tries`-th definite refusal: doubled from 15 s to 15 min, with jitter."""
    seconds = min(15 * 2 ** min(tries - 1, 6), 900)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))
