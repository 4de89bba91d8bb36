"""What is asked about calls: a memo and how far its report has come, and a month's memos."""

from datetime import datetime

from chalicelib.flows.calls import memos
from chalicelib.flows.engine import contracts
from chalicelib.flows.views import paging
from chalicelib.models import Memo, Recount
from chalicelib.rules import calendar, houses
from chalicelib.rules.calls import delivery, metering, routing
from chalicelib.rules.house_file import CLASSES

_PAGE = 50


def would_tell(house: houses.House, contract_id: str, wanted: str | None, now: datetime) -> dict:
    """Who would get the report of a call that asked for `wanted` now: decided by the very rule that memos go by."""
    contract = contracts.during_a_call(house, contract_id, now)
    chosen = routing.route(house, contract.people, wanted, calendar.day_of(now))
    return {
        "contract": contract.id,
        "reported_to": chosen.told,
        "asked_for": chosen.asked_for,
        "note": chosen.note,
    }


def listed(house: houses.House, query: dict, now: datetime) -> dict:
    """A page of a contract's memos of a JST month, newest first. Raises NotFound, Invalid."""
    contract = contracts.look_at(house, query["contract"], now)
    month = f"{contract.id}#{query['month'] or calendar.month_of(now)}"
    place = paging.unseal(
        query["cursor"], {"id", "contract_month", "received_at"}, contract_month=month
    )
    found = Memo.by_contract_month.query(
        month,
        scan_index_forward=False,
        limit=query["limit"] or _PAGE,
        last_evaluated_key=place,
        page_size=query["limit"] or _PAGE,
    )
    return {
        "memos": [_row(each) for each in found],
        "cursor": paging.seal(found.last_evaluated_key),
    }


def view(found: Memo) -> dict:
    """One memo as operators and office see it."""
    return (
        memos.answer(found)
        | _row(found)
        | _changes(found)
        | {
            "contract": found.contract,
            "operator": found.operator,
            "text": {name.removesuffix("_"): value for name, value in (found.text or {}).items()},
            "report": _report(found),
        }
    )


def _changes(found: Memo) -> dict:
    """What came after it was taken, up to the change that is being answered."""
    lines = Recount.query(
        found.contract, filter_condition=Recount.memo == found.id, consistent_read=True
    )
    return {
        "corrects": found.corrects,
        "corrected_by": found.corrected_by,
        "disputed_as": found.disputed_as,
        "recounts": [line.as_json() | {"at": _clock(line.at)} for line in lines],
        "resends": [
            {
                "at": _clock(datetime.fromisoformat(each["at"])),
                "by": each["by"],
                "reported_to": each["reported_to"],
            }
            for each in found.resends or []
        ],
    }


def _report(found: Memo) -> dict:
    """Where the report is: handed over, on its way, with the office, or none to be sent; and how it stands at each address."""
    state = (
        "handed_over" if found.handed_over_at else "none" if found.outbox is None else "on_its_way"
    )
    return {
        "state": "with_office" if found.outbox and found.outbox != found.house else state,
        "handed_over_at": _clock(found.handed_over_at),
        "deliveries": [
            row | {"at": row["at"] and _clock(datetime.fromisoformat(row["at"]))}
            for row in delivery.ledger(found.recipients, found.done(), found.mail_events)
        ],
        "received_by_client_at": _clock(found.received_by_client_at),
        "tries": found.tries,
        "unsure": [_clock(moment) for moment in found.unsure],
        "problem": found.problem if found.outbox else None,
        "note": found.route_note,
    }


def _clock(moment: datetime | None) -> str | None:
    return moment.astimezone(calendar.JST).isoformat() if moment else None


def _row(found: Memo) -> dict:
    counted, why = metering.counted(found)
    return {
        "id": found.id,
        "number": found.number,
        "received_at": found.received_at.astimezone(calendar.JST).isoformat(),
        "class": found.class_of_now,
        "class_name": CLASSES[found.class_of_now],
        "caller": found.caller_name,
        "caller_number": found.caller_number,
        "corrected": found.corrected_by is not None,
        "reported": found.reported or found.told_now is not None,
        "counted": counted,
        "why_counted": why,
    }
