"""What must hold after a fault and its repair: all is as it would be without the fault, but for the marks of the way."""

import json
import re
from collections import Counter
from collections.abc import Iterator

from tests.faults.wire import Mail
from tests.faults.world import Tables

REPEAT = "重ねてお送りしている可能性"
# How the outbox got there, and when; that a mail was handed over is compared, its moment is not.
_WAY = {"tries", "unsure", "problem", "last_used_on"}
_MOMENTS = {"handed_over_at", "message_id", "taken_at", "taker"}


def broken(calm, told, cell, path, prepared: Tables) -> list[str]:
    """Each invariant that does not hold, in words."""
    undone = path.final is None and _same(prepared, told.tables, cell) and not any(_done(each) for each in told.answers)
    found = [*_struck(calm, told, cell), *_answers(calm, told, path)]
    if undone and not told.mails:
        return found
    return [*found, *_differences(calm.tables, told.tables, cell), *_mails(calm, told, cell), *_seen(calm, told)]


def waiting(tables: Tables) -> bool:
    """Whether a mail has yet to leave, without a person."""
    return any(item.get("outbox") == item["house"] for table in ("memos", "letters") for item in tables[table].values())


def _done(answer) -> bool:
    return answer.status < 300


def _struck(calm, told, cell) -> Iterator[str]:
    """A cell whose call was not reached, or not struck as often as it should be, proves nothing."""
    if told.calls[: cell.place + 1] != calm.calls[: cell.place + 1]:
        yield f"the call was not reached: {[str(call) for call in told.calls]}"
    if told.hits != (cell.call.attempts if cell.fault.lasting else 1):
        yield f"struck {told.hits} times"


def _answers(calm, told, path) -> Iterator[str]:
    for answer in told.answers:
        if answer.status >= 500 and (answer.status != 503 or "Retry-After" not in answer.headers):
            yield f"answered {answer.status}: {answer.text}"
        elif answer.status < 500 and answer.body != calm.answers[0].body:
            yield f"answered {answer.status} in other words: {answer.text}"
    if path.final and told.answers[-1].status != path.final:
        yield f"the last answer is {told.answers[-1].status}"


def _same(before: Tables, after: Tables, cell) -> bool:
    return not list(_differences(before, after, cell))


def _differences(calm: Tables, told: Tables, cell) -> Iterator[str]:
    """What is stored otherwise than it should be, item by item."""
    for table, items in calm.items():
        for key in items.keys() | told[table].keys():
            should, is_ = _plain(items.get(key), cell), _plain(told[table].get(key), cell)
            if should != is_:
                names = [name for name in should.keys() | is_.keys() if should.get(name) != is_.get(name)]
                yield f"{table} {key} differs in {sorted(names)}"


def _plain(item: dict | None, cell) -> dict:
    """An item without the marks of the way; an index that knew of nothing may have left out the earlier calls."""
    ignored = _WAY | ({"earlier"} if cell.fault.kind == "stale" else set())
    return {name: "…" if name in _MOMENTS else value for name, value in (item or {}).items() if name not in ignored}


def _mails(calm, told, cell) -> Iterator[str]:
    """Each mail once, and once more at most for each doubt that the fault has left on record; what is sent again says so."""
    doubts = _doubts(told.tables)
    doubts.subtract(_doubts(calm.tables))
    sent, should = Counter(mail.item for mail in told.mails), Counter(mail.item for mail in calm.mails)
    if told.taken != len(told.mails):
        yield f"SES took {told.taken} mails, {len(told.mails)} went over the wire"
    for item in sent.keys() | should.keys():
        extra = sent[item] - should[item]
        if not 0 <= extra <= (0 if cell.fault.plain else doubts[item]):
            yield f"{sent[item]} mails of {item}, {doubts[item]} doubts more than without the fault"
        if sum(REPEAT in mail.text for mail in told.mails if mail.item == item) < extra:
            yield f"a repeat of {item} does not say so"
    if {_whom(mail) for mail in told.mails} != {_whom(mail) for mail in calm.mails}:
        yield "somebody else was told"


def _whom(mail: Mail) -> tuple:
    return mail.item, mail.to


def _doubts(tables: Tables) -> Counter:
    """{an item's tag: how many attempts of unknown end are on its record}."""
    items = [item for table in ("memos", "letters") for item in tables[table].values()]
    return Counter({re.sub(r"[^A-Za-z0-9_-]", "_", item["id"]["S"]): len(item.get("unsure", {"L": []})["L"]) for item in items})


def _seen(calm, told) -> Iterator[str]:
    if told.seen != calm.seen:
        yield f"the doors tell {json.dumps(told.seen, ensure_ascii=False)}"
