"""What a memo and a letter share: a mail that has to leave, and how far it has come.

`outbox` is set as long as the mail still has to be looked after: the house's
key while it is to be sent (the sweep finds it by `outbox` and `next_try_at`),
`<house>:office` when a person has to look at it, absent once handed over.
`next_try_at` is also the lease: whoever put or claimed the item works on it
until then, and nobody else touches it.
"""

import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from pynamodb.attributes import JSONAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.input import rooms
from chalicelib.models.base import (
    Table,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    WholeAttribute,
    condition_failed,
    list_of,
    met_a_transaction,
)

LEASE = timedelta(seconds=30)
AT_ONCE = 50  # addresses that SES takes in one mail
_MEETINGS = 3  # with a transaction on the same item
# A mail whose end is in doubt again and again is repeated ever more slowly: somebody's phone may ring each time.
REPEATS = [
    LEASE,
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
]


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
    sent = list_of(
        UnicodeAttribute
    )  # of several ways (mail, Chatwork rooms) those that are done, while others are not
    ids = list_of(
        UnicodeAttribute
    )  # of several ways: `mail1 0102…`, how the carrier of each calls what it took
    handed_over_at = UTCDateTimeAttribute(null=True)  # the first of them
    message_id = UnicodeAttribute(null=True)
    mail_events = list_of(UnicodeAttribute)  # what SES told of it, as rules/delivery.py writes it
    problem = UnicodeAttribute(null=True)

    waiting: WaitingIndex
    tag: str  # under which name SES tells us its id again

    @property
    def recipients(self) -> list[str]:
        """Mail addresses and Chatwork rooms that it goes to."""
        raise NotImplementedError

    @property
    def ways(self) -> dict[str, list[str]]:
        """How it leaves, and to whom by each: mails to so many addresses as SES takes at once, and each Chatwork room."""
        posts = {each: [each] for each in self.recipients if rooms.room_of(each)}
        mails = [each for each in self.recipients if each not in posts]
        batches = [mails[place : place + AT_ONCE] for place in range(0, len(mails), AT_ONCE)]
        return {f"mail{number or ''}": batch for number, batch in enumerate(batches)} | posts

    @property
    def open_ways(self) -> dict[str, list[str]]:
        """The ways that are not done yet."""
        return {way: to for way, to in self.ways.items() if way not in self.sent}

    def done(self) -> list[str]:
        """The recipients that it has been handed over for."""
        finished = self.handed_over_at is not None and self.outbox is None
        return [
            each for way, to in self.ways.items() if finished or way in self.sent for each in to
        ]

    def lease(self, now: datetime) -> None:
        """Before the first put: this request is about to send it."""
        self.outbox, self.next_try_at, self.attempt_since, self.tries = (
            self.house,
            now + LEASE,
            now,
            1,
        )

    def wait_until(self, moment: datetime) -> None:
        """Before the first put: the sweep sends it from `moment` on."""
        self.outbox, self.next_try_at = self.house, moment

    def hold(self, problem: str, now: datetime) -> None:
        """Before the first put: it does not go out without a person."""
        self.outbox, self.next_try_at, self.problem, self.attempt_since = (
            f"{self.house}:office",
            now,
            problem,
            None,
        )

    def claim(self, now: datetime, changes: Sequence[Action] = ()) -> bool:
        """Take the lease, with `changes`, if nothing changed since the item was read; False if somebody else has it.

        An attempt that was begun and whose end nobody wrote down may have
        sent the mail: that doubt is put on record with the claim.
        """
        cls = type(self)
        doubt = (
            [cls.unsure.set(cls.unsure.append([self.attempt_since]))] if self.attempt_since else []
        )
        lease = REPEATS[min(len(self.unsure), len(REPEATS) - 1)]
        return self._if_untouched(
            [
                cls.next_try_at.set(now + lease),
                cls.attempt_since.set(now),
                cls.tries.set(self.tries + 1),
                *doubt,
                *changes,
            ]
        )

    def mark_handed_over(self, moment: datetime, message_id: str, way: str = "") -> bool:
        """All of it has left, `way` the last: out of the outbox for good."""
        cls = type(self)
        out = [cls.outbox.remove(), cls.next_try_at.remove(), cls.attempt_since.remove()]
        left: list[Action] = [
            cls.handed_over_at.set(cls.handed_over_at | moment),
            cls.message_id.set(message_id),
        ]
        left += self._called(way, message_id) if way else []
        if self._if_untouched([*left, *out]):
            return True
        # Taken out of the outbox meanwhile, by a correction: that it left is still true.
        self._changed(left, cls.outbox.does_not_exist() & cls.handed_over_at.does_not_exist())
        return False

    def note_sent(self, way: str, moment: datetime, message_id: str) -> bool:
        """One way of several has left; the lease goes on for the others. Ways noted by somebody else meanwhile stay noted."""
        cls = type(self)
        so_far: list[Action] = [
            cls.sent.set((cls.sent | []).append([way])),
            cls.handed_over_at.set(cls.handed_over_at | moment),
        ]
        so_far += self._called(way, message_id)
        condition = self.unchanged("next_try_at", "outbox") & ~cls.sent.contains(way)
        return self._changed([*so_far, cls.message_id.set(message_id)], condition)

    def way_left(self, way: str, moment: datetime, message_id: str) -> bool:
        """One way is done: out of the outbox if it was the last. False if somebody else was faster to say so."""
        if self.open_ways.keys() - {way}:
            noted = self.note_sent(way, moment, message_id)
            if not noted:
                self.refresh(consistent_read=True)
            if self.open_ways or self.outbox is None:
                return noted
        return self.mark_handed_over(moment, message_id, way)

    def _called(self, way: str, message_id: str) -> list[Action]:
        """Of an item with several ways it is kept which of them a message was; `message_id` is the last one's."""
        cls = type(self)
        return (
            [cls.ids.set((cls.ids | []).append([f"{way} {message_id}"]))]
            if len(self.ways) > 1
            else []
        )

    def retry_at(self, moment: datetime, problem: str) -> bool:
        """It has certainly not left: try again then."""
        cls = type(self)
        return self._if_untouched(
            [cls.next_try_at.set(moment), cls.attempt_since.remove(), cls.problem.set(problem)]
        )

    def leave_to_office(self, now: datetime, problem: str) -> bool:
        """It can never leave as it is: a person has to look at it."""
        cls = type(self)
        return self._if_untouched([*self._held(now, problem), cls.attempt_since.remove()])

    def give_back(self, now: datetime, address: str, message_id: str, problem: str) -> bool:
        """SES took the mail to `address` and then did not send it: that way is open again, and a person has to look at it."""
        cls, ways = type(self), self.ways
        way = next(
            (way for way, to in ways.items() if address.casefold() in map(str.casefold, to)), ""
        )
        took = cls.message_id.does_not_exist() | (cls.message_id == message_id)
        if len(ways) > 1:
            took = cls.ids.contains(f"{way} {message_id}")
        done = {*self.done()}
        others = [each for each, to in ways.items() if each != way and done.issuperset(to)]
        undone = [
            cls.sent.set(others),
            cls.attempt_since.remove(),
            *([] if others else [cls.handed_over_at.remove()]),
        ]
        return self._changed([*self._held(now, problem), *undone], took)

    def _held(self, now: datetime, problem: str) -> list[Action]:
        cls = type(self)
        return [
            cls.outbox.set(f"{self.house}:office"),
            cls.next_try_at.set(now),
            cls.problem.set(problem),
        ]

    def note_event(self, told: str) -> None:
        """Keep what SES told of it; twice the same is kept once. Unconditional otherwise: events come in any order."""
        cls = type(self)
        self._changed(
            [cls.mail_events.set((cls.mail_events | []).append([told]))],
            ~cls.mail_events.contains(told),
        )

    def _if_untouched(self, actions: list) -> bool:
        return self._changed(actions, self.unchanged("next_try_at", "outbox"))

    def _changed(self, actions: list, condition: Condition) -> bool:
        """Whether a change was made. One that meets a transaction on the item is asked again, since that is over in a moment."""
        for _ in range(_MEETINGS):
            try:
                self.update(actions, condition=condition & type(self).id.exists())
            except UpdateError as refused:
                if condition_failed(refused):
                    return False
                if not met_a_transaction(refused):
                    raise
                last = refused
                time.sleep(random.uniform(0.02, 0.1))
            else:
                return True
        raise last


__all__ = ["LEASE", "JSONAttribute", "Outgoing", "WaitingIndex"]
