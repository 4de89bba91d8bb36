"""A memo is stored exactly once, however often its request comes (calls.md)."""

import time
import uuid
from collections.abc import Callable
from datetime import datetime

from chalicelib.errors import Busy, KeyUsedForOther, Problem
from chalicelib.flows.post import act
from chalicelib.models import Memo


def once(
    memo_id: str,
    digest: str,
    write: Callable[[], Memo],
    put: Callable[[Memo], bool],
    now: datetime,
) -> Memo:
    """The memo of that id: written, put and reported now, or as it was stored before.

    `write` reads and decides, `put` stores and says whether it could. Raises
    what `write` raises, KeyUsedForOther, and Busy where another change was faster.
    """
    begun = time.monotonic()
    try:
        memo = write()
    except Problem:
        stored = _stored(memo_id, digest)
        if stored is None:
            raise
        return stored
    memo.body_digest = digest
    memo.taker = uuid.uuid4().hex
    if not put(memo):
        stored = _stored(memo_id, digest)
        if stored is None:
            raise Busy("この受電メモは同時に変更されました。もう一度お試しください。")
        if stored.taker != memo.taker:
            return stored
        # Our own write succeeded, and only its answer was lost. The mail is still ours to send.
    act.send([memo], now, begun)
    return memo


def _stored(memo_id: str, digest: str) -> Memo | None:
    """The memo that an earlier request with this key has made. Raises KeyUsedForOther."""
    memo = Memo.find(memo_id)
    if memo is not None and memo.body_digest != digest:
        raise key_used_for_other()
    return memo


def key_used_for_other() -> KeyUsedForOther:
    """The problem of a key that came with another body before."""
    return KeyUsedForOther(
        "この Idempotency-Key は、別の内容のメモで使われています。"
        "新しいメモには新しいキーを付けてください。"
    )
