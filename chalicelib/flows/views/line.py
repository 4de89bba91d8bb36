"""What an operator sees when a lent number rings (calls.md, The line tells the operator)."""

from datetime import date, datetime, timedelta

from chalicelib.errors import NotFound, Parked
from chalicelib.flows.engine import contracts
from chalicelib.input import phones
from chalicelib.models import Contract, Line, Memo
from chalicelib.models.contract_parts import Person
from chalicelib.models.line import QUARANTINED
from chalicelib.rules import calendar, houses
from chalicelib.rules.calls import routing
from chalicelib.rules.contract import life
from chalicelib.rules.house_file import CLASSES


def view(house: houses.House, called: str, caller: str | None, now: datetime) -> dict:
    """Everything the operator needs for a call to `called`. Raises NotFound for a number of nobody here."""
    line = Line.find(phones.normalise(called) or "-")
    if line is None or line.house != house.key or line.contract is None:
        raise NotFound("この番号は登録されていません。番号をご確認ください。")
    if line.state == QUARANTINED:
        return _out_of_service(house, line, "ご契約が終了した番号です。")
    contract, number = _contract(house, line.contract, now), phones.normalise(caller)
    if not life.in_service(contract):
        return _out_of_service(house, line, life.why_no_service(contract)) | {
            "contract": contract.id
        }
    return {
        "number": line.number,
        "house": house.key,
        "contract": contract.id,
        "in_service": True,
        "why_not": None,
        "status": contract.status,
        "client": contract.client,
        "greeting": contract.greeting,
        "use": line.use,
        "open_now": calendar.is_open(now, house),
        "inside_hours": calendar.is_open(now, house)
        and calendar.is_inside(now, _windows(contract, now)),
        "people": [
            _person(place, person, calendar.day_of(now))
            for place, person in enumerate(contract.people)
        ],
        "answers": contract.answers,
        "disclosable": contract.disclosable,
        "notes": contract.notes,
        "exception": contract.exception,
        "house_answers": [
            {"question": each.question, "answer": each.answer} for each in house.answers
        ],
        "items": [{"key": item.key, "name": item.name} for item in house.items]
        + (contract.extra_items or []),
        "declared": [each.number for each in contract.declared],
        "caller_is_declared": number is not None and contract.has_declared(number),
        "classes": [{"key": key, "name": name} for key, name in CLASSES.items()],
        "recent": _recent(contract, now),
        "from_this_caller": _recent(contract, now, number) if number else [],
    }


def _contract(house: houses.House, contract_id: str, now: datetime) -> Contract:
    """While the telephone rings, one that cannot be settled is shown as it is stored; its memo has to wait (503)."""
    try:
        return contracts.during_a_call(house, contract_id, now)
    except Parked:
        stored = Contract.during_a_call(contract_id)
        assert stored is not None  # it has just been read
        return stored


def _out_of_service(house: houses.House, line: Line, why: str) -> dict:
    say = "お客様のお名前は名乗らず、ただいまお受けできない旨をお伝えください。"
    return {
        "number": line.number,
        "house": house.key,
        "in_service": False,
        "why_not": why,
        "say": say,
    }


def _windows(contract, now: datetime) -> list[dict] | None:
    """The client's regular weekly windows, where some are ordered; outside them callers hear the guidance."""
    today = calendar.day_of(now)
    running = [
        each
        for each in contract.options
        if each.since <= today and (each.until is None or today <= each.until)
    ]
    return next(
        (each.details["windows"] for each in reversed(running) if each.key == "windows"), None
    )


def _person(place: int, person: Person, today: date) -> dict:
    away = routing.is_away(person, today)
    reachable = any(address.confirmed_at for address in person.addresses)
    return {
        "id": person.id,
        "name": person.name,
        "reading": person.reading,
        "aliases": list(person.aliases),
        "top": place == 0,
        "reachable": reachable,
        "away_until": person.away_until.isoformat() if away else None,
        "deputy": person.deputy if away else None,
    }


def _recent(contract: Contract, now: datetime, caller: str | None = None) -> list[dict]:
    """The contract's last memos of this month and the one before, newest first; only that caller's if one is given."""
    month = calendar.month_of(now)
    before = f"{calendar.last_day_of(month).replace(day=1) - timedelta(days=1):%Y-%m}"
    found = [*Memo.of_month(contract.id, before), *Memo.of_month(contract.id, month)]
    memos = [
        each for each in found if caller in (None, each.caller_number) and not each.corrected_by
    ]
    return [
        {
            "id": each.id,
            "number": each.number,
            "received_at": each.received_at.astimezone(calendar.JST).isoformat(),
            "class": each.class_of_now,
            "caller": each.caller_name,
        }
        for each in reversed(memos[-5:])
    ]
