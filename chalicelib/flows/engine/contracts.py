"""A contract as it stands today: what is overdue is settled before anybody sees it."""

from datetime import date, datetime

from pynamodb.exceptions import PynamoDBException

from chalicelib import log
from chalicelib.errors import Busy, NotFound, Parked, Problem
from chalicelib.flows import lookup
from chalicelib.flows.change import DATES, Change
from chalicelib.flows.engine.happenings import next_due
from chalicelib.flows.engine.settle import keep, settle
from chalicelib.models import Contract
from chalicelib.models.base import refused_as_wrong
from chalicelib.rules import calendar
from chalicelib.rules.houses import House

ROUNDS = 12  # of asking again, or of settling what does not fit into one write


def load(house: House, contract_id: str, now: datetime) -> Contract:
    """A contract of this house as it stands today: what is overdue is settled first.

    Raises NotFound for an unknown id and for another house's alike, Parked, and
    Busy where others keep changing it.
    """
    lost: Busy | None = None
    for _ in range(ROUNDS):
        contract = lookup.contract(house, contract_id)
        if not _is_overdue(contract, now):
            return contract
        change = Change(contract, house, now, DATES)
        try:
            _settle_or_park(change)
        except Busy as race:  # somebody settled it at the same moment: see what they left
            lost = race
            continue
        lost = None
        if change.deleted:
            raise NotFound("このお申し込みは、メールアドレスの確認がなかったため削除されました。")
        if not _is_overdue(contract, now):
            return contract
    raise lost or Busy("このご契約の処理が続いています。少し待ってから、もう一度お試しください。")


def _is_overdue(contract: Contract, now: datetime) -> bool:
    return contract.due is not None and contract.due <= calendar.day_of(now)


def _settle_or_park(change: Change) -> None:
    """Settle and keep. A contract that cannot be settled stops alone, and a person is told.

    Raises Parked for it, and what the store raises where it does not answer.
    """
    due = change.contract.due
    try:
        settle(change)
        keep(change)
    except Problem:
        raise
    except Exception as fault:
        raise _parked(change, due, fault) from None


def _parked(change: Change, due: date | None, fault: Exception) -> Exception:
    """What is raised of a contract that cannot be settled, which stops by this.

    A store that is down is no fault of the contract's.
    """
    if isinstance(fault, PynamoDBException) and not refused_as_wrong(fault):
        return fault
    log.crash("contract cannot be settled", contract=change.contract.id)
    log.alarm("contract parked", contract=change.contract.id)
    Contract.park(change.contract.id, due, change.now)
    return Parked("このご契約は自動処理が止まっており、事務で確認しています。", retry_after=300)


def look_at(house: House, contract_id: str, now: datetime) -> Contract:
    """A contract to show: one that cannot be settled is shown as it is stored. Raises NotFound."""
    try:
        return load(house, contract_id, now)
    except Parked:
        return lookup.contract(house, contract_id)


def during_a_call(house: House, contract_id: str, now: datetime) -> Contract:
    """A contract as it stands today with what a call needs of it, to read only. Raises NotFound."""
    contract = lookup.during_a_call(house, contract_id)
    if contract is None or _is_overdue(contract, now):
        return load(house, contract_id, now)
    return contract


def redate(house: House, contract_id: str, now: datetime) -> bool:
    """Date a contract anew by today's house file and holidays; whether its date was another one."""
    contract = load(house, contract_id, now)
    change = Change(contract, house, now, DATES)
    try:
        due = next_due(contract, house)
    except Exception as fault:
        raise _parked(change, contract.due, fault) from None
    if due == contract.due:
        return False
    contract.due = due
    _settle_or_park(change)
    return True


def would_move(house: House, contract_id: str) -> bool:
    """Whether today's rules and holidays would give a contract another date. Raises NotFound."""
    contract = lookup.contract(house, contract_id)
    return next_due(contract, house) != contract.due
