"""What the office reads: lists of contracts, and one contract with everything that is waited for."""

from datetime import date, datetime
from types import SimpleNamespace

from chalicelib.flows.change import CLIENT
from chalicelib.flows.contract import instructions, names
from chalicelib.flows.engine.happenings import ahead
from chalicelib.flows.views import paging, terms
from chalicelib.input import carriers
from chalicelib.models import Contract, History
from chalicelib.models.contract_parts import Address, Declared, GatePassed, Person
from chalicelib.rules import calendar
from chalicelib.rules.contract import gates, life, lifecycle
from chalicelib.rules.house_types import Gate
from chalicelib.rules.houses import House

_PAGE = 30


def list_contracts(house: House, query: dict, today: date) -> dict:
    """A page of the house's contracts, newest first. Raises Invalid for a cursor that is not ours."""
    limit = query["limit"] or _PAGE
    place = paging.unseal(query["cursor"], {"id", "house", "applied_at"}, house=house.key)
    found = Contract.by_house.query(house.key, scan_index_forward=False, last_evaluated_key=place)
    rows = []
    for contract in found:
        if _fits(contract, house, query, today):
            rows.append(_row(contract, house, today))
        if len(rows) == limit:
            break
    return {
        "contracts": rows,
        "cursor": paging.seal(found.last_evaluated_key) if len(rows) == limit else None,
    }


def _fits(contract: Contract, house: House, query: dict, today: date) -> bool:
    searched = (
        contract.id,
        contract.company,
        contract.contact_name,
        contract.mail,
        contract.phone_number,
        contract.line,
    )
    return (
        query["status"] in (None, contract.status)
        and (query["waiting_for"] is None or query["waiting_for"] in contract.waits_for)
        and (query["overdue"] is None or _is_overdue(contract, house, today))
        and (query["parked"] is None or contract.parked_at is not None)
        and (
            query["q"] is None
            or any(query["q"].casefold() in (text or "").casefold() for text in searched)
        )
    )


def _is_overdue(contract: Contract, house: House, today: date) -> bool:
    target = life.target_on(contract, house)
    return target is not None and target < today


def _row(contract: Contract, house: House, today: date) -> dict:
    return {
        "id": contract.id,
        "status": contract.status,
        "status_name": lifecycle.STATES[contract.status],
        "client": contract.client,
        "applied_at": contract.applied_at.astimezone(calendar.JST).isoformat(),
        "plan": contract.plan,
        "line": contract.line,
        "waits_for": list(contract.waits_for),
        "due": _iso(contract.due),
        "target_on": _iso(life.target_on(contract, house)),
        "overdue": _is_overdue(contract, house, today),
        "trial_last_day": _iso(contract.trial_last_day),
        "parked_at": contract.parked_at and _clock(contract.parked_at),
    }


def view(contract: Contract, house: House, today: date) -> dict:
    """One contract as the office sees it: whose move it is, what happens next and when."""
    waiting = {gate.key for gate in gates.waiting(contract, house)}
    passed = {entry.gate: entry for entry in contract.gates}
    dues = ahead(contract, house)
    checks = life.CHECKS.items()
    return (
        _row(contract, house, today)
        | {
            name: getattr(contract, name)
            for name in (*names.FIELDS, "use", "wishes", "wants_trial", "end_reason", "paid_yen")
        }
        | {name: _iso(getattr(contract, name)) for name in _DATES}
        | terms.view(contract, house, today)
        | {name: getattr(contract, name) for name in instructions.FIELDS}
        | {
            "matches": contract.matches,
            "declared": [_declared(each) for each in contract.declared],
            "gates": [
                _gate(contract, gate, waiting, passed) for gate in gates.needed(contract, house)
            ],
            "people": [_person(person) for person in contract.people],
            "next": [
                {
                    "on": due.on.isoformat(),
                    "what": due.happening.name,
                    "name": due.happening.title,
                }
                for due in dues
            ],
            "start_check": [
                {"point": key, "name": name, "ticked": key in contract.start_checks}
                for key, name in checks
            ],
            "history": [note.as_json() for note in contract.history],
            "history_before": contract.history_before,
        }
    )


_DATES = (
    "start_on", "started_on", "continuation_asked_on", "paid_on", "paused_on", "stop_on", "active_from",
    "notice_on", "ends_on", "terminate_on", "ended_on",
)  # fmt: skip


def history(contract: Contract) -> list[dict]:
    """Every line of a contract's history, oldest first."""
    pages = [line for page in History.query(contract.id) for line in page.lines]
    return pages + [note.as_json() for note in contract.history]


def _gate(contract: Contract, gate: Gate, waiting: set[str], passed: dict[str, GatePassed]) -> dict:
    entry = passed.get(gate.key) or _pressed(contract, gate.key)
    return {
        "gate": gate.key,
        "name": gate.name,
        "passed": gate.key not in waiting,
        "waits_on": gate.waits_on if gate.key in waiting else None,
        "by": entry and entry.by,
        "at": entry and entry.at.astimezone(calendar.JST).isoformat(),
        "ground": entry and entry.ground,
    }


def _pressed(contract: Contract, key: str) -> SimpleNamespace | None:
    """Who passed a gate by pressing a button, and when."""
    confirmed = [
        each.confirmed_at
        for person in contract.people
        for each in person.addresses
        if each.confirmed_at
    ]
    at = {"mail": contract.mail_confirmed_at, "address": min(confirmed, default=None)}.get(key)
    return SimpleNamespace(by=CLIENT, at=at, ground="メールのボタン") if at else None


def _declared(entry: Declared) -> dict:
    return {"number": entry.number, "at": _clock(entry.at), "by": entry.by, "memo": entry.memo}


def _person(person: Person) -> dict:
    said = {
        "id": person.id,
        "name": person.name,
        "reading": person.reading,
        "aliases": list(person.aliases),
    }
    addresses = [_address(each) for each in person.addresses]
    return said | {
        "away_until": _iso(person.away_until),
        "deputy": person.deputy,
        "addresses": addresses,
    }


def _address(address: Address) -> dict:
    confirmed = address.confirmed_at is not None
    bounced = address.bounced_at and _clock(address.bounced_at)
    said = {
        "id": address.id,
        "mail": address.mail,
        "confirmed": confirmed,
        "replaces": address.replaces,
        "bounced_at": bounced,
    }
    return said | {"fragile": carriers.is_fragile(address.mail)}


def _clock(moment: datetime) -> str:
    return moment.astimezone(calendar.JST).isoformat()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
