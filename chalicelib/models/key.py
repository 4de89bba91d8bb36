"""API keys. Only a digest of the secret is kept."""

from chalicelib.models.attributes import UnicodeAttribute, UTCDateTimeAttribute
from chalicelib.models.base import Table, table


class Key(Table):
    """One owner's key; `last_used_on` is a JST date."""

    class Meta:
        table_name = table("keys")
        billing_mode = "PAY_PER_REQUEST"

    id = UnicodeAttribute(hash_key=True)
    house = UnicodeAttribute()
    owner = UnicodeAttribute()
    role = UnicodeAttribute()
    secret_sha256 = UnicodeAttribute()
    made_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()
    revoked_at = UTCDateTimeAttribute(null=True)
    last_used_on = UnicodeAttribute(null=True)
