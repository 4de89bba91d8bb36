"""Letters: every mail but the report, put in the transaction of its cause.

A letter's id follows from its cause, so that no cause writes twice.
"""

from pynamodb.attributes import JSONAttribute

from chalicelib.models.attributes import UnicodeAttribute, UTCDateTimeAttribute
from chalicelib.models.base import table
from chalicelib.models.outgoing import Outgoing
from chalicelib.models.waiting import WaitingIndex


class LetterWaiting(WaitingIndex):
    class Meta(WaitingIndex.Meta):
        pass


class Letter(Outgoing):
    class Meta:
        table_name = table("letters")
        billing_mode = "PAY_PER_REQUEST"

    tag = "letter"

    kind = UnicodeAttribute()
    to = JSONAttribute()
    facts = JSONAttribute()
    written_at = UTCDateTimeAttribute()

    waiting = LetterWaiting()

    @property
    def recipients(self) -> list[str]:
        return self.to
