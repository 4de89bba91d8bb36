"""The outbox: every mail that leaves, report or letter, leaves through `deliver`.

An item is stored before its mail is tried, under a lease of 30 seconds. What
certainly failed is tried again later; what may have been sent is left alone
until its lease runs out, and is then sent again with a line that says so.
"""

import random
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from pynamodb.exceptions import GetError

from chalicelib import config, log
from chalicelib.channels import chatwork, ses
from chalicelib.channels import outcome as attempt
from chalicelib.channels.outcome import NEVER, RETRY, SENT, Outcome
from chalicelib.flows.post import letters, recipients, report
from chalicelib.models import Letter, Memo
from chalicelib.models.outgoing import Outgoing, WaitingIndex
from chalicelib.rules import houses
from chalicelib.rules.calls import delivery
from chalicelib.words import mail

Way = Callable[[], Outcome]
_GRAVITY = (
    NEVER,
    RETRY,
    attempt.UNSURE,
)  # of several ends the one that leaves most to do: a doubt waits for its lease
_LONG = 8  # tries of one mail: half an hour of refusals, an hour of doubts
_OURS = {
    "chatwork-no-token",
    "chatwork-401",
    "NotFoundException",
    "AccessDeniedException",
}  # nothing that waiting will mend
PATIENCE = 8  # seconds in which a request begins to send; with the last send's 12 it ends before Lambda does, within its lease
SWEEP = 45  # seconds in which a sweep claims one more; each claim is a lease of its own
_COMPOSE: dict[type[Outgoing], Callable[[Any, houses.House], tuple[mail.Words, list[str], str]]] = {
    Memo: report.compose,
    Letter: letters.compose,
}


def deliver(item: Outgoing, now: datetime, begun: float) -> str:
    """Send an item whose lease we hold by every way that is still open; how it ended (`SENT`, `RETRY`, `NEVER`, `UNSURE`).

    The lease is of `now`, when the monotonic clock stood at `begun`. After an
    ambiguous end nothing is written: the lease runs out, and the sweep takes
    it from there.
    """
    try:
        ways = _ways(item)
    except (
        GetError
    ) as unread:  # a letter may show what a memo says: the store that did not answer will
        _write_down(item, Outcome(RETRY, problem=type(unread).__name__), now)
        return RETRY
    except Exception:
        log.crash("mail cannot be written", item=item.id)
        item.leave_to_office(now, "この内容からメールを作成できませんでした。")
        return NEVER
    lease = item.next_try_at
    failed = _try_all(item, ways, now, begun)
    if not failed:
        return SENT
    if item.next_try_at != lease:
        return "taken"
    worst = max(failed, key=lambda outcome: _GRAVITY.index(outcome.kind))
    _write_down(item, worst, now)
    return worst.kind


def _ways(item: Outgoing) -> dict[str, Way]:
    """What is still to be done: a mail to so many addresses as SES takes at once, a message to each Chatwork room."""
    house = houses.all_houses()[item.house]
    said, _, sender = _COMPOSE[type(item)](item, house)
    tags = {item.tag: item.id, "contract": item.contract, "stage": config.STAGE}
    return {
        way: _posting(house, room, said)
        if (room := chatwork.room_of(way))
        else _mailing(house, to, said, sender, tags)
        for way, to in item.open_ways.items()
    }


def _mailing(
    house: houses.House, to: list[str], said: mail.Words, sender: str, tags: dict[str, str]
) -> Way:
    raw = mail.message(said, house, to, sender)
    return lambda: ses.send(raw, to, tags)


def _posting(house: houses.House, room: str, said: mail.Words) -> Way:
    return lambda: chatwork.send(house.key, room, chatwork.plain(f"{said.subject}\n\n{said.text}"))


def _try_all(item: Outgoing, ways: dict[str, Way], now: datetime, begun: float) -> list[Outcome]:
    """Each way once, as long as patience lasts; what has left is written down at once. Returns the ends of those that have not."""
    failed: list[Outcome] = []
    lease = item.next_try_at
    for way, send in ways.items():
        if item.next_try_at != lease or way not in item.open_ways:
            continue  # somebody else has taken it over meanwhile, or SES itself has said that it went
        outcome = (
            send()
            if time.monotonic() - begun < PATIENCE
            else Outcome(RETRY, problem="not tried yet")
        )
        moment = now + timedelta(seconds=time.monotonic() - begun)
        if outcome.kind == SENT:
            item.way_left(way, moment, outcome.message_id)
            continue
        failed.append(outcome)
        if outcome.problem in chatwork.GONE:
            _tell_of_dead_room(item, way, outcome, moment)
    if not ways:  # all was noted, and only the last word was lost
        item.mark_handed_over(now, item.message_id or "")
    return failed


