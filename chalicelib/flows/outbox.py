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

from chalicelib import attempt, chatwork, config, log, mail, ses
from chalicelib.attempt import NEVER, SENT, Outcome
from chalicelib.flows import letters, report
from chalicelib.models import Letter, Memo
from chalicelib.models.outbox import Outgoing, WaitingIndex
from chalicelib.rules import house as houses

Way = Callable[[], Outcome]
_GRAVITY = (NEVER, attempt.RETRY, attempt.UNSURE)  # of several ends the one that leaves most to do: a doubt waits for its lease
_LONG = 8  # refusals in a row: half an hour or so
PATIENCE = 10  # seconds in which a request or a sweep begins to send; with the last send's 12 it ends within its lease of 30
_COMPOSE: dict[type[Outgoing], Callable[[Any, houses.House], tuple[mail.Words, list[str], str]]] = {
    Memo: report.compose,
    Letter: letters.compose,
}


def deliver(item: Outgoing, now: datetime) -> str:
    """Send an item whose lease we hold by every way that is still open; how it ended (`SENT`, `RETRY`, `NEVER`, `UNSURE`).

    After an ambiguous end nothing is written: the lease runs out, and the
    sweep takes it from there.
    """
    try:
        ways = _ways(item)
    except GetError as unread:  # a letter may show what a memo says: the store that did not answer will
        _write_down(item, Outcome(attempt.RETRY, problem=type(unread).__name__), now)
        return attempt.RETRY
    except Exception:
        log.crash("mail cannot be written", item=item.id)
        item.leave_to_office(now, "この内容からメールを作成できませんでした。")
        return NEVER
    failed = _try_all(item, [way for way in ways.items() if way[0] not in item.sent], now)
    if not failed:
        return SENT
    worst = max(failed, key=lambda outcome: _GRAVITY.index(outcome.kind))
    _write_down(item, worst, now)
    return worst.kind


def _ways(item: Outgoing) -> dict[str, Way]:
    """How an item leaves: one mail to all its addresses, and one message to each of its Chatwork rooms."""
    house = houses.all_houses()[item.house]
    said, to, sender = _COMPOSE[type(item)](item, house)
    rooms = {each: room for each in to if (room := chatwork.room_of(each))}
    ways: dict[str, Way] = {each: _posting(house, room, said) for each, room in rooms.items()}
    if mails := [each for each in to if each not in rooms]:
        raw = mail.message(said, house, mails, sender)
        tags = {item.tag: item.id, "contract": item.contract, "stage": config.STAGE}
        ways = {"mail": lambda: ses.send(raw, mails, tags)} | ways
    return ways


def _posting(house: houses.House, room: str, said: mail.Words) -> Way:
    return lambda: chatwork.send(house.key, room, chatwork.plain(f"{said.subject}\n\n{said.text}"))


def _try_all(item: Outgoing, ways: list[tuple[str, Way]], now: datetime) -> list[Outcome]:
    """Each way once; what has left is written down at once. Returns the ends of those that have not."""
    failed: list[Outcome] = []
    begun = time.monotonic()
    for place, (name, send) in enumerate(ways, start=1):
        outcome = send()
        moment = now + timedelta(seconds=time.monotonic() - begun)
        if outcome.kind != SENT:
            failed.append(outcome)
        elif failed or place < len(ways):
            item.note_sent(name, moment, outcome.message_id)
        else:
            item.mark_handed_over(moment, outcome.message_id)
    return failed


def _write_down(item: Outgoing, outcome: Outcome, now: datetime) -> None:
    match outcome.kind:
        case attempt.RETRY:
            say = log.alarm if item.tries == _LONG else log.info
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
            if (passed := time.monotonic() - begun) < PATIENCE:
                deliver(item, now + timedelta(seconds=passed))
            else:
                item.retry_at(now, "not tried yet")
        except Exception:
            log.crash("mail left to the sweep", item=item.id)


def sweep(now: datetime) -> dict[str, int]:
    """Send every mail whose lease or waiting time is over. Returns how many ended how.

    Houses and kinds take turns by chance, so that a backlog of one cannot keep
    the others waiting for good; no faster than SES lets us send.
    """
    ended: dict[str, int] = {}
    begun, sent = time.monotonic(), 0
    for model, key in random.sample(list(product((Memo, Letter), houses.all_houses())), k=2 * len(houses.all_houses())):
        for found in model.waiting.query(key, range_key_condition=WaitingIndex.next_try_at <= now):
            if (passed := time.monotonic() - begun) > PATIENCE:
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
        if item is None or item.outbox != item.house or item.next_try_at > now or not item.claim(now):
            return "taken"
        return deliver(item, now)
    except Exception:
        log.crash("sweep left a mail for the next minute", item=item_id)
        return "failed"
