"""Payments as the bank or the office told of them, and what they were matched with (money.md)."""

from pynamodb.attributes import JSONAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.models.attributes import (
    DayAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    WholeAttribute,
)
from chalicelib.models.base import Table, table


class PaidIndex(GlobalSecondaryIndex):
    """A house's payments by their day."""

    class Meta:
        index_name = "by_on"
        projection = AllProjection()

    house = UnicodeAttribute(hash_key=True)
    on = DayAttribute(range_key=True)


class UnmatchedIndex(GlobalSecondaryIndex):
    """A house's payments that nobody has matched yet, the oldest first: sparse."""

    class Meta:
        index_name = "unmatched"
        projection = KeysOnlyProjection()

    unmatched_of = UnicodeAttribute(hash_key=True)
    on = DayAttribute(range_key=True)


class Payment(Table):
    """One transfer, however often it is imported: its id follows from the bank's own row.

    `taken` says what of it paid which invoice: [{"invoice": …, "yen": …}]; the rest is credit.
    """

    class Meta:
        table_name = table("payments")
        billing_mode = "PAY_PER_REQUEST"

    id = UnicodeAttribute(hash_key=True)
    house = UnicodeAttribute()
    on = DayAttribute()  # when the bank says that it came
    yen = WholeAttribute()
    payer = UnicodeAttribute(null=True)  # as the bank gives it
    payer_key = UnicodeAttribute(null=True)  # as payers are compared
    source = UnicodeAttribute()  # gate, hand, bank or set_off
    account = UnicodeAttribute(null=True)
    balance_after = WholeAttribute(null=True)
    bank_number = UnicodeAttribute(null=True)
    recorded_at = UTCDateTimeAttribute()
    by = UnicodeAttribute()
    digest = UnicodeAttribute(null=True)  # of the request that recorded it by hand

    unmatched_of = UnicodeAttribute(null=True)  # the house, until somebody matches it
    contract = UnicodeAttribute(null=True)
    taken = JSONAttribute(default=list)
    credit_yen = WholeAttribute(default=0)
    deposit_yen = WholeAttribute(default=0)  # of a set-off: what came of the deposit
    # A transfer for several contracts: each gets a payment of its own, a part of this one.
    parts = JSONAttribute(null=True)
    part_of = UnicodeAttribute(null=True)
    matched_at = UTCDateTimeAttribute(null=True)
    matched_by = UnicodeAttribute(null=True)
    # The bank took it back, or it was recorded by mistake: when, by whom, why.
    cancelled_at = UTCDateTimeAttribute(null=True)
    cancelled_by = UnicodeAttribute(null=True)
    cancelled_why = UnicodeAttribute(null=True)

    by_on = PaidIndex()
    unmatched = UnmatchedIndex()
