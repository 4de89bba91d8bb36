"""Who may still be told when a mail is tried again.

While it waits, addresses leave the roster or die, and a removed address gets nothing (calls.md Exactly once).
"""

from datetime import datetime

from pynamodb.expressions.update import Action

from chalicelib.models import Contract, Letter, Memo
from chalicelib.models.outgoing import Outgoing
from chalicelib.rules import calendar, houses
from chalicelib.rules.calls import routing


def changes(item: Outgoing, now: datetime) -> list[Action] | None:
    """What has to change in an item before it is sent: nothing, whom it goes to, or None where nobody is left to tell.

    Only what shows a call is meant: other letters go to the client, whatever the roster says.
    """
    if isinstance(item, Letter) and not item.facts.get("again"):
        return []
    contract = Contract.during_a_call(item.contract)
    if contract is None:
        return []
    allowed = {each["address"] for each in routing.confirmed(contract.people)} | {*item.done()}
    if allowed.issuperset(item.recipients):
        return []
    if isinstance(item, Letter):
        return _of_letter(item, allowed)
    assert isinstance(item, Memo)
    return _of_memo(item, contract, allowed, now)


def _of_letter(letter: Letter, allowed: set[str]) -> list[Action] | None:
    to = [each for each in letter.to if each in allowed]
    return [Letter.to.set(to)] if to else None


def _of_memo(
    memo: Memo, contract: Contract, allowed: set[str], now: datetime
) -> list[Action] | None:
    """Those of them who are left; where nobody is, whom the house's rule names now."""
    left = [each for each in memo.told_now or memo.reported_to if each["address"] in allowed]
    if left:
        return [Memo.told_now.set(left)]
    chosen = routing.route(
        houses.all_houses()[memo.house], contract.people, memo.text["for_"], calendar.day_of(now)
    )
    return Memo.tell_instead(*chosen) if chosen.told else None
