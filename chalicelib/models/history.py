"""What of a contract's history no longer fits beside it: pages of older lines.

A page is never changed once it is written.
"""

from pynamodb.attributes import JSONAttribute

from chalicelib.models.attributes import UnicodeAttribute, WholeAttribute
from chalicelib.models.base import Table, table


class History(Table):
    """A page of lines, oldest first."""

    class Meta:
        table_name = table("history")
        billing_mode = "PAY_PER_REQUEST"

    contract = UnicodeAttribute(hash_key=True)
    first = WholeAttribute(range_key=True)  # how many lines were written before this page
    lines = JSONAttribute()
