"""One call's memo: taken once, routed, reported and counted (calls.md)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.exceptions import PutError

from chalicelib import log
from chalicelib.errors import Fault, Invalid, Refused
from chalicelib.flows import lookup
from chalicelib.flows.calls.once import once
from chalicelib.flows.engine import contracts
from chalicelib.input import phones
from chalicelib.input.kinds import Instant
from chalicelib.input.shapes import Choice, Flag, Lookup, Many, Number, Shape, Text
from chalicelib.models import Contract, Memo
from chalicelib.models.base import condition_failed
from chalicelib.rules import calendar
from chalicelib.rules.calls import routing
from chalicelib.rules.calls.memo import (
    MOODS,
    NOT_OBTAINED,
    body_digest,
    faults,
    in_free_trial,
    memo_id,
    number,
    verdict,
)
from chalicelib.rules.contract import life
from chalicelib.rules.house_file import CLASSES
from chalicelib.rules.houses import House

FIELDS: dict[str, Any] = {
    "caller": Shape(
        "Caller",
        title="お電話の相手",
        required=False,
        company=Text("会社名", required=False, max=200),
        name=Text("お名前", required=False, max=100),
        phone=Text("お電話番号", required=False, max=40, example="090-1234-5678"),
    ),
    "for_": Text("名指しの方", required=False, max=100),
    "business": Text("ご用件", required=False, max=2000, lines=True),
    "mood": Many("ご様子", Choice("ご様子", MOODS), required=False, max=3),
    "class_": Choice("分類", CLASSES),
    "extra": Lookup("追加の項目", Text("追加の項目", max=200), required=False),
    "not_obtained": Lookup(
        "聞き取れなかった項目と理由", Choice("理由", NOT_OBTAINED), required=False
    ),
    "surcharge": Shape(
        "Surcharge",
        title="特別対応の加算",
        required=False,
        yen=Number("加算額(円)"),
        reason=Text("理由", max=200),
    ),
    "wants_call_back": Flag("折り返しのご希望", required=False),
}
MEMO = Shape(
    "Memo",
    line=Text("着信番号", max=40, example="03-6700-1234"),
    received_at=Instant("受電日時", example="2026-09-15T10:05:00+09:00"),
    **FIELDS,
)
_NO_PART_OF_THE_TEXT = ("line", "received_at", "class_")


def take(house: House, owner: str, idempotency_key: str, body: dict, now: datetime) -> Memo:
    """Store a memo exactly once and report it in the same request.

    A repeat with the same key and body returns the stored memo and does nothing
    else. The stored memo is looked up before anything is refused, since what
    was accepted yesterday stays accepted. Raises KeyUsedForOther for another
    body, Invalid and Refused for what cannot be taken.
    """
    identity = memo_id(house.key, owner, idempotency_key)

    def write() -> Memo:
        return _write(house, owner, identity, body, now)

    return once(identity, body_digest(body), write, _put, now)


def _write(house: House, owner: str, identity: str, body: dict, now: datetime) -> Memo:
    """Read, decide, and fill in the memo; nothing is stored yet."""
    fields, contract = _read(house, body, now)
    received_at = fields["received_at"]
    _refuse_out_of_service(contract, received_at)
    memo = fill(house, contract, identity, fields, now)
    memo.operator = owner
    memo.number = number(identity, received_at)
    judge(memo, house, contract, contract.has_declared(memo.caller_number))
    if memo.reported:
        address(memo, house, contract, now)
    return memo


def _read(house: House, body: dict, now: datetime) -> tuple[dict, Contract]:
    """(the memo's fields, the contract of its line, read strongly).

    Raises Invalid with every fault that can be seen at once.
    """
    fields, errors = read_fields(MEMO, body)
    line = lookup.line(house, phones.normalise(fields["line"]))
    contract = None
    if line is not None and line.contract is not None:
        contract = contracts.during_a_call(house, line.contract, now)
    elif fields["line"] is not None:
        errors.append(Fault("line", "この着信番号は登録されていません。番号をご確認ください。"))
    errors = with_faults_between(fields, errors, house, contract, now)
    if errors or contract is None:
        raise Invalid(errors)
    return fields, contract


def read_fields(shape: Shape, body: dict) -> tuple[dict, list[Fault]]:
    """(a body's fields in their types, None where one cannot be read; what is wrong with them)."""
    try:
        return shape.read(body), []
    except Invalid as invalid:
        return shape.sound(body), list(invalid.errors)


def with_faults_between(
    fields: dict, errors: list[Fault], house: House, contract: Contract | None, now: datetime
) -> list[Fault]:
    """The faults of single fields and those between fields, of each field the first one."""
    extra_items = contract.extra_items if contract else None
    skipped = {_top(fault) for fault in errors}
    if contract is None:
        skipped |= {"extra", "not_obtained"}
    between = faults(fields, house, now, extra_items)
    return errors + [fault for fault in between if _top(fault) not in skipped]


def _top(fault: Fault) -> str:
    """The field of the body that a fault lies in: `caller` of `caller.phone`."""
    return fault.field.partition(".")[0]


def _refuse_out_of_service(contract: Contract, received_at: datetime) -> None:
    """The moment of the call decides: a call of the last day may be written down on the next."""
    if life.served_at(contract, received_at):
        return
    if life.in_service(contract):
        raise Refused(
            "受電日時がサービスの提供期間の外です(開始前または停止中)。受電日時をご確認ください。"
        )
    why = life.why_no_service(contract)
    raise Refused(f"この番号のご契約は受付の対象外です。{why}")


def fill(house: House, contract: Contract, identity: str, fields: dict, now: datetime) -> Memo:
    """A memo with these fields, not yet judged or addressed."""
    caller = fields["caller"] or {}
    month = calendar.month_of(fields["received_at"])
    text = {name: value for name, value in fields.items() if name not in _NO_PART_OF_THE_TEXT}
    return Memo(
        id=identity,
        house=house.key,
        contract=contract.id,
        contract_month=f"{contract.id}#{month}",
        received_at=fields["received_at"],
        taken_at=now,
        call_class=fields["class_"],
        caller_number=phones.normalise(caller.get("phone")),
        caller_name=caller.get("name"),
        caller_company=caller.get("company"),
        text=text,
        extra_items=contract.extra_items or None,
    )


def judge(memo: Memo, house: House, contract: Contract, declared: bool) -> None:
    """Decide by the house's table whether the call is reported and whether it counts.

    `declared`: the client declared the caller's number. A surcharge goes with
    the call that it belongs to.
    """
    is_free = in_free_trial(house, contract, memo.received_at)
    memo.reported, memo.counts, memo.why = verdict(house, memo.call_class, is_free, declared)
    surcharge = memo.text.get("surcharge")
    if surcharge and not memo.counts:
        memo.why += f"。特別対応の加算({surcharge['yen']:,}円)は付けません"
        memo.text["surcharge"] = surcharge = None
    memo.surcharge_yen = surcharge["yen"] if surcharge else None


def address(
    memo: Memo, house: House, contract: Contract, now: datetime, also: Sequence[str] = ()
) -> None:
    """Decide now who is told, and keep it; the addresses `also` are told while they are confirmed.

    Nobody left to tell is an alarm, never silence.
    """
    route = routing.route(house, contract.people, memo.text["for_"], calendar.day_of(now))
    more = [
        recipient
        for recipient in routing.confirmed(contract.people)
        if recipient["address"] in also and recipient not in route.told
    ]
    memo.reported_to = route.told + more
    memo.asked_for = route.asked_for
    memo.route_note = route.note
    memo.earlier = Memo.of_the_same_day(memo)
    if memo.reported_to:
        memo.lease(now)
    else:
        log.alarm("nobody left to tell", memo=memo.id, contract=contract.id)
        memo.hold("確認済みの報告先がありません。", now)


def _put(memo: Memo) -> bool:
    """The one write that makes a memo. False if there is one under this id already."""
    try:
        memo.save(condition=Memo.id.does_not_exist())
    except PutError as refused:
        if condition_failed(refused):
            return False
        raise
    return True


def answer(memo: Memo) -> dict:
    """The operator's answer, made only of what the one write stored: the same a year later."""
    return {
        "id": memo.id,
        "number": memo.number,
        "reported_to": memo.reported_to,
        "counts": memo.counts,
        "why": memo.why,
    }
