"""Letters: every mail that is not a report. Put in the same transaction as its cause, under an id that follows from it."""

from pynamodb.attributes import JSONAttribute

from chalicelib.models.base import UnicodeAttribute, UTCDateTimeAttribute, table
from chalicelib.models.outgoing import Outgoing, WaitingIndex


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
