"""The sweep repairs what was interrupted: mails whose lease or waiting time is over leave.

Whoever sends one claims it first.
"""

import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib import config, log
from chalicelib.channels.outcome import NEVER
from chalicelib.flows.post import act, recipients
from chalicelib.models import Letter, Memo
from chalicelib.models.outgoing import Outgoing
from chalicelib.models.waiting import WaitingIndex
from chalicelib.rules import houses

SECONDS = 45  # in which a sweep claims one more mail; each claim is a lease of its own
_LONG = 8  # tries of one mail: half an hour of refusals, an hour of doubts


def sweep(now: datetime) -> dict[str, int]:
    """Send every mail that is due. Returns how many ended how.

    No faster than SES lets us send, and no longer than a minute.
    """
    ended: dict[str, int] = {}
    begun = time.monotonic()
    sent = 0
    for model, item_id in _waiting(now):
        passed = time.monotonic() - begun
        if passed > SECONDS:
            return ended
        how = _repair(model, item_id, now + timedelta(seconds=passed))
        sent += how != act.TAKEN
        time.sleep(max(0.0, begun + sent / config.sending_rate() - time.monotonic()))
        ended[how] = ended.get(how, 0) + 1
    return ended


def _waiting(now: datetime) -> Iterator[tuple[type[Outgoing], str]]:
    """Reports first; houses take turns by chance, so that no backlog keeps others waiting."""
    for model in (Memo, Letter):
        keys = list(houses.all_houses())
        for key in random.sample(keys, k=len(keys)):
            due = model.waiting.query(key, range_key_condition=WaitingIndex.next_try_at <= now)
            yield from ((model, item.id) for item in due)


def _repair(model: type[Outgoing], item_id: str, now: datetime) -> str:
    """The index may be stale: its mail is read strongly, and claimed, before anything is sent."""
    try:
        item = model.find(item_id)
        if item is None or not item.is_due(now):
            return act.TAKEN
        changes = recipients.changes(item, now)
        if not item.claim(now, changes or ()):
            return act.TAKEN
        if changes is None:
            log.alarm("nobody left to tell", item=item.id, contract=item.contract)
            item.leave_to_office(now, "確認済みの報告先がありません。")
            return NEVER
        if item.tries == _LONG:
            log.alarm("mail waits for long", item=item.id, problem=item.problem)
        return act.deliver(item, now, time.monotonic())
    except Exception:
        log.crash("sweep left a mail for the next minute", item=item_id)
        return "failed"
