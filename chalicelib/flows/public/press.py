"""The page behind a report's link (calls.md Corrections).

The client has received the report, or says that the call was none of theirs.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from pynamodb.exceptions import UpdateError

from chalicelib.errors import NotFound, Overtaken, wrong
from chalicelib.flows.access import links
from chalicelib.flows.change import CLIENT, Change
from chalicelib.flows.contract import count, start
from chalicelib.flows.engine import contracts
from chalicelib.flows.post import act
from chalicelib.models import Contract, Memo
from chalicelib.models.base import condition_failed
from chalicelib.rules import houses
from chalicelib.rules.calls import delivery
from chalicelib.rules.contract.lifecycle import ENDED
from chalicelib.rules.houses import House

PRESSES = {"received": "報告を受け取りました", **count.OBJECTIONS}


class Sight(NamedTuple):
    """What the holder of a report's link may see: neither the caller nor what was said."""

    house: House
    memo: Memo
    contract: Contract

    @property
    def declared(self) -> bool:
        """Whether calls from this number are no longer reported."""
        return self.contract.has_declared(self.memo.caller_number)

    @property
    def deliveries(self) -> list[dict]:
        """How the report stands at each of its addresses."""
        return delivery.ledger(self.memo.recipients, self.memo.done(), self.memo.mail_events)

    @property
    def offered(self) -> list[str]:
        """The objections that have buttons.

        Where the operator took the call as none of theirs already, the client
        may still declare its number.
        """
        memo = self.memo
        if memo.class_now or memo.disputed:
            return []
        if memo.call_class not in count.OBJECTIONS:
            return list(count.OBJECTIONS)
        return ["sales"] if self.has_number_to_declare and not self.declared else []

    @property
    def has_number_to_declare(self) -> bool:
        """Without one the page says nothing about numbers."""
        return self.house.keeps_declared and self.memo.caller_number is not None


def look(token: str, now: datetime) -> Sight:
    """The call of a report's link.

    Raises NotFound for a link that is none or too old, Overtaken for one whose
    report was corrected.
    """
    memo = Memo.find(links.memo_of(token) or "-")
    house = houses.find(memo.house) if memo else None
    if memo is None or house is None or _is_too_old(memo, house, now):
        raise NotFound(
            "このリンクは無効か、有効期限が切れています。"
            "お手数ですが、メールに記載の窓口までご連絡ください。",
            house=house,
        )
    if memo.corrected_by:
        raise Overtaken(
            f"訂正後の報告(受付番号 {memo.newest().number})をメールでお送りしています。"
            "そのメールのリンクをご利用ください。",
            house=house,
        )
    contract = contracts.during_a_call(house, memo.contract, now)
    return Sight(house, memo, contract)


def _is_too_old(memo: Memo, house: House, now: datetime) -> bool:
    return now > memo.taken_at + timedelta(days=house.objections.days)


def press(token: str, now: datetime, button: str) -> Sight:
    """Do what the button says, one of PRESSES; pressed again it shows the same.

    Raises as `look`, and Invalid for another button.
    """
    sight = look(token, now)
    if button not in PRESSES:
        raise wrong("press", "ボタンを押してお知らせください。")
    if button == "received":
        _receive(sight, now)
    else:
        _object(sight, now, button)
    return look(token, now)


def _object(sight: Sight, now: datetime, call_class: str) -> None:
    def story(change: Change) -> None:
        count.object_to(change, sight.memo.id, call_class)

    act.on_contract(sight.house, sight.contract.id, now, CLIENT, story)


def _receive(sight: Sight, now: datetime) -> None:
    """A test call that was reported and received is a point of the start check (houses.md 10)."""
    moment = Memo.received_by_client_at
    try:
        sight.memo.update([moment.set(now)], condition=moment.does_not_exist())
    except UpdateError as refused:
        if not condition_failed(refused):
            raise
    if sight.memo.call_class == "test" and sight.contract.status != ENDED:
        act.on_contract(sight.house, sight.contract.id, now, CLIENT, _check_report)


def _check_report(change: Change) -> None:
    start.check_start(change, ["report"])
