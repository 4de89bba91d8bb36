"""What of a contract's history no longer fits beside it: pages of older lines, oldest first. Never changed once written."""

from pynamodb.attributes import JSONAttribute

from chalicelib.models.base import Table, UnicodeAttribute, WholeAttribute, table


class History(Table):
    class Meta:
        table_name = table("history")
        billing_mode = "PAY_PER_REQUEST"

    contract = UnicodeAttribute(hash_key=True)
    first = WholeAttribute(range_key=True)  # how many lines were written before this page
    lines = JSONAttribute()
