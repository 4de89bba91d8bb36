"""Payouts: money that goes back to a client, until the office marks it paid (money.md)."""

from pynamodb.attributes import JSONAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.models.attributes import (
    DayAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    WholeAttribute,
)
from chalicelib.models.base import Table, table


class PayoutIndex(GlobalSecondaryIndex):
    """A house's payouts by the day on which they arose."""

    class Meta:
        index_name = "by_on"
        projection = AllProjection()

    house = UnicodeAttribute(hash_key=True)
    on = DayAttribute(range_key=True)


class Payout(Table):
    """`parts` say what the money is: [{"reason": "deposit", "yen": 2960}]."""

    class Meta:
        table_name = table("payouts")
        billing_mode = "PAY_PER_REQUEST"

    id = UnicodeAttribute(hash_key=True)  # mk-7KQ2MAB3DE-p1
    house = UnicodeAttribute()
    contract = UnicodeAttribute()
    client = UnicodeAttribute()
    on = DayAttribute()
    parts = JSONAttribute()
    yen = WholeAttribute()
    fee_yen = WholeAttribute()  # the bank's fee that it is less by
    net_yen = WholeAttribute()
    paid_on = DayAttribute(null=True)
    paid_at = UTCDateTimeAttribute(null=True)
    paid_by = UnicodeAttribute(null=True)

    by_on = PayoutIndex()
