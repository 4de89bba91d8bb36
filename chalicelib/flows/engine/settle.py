"""Settling: everything due up to today happens, in order, each with its own date (life.md)."""

from chalicelib.flows.change import Change
from chalicelib.flows.contract import extra_people
from chalicelib.flows.engine.happenings import ahead, next_due
from chalicelib.rules.contract import life, lifecycle

MOST = 20  # things that dates bring in one write: with more, a contract goes round in a circle


def settle(change: Change) -> None:
    """Let happen what is due, oldest first, until nothing is or one write is full.

    The caller keeps the change; what is left is still due then.
    """
    for _ in range(MOST):
        _note_readiness(change)
        dues = ahead(change.contract, change.house)
        if change.deleted or change.is_full or not dues or dues[0].on > change.today:
            return
        due = dues[0]
        due.happening.story(change, due.on)
    raise RuntimeError(f"contract {change.contract.id} does not come to rest")


def keep(change: Change) -> None:
    """Commit a change with the date on which the contract needs the engine again. Raises Busy."""
    contract, house = change.contract, change.house
    if not change.deleted:
        extra_people.note(change)
    contract.parked_at = None
    contract.due = next_due(contract, house)
    contract.waits_for = [gate.key for gate in life.missing_to_start(contract, house)]
    change.commit()


def _note_readiness(change: Change) -> None:
    contract = change.contract
    if contract.status != lifecycle.PREPARING or contract.paused_on:
        return
    missing = life.missing_to_start(contract, change.house)
    contract.ready_on = None if missing else contract.ready_on or change.today
