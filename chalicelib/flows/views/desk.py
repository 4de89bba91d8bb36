"""What the office reads: lists of contracts, and one contract with everything it waits for."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from chalicelib.flows.change import CLIENT
from chalicelib.flows.contract import instructions, names
from chalicelib.flows.engine.happenings import ahead
from chalicelib.flows.views import paging, terms
from chalicelib.flows.views.days import iso_day
from chalicelib.input import carriers, phones
from chalicelib.models import Contract, History
from chalicelib.models.contract_parts import Address, Declared, GatePassed, Person
from chalicelib.rules import calendar
from chalicelib.rules.calls.names import folded
from chalicelib.rules.contract import gates, life, lifecycle
from chalicelib.rules.house_types import Gate
from chalicelib.rules.houses import House

_PAGE = 30
_FACTS = ("use", "wishes", "wants_trial", "end_reason", "paid_yen")
_DATES = (
    "start_on",
    "started_on",
    "continuation_asked_on",
    "paid_on",
    "paused_on",
    "stop_on",
    "active_from",
    "notice_on",
    "ends_on",
    "terminate_on",
    "ended_on",
)


def list_contracts(house: House, query: dict, today: date) -> dict:
    """A page of the house's contracts, newest first. Raises Invalid for a cursor not of ours."""
    limit = query["limit"] or _PAGE
    place = paging.unseal(query["cursor"], {"id", "house", "applied_at"}, house=house.key)
    page = Contract.by_house.query(house.key, scan_index_forward=False, last_evaluated_key=place)
    rows = []
    for contract in page:
        if _fits(contract, house, query, today):
            rows.append(_row(contract, house, today))
        if len(rows) == limit:
            break
    return {
        "contracts": rows,
        "cursor": paging.seal(page.last_evaluated_key) if len(rows) == limit else None,
    }


def _fits(contract: Contract, house: House, query: dict, today: date) -> bool:
    """Whether a contract is among those that are looked for; None looks for all."""
    waiting_for = query["waiting_for"]
    if query["status"] not in (None, contract.status):
        return False
    if waiting_for is not None and waiting_for not in contract.waits_for:
        return False
    if query["overdue"] is not None and not _is_overdue(contract, house, today):
        return False
    if query["parked"] is not None and contract.parked_at is None:
        return False
    return query["q"] is None or _has_text(contract, query["q"])


def _has_text(contract: Contract, text: str) -> bool:
    """Whether a part of some name, address or number of a contract is `text`.

    Names are compared as they are heard, numbers without their hyphens.
    """
    typed = phones.plain(text).casefold()
    written = (contract.id, contract.mail)
    spoken = (contract.company, contract.contact_name)
    dialled = (contract.phone_number, contract.line)
    return (
        any(typed in (place or "").casefold() for place in written)
        or _is_in(folded(text), [folded(name or "") for name in spoken])
        or _is_in(re.sub(r"[\s()-]", "", typed), dialled)
    )


def _is_in(part: str, places: Iterable[str | None]) -> bool:
    """Whether some place has the part; what folds to nothing is in none."""
    return part != "" and any(part in place for place in places if place)


def _is_overdue(contract: Contract, house: House, today: date) -> bool:
    target = life.target_on(contract, house)
    return target is not None and target < today


def _row(contract: Contract, house: House, today: date) -> dict:
    return {
        "id": contract.id,
        "status": contract.status,
        "status_name": lifecycle.STATES[contract.status],
        "client": contract.client,
        "applied_at": calendar.clock_of(contract.applied_at),
        "plan": contract.plan,
        "line": contract.line,
        "waits_for": list(contract.waits_for),
        "due": iso_day(contract.due),
        "target_on": iso_day(life.target_on(contract, house)),
        "overdue": _is_overdue(contract, house, today),
        "trial_last_day": iso_day(contract.trial_last_day),
        "parked_at": calendar.clock_of(contract.parked_at),
    }


