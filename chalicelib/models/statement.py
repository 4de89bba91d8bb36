"""Statements of work (作業明細): a month's calls and its count as a closing froze them."""

import json
import zlib
from typing import Any

from pynamodb.attributes import BinaryAttribute

from chalicelib.models.attributes import UnicodeAttribute, UTCDateTimeAttribute, WholeAttribute
from chalicelib.models.base import table
from chalicelib.models.paper import HasPaper, PaperIndex


class StatementPapers(PaperIndex):
    class Meta(PaperIndex.Meta):
        pass


class Statement(HasPaper):
    """One month of one contract. Only what was settled since changes, with a later invoice."""

    class Meta:
        table_name = table("statements")
        billing_mode = "PAY_PER_REQUEST"

    contract = UnicodeAttribute(hash_key=True)
    month = UnicodeAttribute(range_key=True)
    frozen_at = UTCDateTimeAttribute()  # reports handed over later are a matter of the next closing
    plan = UnicodeAttribute()
    included = WholeAttribute()
    over_yen = WholeAttribute()
    calls = WholeAttribute()  # that count
    surcharge_yen = WholeAttribute()
    digest = UnicodeAttribute()  # of the ids of the counted memos
    packed = BinaryAttribute(legacy_encoding=False)  # the rows
    settled_calls = WholeAttribute()  # as the last invoice has billed them
    settled_surcharge_yen = WholeAttribute()

    by_paper_due = StatementPapers()

    @classmethod
    def of(cls, contract: str, month: str) -> "Statement | None":
        """The statement of a month, read strongly, or None."""
        try:
            return cls.get(contract, month, consistent_read=True)
        except cls.DoesNotExist:
            return None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every call that an operator took, in order: see flows/contract/count_month.py."""
        rows: list[dict[str, Any]] = json.loads(zlib.decompress(self.packed))
        return rows


def pack(rows: list[dict[str, Any]]) -> bytes:
    """Rows as they are stored: a month of some thousand calls is far below an item's 400 KB."""
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 9)
