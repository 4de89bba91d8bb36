"""What `books` found in the books of a house on a day."""

from pynamodb.attributes import JSONAttribute

from chalicelib.models.attributes import UnicodeAttribute, UTCDateTimeAttribute, WholeAttribute
from chalicelib.models.base import Table, table

HEAD = "head"


class Book(Table):
    """The head says how many parts there are; each part is a batch of contracts."""

    class Meta:
        table_name = table("books")
        billing_mode = "PAY_PER_REQUEST"

    house_day = UnicodeAttribute(hash_key=True)  # mk#2026-09-11
    part = UnicodeAttribute(range_key=True)  # head, 0001, 0002, …
    at = UTCDateTimeAttribute()
    parts = WholeAttribute(null=True)
    contracts = WholeAttribute(default=0)
    invoices = WholeAttribute(default=0)
    statements = WholeAttribute(default=0)
    # What is wrong, and what the next closing puts right: see flows/money/books.py.
    findings = JSONAttribute(default=list)
    differences = JSONAttribute(default=list)
