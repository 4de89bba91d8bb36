"""How far a job has come, so that the next run knows.

Of an owner's keys it is the newest one: `keys#mk#tanaka`.
"""

from chalicelib.models.attributes import UnicodeAttribute, UTCDateTimeAttribute, WholeAttribute
from chalicelib.models.base import Table, table


class Progress(Table):
    """One item a job."""

    class Meta:
        table_name = table("progress")
        billing_mode = "PAY_PER_REQUEST"

    job = UnicodeAttribute(hash_key=True)  # redate
    state = UnicodeAttribute()  # what the job's last whole run was made of
    at = UTCDateTimeAttribute()
    left = WholeAttribute(null=True)  # of a closing: contracts that are not closed yet
    begun_at = UTCDateTimeAttribute(null=True)
