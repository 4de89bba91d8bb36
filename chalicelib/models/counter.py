"""Counters of the limits on mail, gone by themselves after their hour or day."""

from pynamodb.attributes import TTLAttribute

from chalicelib.models.attributes import UnicodeAttribute, WholeAttribute
from chalicelib.models.base import Table, table


class Counter(Table):
    """How often something was done in one hour, or on one day (UTC)."""

    class Meta:
        table_name = table("counters")
        billing_mode = "PAY_PER_REQUEST"

    id = UnicodeAttribute(hash_key=True)  # mk#network#203.0.113.7#2026-09-01T10
    used = WholeAttribute(default=0)
    deleted_after = TTLAttribute()
