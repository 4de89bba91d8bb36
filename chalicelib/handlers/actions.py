"""What every door that changes a contract does: one flow call by the key's owner, and the contract as it stands then."""

from collections.abc import Callable

from chalicelib.flows.change import Change
from chalicelib.flows.post import act
from chalicelib.flows.views import desk
from chalicelib.handlers.incoming import Visit
from chalicelib.rules import calendar

CONTRACT = {"type": "object", "required": ["id", "status", "gates", "waits_for", "next"]}


def change(asked: Visit, contract: str, story: Callable[[Change], object]) -> dict:
    """Tell `story` on a contract of the key's house. Raises what the flow raises."""
    changed = act.on_contract(asked.house, contract, asked.now, asked.key.owner, story)
    return desk.view(changed, asked.house, calendar.day_of(asked.now))