def view(contract: Contract, house: House, today: date) -> dict:
    """One contract as the office sees it: whose move it is, what happens next and when."""
    return (
        _row(contract, house, today)
        | {name: getattr(contract, name) for name in (*names.FIELDS, *_FACTS)}
        | {name: iso_day(getattr(contract, name)) for name in _DATES}
        | terms.view(contract, house, today)
        | {name: getattr(contract, name) for name in instructions.FIELDS}
        | {
            "matches": contract.matches,
            "declared": [_declared(number) for number in contract.declared],
            "gates": _gates(contract, house),
            "people": [_person(person) for person in contract.people],
            "next": list(_next(contract, house)),
            "start_check": _start_check(contract),
            "history": [_line(note.as_json()) for note in contract.history],
            "history_before": contract.history_before,
        }
    )


def history(contract: Contract) -> list[dict]:
    """Every line of a contract's history, oldest first."""
    lines = [line for page in History.query(contract.id) for line in page.lines]
    return [_line(line) for line in lines + [note.as_json() for note in contract.history]]


def _line(stored: dict) -> dict:
    """A line of the history as the API shows it: stored in UTC, shown in Japan's time."""
    return stored | {"at": calendar.clock_of(datetime.fromisoformat(stored["at"]))}


def _gates(contract: Contract, house: House) -> list[dict]:
    waiting = {gate.key for gate in gates.waiting(contract, house)}
    passed = {entry.gate: entry for entry in contract.gates}
    rows = []
    for gate in gates.needed(contract, house):
        entry = passed.get(gate.key) or _pressed(contract, gate.key)
        rows.append(_gate(gate, entry, gate.key in waiting))
    return rows


def _gate(gate: Gate, entry: GatePassed | None, waits: bool) -> dict:
    return {
        "gate": gate.key,
        "name": gate.name,
        "passed": not waits,
        "waits_on": gate.waits_on if waits else None,
        "by": entry.by if entry else None,
        "at": calendar.clock_of(entry.at) if entry else None,
        "ground": entry.ground if entry else None,
    }


def _pressed(contract: Contract, key: str) -> GatePassed | None:
    """Who passed a gate by pressing a button, and when."""
    addresses = [address.confirmed_at for _, address in contract.addresses()]
    confirmed = [moment for moment in addresses if moment]
    presses = {"mail": contract.mail_confirmed_at, "address": min(confirmed, default=None)}
    at = presses.get(key)
    if at is None:
        return None
    return GatePassed(gate=key, at=at, by=CLIENT, ground="メールのボタン")


def _next(contract: Contract, house: House) -> Iterator[dict]:
    """What its dates bring to a contract, the nearest first.

    Nothing where the house no longer has its plan: the contract is parked.
    """
    if contract.plan not in {plan.key for plan in house.plans}:
        return
    for due in ahead(contract, house):
        yield {
            "on": iso_day(due.on),
            "what": due.happening.name,
            "name": due.happening.title,
        }


def _start_check(contract: Contract) -> list[dict]:
    return [
        {"point": key, "name": name, "ticked": key in contract.start_checks}
        for key, name in life.CHECKS.items()
    ]


def _declared(number: Declared) -> dict:
    return {
        "number": number.number,
        "at": calendar.clock_of(number.at),
        "by": number.by,
        "memo": number.memo,
    }


def _person(person: Person) -> dict:
    return {
        "id": person.id,
        "name": person.name,
        "reading": person.reading,
        "aliases": list(person.aliases),
        "away_until": iso_day(person.away_until),
        "deputy": person.deputy,
        "addresses": [_address(address) for address in person.addresses],
    }


def _address(address: Address) -> dict:
    return {
        "id": address.id,
        "mail": address.mail,
        "confirmed": address.confirmed_at is not None,
        "replaces": address.replaces,
        "bounced_at": calendar.clock_of(address.bounced_at),
        "fragile": carriers.is_fragile(address.mail),
    }
