"""API keys: made, checked, revoked. Only a digest of a secret is ever kept."""

import hashlib
import hmac
import re
import secrets
import threading
import time
from datetime import datetime, timedelta

from pynamodb.exceptions import PynamoDBException, TransactWriteError

from chalicelib import log
from chalicelib.errors import NotKnown, Refused
from chalicelib.flows import lookup
from chalicelib.input.shapes import Choice, Shape, Text
from chalicelib.models import Key, Progress
from chalicelib.models.base import lost_a_race, transaction
from chalicelib.rules import calendar
from chalicelib.rules.houses import House

ROLES = {"operator": "オペレーター", "office": "事務", "admin": "管理者"}
# An owner is the local part of the address that the operator's reports come from (S3 Q2).
_OWNER = (
    "[a-z0-9][a-z0-9-]{0,39}",
    "名義は半角の英小文字・数字・ハイフンで入力してください"
    "(報告メールの送信元に使われます)。例: tanaka",
)
NEW = Shape(
    "NewKey",
    owner=Text("名義", max=40, pattern=_OWNER, example="tanaka"),
    role=Choice("権限", ROLES),
)
RANK = {"operator": 1, "office": 2, "admin": 3}
REMEMBERED = 45  # seconds: a revoked key is dead everywhere within a minute
LIFETIME = timedelta(days=365)
_ROUNDS = 12  # of a race for an owner's two keys
_checked: dict[str, tuple[float, Key]] = {}
_lock = threading.Lock()


def make(house: str, owner: str, role: str, now: datetime) -> tuple[Key, str]:
    """(the key's record, the key itself, shown this once).

    An owner has at most two live keys, for rotation. Raises Refused for a third, also where
    several are asked for at once: whoever lost the race looks again.
    """
    for _ in range(_ROUNDS):
        last = Progress.find(f"keys#{house}#{owner}")
        others = [key for key in _of_house(house) if key.owner == owner]
        live = [key for key in others if _is_live(key, now)]
        if len(live) >= 2:
            raise Refused("この名義には有効なキーが2本あります。先に古いキーを失効させてください。")
        key, secret = _new(house, owner, role, now)
        if _stored_behind(key, last):
            return key, f"dwb_{key.id}_{secret}"
    raise Refused(
        "同じ名義のキーが同時に作成されています。少し待ってから、もう一度お試しください。"
    )


def _new(house: str, owner: str, role: str, now: datetime) -> tuple[Key, str]:
    """(a key that is not stored yet, its secret)."""
    secret = secrets.token_urlsafe(32)
    key = Key(
        id=secrets.token_hex(6),
        house=house,
        owner=owner,
        role=role,
        secret_sha256=_digest(secret),
        made_at=now,
        expires_at=now + LIFETIME,
    )
    return key, secret


def _stored_behind(key: Key, last: Progress | None) -> bool:
    """Store a key as its owner's newest; False if another one was made since `last` was read."""
    newest = Progress(f"keys#{key.house}#{key.owner}", state=key.id, at=key.made_at)
    unchanged = Progress.state == last.state if last else Progress.job.does_not_exist()
    try:
        with transaction() as both:
            both.save(key, condition=Key.id.does_not_exist())
            both.save(newest, condition=unchanged)
    except TransactWriteError as refused:
        if lost_a_race(refused):
            return False
        raise
    return True


def check(presented: str, now: datetime) -> Key:
    """The record of a presented key.

    Raises NotKnown, in the same words whatever is wrong with the key.
    """
    identity, _, secret = presented.removeprefix("dwb_").partition("_")
    has_form = presented.startswith("dwb_") and re.fullmatch("[0-9a-f]{12}", identity)
    key = _recall(identity) if has_form else None
    # Digests are compared in any case, so that the time taken tells nothing.
    stored = key.secret_sha256 if key else _digest("nobody")
    is_same = hmac.compare_digest(stored, _digest(secret))
    if key is None or not is_same or not _is_live(key, now):
        raise NotKnown(
            "APIキーを確認できません。"
            "Authorization ヘッダーに有効なキーを Bearer 形式で指定してください。"
        )
    _note_use(key, now)
    return key


def _recall(identity: str) -> Key | None:
    """The record of a key, read at most once a minute; an unknown key is never remembered."""
    with _lock:
        read_at, key = _checked.get(identity, (0.0, None))
    if key is not None and time.monotonic() - read_at < REMEMBERED:
        return key
    key = Key.find(identity)
    if key is not None:
        with _lock:
            _checked[identity] = (time.monotonic(), key)
    return key


def _note_use(key: Key, now: datetime) -> None:
    """Note the use once a day, for the admin's eyes; a note that fails turns nobody away."""
    today = calendar.day_of(now).isoformat()
    if key.last_used_on != today:
        try:
            key.update([Key.last_used_on.set(today)], condition=Key.id.exists())
        except PynamoDBException:
            log.crash("use of a key not noted", key=key.id)


def revoke(house: House, identity: str, now: datetime) -> None:
    """Let a key be dead at once here, and within a minute everywhere.

    Raises NotFound, for another house's key too.
    """
    key = lookup.key(house, identity)
    if key.revoked_at is None:
        key.update([Key.revoked_at.set(now)])
    with _lock:
        _checked.pop(identity, None)


def forget() -> None:
    """Drop what this process remembers of keys."""
    with _lock:
        _checked.clear()


def _of_house(house: str) -> list[Key]:
    return list(Key.scan(Key.house == house, consistent_read=True))


def _is_live(key: Key, now: datetime) -> bool:
    return key.revoked_at is None and key.expires_at > now


def _digest(secret: str) -> str:
    """Of whatever was presented: a lone surrogate too has its bytes."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
