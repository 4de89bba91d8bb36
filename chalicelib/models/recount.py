"""Changes of a memo's count after it was taken, in the order of a contract's time (calls.md)."""

from pynamodb.attributes import BooleanAttribute

from chalicelib.models.attributes import UnicodeAttribute, UTCDateTimeAttribute
from chalicelib.models.base import Table, table


class Recount(Table):
    """A line of the ledger, never changed: `was` and `becomes` say whether the call counts.

    A line that is younger than its month's freeze is a credit of that month.
    """

    class Meta:
        table_name = table("recounts")
        billing_mode = "PAY_PER_REQUEST"

    contract = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)  # 2026-09-15T01:05:31.123456+00:00#mk-1f…
    memo = UnicodeAttribute()
    month = UnicodeAttribute()  # the call's JST month, 2026-09
    at = UTCDateTimeAttribute()
    by = UnicodeAttribute()
    was = BooleanAttribute()
    was_class = UnicodeAttribute()
    becomes = BooleanAttribute()
    becomes_class = UnicodeAttribute()
    why = UnicodeAttribute()

    def as_json(self) -> dict:
        """As plain JSON; `at` is in UTC."""
        return {
            "at": self.at.isoformat(),
            "by": self.by,
            "why": self.why,
            "was": {"class": self.was_class, "counts": self.was},
            "becomes": {"class": self.becomes_class, "counts": self.becomes},
        }
