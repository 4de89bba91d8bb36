"""Changes of a memo's count after it was taken: one line each, never changed, in the order of a contract's time (calls.md)."""

from pynamodb.attributes import BooleanAttribute

from chalicelib.models.base import Table, UnicodeAttribute, UTCDateTimeAttribute, table


class Recount(Table):
    """A line: `was` and `becomes` say whether the call counts. What is younger than a month's freeze is its credit."""

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
        sides = {"was": (self.was_class, self.was), "becomes": (self.becomes_class, self.becomes)}
        said = {
            side: {"class": call_class, "counts": counts}
            for side, (call_class, counts) in sides.items()
        }
        return {"at": self.at.isoformat(), "by": self.by, "why": self.why} | said
