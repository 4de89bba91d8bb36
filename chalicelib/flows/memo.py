"""One call's memo: taken once, routed, reported and counted (calls.md)."""

import uuid
from datetime import datetime
from typing import NoReturn

from pynamodb.exceptions import PutError

from chalicelib import log, phones
from chalicelib.errors import Fault, Invalid, KeyUsedForOther, NotFound, Problem, Refused
from chalicelib.flows import contract as contracts
from chalicelib.flows import cursor, outbox
from chalicelib.kinds import Instant
from chalicelib.models import Contract, Line, Memo
from chalicelib.models.base import condition_failed
from chalicelib.rules import calendar, memo, metering, routing
from chalicelib.rules import contract as life
from chalicelib.rules import house as houses
from chalicelib.rules.house_file import CLASSES
from chalicelib.shapes import Choice, Flag, Lookup, Many, Number, Shape, Text

_PAGE = 50
MEMO = Shape(
    "Memo",
    line=Text("着信番号", max=40, example="03-6700-1234"),
    received_at=Instant("受電日時", example="2026-09-15T10:05:00+09:00"),
    caller=Shape(
        "Caller",
        title="お電話の相手",
        required=False,
        company=Text("会社名", required=False, max=200),
        name=Text("お名前", required=False, max=100),
        phone=Text("お電話番号", required=False, max=40, example="090-1234-5678"),
    ),
    for_=Text("名指しの方", required=False, max=100),
    business=Text("ご用件", required=False, max=2000, lines=True),
    mood=Many("ご様子", Choice("ご様子", memo.MOODS), required=False, max=3),
    class_=Choice("分類", CLASSES),
    not_obtained=Lookup("聞き取れなかった項目と理由", Choice("理由", memo.NOT_OBTAINED), required=False),
    surcharge=Shape("Surcharge", title="特別対応の加算", required=False, yen=Number("加算額(円)"), reason=Text("理由", max=200)),
    wants_call_back=Flag("折り返しのご希望", required=False),
)


def take(house: houses.House, owner: str, idempotency_key: str, body: dict, now: datetime) -> Memo:
    """Store a memo exactly once and report it in the same request.

    A repeat with the same key and body finds the stored memo and does nothing
    else; that is looked up before anything is refused, since what was accepted
    yesterday stays accepted. Raises KeyUsedForOther for another body, Invalid
    and Refused for what cannot be taken.
    """
    identity, digest = memo.memo_id(house.key, owner, idempotency_key), memo.body_digest(body)
    try:
        taken = _write(house, owner, identity, digest, body, now)
    except Problem as refusal:
        return _replay(identity, digest) or _refuse(refusal)
    if not _put(taken):
        stored = _replay(identity, digest)
        assert stored is not None  # no memo is ever deleted
        if stored.taker != taken.taker:
            return stored
        # The put was ours: only its answer was lost. The mail is still ours to send.
    outbox.deliver_all([taken], now)
    return taken


def _write(house: houses.House, owner: str, identity: str, digest: str, body: dict, now: datetime) -> Memo:
    """Read, decide, and fill in the memo; nothing is stored yet."""
    said, contract_id = _read(house, body, now)
    contract = _contract_in_service(house, contract_id, said["received_at"], now)
    reported, counts, why = memo.verdict(house, said["class_"], _in_free_trial(house, contract, said["received_at"]))
    caller = said["caller"] or {}
    taken = Memo(
        id=identity,
        house=house.key,
        contract=contract.id,
        contract_month=f"{contract.id}#{calendar.month_of(said['received_at'])}",
        received_at=said["received_at"],
        taken_at=now,
        taker=uuid.uuid4().hex,
        number=memo.number(identity, said["received_at"]),
        operator=owner,
        call_class=said["class_"],
        counts=counts,
        why=why,
        caller_number=phones.normalise(caller.get("phone")),
        caller_name=caller.get("name"),
        body_digest=digest,
        reported=reported,
        text={name: value for name, value in said.items() if name not in ("line", "received_at", "class_")},
    )
    if not counts:
        taken.text["surcharge"] = None  # dropped with the call it belongs to (houses.md 8)
    if reported:
        _address(taken, house, contract, now)
    return taken


def _read(house: houses.House, body: dict, now: datetime) -> tuple[dict, str]:
    """(what the memo says, its line's contract). Raises Invalid with every fault that can be seen at once."""
    try:
        said, faults = MEMO.read(body), []
    except Invalid as wrong:
        said, faults = MEMO.sound(body), list(wrong.errors)
    named = {fault.field.partition(".")[0] for fault in faults}
    faults += [fault for fault in memo.faults(said, house, now) if fault.field.partition(".")[0] not in named]
    line = Line.find(phones.normalise(said["line"]) or "-")
    if "line" not in named and (line is None or line.house != house.key or line.contract is None):
        faults.append(Fault("line", "この着信番号は登録されていません。番号をご確認ください。"))
    if faults or line is None or line.contract is None:
        raise Invalid(faults)
    return said, line.contract


