"""Lines: the numbers that a house lends.

A number is one item, so it can be on one contract at a time only.
"""

from collections.abc import Iterator
from datetime import date

from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.models.attributes import DayAttribute, UnicodeAttribute
from chalicelib.models.base import Table, table

FREE, LENT, QUARANTINED = "free", "lent", "quarantined"


class PoolIndex(GlobalSecondaryIndex):
    """A house's numbers in their order."""

    class Meta:
        index_name = "by_house"
        projection = AllProjection()

    house = UnicodeAttribute(hash_key=True)
    number = UnicodeAttribute(range_key=True)


class Line(Table):
    """A number of the pool, by its normalised form."""

    class Meta:
        table_name = table("lines")
        billing_mode = "PAY_PER_REQUEST"

    number = UnicodeAttribute(hash_key=True)  # 0312345678
    house = UnicodeAttribute()
    state = UnicodeAttribute()
    contract = UnicodeAttribute(null=True)  # whose it is, or was before its quarantine
    use = UnicodeAttribute(null=True)  # forwarding or listed
    lent_on = DayAttribute(null=True)
    quarantined_until = DayAttribute(null=True)

    by_house = PoolIndex()

    def state_on(self, day: date) -> str:
        """The state on a JST date: a quarantine ends by itself after its last day."""
        is_over = self.state == QUARANTINED and self.quarantined_until < day
        return FREE if is_over else self.state

    @classmethod
    def pool(cls, house: str, after: str | None = None) -> Iterator["Line"]:
        """A house's numbers, in order, beginning after one of them."""
        later = PoolIndex.number > after if after else None
        return iter(cls.by_house.query(house, range_key_condition=later))
