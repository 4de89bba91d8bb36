"""A month's calls as a closing counts them: one row for each, and what of them is billed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from chalicelib.models import Memo, Recount
from chalicelib.rules import calendar
from chalicelib.rules.calls import metering
from chalicelib.rules.house_file import CLASSES
from chalicelib.rules.money.counts import Count

Row = dict[str, Any]


@dataclass
class Month:
    """The rows of a statement of work, and the surcharges of its counted calls in yen.

    `late_days` are the JST days of calls that count, but were reported after an earlier freeze.
    """

    rows: list[Row] = field(default_factory=list)
    surcharges: list[int] = field(default_factory=list)
    late_days: list[date] = field(default_factory=list)

    @property
    def count(self) -> Count:
        """What of the month is billed."""
        return Count(len(self.counted), sum(self.surcharges))

    @property
    def counted(self) -> list[str]:
        """The ids of the counted memos, in the order of the calls."""
        return [row["id"] for row in self.rows if row["counted"]]

    @property
    def digest(self) -> str:
        """Which memos were counted, in one word."""
        return sha256("\n".join(self.counted).encode()).hexdigest()


def count(
    contract_id: str,
    month: str,
    until: datetime,
    changes: Sequence[Recount] = (),
    frozen_at: datetime | None = None,
) -> Month:
    """The calls of a JST month, with the reports that were handed over before `until`.

    `changes` are the ledger's lines since the last closing. Their memos are read strongly, since
    the index of the month may be a moment late. `frozen_at` is the earlier freeze, if any.
    """
    memos = _newest(contract_id, month, changes)
    counted = Month()
    for memo in sorted(memos, key=lambda each: (each.received_at, each.id)):
        counts, why = metering.counted(memo, until)
        counted.rows.append(_row(memo, counts, why))
        if counts and memo.surcharge_yen:
            counted.surcharges.append(memo.surcharge_yen)
        if counts and frozen_at and not metering.counted(memo, frozen_at)[0]:
            counted.late_days.append(calendar.day_of(memo.received_at))
    return counted


def _newest(contract_id: str, month: str, changes: Sequence[Recount]) -> list[Memo]:
    """The newest version of each memo."""
    memos = {memo.id: memo for memo in Memo.of_month(contract_id, month)}
    for change in changes:
        memo = Memo.find(change.memo) if change.month == month else None
        if memo:
            memos[memo.id] = memo
            memos.pop(memo.corrects, None)
    return [memo for memo in memos.values() if not memo.corrected_by]


def _row(memo: Memo, counts: bool, why: str) -> Row:
    """A call as the statement shows it: at which JST time, from whom, and whether it counts."""
    caller = " ".join(filter(None, (memo.caller_company, memo.caller_name)))
    row: Row = {
        "id": memo.id,
        "number": memo.number,
        "at": f"{memo.received_at.astimezone(calendar.JST):%Y-%m-%dT%H:%M}",
        "from": caller or None,
        "class": CLASSES[memo.class_of_now],
        "counted": counts,
        "why": why,
    }
    if counts and memo.surcharge_yen:
        row["surcharge_yen"] = memo.surcharge_yen
    return row
