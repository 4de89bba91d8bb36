"""What a house's clients are recognised by when they apply again."""

from chalicelib.models.attributes import UnicodeAttribute
from chalicelib.models.base import Table, table


class Mark(Table):
    """One item a mark and contract."""

    class Meta:
        table_name = table("marks")
        billing_mode = "PAY_PER_REQUEST"

    mark = UnicodeAttribute(hash_key=True)  # mk#phone:0312345678
    contract = UnicodeAttribute(range_key=True)
