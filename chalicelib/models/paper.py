"""What an invoice and a statement share: a paper that has to be made, and whether it was.

The item is the wish for its own paper: it is stored with `paper_of` and `paper_due` in the very
transaction that makes it, so that no wish can be lost. Both are gone once the paper is kept.
"""

from datetime import datetime, timedelta

from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.models.attributes import UnicodeAttribute, UTCDateTimeAttribute
from chalicelib.models.base import Table

ASKED_AGAIN = timedelta(hours=1)  # [D] as often a paper that cannot be made may be a dead letter


class PaperIndex(GlobalSecondaryIndex):
    """A house's papers that are to be made, by when they are asked for next: sparse."""

    class Meta:
        index_name = "by_paper_due"
        projection = KeysOnlyProjection()

    paper_of = UnicodeAttribute(hash_key=True)
    paper_due = UTCDateTimeAttribute(range_key=True)


class HasPaper(Table):
    """An item of which there is a paper."""

    class Meta:
        abstract = True

    house = UnicodeAttribute()
    paper_of = UnicodeAttribute(null=True)  # the house, until the paper is kept
    paper_due = UTCDateTimeAttribute(null=True)  # when it is asked for next
    paper_at = UTCDateTimeAttribute(null=True)  # since when it is kept

    by_paper_due: PaperIndex

    def want_paper(self, now: datetime) -> None:
        """Before the first put: the next round asks for the paper."""
        self.paper_of = self.house
        self.paper_due = now

    def claim_paper(self, now: datetime) -> bool:
        """Whether it is ours to ask for the paper now; nobody else does so for a while."""
        cls = type(self)
        is_due = cls.paper_due <= now
        return self.changed([cls.paper_due.set(now + ASKED_AGAIN)], is_due)

    def note_paper(self, now: datetime) -> None:
        """The paper is kept; noted twice, the first time stands."""
        cls = type(self)
        over = [cls.paper_of.remove(), cls.paper_due.remove()]
        actions: list[Action] = [cls.paper_at.set(now), *over]
        self.changed(actions, cls.paper_at.does_not_exist())
