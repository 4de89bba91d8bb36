"""The table of a load, in Markdown.

It says how fast memos were accepted and handed over, and how every request ended.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from dev.ledger import Facts, accepted_memos
from dev.traffic import Answer

_SHARES = (0.5, 0.95, 0.99, 1.0)


def table(phases: dict[str, list[Answer]], facts: Facts) -> str:
    """One column a phase. Times are p50 / p95 / p99 / longest in milliseconds."""
    columns = [dict(_rows(answers, facts)) for answers in phases.values()]
    lines = [_line(["", *phases]), _line(["---"] * (len(phases) + 1))]
    for name in columns[0]:
        lines.append(_line([name, *(column[name] for column in columns)]))
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rows(answers: list[Answer], facts: Facts) -> Iterator[tuple[str, str]]:
    first = {each.attempt.request.key: each.due for each in reversed(answers)}
    yield "memos / requests", f"{len(first)} / {len(answers)}"
    yield "memos due, a second", _rate(len(first), first.values())
    yield from _answer_rows(answers, min(first.values()))
    yield from _mail_rows(answers, facts, first)


def _answer_rows(answers: list[Answer], start: float) -> Iterator[tuple[str, str]]:
    """What callers saw; `start` is when the first memo was due."""
    with_patience = [each for each in answers if not each.attempt.hangs_up]
    ends = [each.ended for each in with_patience]
    answer_times = [each.ended - each.due for each in with_patience if each.status]
    endings = sorted(Counter(map(_ending, answers)).items())
    yield "memos accepted, a second", _rate(len(accepted_memos(answers)), [start, *ends])
    yield "answers", ", ".join(f"{count} x {how}" for how, count in endings)
    yield "due to sent, ms", _times(each.sent - each.due for each in answers)
    yield "due to answer, ms", _times(answer_times)


def _mail_rows(
    answers: list[Answer], facts: Facts, first: dict[str, float]
) -> Iterator[tuple[str, str]]:
    """What became of the mails; `first` says when each key's memo was first due."""
    accepted = accepted_memos(answers)
    due = {identity: first[request.key] for identity, request in accepted.items()}
    stored = {identity: facts.stored[identity] for identity in accepted if identity in facts.stored}
    memos = list(stored.values())
    mails = [mail for mail in facts.mails if mail.item in accepted]
    of_stored = [mail for mail in mails if mail.item in stored]
    doubles = len(mails) - len({mail.item for mail in mails})
    yield "due to taken by SES, ms", _times(mail.at - due[mail.item] for mail in mails)
    until_ses = (mail.at - stored[mail.item].taken_at for mail in of_stored)
    yield "taken_at to taken by SES, ms", _times(until_ses)
    until_noted = [memo.handed_over_at - memo.taken_at for memo in memos if memo.handed_over_at]
    yield "taken_at to handed_over_at, ms", _times(until_noted)
    yield "mails / of them doubled", f"{len(mails)} / {doubles}"
    yield "memos with an attempt in doubt", str(sum(bool(memo.unsure) for memo in memos))


def _rate(count: int, moments: Iterable[float]) -> str:
    moments = list(moments)
    lasted = max(moments) - min(moments)
    return f"{count / lasted:.1f}" if lasted else "at once"


def _ending(answer: Answer) -> str:
    if answer.problem:
        return answer.problem
    return "hung up" if answer.attempt.hangs_up else str(answer.status)


def _times(seconds: Iterable[float]) -> str:
    """The shares' nearest ranks, in milliseconds."""
    in_order = sorted(each * 1000 for each in seconds)
    if not in_order:
        return "-"
    ranks = [math.ceil(len(in_order) * share) - 1 for share in _SHARES]
    return " / ".join(f"{in_order[rank]:.0f}" for rank in ranks)
