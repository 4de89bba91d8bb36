"""A memo that was wrong is put right: a new version takes its place, is reported as 訂正, and the old text stays (calls.md)."""

from datetime import datetime, timedelta

from pynamodb.exceptions import TransactWriteError

from chalicelib.errors import Fault, Invalid, Refused
from chalicelib.flows import lookup
from chalicelib.flows.calls import memos
from chalicelib.flows.contract import count
from chalicelib.flows.engine import contracts
from chalicelib.input.kinds import Instant
from chalicelib.input.shapes import Shape
from chalicelib.models import Contract, Memo
from chalicelib.models.base import lost_a_race, transaction
from chalicelib.rules import houses
from chalicelib.rules.calls import memo, metering
from chalicelib.rules.contract import life

CORRECTION = Shape("Correction", received_at=Instant("受電日時", required=False), **memos.SAID)


def correct(
    house: houses.House, owner: str, idempotency_key: str, memo_id: str, body: dict, now: datetime
) -> Memo:
    """Store the right version of a memo exactly once and report it in the same request.

    The call's line and month stay. It counts where the wrong one did, and a
    change of the count is a line of the ledger. Raises NotFound, Refused where
    a newer version stands already, Invalid, KeyUsedForOther, Busy.
    """
    identity = memo.memo_id(house.key, owner, idempotency_key)
    digest = memo.body_digest({"corrects": memo_id, "body": body})
    wrong = lookup.memo(house, memo_id)
    return memos.once(
        identity,
        digest,
        lambda: _write(house, owner, identity, wrong, body, now),
        lambda right: _put(wrong, right, owner, now),
        now,
    )


def _write(
    house: houses.House, owner: str, identity: str, wrong: Memo, body: dict, now: datetime
) -> Memo:
    """Read, decide, and fill in the right version; nothing is stored yet."""
    if wrong.id == identity:
        raise memos.key_used_for_other()
    if now > wrong.taken_at + timedelta(days=house.objections.days):
        raise Refused(f"受電メモの訂正は、登録から{house.objections.days}日以内に限ります。")
    if wrong.corrected_by:
        newest = lookup.memo(house, wrong.corrected_by)
        raise Refused(
            f"この受電メモはすでに訂正されています。訂正後のメモ(受付番号 {newest.number})を訂正してください。"
        )
    contract = contracts.during_a_call(house, wrong.contract, now)
    said = _read(house, contract, wrong, body, now)
    right = memos.fill(house, contract, identity, said, now)
    right.operator, right.corrects, right.version = owner, wrong.id, (wrong.version or 1) + 1
    right.number = (
        f"{wrong.number.rpartition('-')[0] if wrong.version else wrong.number}-{right.version}"
    )
    right.told_before = wrong.handed_over_at or wrong.told_before
    right.revises = bool(right.told_before or wrong.attempt_since or wrong.unsure)
    right.disputed, right.disputed_at, right.disputed_as = (
        wrong.disputed,
        wrong.disputed_at,
        wrong.disputed_as,
    )
    memos.judge(
        right, house, contract, contract.has_declared(right.caller_number) and not right.revises
    )
    right.reported = right.reported or right.revises  # who has read the wrong report hears of it
    if right.reported:
        memos.address(right, house, contract, now, also=wrong.recipients if right.revises else [])
    return right


def _read(house: houses.House, contract: Contract, wrong: Memo, body: dict, now: datetime) -> dict:
    try:
        said, faults = CORRECTION.read(body), []
    except Invalid as unfit:
        said, faults = CORRECTION.sound(body), list(unfit.errors)
    moved = said["received_at"]
    said["received_at"] = moved or wrong.received_at
    faults = memos.with_faults_between(said | {"received_at": None}, faults, house, contract, now)
    faults += memo.correction_faults(wrong, said["class_"], said["received_at"], now)
    if moved and not faults and not life.served_at(contract, moved):
        faults.append(
            Fault(
                "received_at",
                "受電日時がサービスの提供期間の外です(開始前または停止中)。日時をご確認ください。",
            )
        )
    if faults:
        raise Invalid(faults)
    return said


def _put(wrong: Memo, right: Memo, owner: str, now: datetime) -> bool:
    """The right version, the wrong one's mark and the ledger's line, or nothing; False if one of them was there before."""
    # A report that has not left yet is not sent behind its own correction.
    withdrawn = (
        [Memo.outbox.remove(), Memo.next_try_at.remove(), Memo.attempt_since.remove()]
        if wrong.outbox
        else []
    )
    passed_on = [Memo.disputed.remove(), Memo.disputed_at.remove()] if wrong.disputed else []
    before, after = metering.judged(wrong)[0], right.counts
    try:
        with transaction() as write:
            as_read = wrong.unchanged(
                "corrected_by", "outbox", "next_try_at", "class_now", "counts_now", "disputed"
            )
            write.update(wrong, [Memo.corrected_by.set(right.id), *withdrawn, *passed_on], as_read)
            write.save(right, condition=Memo.id.does_not_exist())
            # Whoever freezes a count works on the contract as they read it: its version moves on with every change of one.
            write.update(
                Contract(right.contract, version=0),
                [],
                Contract.id.exists(),
                add_version_condition=False,
            )
            if before != after:
                write.save(
                    count.ledger_line(
                        right, wrong.class_of_now, before, after, owner, "受電メモの訂正", now
                    )
                )
    except TransactWriteError as refused:
        if lost_a_race(refused):
            return False
        raise
    return True