def _contract_in_service(house: houses.House, contract_id: str, received_at: datetime, now: datetime) -> Contract:
    """The line's contract, read strongly: whether the service is on is never remembered.

    What decides is the moment of the call: a call of the last day may be
    written down on the next.
    """
    contract = contracts.during_a_call(house, contract_id, now)
    if life.served_at(contract, received_at):
        return contract
    if life.in_service(contract):
        raise Refused("受電日時がサービスの提供期間の外です(開始前または停止中)。受電日時をご確認ください。")
    raise Refused(f"この番号のご契約は受付の対象外です。{life.why_no_service(contract)}")


def _in_free_trial(house: houses.House, contract: Contract, received_at: datetime) -> bool:
    last = contract.trial_last_day
    return not house.trial.calls_count and last is not None and calendar.day_of(received_at) <= last


def _address(taken: Memo, house: houses.House, contract: Contract, now: datetime) -> None:
    """Who is told, decided now and kept; nobody left to tell is an alarm, never silence."""
    chosen = routing.route(house, contract.people, taken.text["for_"], calendar.day_of(now))
    taken.reported_to, taken.asked_for, taken.route_note = chosen.told, chosen.asked_for, chosen.note
    taken.earlier = _earlier_calls(contract, taken)
    if chosen.told:
        taken.lease(now)
    else:
        log.alarm("nobody left to tell", memo=taken.id, contract=contract.id)
        taken.hold("確認済みの報告先がありません。", now)


def _earlier_calls(contract: Contract, taken: Memo) -> list[dict]:
    """The same day's calls from the same number, as the report names them."""
    if taken.caller_number is None:
        return []
    today = calendar.at(calendar.day_of(taken.received_at), calendar.MIDNIGHT)
    found = Memo.of_month(contract.id, calendar.month_of(taken.received_at), since=today, caller=taken.caller_number)
    same = [each for each in found if each.reported and each.id != taken.id and each.received_at <= taken.received_at]
    return [{"at": f"{each.received_at.astimezone(calendar.JST):%H:%M}", "number": each.number} for each in same]


def _put(taken: Memo) -> bool:
    """The one write that makes a memo. False if there is one under this id already."""
    try:
        taken.save(condition=Memo.id.does_not_exist())
    except PutError as refused:
        if condition_failed(refused):
            return False
        raise
    return True


def _replay(identity: str, digest: str) -> Memo | None:
    stored = Memo.find(identity)
    if stored is not None and stored.body_digest != digest:
        raise KeyUsedForOther("この Idempotency-Key は、別の内容のメモで使われています。新しいメモには新しいキーを付けてください。")
    return stored


def _refuse(refusal: Problem) -> NoReturn:
    raise refusal


def answer(taken: Memo) -> dict:
    """What the operator is told: made only of what the one write stored, so the same a year later."""
    return {
        "id": taken.id,
        "number": taken.number,
        "reported_to": taken.reported_to,
        "counts": taken.counts,
        "why": taken.why,
    }


def find(house: houses.House, identity: str) -> Memo:
    """A memo of this house. Raises NotFound, for a stranger's memo too."""
    found = Memo.find(identity)
    if found is None or found.house != house.key:
        raise NotFound("この受電メモは見つかりません。番号をご確認ください。")
    return found


def would_tell(house: houses.House, contract_id: str, wanted: str | None, now: datetime) -> dict:
    """Who would get the report of a call that asked for `wanted` now: decided by the very rule that memos go by."""
    contract = contracts.during_a_call(house, contract_id, now)
    chosen = routing.route(house, contract.people, wanted, calendar.day_of(now))
    return {"contract": contract.id, "reported_to": chosen.told, "asked_for": chosen.asked_for, "note": chosen.note}


def listed(house: houses.House, query: dict, now: datetime) -> dict:
    """A page of a contract's memos of a JST month, newest first. Raises NotFound, Invalid."""
    contract = contracts.during_a_call(house, query["contract"], now)
    month = f"{contract.id}#{query['month'] or calendar.month_of(now)}"
    place = cursor.unseal(query["cursor"], {"id", "contract_month", "received_at"}, contract_month=month)
    found = Memo.by_contract_month.query(
        month, scan_index_forward=False, limit=query["limit"] or _PAGE, last_evaluated_key=place, page_size=query["limit"] or _PAGE
    )
    return {"memos": [_row(each) for each in found], "cursor": cursor.seal(found.last_evaluated_key)}


def _row(found: Memo) -> dict:
    counted, why = metering.counted(found)
    return {
        "id": found.id,
        "number": found.number,
        "received_at": found.received_at.astimezone(calendar.JST).isoformat(),
        "class": found.call_class,
        "class_name": CLASSES[found.call_class],
        "caller": found.caller_name,
        "caller_number": found.caller_number,
        "reported": found.reported,
        "counted": counted,
        "why_counted": why,
    }


def usage(house: houses.House, contract_id: str, month: str, now: datetime) -> dict:
    """A month's count against the plan; counted from the memos each time, so it cannot drift."""
    contract = contracts.during_a_call(house, contract_id, now)
    plan = life.plan_on(contract, calendar.last_day_of(month))
    price = house.price(plan, calendar.last_day_of(month))
    memos = Memo.of_month(contract.id, month)
    served = [calendar.day_of(period.since) for period in contract.service]
    counted = metering.usage(memos, price.included, price.over, month, calendar.day_of(now), min(served, default=None))
    return {"contract": contract.id, "month": month, "plan": plan} | counted
