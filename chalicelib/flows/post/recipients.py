"""Who may still be told when a mail is tried again (calls.md Exactly once).

While it waits, addresses leave the roster or die, and a removed address gets nothing.
"""

from datetime import datetime

from pynamodb.expressions.update import Action

from chalicelib.models import Contract, Letter, Memo
from chalicelib.models.outgoing import Outgoing
from chalicelib.rules import calendar, houses
from chalicelib.rules.calls import routing


def changes(item: Outgoing, now: datetime) -> list[Action] | None:
    """What has to change in an item before it is sent; None where nobody is left to tell.

    Only what shows a call is meant: other letters go to the client, whatever
    the roster says.
    """
    if isinstance(item, Letter) and not item.facts.get("again"):
        return []
    contract = Contract.during_a_call(item.contract)
    if contract is None:
        return []
    confirmed = {each["address"] for each in routing.confirmed(contract.people)}
    allowed = confirmed | set(item.done())
    if allowed.issuperset(item.recipients):
        return []
    if isinstance(item, Letter):
        return _of_letter(item, allowed)
    assert isinstance(item, Memo)
    return _of_memo(item, contract, allowed, now)


def _of_letter(letter: Letter, allowed: set[str]) -> list[Action] | None:
    to = [address for address in letter.to if address in allowed]
    return [Letter.to.set(to)] if to else None


def _of_memo(
    memo: Memo, contract: Contract, allowed: set[str], now: datetime
) -> list[Action] | None:
    """Those of them who are left; where nobody is, whom the house's rule names now."""
    left = [each for each in memo.told_now or memo.reported_to if each["address"] in allowed]
    if left:
        return [Memo.told_now.set(left)]
    house, today = houses.all_houses()[memo.house], calendar.day_of(now)
    route = routing.route(house, contract.people, memo.text["for_"], today)
    return Memo.tell_instead(*route) if route.told else None
