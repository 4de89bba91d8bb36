"""Payments as the bank or the office told of them, and what they were matched with (money.md)."""

from collections.abc import Collection

from pynamodb.attributes import BooleanAttribute, JSONAttribute
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
    With `is_cancel` it is no money, but the bank's notice that an earlier transfer never was.
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
    is_transfer = BooleanAttribute(default=True)  # not interest or cash, as far as the bank says
    is_cancel = BooleanAttribute(default=False)
    takes_back = UnicodeAttribute(null=True)  # a notice: the payment that was cancelled by it
    list_name = UnicodeAttribute(null=True)  # the file that first brought it
    recorded_at = UTCDateTimeAttribute()
    by = UnicodeAttribute()
    digest = UnicodeAttribute(null=True)  # of the request that recorded it by hand

    unmatched_of = UnicodeAttribute(null=True)  # the house, until somebody matches it
    contract = UnicodeAttribute(null=True)
    taken = JSONAttribute(default=list)
    credit_yen = WholeAttribute(default=0)
    from_credit_yen = WholeAttribute(null=True)  # of a set-off: the rest came from the deposit
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

    @classmethod
    def of_ids(cls, ids: Collection[str], names: list[str] | None = None) -> dict[str, "Payment"]:
        """Those of these payments that are stored, by their id, read strongly.

        With `names` only these attributes are read.
        """
        payments = cls.batch_get(list(ids), consistent_read=True, attributes_to_get=names)
        return {payment.id: payment for payment in payments}
