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

from chalicelib import attempt, config, log, mail, ses
from chalicelib.flows import letters, report
from chalicelib.models import Letter, Memo
from chalicelib.models.outbox import Outgoing, WaitingIndex
from chalicelib.rules import house as houses

PATIENCE = 10  # seconds in which a request or a sweep begins to send; with the last send's 12 it ends within its lease of 30
_COMPOSE: dict[type[Outgoing], Callable[[Any, houses.House], tuple[mail.Words, list[str], str]]] = {
    Memo: report.compose,
    Letter: letters.compose,
}


def deliver(item: Outgoing, now: datetime) -> str:
    """Send the mail of an item whose lease we hold; how it ended (`attempt.SENT`, `RETRY`, `NEVER`, `UNSURE`).

    After an ambiguous end nothing is written: the lease runs out, and the
    sweep takes it from there.
    """
    try:
        house = houses.all_houses()[item.house]
        said, to, sender = _COMPOSE[type(item)](item, house)
        raw = mail.message(said, house, to, sender)
    except Exception:
        log.crash("mail cannot be written", item=item.id)
        item.leave_to_office(now, "この内容からメールを作成できませんでした。")
        return attempt.NEVER
    outcome = ses.send(raw, to, {"item": _tag(item.id), "contract": _tag(item.contract), "stage": config.STAGE})
    _write_down(item, outcome, now)
    return outcome.kind


def _write_down(item: Outgoing, outcome: attempt.Outcome, now: datetime) -> None:
    match outcome.kind:
        case attempt.SENT:
            item.mark_handed_over(now, outcome.message_id)
        case attempt.RETRY:
            log.info("mail refused for now", item=item.id, problem=outcome.problem, tries=item.tries)
            item.retry_at(now + backoff(item.tries), outcome.problem)
        case attempt.NEVER:
            log.alarm("mail refused for good", item=item.id, problem=outcome.problem)
            item.leave_to_office(now, outcome.problem)
        case attempt.UNSURE:
            log.info("mail may have been sent", item=item.id, problem=outcome.problem)


def backoff(tries: int) -> timedelta:
    """How long to wait after the `tries`-th definite refusal: doubling from 15 s to 15 minutes, with jitter."""
    return timedelta(seconds=min(15 * 2 ** min(tries - 1, 6), 900) * random.uniform(0.8, 1.2))


def deliver_all(items: Iterable[Outgoing], now: datetime) -> None:
    """Send what this request has just stored under its lease, as long as its patience lasts.

    Whatever is left is put back for the sweep: it was certainly not sent.
    """
    begun = time.monotonic()
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
    the others waiting for good.
    """
    ended: dict[str, int] = {}
    begun = time.monotonic()
    for model, key in random.sample(list(product((Memo, Letter), houses.all_houses())), k=2 * len(houses.all_houses())):
        for found in model.waiting.query(key, range_key_condition=WaitingIndex.next_try_at <= now):
            if (passed := time.monotonic() - begun) > PATIENCE:
                return ended
            how = _repair(model, found.id, now + timedelta(seconds=passed))
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


def _tag(value: str) -> str:
    """SES tags allow letters, digits, `-` and `_` only."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "_" for letter in value)[:256]
