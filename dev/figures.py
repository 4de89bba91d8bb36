"""The table of a load, in Markdown: how fast memos were accepted and handed over, and how every request ended."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from dev.ledger import Facts, accepted_memos
from dev.traffic import Answer

_SHARES = (0.5, 0.95, 0.99, 1.0)


def table(phases: dict[str, list[Answer]], facts: Facts) -> str:
    """One column a phase. Times are p50 / p95 / p99 / longest in milliseconds."""
    columns = [dict(_rows(answers, facts)) for answers in phases.values()]
    lines = [["", *phases], ["---"] * (len(phases) + 1)]
    lines += [[name, *(column[name] for column in columns)] for name in columns[0]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _rows(answers: list[Answer], facts: Facts) -> Iterator[tuple[str, str]]:
    waited = [each for each in answers if not each.attempt.hangs_up]
    accepted = accepted_memos(answers)
    first = {each.attempt.wanted.key: each.due for each in reversed(answers)}
    due = {identity: first[wanted.key] for identity, wanted in accepted.items()}
    stored = {identity: facts.stored[identity] for identity in accepted if identity in facts.stored}
    handed = [
        (each.taken_at, each.handed_over_at)
        for each in stored.values()
        if each.handed_over_at is not None
    ]
    mails = [mail for mail in facts.mails if mail.item in accepted]
    yield "memos / requests", f"{len(first)} / {len(answers)}"
    yield "memos due, a second", _rate(len(first), first.values())
    yield (
        "memos accepted, a second",
        _rate(len(accepted), [min(first.values()), *(each.ended for each in waited)]),
    )
    yield (
        "answers",
        ", ".join(
            f"{count} x {how}" for how, count in sorted(Counter(map(_ending, answers)).items())
        ),
    )
    yield "due to sent, ms", _times(each.sent - each.due for each in answers)
    yield "due to answer, ms", _times(each.ended - each.due for each in waited if each.status)
    yield "due to taken by SES, ms", _times(mail.at - due[mail.item] for mail in mails)
    yield (
        "taken_at to taken by SES, ms",
        _times(mail.at - stored[mail.item].taken_at for mail in mails if mail.item in stored),
    )
    yield (
        "taken_at to handed_over_at, ms",
        _times(at - taken for taken, at in handed),
    )
    yield (
        "mails / of them doubled",
        f"{len(mails)} / {len(mails) - len({mail.item for mail in mails})}",
    )
    yield "memos with an attempt in doubt", str(sum(bool(each.unsure) for each in stored.values()))


def _rate(count: int, moments: Iterable[float]) -> str:
    moments = list(moments)
    lasted = max(moments) - min(moments)
    return f"{count / lasted:.1f}" if lasted else "at once"


def _ending(answer: Answer) -> str:
    return answer.problem or ("hung up" if answer.attempt.hangs_up else str(answer.status))


def _times(seconds: Iterable[float]) -> str:
    """Nearest ranks."""
    sorted_ms = sorted(each * 1000 for each in seconds)
    if not sorted_ms:
        return "-"
    return " / ".join(
        f"{sorted_ms[math.ceil(len(sorted_ms) * share) - 1]:.0f}" for share in _SHARES
    )
