"""How often the public form may cause mail: counted by the hour, with a conditional add."""

from datetime import datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from chalicelib.models import Counter
from chalicelib.models.base import condition_failed
from chalicelib.rules.houses import House


def spend(house: House, what: str, whom: str, limit: int, now: datetime) -> bool:
    """Count one more of `what` by or to `whom` in this hour; False when `limit` is used up."""
    counter = Counter(f"{house.key}#{what}#{whom}#{now:%Y-%m-%dT%H}")
    actions: list[Action] = [
        Counter.used.add(1),
        Counter.deleted_after.set(now + timedelta(hours=2)),
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
