"""What must hold after a fault and its repair: all is as it would be without the fault, but for the marks of the way."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from chalicelib.channels import ses
from tests.faults.wire import Mail
from tests.faults.world import Tables

REPEAT = "重ねてお送りしている可能性"
# How the outbox got there; `sent` are the ways that were done while another one was not.
_WAY = {"tries", "unsure", "problem", "last_used_on", "sent"}
_DRAWN = {
    "message_id",
    "ids",
    "taker",
    "handed_over_at",
}  # that there is one is compared, what it is by chance is not
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")


def broken(calm, told, cell, path, prepared: Tables) -> list[str]:
    """Each invariant that does not hold, in words."""
    may_stop = path.final is None and not path.event
    undone = (
        may_stop and _same(prepared, told, cell) and not any(_done(each) for each in told.answers)
    )
    found = [*_struck(calm, told, cell), *_answers(calm, told, path)]
    if undone and not told.mails:
        return found
    return [
        *found,
        *_differences(calm.tables, told, cell),
        *_mails(calm, told, cell),
        *_seen(calm, told),
    ]


def waiting(tables: Tables) -> bool:
    """Whether a mail has yet to leave, without a person."""
    return any(
        item.get("outbox") == item["house"]
        for table in ("memos", "letters")
        for item in tables[table].values()
    )


def _done(answer) -> bool:
    return answer.status < 300


def _struck(calm, told, cell) -> Iterator[str]:
    """A cell whose call was not reached, or not struck as often as it should be, proves nothing."""
    if told.calls[: cell.place + 1] != calm.calls[: cell.place + 1]:
        yield f"the call was not reached: {[str(call) for call in told.calls]}"
    if told.hits != (cell.call.attempts if cell.fault.lasting else 1):
        yield f"struck {told.hits} times"


def _answers(calm, told, path) -> Iterator[str]:
    """Who is told to ask again has been told nothing else; all others are told the same, to the byte."""
    final = [answer for answer in told.answers if not _asks_again(answer)]
    for answer in final:
        if answer.status >= 500:
            yield f"answered {answer.status}: {answer.text}"
        elif _plain(answer.text, told.began) != _plain(calm.answers[0].text, calm.began):
            yield f"answered {answer.status} in other words: {answer.text}"
    if len({answer.body for answer in final}) > 1:
        yield f"answered in different words: {[answer.text for answer in final]}"
    if path.final and told.answers[-1].status != path.final:
        yield f"the last answer is {told.answers[-1].status}"


def _asks_again(answer) -> bool:
    """503 with its time to wait; or 409 of the kind which says that somebody else was faster, and nothing was done."""
    return (answer.status == 503 and "Retry-After" in answer.headers) or (
        answer.status == 409 and "changed-meanwhile" in answer.text
    )


def _same(before: Tables, told, cell) -> bool:
    return not list(_differences(before, told, cell))


def _differences(calm: Tables, told, cell) -> Iterator[str]:
    """What is stored otherwise than it should be, item by item."""
    for table, items in calm.items():
        should, is_ = (
            _listed(items, told.began, cell),
            _listed(told.tables[table], told.began, cell),
        )
        for key in should.keys() | is_.keys():
            if len(should.get(key, [])) != len(is_.get(key, [])):
                yield f"{table} {key}: {len(is_.get(key, []))} instead of {len(should.get(key, []))}"
            for one, other in zip(should.get(key, []), is_.get(key, []), strict=False):
                if names := [
                    name for name in one.keys() | other.keys() if one.get(name) != other.get(name)
                ]:
                    yield f"{table} {key} differs in {sorted(names)}"


def _listed(items: dict, began, cell) -> dict[str, list[dict]]:
    """{key: its items}: keys that tell a moment of the story may be several's."""
    found: dict[str, list[dict]] = {}
    for key, item in items.items():
        found.setdefault(_plain(key, began), []).append(_bare(item, began, cell))
    return found


def _bare(item: dict, began, cell) -> dict:
    """An item without the marks of the way; an index that knew of nothing may have left out the earlier calls."""
    ignored = _WAY | ({"earlier"} if cell.fault.kind == "stale" else set())
    names = item.keys() - ignored
    return {
        name: "…" if name in _DRAWN else _plain(json.dumps(item[name]), began) for name in names
    }


def _plain(text: str, began: datetime) -> str:
    """A text without the story's own moments: what a repair does is done later."""
    return _STAMP.sub(
        lambda found: found[0] if datetime.fromisoformat(found[0]) < began else "…", text
    )


def _mails(calm, told, cell) -> Iterator[str]:
    """Each mail once, and once more at most for each doubt that the fault has left on record; what is sent again says so."""
    doubts = _doubts(told.tables)
    doubts.subtract(_doubts(calm.tables))
    sent, should = Counter(map(_whom, told.mails)), Counter(map(_whom, calm.mails))
    if told.taken != len(told.mails):
        yield f"{told.taken} mails were taken, {len(told.mails)} went over the wire"
    for item, to in sent.keys() | should.keys():
        extra = sent[item, to] - should[item, to]
        if not 0 <= extra <= (0 if cell.fault.plain else doubts[item]):
            yield f"{sent[item, to]} mails of {item}, {doubts[item]} doubts more than without the fault"
        if sum(REPEAT in mail.text for mail in told.mails if _whom(mail) == (item, to)) < extra:
            yield f"a repeat of {item} does not say so"
        if not set(to) <= _recipients(calm.tables, item):
            yield f"somebody else was told of {item}"


def _whom(mail: Mail) -> tuple:
    return mail.item, mail.to


def _outgoing(tables: Tables) -> Iterator[tuple[str, dict]]:
    """Every item that is a mail, by its tag."""
    for table in ("memos", "letters"):
        for item in tables[table].values():
            yield ses.tagged(item["id"]["S"]), item


def _doubts(tables: Tables) -> Counter:
    """{an item's tag: how many attempts of unknown end are on its record}."""
    return Counter(
        {tag: len(item.get("unsure", {"L": []})["L"]) for tag, item in _outgoing(tables)}
    )


def _recipients(tables: Tables, wanted: str) -> set[str]:
    """Whom an item names, as it is stored."""
    named = [
        item.get("to") or item.get("told_now") or item["reported_to"]
        for tag, item in _outgoing(tables)
        if tag == wanted
    ]
    return {
        each if isinstance(each, str) else each["address"]
        for whom in named
        for each in json.loads(whom["S"])
    }


def _seen(calm, told) -> Iterator[str]:
    said, should = (json.dumps(each.seen, ensure_ascii=False) for each in (told, calm))
    if _plain(said, told.began) != _plain(should, calm.began):
        yield f"the doors tell {said} instead of {should}"
