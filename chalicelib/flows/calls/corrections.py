"""A memo that was wrong is put right (calls.md).

A new version takes its place and is reported as 訂正; the old text stays.
"""

from datetime import datetime, timedelta

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.errors import Fault, Invalid, Refused
from chalicelib.flows import lookup
from chalicelib.flows.calls import memos
from chalicelib.flows.calls.once import key_used_for_other, once
from chalicelib.flows.contract import count
from chalicelib.flows.engine import contracts
from chalicelib.input.kinds import Instant
from chalicelib.input.shapes import Shape
from chalicelib.models import Contract, Memo
from chalicelib.models.base import lost_a_race, transaction
from chalicelib.rules.calls import metering
from chalicelib.rules.calls.memo import body_digest, correction_faults, memo_id
from chalicelib.rules.contract import life
from chalicelib.rules.houses import House

CORRECTION = Shape("Correction", received_at=Instant("受電日時", required=False), **memos.FIELDS)


def correct(
    house: House, owner: str, idempotency_key: str, wrong_id: str, body: dict, now: datetime
) -> Memo:
    """Store the right version of a memo exactly once and report it in the same request.

    The call's line and month stay. It counts where the wrong one did, and a
    change of the count is a line of the ledger. Raises NotFound, Refused where
    a newer version stands already, Invalid, KeyUsedForOther, Busy.
    """
    identity = memo_id(house.key, owner, idempotency_key)
    digest = body_digest({"corrects": wrong_id, "body": body})
    wrong = lookup.memo(house, wrong_id)

    def write() -> Memo:
        return _write(house, owner, identity, wrong, body, now)

    def put(right: Memo) -> bool:
        return _put(wrong, right, owner, now)

    return once(identity, digest, write, put, now)


def _write(house: House, owner: str, identity: str, wrong: Memo, body: dict, now: datetime) -> Memo:
    """Read, decide, and fill in the right version; nothing is stored yet."""
    _refuse(house, identity, wrong, now)
    contract = contracts.during_a_call(house, wrong.contract, now)
    fields = _read(house, contract, wrong, body, now)
    right = memos.fill(house, contract, identity, fields, now)
    right.operator = owner
    _succeed(right, wrong)
    declared = contract.has_declared(right.caller_number) and not right.revises
    memos.judge(right, house, contract, declared)
    if right.revises:  # whoever has read the wrong report hears of it
        right.reported = True
        memos.address(right, house, contract, now, also=wrong.recipients)
    elif right.reported:
        memos.address(right, house, contract, now)
    return right


def _refuse(house: House, identity: str, wrong: Memo, now: datetime) -> None:
    if wrong.id == identity:
        raise key_used_for_other()
    days = house.objections.days
    if now > wrong.taken_at + timedelta(days=days):
        raise Refused(f"受電メモの訂正は、登録から{days}日以内に限ります。")
    if wrong.corrected_by:
        newest = lookup.memo(house, wrong.corrected_by)
        raise Refused(
            "この受電メモはすでに訂正されています。"
            f"訂正後のメモ(受付番号 {newest.number})を訂正してください。"
        )


def _succeed(right: Memo, wrong: Memo) -> None:
    """Let the right version take over what the wrong one is in the middle of."""
    first_number = wrong.number.rpartition("-")[0] if wrong.version else wrong.number
    right.corrects = wrong.id
    right.version = (wrong.version or 1) + 1
    right.number = f"{first_number}-{right.version}"
    right.told_before = wrong.handed_over_at or wrong.told_before
    right.revises = bool(right.told_before or wrong.attempt_since or wrong.unsure)
    right.disputed = wrong.disputed
    right.disputed_at = wrong.disputed_at
    right.disputed_as = wrong.disputed_as


def _read(house: House, contract: Contract, wrong: Memo, body: dict, now: datetime) -> dict:
    """The correction's fields, the wrong memo's instant where none is given. Raises Invalid."""
    fields, errors = memos.read_fields(CORRECTION, body)
    moved_to = fields["received_at"]
    # A correction has a rule of its own for the instant, without the age that a new memo may have.
    untimed = fields | {"received_at": None}
    errors = memos.with_faults_between(untimed, errors, house, contract, now)
    fields["received_at"] = moved_to or wrong.received_at
    errors += correction_faults(wrong, fields["class_"], fields["received_at"], now)
    if moved_to and not errors and not life.served_at(contract, moved_to):
        errors.append(
            Fault(
                "received_at",
                "受電日時がサービスの提供期間の外です(開始前または停止中)。日時をご確認ください。",
            )
        )
    if errors:
        raise Invalid(errors)
    return fields


def _put(wrong: Memo, right: Memo, owner: str, now: datetime) -> bool:
    """The right version, the wrong one's mark and the ledger's line, or nothing.

    False if one of them was there before.
    """
    try:
        with transaction() as write:
            _mark(write, wrong, right)
            write.save(right, condition=Memo.id.does_not_exist())
            _touch_contract(write, right)
            _add_to_ledger(write, wrong, right, owner, now)
    except TransactWriteError as refused:
        if lost_a_race(refused):
            return False
        raise
    return True


def _mark(write: TransactWrite, wrong: Memo, right: Memo) -> None:
    # A report that has not left yet is not sent behind its own correction.
    actions = [Memo.corrected_by.set(right.id), *(wrong.after("corrected") or [])]
    if wrong.disputed:
        actions += [Memo.disputed.remove(), Memo.disputed_at.remove()]
    as_read = wrong.unchanged(
        "corrected_by", "outbox", "next_try_at", "class_now", "counts_now", "disputed"
    )
    write.update(wrong, actions, as_read)


def _touch_contract(write: TransactWrite, right: Memo) -> None:
    """Move the contract's version on, as every change of a count does.

    Whoever freezes a count works on the contract as they read it.
    """
    contract = Contract(right.contract, version=0)
    write.update(contract, [], Contract.id.exists(), add_version_condition=False)


def _add_to_ledger(
    write: TransactWrite, wrong: Memo, right: Memo, owner: str, now: datetime
) -> None:
    was, _ = metering.judged(wrong)
    becomes = right.counts
    if was != becomes:
        why = "受電メモの訂正"
        write.save(count.ledger_line(right, wrong.class_of_now, was, becomes, owner, why, now))
