"""How many calls a month counts (calls.md Count, money.md)."""

from datetime import date

from chalicelib.rules import calendar

NOT_YET = "まだ報告が送信されていません"
CORRECTED = "訂正後の受電メモで数えます"


def judged(memo) -> tuple[bool, str]:
    """(whether a call of this class counts, why), by what was decided last about it."""
    return (memo.counts, memo.why) if memo.counts_now is None else (memo.counts_now, memo.why_now)


def counted(memo) -> tuple[bool, str]:
    """(whether a memo counts now, why): one that should count does so once its report was handed over.

    Of a call that was corrected the last version counts, as reported by any.
    """
    if memo.corrected_by:
        return False, CORRECTED
    counts, why = judged(memo)
    if counts and not (memo.handed_over_at or memo.told_before):
        return False, NOT_YET
    return counts, why


def usage(
    memos: list, included: int, over_yen: int, month: str, today: date, since: date | None = None
) -> dict:
    """A month's count against the plan, with a straight-line forecast while the month runs.

    `since` is the first day of service; `included` calls, `over_yen` yen for each further one; `month` as `2026-09`.
    """
    count = sum(counted(memo)[0] for memo in memos)
    last = calendar.last_day_of(month)
    first = max(last.replace(day=1), since or last.replace(day=1))
    days = max((last - first).days + 1, 1)
    gone = min(max((today - first).days + 1, 1), days)
    return {
        "taken": sum(memo.corrected_by is None for memo in memos),
        "counted": count,
        "included": included,
        "over": max(0, count - included),
        "over_yen": max(0, count - included) * over_yen,
        "forecast": round(count * days / gone),
    }
