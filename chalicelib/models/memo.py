"""Call memos: each item is the record, its own idempotency record, the meter's event and the outbox, in one."""

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, JSONAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.models.base import UnicodeAttribute, UTCDateTimeAttribute, table
from chalicelib.models.outbox import Outgoing, WaitingIndex


class MonthIndex(GlobalSecondaryIndex):
    """A contract's memos of one JST month in the order of the calls: the meter, and the day's earlier calls."""

    class Meta:
        index_name = "by_contract_month"
        projection = IncludeProjection(
            ["number", "call_class", "reported", "counts", "why", "caller_number", "caller_name", "handed_over_at"]
        )

    contract_month = UnicodeAttribute(hash_key=True)
    received_at = UTCDateTimeAttribute(range_key=True)
    caller_number = UnicodeAttribute(null=True)


class MemoWaiting(WaitingIndex):
    class Meta(WaitingIndex.Meta):
        pass


class Memo(Outgoing):
    class Meta:
        table_name = table("memos")
        billing_mode = "PAY_PER_REQUEST"

    contract_month = UnicodeAttribute()  # mk-7KQ2MAB3DE#2026-09
    received_at = UTCDateTimeAttribute()
    taken_at = UTCDateTimeAttribute()
    taker = UnicodeAttribute()  # which attempt's put this was
    number = UnicodeAttribute()
    operator = UnicodeAttribute()
    call_class = UnicodeAttribute()
    reported = BooleanAttribute()
    counts = BooleanAttribute()
    why = UnicodeAttribute()
    caller_number = UnicodeAttribute(null=True)
    caller_name = UnicodeAttribute(null=True)
    body_digest = UnicodeAttribute()
    text = JSONAttribute(null=True)  # what the caller said; deleted after the house's period
    reported_to = JSONAttribute(default=list)
    asked_for = UnicodeAttribute(null=True)  # the person on the roster who was asked for
    route_note = UnicodeAttribute(null=True)
    earlier = JSONAttribute(null=True)  # the day's earlier calls from that number, as the report names them

    by_contract_month = MonthIndex()
    waiting = MemoWaiting()

    @classmethod
    def of_month(cls, contract: str, month: str, since: datetime | None = None, caller: str | None = None) -> list["Memo"]:
        """A contract's memos of a JST month, oldest first, with the index's attributes only.

        `since` leaves out earlier calls, `caller` (a normalised number) those of others.
        """
        later = MonthIndex.received_at >= since if since else None
        theirs = MonthIndex.caller_number == caller if caller else None
        return list(cls.by_contract_month.query(f"{contract}#{month}", range_key_condition=later, filter_condition=theirs))
