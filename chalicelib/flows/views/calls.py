"""Calls as operators and office see them: a memo, how far its report came, a month's memos."""

from datetime import datetime

from chalicelib.flows.calls import memos
from chalicelib.flows.engine import contracts
from chalicelib.flows.views import paging
from chalicelib.models import Memo, Recount
from chalicelib.rules import calendar
from chalicelib.rules.calls import delivery, metering, routing
from chalicelib.rules.calls.outbox import HELD
from chalicelib.rules.house_file import CLASSES
from chalicelib.rules.houses import House

_PAGE = 50


def would_tell(house: House, contract_id: str, wanted: str | None, now: datetime) -> dict:
    """Who would get the report of a call that asked for `wanted` now (None: nobody was named).

    The rule that memos go by decides here too. Raises NotFound.
    """
    contract = contracts.during_a_call(house, contract_id, now)
    route = routing.route(house, contract.people, wanted, calendar.day_of(now))
    return {
        "contract": contract.id,
        "reported_to": route.told,
        "asked_for": route.asked_for,
        "note": route.note,
    }


def listed(house: House, query: dict, now: datetime) -> dict:
    """A page of a contract's memos of a JST month, newest first. Raises NotFound, Invalid."""
    contract = contracts.look_at(house, query["contract"], now)
    month = f"{contract.id}#{query['month'] or calendar.month_of(now)}"
    limit = query["limit"] or _PAGE
    names = {"id", "contract_month", "received_at"}
    page = Memo.by_contract_month.query(
        month,
        scan_index_forward=False,
        limit=limit,
        last_evaluated_key=paging.unseal(query["cursor"], names, contract_month=month),
        page_size=limit,
    )
    return {
        "memos": [_row(memo) for memo in page],
        "cursor": paging.seal(page.last_evaluated_key),
    }


def view(memo: Memo) -> dict:
    """One memo as operators and office see it."""
    text = memo.text or {}
    sight = {
        "contract": memo.contract,
        "operator": memo.operator,
        "text": {name.removesuffix("_"): value for name, value in text.items()},
        "report": _report(memo),
    }
    return memos.answer(memo) | _row(memo) | _changes(memo) | sight


def _changes(memo: Memo) -> dict:
    """What came after the memo was taken, up to the change that is being answered."""
    recounts = Recount.query(
        memo.contract, filter_condition=Recount.memo == memo.id, consistent_read=True
    )
    return {
        "corrects": memo.corrects,
        "corrected_by": memo.corrected_by,
        "disputed_as": memo.disputed_as,
        "recounts": [_recount(line) for line in recounts],
        "resends": [_resend(entry) for entry in memo.resends or []],
    }


def _recount(line: Recount) -> dict:
    return line.as_json() | {"at": calendar.clock_of(line.at)}


def _resend(entry: dict) -> dict:
    return {
        "at": _clock_of_text(entry["at"]),
        "by": entry["by"],
        "reported_to": entry["reported_to"],
    }


def _report(memo: Memo) -> dict:
    """Where the report is, and how it stands at each address."""
    return {
        "state": _state(memo),
        "handed_over_at": calendar.clock_of(memo.handed_over_at),
        "deliveries": _deliveries(memo),
        "received_by_client_at": calendar.clock_of(memo.received_by_client_at),
        "tries": memo.tries,
        "unsure": [calendar.clock_of(moment) for moment in memo.unsure],
        "problem": memo.problem if memo.outbox else None,
        "note": memo.route_note,
    }


def _state(memo: Memo) -> str:
    """With the office, handed over, on its way, or none to be sent."""
    if memo.state == HELD:
        return "with_office"
    if memo.handed_over_at:
        return "handed_over"
    return "none" if memo.outbox is None else "on_its_way"


def _deliveries(memo: Memo) -> list[dict]:
    rows = delivery.ledger(memo.recipients, memo.done(), memo.mail_events)
    return [row | {"at": calendar.clock_of(row["at"])} for row in rows]


def _clock_of_text(text: str | None) -> str | None:
    """An instant that is stored as text, as the API gives instants."""
    return calendar.clock_of(datetime.fromisoformat(text)) if text else None


def _row(memo: Memo) -> dict:
    counts, why = metering.counted(memo)
    return {
        "id": memo.id,
        "number": memo.number,
        "received_at": calendar.clock_of(memo.received_at),
        "class": memo.class_of_now,
        "class_name": CLASSES[memo.class_of_now],
        "caller": memo.caller_name,
        "caller_number": memo.caller_number,
        "corrected": memo.corrected_by is not None,
        "reported": memo.reported or memo.told_now is not None,
        "counted": counts,
        "why_counted": why,
    }
