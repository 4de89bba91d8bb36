"""How many calls a month counts (calls.md Count, money.md)."""

from collections.abc import Sequence
from datetime import date, datetime

from chalicelib.rules import calendar
from chalicelib.rules.calls.facts import Judged, Metered

NOT_YET = "まだ報告が送信されていません"
CORRECTED = "訂正後の受電メモで数えます"


def judged(memo: Judged) -> tuple[bool, str]:
    """(whether a call of this class counts, why), by what was decided last about it."""
    if memo.counts_now is None:
        return memo.counts, memo.why
    return memo.counts_now, memo.why_now


def counted(memo: Metered, until: datetime | None = None) -> tuple[bool, str]:
    """(whether a memo counts now, why): a memo counts once its report was handed over.

    Of a call that was corrected the last version counts, as reported by any. A closing looks only
    at reports that were handed over before the instant `until`.
    """
    if memo.corrected_by:
        return False, CORRECTED
    counts, why = judged(memo)
    if counts and not _is_reported(memo, until):
        return False, NOT_YET
    return counts, why


def _is_reported(memo: Metered, until: datetime | None) -> bool:
    moments = [moment for moment in (memo.handed_over_at, memo.told_before) if moment]
    if not moments:
        return False
    return until is None or min(moments) < until


def usage(
    memos: Sequence[Metered],
    included: int,
    over_yen: int,
    month: str,
    today: date,
    since: date | None = None,
) -> dict[str, int]:
    """A month's count against the plan, with a straight-line forecast while the month runs.

    `month` as `2026-09`; `included` calls, `over_yen` yen for each further
    call; `since` is the first day of service, a JST date like `today`.
    """
    count = sum(counted(memo)[0] for memo in memos)
    over = max(0, count - included)
    last = calendar.last_day_of(month)
    first_of_month = last.replace(day=1)
    first = max(first_of_month, since or first_of_month)
    days = max((last - first).days + 1, 1)
    gone = min(max((today - first).days + 1, 1), days)
    return {
        "taken": sum(memo.corrected_by is None for memo in memos),
        "counted": count,
        "included": included,
        "over": over,
        "over_yen": over * over_yen,
        "forecast": round(count * days / gone),
    }
