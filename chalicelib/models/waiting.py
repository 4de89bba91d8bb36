"""What a memo and a letter share: a mail that has to leave, and how far it has come.

`outbox` is set as long as the mail still has to be looked after: the house's
key while it is to be sent (the sweep finds it by `outbox` and `next_try_at`),
`<house>:office` when a person has to look at it, absent once handed over.
`next_try_at` is also the lease: whoever put or claimed the item works on it
until then, and nobody else touches it.
"""

from datetime import datetime, timedelta

from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.input import rooms
from chalicelib.models.attributes import (
    UnicodeAttribute,
    UTCDateTimeAttribute,
    WholeAttribute,
    list_of,
)
from chalicelib.models.base import Table
from chalicelib.models.records import EventAttribute, ReceiptAttribute
from chalicelib.rules.calls import outbox

LEASE = timedelta(seconds=30)
AT_ONCE = 50  # addresses that SES takes in one mail


class WaitingIndex(GlobalSecondaryIndex):
    class Meta:
        index_name = "waiting"
        projection = KeysOnlyProjection()

    outbox = UnicodeAttribute(hash_key=True)
    next_try_at = UTCDateTimeAttribute(range_key=True)


class Waiting(Table):
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
    # Of a mail with several ways (mail, Chatwork rooms): those that are done, while others are not,
    sent = list_of(UnicodeAttribute)
    # and how the carrier of each calls what it took.
    ids = list_of(ReceiptAttribute)
    handed_over_at = UTCDateTimeAttribute(null=True)  # by the first way that was done
    message_id = UnicodeAttribute(null=True)  # of the last way that was done
    mail_events = list_of(EventAttribute)  # what SES told of it, in any order
    problem = UnicodeAttribute(null=True)

    waiting: WaitingIndex
    tag: str  # under which name SES tells us its id again

    @property
    def recipients(self) -> list[str]:
        """Mail addresses and Chatwork rooms that it goes to."""
        raise NotImplementedError

    @property
    def is_overtaken(self) -> bool:
        """Whether another mail goes out in its place."""
        return False

    @property
    def state(self) -> str:
        """One of the states of rules/calls/outbox.py, as the item was read."""
        return outbox.state(self)

    @property
    def has_left(self) -> bool:
        """Whether it was handed over by every way."""
        return self.handed_over_at is not None and self.outbox is None

    def is_due(self, now: datetime) -> bool:
        """Whether the sweep may claim it: its time has come, or its lease has run out."""
        return self.state in (outbox.WAITING, outbox.TRYING) and self.next_try_at <= now

    @property
    def ways(self) -> dict[str, list[str]]:
        """To whom by each way: a mail to as many as SES takes at once, and each Chatwork room."""
        posts = {address: [address] for address in self.recipients if rooms.room_of(address)}
        mails = [address for address in self.recipients if address not in posts]
        batches = [mails[place : place + AT_ONCE] for place in range(0, len(mails), AT_ONCE)]
        return {f"mail{number or ''}": batch for number, batch in enumerate(batches)} | posts

    @property
    def open_ways(self) -> dict[str, list[str]]:
        """The ways that are not done yet."""
        return {way: to for way, to in self.ways.items() if way not in self.sent}

    def done(self) -> list[str]:
        """The recipients that it has been handed over for."""
        finished = self.has_left
        return [
            address
            for way, to in self.ways.items()
            for address in to
            if finished or way in self.sent
        ]

    def lease(self, now: datetime) -> None:
        """Before the first put: this request is about to send it."""
        self.outbox = self.house
        self.next_try_at = now + LEASE
        self.attempt_since = now
        self.tries = 1

    def wait_until(self, moment: datetime) -> None:
        """Before the first put: the sweep sends it from `moment` on."""
        self.outbox = self.house
        self.next_try_at = moment
        self.attempt_since = None

    def hold(self, problem: str, now: datetime) -> None:
        """Before the first put: it does not go out without a person."""
        self.outbox = outbox.office(self.house)
        self.next_try_at = now
        self.attempt_since = None
        self.problem = problem


def way_to(address: str, ways: dict[str, list[str]]) -> str | None:
    """Which of `ways` an address is told by; SES may write it in letters of another case."""
    wanted = address.casefold()
    for way, to in ways.items():
        if wanted in [each.casefold() for each in to]:
            return way
    return None
