"""Change a contract and send what the change wrote: the one door through which mail leaves.

A mail that did not arrive changes its contract, and that change writes mail
again: so both stand in one file, and nothing to the left of it can send.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime

from pynamodb.exceptions import GetError

from chalicelib import log
from chalicelib.channels.outcome import NEVER, RETRY, SENT, Outcome
from chalicelib.errors import Busy, NotFound, Parked
from chalicelib.flows.change import MAIL, Change
from chalicelib.flows.engine import contracts
from chalicelib.flows.engine.settle import keep, settle
from chalicelib.flows.post import bounce, outbox
from chalicelib.models import Contract
from chalicelib.models.outgoing import Outgoing
from chalicelib.rules import houses
from chalicelib.rules.calls.delivery import Event
from chalicelib.rules.calls.outbox import TRYING
from chalicelib.rules.houses import House

TAKEN = "taken"  # another sender has the mail


def on_contract(
    house: House, contract_id: str, now: datetime, by: str, story: Callable[[Change], object]
) -> Contract:
    """Load, let `story` change the contract, settle what that makes due, keep all of it, send.

    A change at the same moment by somebody else is not overwritten: the story
    is told again on what they left. Raises Busy if that keeps happening.
    """
    begun = time.monotonic()
    for attempt in range(contracts.ROUNDS):
        change = Change(contracts.load(house, contract_id, now), house, now, by)
        before = change.recorded
        story(change)
        if change.recorded == before:
            return change.contract
        settle(change)
        try:
            keep(change)
        except Busy:
            if attempt == contracts.ROUNDS - 1:
                raise
            continue
        send(change.letters, now, begun)
        return change.contract
    raise AssertionError("unreachable")


def send(items: Iterable[Outgoing], now: datetime, begun: float) -> None:
    """Send what this request has just stored under its lease, as long as its patience lasts.

    `begun` is when the request was at `now`, by the monotonic clock: what held
    it up before it stored anything has used up its lease too. Whatever is left
    is put back for the sweep: it was certainly not sent.
    """
    for item in items:
        if item.state != TRYING:
            continue
        try:
            if time.monotonic() - begun < outbox.PATIENCE:
                deliver(item, now, begun)
            else:
                item.retry_at(now, "not tried yet")
        except Exception:
            log.crash("mail left to the sweep", item=item.id)


def deliver(item: Outgoing, now: datetime, begun: float) -> str:
    """Send an item whose lease we hold by every way that is still open; how that ended.

    That is SENT, RETRY, NEVER, UNSURE or TAKEN. The lease is of `now`, when the
    monotonic clock stood at `begun`.
    """
    try:
        ways = outbox.ways_of(item)
    except GetError as unread:  # a letter may show what a memo says, and the store did not answer
        outbox.write_down(item, Outcome(RETRY, problem=type(unread).__name__), now)
        return RETRY
    except Exception:
        log.crash("mail cannot be written", item=item.id)
        item.leave_to_office(now, "この内容からメールを作成できませんでした。")
        return NEVER
    lease = item.next_try_at
    failures = outbox.try_all(item, ways, now, begun, _tell_of_dead_room)
    if not failures:
        return SENT
    if item.next_try_at != lease:
        return TAKEN
    worst = outbox.worst(failures)
    outbox.write_down(item, worst, now)
    return worst.kind


def _tell_of_dead_room(item: Outgoing, failure: outbox.Failure) -> None:
    """A room that will never take a message is what a hard bounce is of a mail address."""
    room, now = failure.way, failure.at
    event = Event(now, "bounced_hard", "chatwork", room, failure.outcome.problem)
    try:
        if not any(event.is_repeated_by(known) for known in item.mail_events):
            tell_of_bounce(item, event, now, now)
            item.note_event(event)
    except Exception:
        log.crash("dead room could not be told", item=item.id)


def tell_of_bounce(item: Outgoing, event: Event, sent_at: datetime, now: datetime) -> None:
    """Write and send the notices of one bounce, complaint or rejection, once.

    A mail to the office itself that does not arrive is an alarm.
    """
    house = houses.all_houses()[item.house]
    if bounce.was_to_the_office(item, house):
        log.alarm("mail to the office did not arrive", item=item.id, state=event.state)
        return

    def story(change: Change) -> None:
        bounce.write_notices(change, item, event, sent_at)

    try:
        on_contract(house, item.contract, now, MAIL, story)
    except NotFound:
        log.info("bounce of a contract that is gone", contract=item.contract)
    except Parked:
        log.alarm(
            "bounce of a parked contract", item=item.id, contract=item.contract, state=event.state
        )
