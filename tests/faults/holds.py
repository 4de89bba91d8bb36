"""What must hold after a fault and its repair.

All is as it would be without the fault, but for the marks of the way.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from chalicelib.channels import ses
from tests.faults.wire import Mail
from tests.faults.world import Tables

REPEAT = "重ねてお送りしている可能性"
# How the outbox got there; `sent` are the ways that were done while another one was not. Which
# sweep asks for an invoice's paper is no matter of the mail.
_WAY = {"tries", "unsure", "problem", "last_used_on", "sent", "paper_at", "paper_due", "paper_of"}
# Only whether there is one is compared: what it is depends on chance or on the moment.
_DRAWN = {"message_id", "ids", "taker", "handed_over_at", "deleted_after"}
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")


def broken(calm, run, cell, path, prepared: Tables) -> list[str]:
    """Each invariant that does not hold, in words."""
    problems = [*_strikes(calm, run, cell), *_answers(calm, run, path)]
    may_stop = path.final is None and not path.event
    if may_stop and not run.mails and _is_undone(prepared, run, cell):
        return problems
    problems += _differences(calm.tables, run, cell)
    problems += _mails(calm, run, cell)
    problems += _views(calm, run)
    return problems


def waiting(tables: Tables) -> bool:
    """Whether a mail has yet to leave, without a person."""
    items = [*tables["memos"].values(), *tables["letters"].values()]
    return any(item.get("outbox") == item["house"] for item in items)


def _is_undone(prepared: Tables, run, cell) -> bool:
    """Nothing was stored, and nobody was told that something was."""
    if any(answer.status < 300 for answer in run.answers):
        return False
    return not list(_differences(prepared, run, cell))


def _strikes(calm, run, cell) -> Iterator[str]:
    """A cell whose call was not reached, or not struck as often as it should be, proves nothing."""
    if run.calls[: cell.place + 1] != calm.calls[: cell.place + 1]:
        yield f"the call was not reached: {[str(call) for call in run.calls]}"
    if run.hits != (cell.call.attempts if cell.fault.lasting else 1):
        yield f"struck {run.hits} times"


def _answers(calm, run, path) -> Iterator[str]:
    """Whoever is to ask again has no other answer; all others have the same one, to the byte."""
    final = [answer for answer in run.answers if not _asks_again(answer)]
    should = _plain(calm.answers[0].text, calm.start) if calm.answers else ""
    for answer in final:
        if answer.status >= 500:
            yield f"answered {answer.status}: {answer.text}"
        elif _plain(answer.text, run.start) != should:
            yield f"answered {answer.status} in other words: {answer.text}"
    if len({answer.body for answer in final}) > 1:
        yield f"answered in different words: {[answer.text for answer in final]}"
    if path.final and run.answers[-1].status != path.final:
        yield f"the last answer is {run.answers[-1].status}"


def _asks_again(answer) -> bool:
    """503 with its time to wait, or 409 of the kind which says that somebody else was faster.

    In neither case anything was done.
    """
    if answer.status == 503:
        return "Retry-After" in answer.headers
    return answer.status == 409 and "changed-meanwhile" in answer.text


def _differences(calm: Tables, run, cell) -> Iterator[str]:
    """What is stored otherwise than it should be, item by item."""
    for table, items in calm.items():
        should = _by_key(items, run.start, cell)
        actual = _by_key(run.tables[table], run.start, cell)
        for key in should.keys() | actual.keys():
            wanted, stored = should.get(key, []), actual.get(key, [])
            if len(wanted) != len(stored):
                yield f"{table} {key}: {len(stored)} instead of {len(wanted)}"
            for one, other in zip(wanted, stored, strict=False):
                yield from _differing_names(f"{table} {key}", one, other)


def _differing_names(where: str, one: dict, other: dict) -> Iterator[str]:
    names = [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]
    if names:
        yield f"{where} differs in {sorted(names)}"


def _by_key(items: dict, start, cell) -> dict[str, list[dict]]:
    """{key: its items}: keys that tell a moment of the story may be several's."""
    lists: dict[str, list[dict]] = {}
    for key, item in items.items():
        lists.setdefault(_plain(key, start), []).append(_bare(item, start, cell))
    return lists


def _bare(item: dict, start, cell) -> dict:
    """An item without the marks of the way.

    An index that knew of nothing may have left out the earlier calls.
    """
    ignored = _WAY | ({"earlier"} if cell.fault.kind == "stale" else set())
    names = item.keys() - ignored
    return {
        name: "…" if name in _DRAWN else _plain(json.dumps(item[name], default=bytes.hex), start)
        for name in names
    }


def _plain(text: str, start: datetime) -> str:
    """A text without the story's own moments: what a repair does is done later."""

    def moment(stamp: re.Match) -> str:
        return stamp[0] if datetime.fromisoformat(stamp[0]) < start else "…"

    return _STAMP.sub(moment, text)


def _mails(calm, run, cell) -> Iterator[str]:
    """Each mail once, and once more at most for each doubt that the fault has left on record.

    A mail that is sent again says so.
    """
    doubts = _doubts(run.tables)
    doubts.subtract(_doubts(calm.tables))
    sent, should = Counter(map(_whom, run.mails)), Counter(map(_whom, calm.mails))
    repeats = Counter(_whom(mail) for mail in run.mails if REPEAT in mail.text)
    if run.taken != len(run.mails):
        yield f"{run.taken} mails were taken, {len(run.mails)} went over the wire"
    for item, to in sent.keys() | should.keys():
        extra = sent[item, to] - should[item, to]
        limit = 0 if cell.fault.plain else doubts[item]
        if not 0 <= extra <= limit:
            yield f"{sent[item, to]} mails of {item}, {doubts[item]} doubts more than without fault"
        if repeats[item, to] < extra:
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
    return Counter({tag: len(_list(item, "unsure")) for tag, item in _outgoing(tables)})


def _list(item: dict, name: str) -> list:
    return item[name]["L"] if name in item else []


def _recipients(tables: Tables, wanted: str) -> set[str]:
    """Whom an item names, as it is stored."""
    addresses = set()
    for tag, item in _outgoing(tables):
        if tag == wanted:
            stored = item.get("to") or item.get("told_now") or item["reported_to"]
            addresses |= {_address(each) for each in json.loads(stored["S"])}
    return addresses


def _address(recipient: str | dict) -> str:
    return recipient if isinstance(recipient, str) else recipient["address"]


def _views(calm, run) -> Iterator[str]:
    view = json.dumps(run.view, ensure_ascii=False)
    should = json.dumps(calm.view, ensure_ascii=False)
    if _plain(view, run.start) != _plain(should, calm.start):
        yield f"the doors tell {view} instead of {should}"
