"""Tokens of mailed links. The key is a digest: whoever reads the table cannot press anybody's button."""

from pynamodb.attributes import TTLAttribute

from chalicelib.models.base import Table, UnicodeAttribute, UTCDateTimeAttribute, table


class Token(Table):
    class Meta:
        table_name = table("tokens")
        billing_mode = "PAY_PER_REQUEST"

    digest = UnicodeAttribute(hash_key=True)
    purpose = UnicodeAttribute()  # mail or address
    contract = UnicodeAttribute()
    target = UnicodeAttribute(null=True)  # the address's id
    mail = UnicodeAttribute()
    usable_until = UTCDateTimeAttribute()
    deleted_after = TTLAttribute()
