"""One call's memo: taken once, routed, reported and counted, and put right where it was wrong (calls.md)."""

import time
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NoReturn

from pynamodb.exceptions import PutError

from chalicelib import log
from chalicelib.errors import Busy, Fault, Invalid, KeyUsedForOther, Problem, Refused
from chalicelib.flows import lookup
from chalicelib.flows.engine import contracts
from chalicelib.flows.post import act
from chalicelib.input import phones
from chalicelib.input.kinds import Instant
from chalicelib.input.shapes import Choice, Flag, Lookup, Many, Number, Shape, Text
from chalicelib.models import Contract, Memo
from chalicelib.models.base import condition_failed
from chalicelib.rules import calendar, houses
from chalicelib.rules.calls import memo, routing
from chalicelib.rules.contract import life
from chalicelib.rules.house_file import CLASSES

SAID: dict[str, Any] = {
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
    "mood": Many("ご様子", Choice("ご様子", memo.MOODS), required=False, max=3),
    "class_": Choice("分類", CLASSES),
    "extra": Lookup("追加の項目", Text("追加の項目", max=200), required=False),
    "not_obtained": Lookup(
        "聞き取れなかった項目と理由", Choice("理由", memo.NOT_OBTAINED), required=False
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
    **SAID,
)


def take(house: houses.House, owner: str, idempotency_key: str, body: dict, now: datetime) -> Memo:
    """Store a memo exactly once and report it in the same request.

    A repeat with the same key and body finds the stored memo and does nothing
    else; that is looked up before anything is refused, since what was accepted
    yesterday stays accepted. Raises KeyUsedForOther for another body, Invalid
    and Refused for what cannot be taken.
    """
    identity = memo.memo_id(house.key, owner, idempotency_key)
    return once(
        identity,
        memo.body_digest(body),
        lambda: _write(house, owner, identity, body, now),
        _put,
        now,
    )


def once(
    identity: str,
    digest: str,
    write: Callable[[], Memo],
    put: Callable[[Memo], bool],
    now: datetime,
) -> Memo:
    """The memo of that id: written, put and reported now, or found as it was stored.

    `write` reads and decides, `put` stores and says whether it could. Raises
    what `write` raises, KeyUsedForOther, and Busy where another change was faster.
    """
    begun = time.monotonic()
    try:
        taken = write()
    except Problem as refusal:
        return _replay(identity, digest) or _refuse(refusal)
    taken.body_digest, taken.taker = digest, uuid.uuid4().hex
    if not put(taken):
        stored = _replay(identity, digest) or _refuse(
            Busy("この受電メモは同時に変更されました。もう一度お試しください。")
        )
        if stored.taker != taken.taker:
            return stored
        # The put was ours: only its answer was lost. The mail is still ours to send.
    act.send([taken], now, begun)
    return taken


def _write(house: houses.House, owner: str, identity: str, body: dict, now: datetime) -> Memo:
    """Read, decide, and fill in the memo; nothing is stored yet."""
    said, contract = _read(house, body, now)
    _refuse_out_of_service(contract, said["received_at"])
    taken = fill(house, contract, identity, said, now)
    taken.operator, taken.number = owner, memo.number(identity, said["received_at"])
    judge(taken, house, contract, contract.has_declared(taken.caller_number))
    if taken.reported:
        address(taken, house, contract, now)
    return taken


def _read(house: houses.House, body: dict, now: datetime) -> tuple[dict, Contract]:
    """(what the memo says, its line's contract, read strongly). Raises Invalid with every fault that can be seen at once."""
    try:
        said, faults = MEMO.read(body), []
    except Invalid as wrong:
        said, faults = MEMO.sound(body), list(wrong.errors)
    line = lookup.line(house, phones.normalise(said["line"]))
    contract = None
    if line is not None and line.contract is not None:
        contract = contracts.during_a_call(house, line.contract, now)
    elif said["line"] is not None:
        faults.append(Fault("line", "この着信番号は登録されていません。番号をご確認ください。"))
    faults = with_faults_between(said, faults, house, contract, now)
    if faults or contract is None:
        raise Invalid(faults)
    return said, contract


def with_faults_between(
    said: dict, faults: list[Fault], house: houses.House, contract: Contract | None, now: datetime
) -> list[Fault]:
    """The faults of single fields and those between fields, of each field the first that was seen."""
    named = {fault.field.partition(".")[0] for fault in faults}
    between = memo.faults(said, house, now, contract.extra_items if contract else None)
    if contract is None:
        named |= {"extra", "not_obtained"}
    return faults + [fault for fault in between if fault.field.partition(".")[0] not in named]


def _refuse_out_of_service(contract: Contract, received_at: datetime) -> None:
    """What decides is the moment of the call: a call of the last day may be written down on the next."""
    if life.served_at(contract, received_at):
        return
    if life.in_service(contract):
        raise Refused(
            "受電日時がサービスの提供期間の外です(開始前または停止中)。受電日時をご確認ください。"
        )
    raise Refused(f"この番号のご契約は受付の対象外です。{life.why_no_service(contract)}")


def fill(house: houses.House, contract: Contract, identity: str, said: dict, now: datetime) -> Memo:
    """A memo of what was said, not yet judged or addressed."""
    caller = said["caller"] or {}
    return Memo(
        id=identity,
        house=house.key,
        contract=contract.id,
        contract_month=f"{contract.id}#{calendar.month_of(said['received_at'])}",
        received_at=said["received_at"],
        taken_at=now,
        call_class=said["class_"],
        caller_number=phones.normalise(caller.get("phone")),
        caller_name=caller.get("name"),
        text={
            name: value
            for name, value in said.items()
            if name not in ("line", "received_at", "class_")
        },
        extra_items=contract.extra_items or None,
    )


def judge(taken: Memo, house: houses.House, contract: Contract, declared: bool) -> None:
    """Whether it is reported and whether it counts, by the house's table; a surcharge goes with the call it belongs to."""
    free = memo.in_free_trial(house, contract, taken.received_at)
    taken.reported, taken.counts, taken.why = memo.verdict(house, taken.call_class, free, declared)
    if not taken.counts:
        taken.text["surcharge"] = None


def address(
    taken: Memo, house: houses.House, contract: Contract, now: datetime, also: Sequence[str] = ()
) -> None:
    """Who is told, decided now and kept, and `also` these addresses while they are confirmed.

    Nobody left to tell is an alarm, never silence.
    """
    chosen = routing.route(house, contract.people, taken.text["for_"], calendar.day_of(now))
    told = chosen.told + [
        each
        for each in routing.confirmed(contract.people)
        if each["address"] in also and each not in chosen.told
    ]
    taken.reported_to, taken.asked_for, taken.route_note = told, chosen.asked_for, chosen.note
    taken.earlier = Memo.of_the_same_day(taken)
    if told:
        taken.lease(now)
    else:
        log.alarm("nobody left to tell", memo=taken.id, contract=contract.id)
        taken.hold("確認済みの報告先がありません。", now)


def _put(taken: Memo) -> bool:
    """The one write that makes a memo. False if there is one under this id already."""
    try:
        taken.save(condition=Memo.id.does_not_exist())
    except PutError as refused:
        if condition_failed(refused):
            return False
        raise
    return True


def key_used_for_other() -> KeyUsedForOther:
    return KeyUsedForOther(
        "この Idempotency-Key は、別の内容のメモで使われています。新しいメモには新しいキーを付けてください。"
    )


def _replay(identity: str, digest: str) -> Memo | None:
    stored = Memo.find(identity)
    if stored is not None and stored.body_digest != digest:
        raise key_used_for_other()
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
