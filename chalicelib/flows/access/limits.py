"""How often somebody may cause mail: counted by the hour or day, with a conditional add."""

from datetime import datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from chalicelib.input.mailboxes import mailbox_of
from chalicelib.models import Counter
from chalicelib.models.base import condition_failed
from chalicelib.rules.houses import House


def spend_on_recipient(house: House, address: str, now: datetime) -> bool:
    """Count one more mail to a mailbox, however it is spelled; False when its hour or day is full.

    Test mails and confirmations have one limit together.
    """
    mailbox, limits = mailbox_of(address), house.limits
    has_room_today = _spend(
        f"{house.key}#recipient#{mailbox}#{now:%Y-%m-%d}",
        limits.per_recipient_a_day,
        now + timedelta(days=2),
    )
    return has_room_today and spend(house, "recipient", mailbox, limits.per_recipient, now)


def spend(house: House, what: str, whom: str, limit: int, now: datetime) -> bool:
    """Count one more of `what` by or to `whom` in this hour; False when `limit` is used up."""
    counter = f"{house.key}#{what}#{whom}#{now:%Y-%m-%dT%H}"
    return _spend(counter, limit, now + timedelta(hours=2))


def _spend(identity: str, limit: int, deleted_after: datetime) -> bool:
    counter = Counter(identity)
    actions: list[Action] = [
        Counter.used.add(1),
        Counter.deleted_after.set(deleted_after),
    ]
    has_room = Counter.used.does_not_exist() | (Counter.used < limit)
    try:
        counter.update(actions, condition=has_room)
    except UpdateError as refused:
        if condition_failed(refused):
            return False
        raise
    return True


def seconds_left(now: datetime) -> int:
    """Seconds until the next hour's counters begin."""
    return 3600 - now.minute * 60 - now.second
