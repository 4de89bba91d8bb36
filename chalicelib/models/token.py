"""Tokens of mailed links.

The key is a digest: whoever reads the table cannot press anybody's button.
"""

from pynamodb.attributes import TTLAttribute

from chalicelib.models.attributes import UnicodeAttribute, UTCDateTimeAttribute
from chalicelib.models.base import Table, table


class Token(Table):
    """What a link is for, and until when it may be used (UTC instant)."""

    class Meta:
        table_name = table("tokens")
        billing_mode = "PAY_PER_REQUEST"

    digest = UnicodeAttribute(hash_key=True)
    purpose = UnicodeAttribute()  # mail, address, start_check, declared or paper
    contract = UnicodeAttribute()
    target = UnicodeAttribute(null=True)  # an address on the roster, or the number of an invoice
    mail = UnicodeAttribute()
    usable_until = UTCDateTimeAttribute()
    deleted_after = TTLAttribute()