def _tell_of_dead_room(item: Outgoing, room: str, outcome: Outcome, now: datetime) -> None:
    """A room that will never take a message is what a hard bounce is of a mail address."""
    from chalicelib.flows.post import bounce  # which itself sends what it writes by this file

    told = delivery.Told(now, "bounced_hard", "chatwork", room, outcome.problem)
    try:
        if not any(line.endswith(f" bounced_hard chatwork {room}") for line in item.mail_events):
            bounce.tell(item, told, now, now)
            item.note_event(told.line)
    except Exception:
        log.crash("dead room could not be told", item=item.id)


def _write_down(item: Outgoing, outcome: Outcome, now: datetime) -> None:
    match outcome.kind:
        case attempt.RETRY:
            say = log.alarm if outcome.problem in _OURS else log.info
            say("mail refused for now", item=item.id, problem=outcome.problem, tries=item.tries)
            item.retry_at(now + backoff(item.tries), outcome.problem)
        case attempt.NEVER:
            log.alarm("mail refused for good", item=item.id, problem=outcome.problem)
            item.leave_to_office(now, outcome.problem)
        case attempt.UNSURE:
            log.info("mail may have been sent", item=item.id, problem=outcome.problem)


def backoff(tries: int) -> timedelta:
    """How long to wait after the `tries`-th definite refusal: doubling from 15 s to 15 minutes, with jitter."""
    return timedelta(seconds=min(15 * 2 ** min(tries - 1, 6), 900) * random.uniform(0.8, 1.2))


def deliver_all(items: Iterable[Outgoing], now: datetime, begun: float) -> None:
    """Send what this request has just stored under its lease, as long as its patience lasts.

    `begun` is when the request was at `now`, by the monotonic clock: what held
    it up before it stored anything has used up its lease too.

    Whatever is left is put back for the sweep: it was certainly not sent.
    """
    for item in items:
        if item.attempt_since is None:
            continue
        try:
            if time.monotonic() - begun < PATIENCE:
                deliver(item, now, begun)
            else:
                item.retry_at(now, "not tried yet")
        except Exception:
            log.crash("mail left to the sweep", item=item.id)


def sweep(now: datetime) -> dict[str, int]:
    """Send every mail whose lease or waiting time is over. Returns how many ended how.

    Reports go first, houses take turns by chance, so that a backlog of one
    cannot keep the others waiting for good; no faster than SES lets us send.
    """
    ended: dict[str, int] = {}
    begun, sent = time.monotonic(), 0
    for model, key in product(
        (Memo, Letter), random.sample(list(houses.all_houses()), k=len(houses.all_houses()))
    ):
        for found in model.waiting.query(key, range_key_condition=WaitingIndex.next_try_at <= now):
            if (passed := time.monotonic() - begun) > SWEEP:
                return ended
            how = _repair(model, found.id, now + timedelta(seconds=passed))
            sent += how != "taken"
            time.sleep(max(0.0, begun + sent / config.sending_rate() - time.monotonic()))
            ended[how] = ended.get(how, 0) + 1
    return ended


def _repair(model: type[Outgoing], item_id: str, now: datetime) -> str:
    """The index may be stale: what it names is read strongly, and claimed, before anything is sent."""
    try:
        item = model.find(item_id)
        if item is None or item.outbox != item.house or item.next_try_at > now:
            return "taken"
        changes = recipients.changes(item, now)
        if not item.claim(now, changes or ()):
            return "taken"
        if changes is None:
            log.alarm("nobody left to tell", item=item.id, contract=item.contract)
            item.leave_to_office(now, "確認済みの報告先がありません。")
            return NEVER
        if item.tries == _LONG:
            log.alarm("mail waits for long", item=item.id, problem=item.problem)
        return deliver(item, now, time.monotonic())
    except Exception:
        log.crash("sweep left a mail for the next minute", item=item_id)
        return "failed"
