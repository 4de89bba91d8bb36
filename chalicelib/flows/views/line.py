"""What an operator sees when a lent number rings (calls.md, The line tells the operator)."""

from datetime import date, datetime, timedelta

from chalicelib.errors import NotFound, Parked
from chalicelib.flows import lookup
from chalicelib.flows.engine import contracts
from chalicelib.flows.views.days import iso_day
from chalicelib.input import phones
from chalicelib.models import Contract, Line, Memo
from chalicelib.models.contract_parts import Option, Person
from chalicelib.models.line import QUARANTINED
from chalicelib.rules import calendar
from chalicelib.rules.calls import routing
from chalicelib.rules.contract import life
from chalicelib.rules.house_file import CLASSES
from chalicelib.rules.houses import House

_RECENT = 5  # calls


def view(house: House, called: str, caller: str | None, now: datetime) -> dict:
    """Everything that the operator needs for a call to `called`.

    Both numbers as typed; `caller` is None where none is shown. Raises NotFound
    for a number that no contract of this house has.
    """
    line = lookup.line(house, phones.normalise(called))
    if line is None or line.contract is None:
        raise NotFound("この番号は登録されていません。番号をご確認ください。")
    if line.state == QUARANTINED:
        return _out_of_service(house, line, "ご契約が終了した番号です。")
    contract = _contract(house, line.contract, now)
    if not life.in_service(contract):
        why = life.why_no_service(contract)
        return _out_of_service(house, line, why) | {"contract": contract.id}
    return (
        {"number": line.number, "house": house.key, "contract": contract.id}
        | {"in_service": True, "why_not": None, "use": line.use}
        | _answering(house, contract, now)
        | _callers(contract, phones.normalise(caller), now)
    )


def _answering(house: House, contract: Contract, now: datetime) -> dict:
    """How the call is to be answered, and what to ask."""
    today = calendar.day_of(now)
    open_now = calendar.is_open(now, house)
    return {
        "status": contract.status,
        "client": contract.client,
        "greeting": contract.greeting,
        "open_now": open_now,
        "inside_hours": open_now and calendar.is_inside(now, _windows(contract, today)),
        "people": [
            _person(person, today, top=place == 0) for place, person in enumerate(contract.people)
        ],
        "answers": contract.answers,
        "disclosable": contract.disclosable,
        "notes": contract.notes,
        "exception": contract.exception,
        "house_answers": [
            {"question": row.question, "answer": row.answer} for row in house.answers
        ],
        "items": [
            *({"key": item.key, "name": item.name} for item in house.items),
            *(contract.extra_items or []),
        ],
        "classes": [{"key": key, "name": name} for key, name in CLASSES.items()],
    }


def _callers(contract: Contract, number: str | None, now: datetime) -> dict:
    """Who has called of late, and what is known of the caller's number."""
    memos = _memos(contract, now)
    same_number = [memo for memo in memos if memo.caller_number == number]
    return {
        "declared": [entry.number for entry in contract.declared],
        "caller_is_declared": number is not None and contract.has_declared(number),
        "recent": _newest(memos),
        "from_this_caller": _newest(same_number) if number else [],
    }


def _contract(house: House, contract_id: str, now: datetime) -> Contract:
    """While the telephone rings, a contract that cannot be settled is shown as it is stored.

    Its memo has to wait (503).
    """
    try:
        return contracts.during_a_call(house, contract_id, now)
    except Parked:
        stored = lookup.during_a_call(house, contract_id)
        assert stored is not None  # it has just been read
        return stored


def _out_of_service(house: House, line: Line, why: str) -> dict:
    return {
        "number": line.number,
        "house": house.key,
        "in_service": False,
        "why_not": why,
        "say": "お客様のお名前は名乗らず、ただいまお受けできない旨をお伝えください。",
    }


def _windows(contract: Contract, today: date) -> list[dict] | None:
    """The client's weekly windows, where some are ordered; outside them callers hear the guidance.

    Of several orders the last one holds.
    """
    orders = [option for option in contract.options if option.key == "windows"]
    running = [order for order in orders if _runs(order, today)]
    return running[-1].details["windows"] if running else None


def _runs(option: Option, today: date) -> bool:
    return option.since <= today and (option.until is None or today <= option.until)


def _person(person: Person, today: date, top: bool) -> dict:
    away = routing.is_away(person, today)
    return {
        "id": person.id,
        "name": person.name,
        "reading": person.reading,
        "aliases": list(person.aliases),
        "top": top,
        "reachable": any(address.confirmed_at for address in person.addresses),
        "away_until": iso_day(person.away_until) if away else None,
        "deputy": person.deputy if away else None,
    }


def _memos(contract: Contract, now: datetime) -> list[Memo]:
    """The memos of this month and the one before, oldest first, corrected ones left out."""
    month = calendar.month_of(now)
    first = calendar.last_day_of(month).replace(day=1)
    before = f"{first - timedelta(days=1):%Y-%m}"
    memos = [*Memo.of_month(contract.id, before), *Memo.of_month(contract.id, month)]
    return [memo for memo in memos if not memo.corrected_by]


def _newest(memos: list[Memo]) -> list[dict]:
    return [
        {
            "id": memo.id,
            "number": memo.number,
            "received_at": calendar.clock_of(memo.received_at),
            "class": memo.class_of_now,
            "caller": memo.caller_name,
        }
        for memo in reversed(memos[-_RECENT:])
    ]
