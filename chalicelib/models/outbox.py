"""What a memo and a letter share: a mail that has to leave, and how far it has come.

`outbox` is set as long as the mail still has to be looked after: the house's
key while it is to be sent (the sweep finds it by `outbox` and `next_try_at`),
`<house>:office` when a person has to look at it, absent once handed over.
`next_try_at` is also the lease: whoever put or claimed the item works on it
until then, and nobody else touches it.
"""

from datetime import datetime, timedelta

from pynamodb.attributes import JSONAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.models.base import Table, UnicodeAttribute, UTCDateTimeAttribute, WholeAttribute, condition_failed, list_of

LEASE = timedelta(seconds=30)
# A mail whose end is in doubt again and again is repeated ever more slowly: somebody's phone may ring each time.
REPEATS = [LEASE, timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15)]


class WaitingIndex(GlobalSecondaryIndex):
    class Meta:
        index_name = "waiting"
        projection = KeysOnlyProjection()

    outbox = UnicodeAttribute(hash_key=True)
    next_try_at = UTCDateTimeAttribute(range_key=True)


class Outgoing(Table):
    class Meta:
        abstract = True

    id = UnicodeAttribute(hash_key=True)
    house = UnicodeAttribute()
    contract = UnicodeAttribute()
    outbox = UnicodeAttribute(null=True)
    next_try_at = UTCDateTimeAttribute(null=True)
    attempt_since = UTCDateTimeAttribute(null=True)
    tries = WholeAttribute(default=0)
    unsure = list_of(UTCDateTimeAttribute)
    handed_over_at = UTCDateTimeAttribute(null=True)
    message_id = UnicodeAttribute(null=True)
    problem = UnicodeAttribute(null=True)

    waiting: WaitingIndex

    def lease(self, now: datetime) -> None:
        """Before the first put: this request is about to send it."""
        self.outbox, self.next_try_at, self.attempt_since, self.tries = self.house, now + LEASE, now, 1

    def wait_until(self, moment: datetime) -> None:
        """Before the first put: the sweep sends it from `moment` on."""
        self.outbox, self.next_try_at = self.house, moment

    def hold(self, problem: str, now: datetime) -> None:
        """Before the first put: it does not go out without a person."""
        self.outbox, self.next_try_at, self.problem, self.attempt_since = f"{self.house}:office", now, problem, None

    def claim(self, now: datetime) -> bool:
        """Take the lease if nothing changed since the item was read; False if somebody else has it.

        An attempt that was begun and whose end nobody wrote down may have
        sent the mail: that doubt is put on record with the claim.
        """
        cls = type(self)
        doubt = [cls.unsure.set(cls.unsure.append([self.attempt_since]))] if self.attempt_since else []
        lease = REPEATS[min(len(self.unsure), len(REPEATS) - 1)]
        return self._if_untouched(
            [cls.next_try_at.set(now + lease), cls.attempt_since.set(now), cls.tries.set(self.tries + 1), *doubt]
        )

    def mark_handed_over(self, now: datetime, message_id: str) -> bool:
        """The mail has left: out of the outbox for good."""
        cls = type(self)
        return self._if_untouched(
            [
                cls.handed_over_at.set(now),
                cls.message_id.set(message_id),
                cls.outbox.remove(),
                cls.next_try_at.remove(),
                cls.attempt_since.remove(),
            ]
        )

    def retry_at(self, moment: datetime, problem: str) -> bool:
        """The mail has certainly not left: try again then."""
        cls = type(self)
        return self._if_untouched([cls.next_try_at.set(moment), cls.attempt_since.remove(), cls.problem.set(problem)])

    def leave_to_office(self, now: datetime, problem: str) -> bool:
        """The mail can never leave as it is: a person has to look at it."""
        cls = type(self)
        return self._if_untouched(
            [
                cls.outbox.set(f"{self.house}:office"),
                cls.next_try_at.set(now),
                cls.attempt_since.remove(),
                cls.problem.set(problem),
            ]
        )

    def _if_untouched(self, actions: list) -> bool:
        cls = type(self)
        try:
            self.update(actions, condition=(cls.next_try_at == self.next_try_at) & (cls.outbox == self.outbox))
        except (UpdateError, PutError) as refused:
            if condition_failed(refused):
                return False
            raise
        return True


__all__ = ["LEASE", "JSONAttribute", "Outgoing", "WaitingIndex"]
