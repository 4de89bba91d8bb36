"""The page behind a report's link: the client has received it, or says that it was no call of theirs (calls.md Corrections)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from pynamodb.exceptions import UpdateError

from chalicelib.errors import Fault, Invalid, NotFound, Overtaken
from chalicelib.flows.access import links
from chalicelib.flows.change import CLIENT
from chalicelib.flows.contract import count, start
from chalicelib.flows.engine import contracts
from chalicelib.flows.post import act
from chalicelib.models import Contract, Memo
from chalicelib.models.base import condition_failed
from chalicelib.rules import houses
from chalicelib.rules.calls import delivery
from chalicelib.rules.contract.lifecycle import ENDED

PRESSES = {"received": "報告を受け取りました", **count.OBJECTIONS}


class Sight(NamedTuple):
    """What the holder of a report's link may see: neither the caller nor what was said."""

    house: houses.House
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
        """The objections that have buttons; of a call that was taken as none of theirs, the number may yet be declared."""
        if self.memo.class_now or self.memo.disputed:
            return []
        if self.memo.call_class not in count.OBJECTIONS:
            return list(count.OBJECTIONS)
        silenced = self.declared or self.memo.caller_number is None
        return ["sales"] if self.house.keeps_declared and not silenced else []


def look(token: str, now: datetime) -> Sight:
    """The call of a report's link. Raises NotFound for a link that is none or too old, Refused for an overtaken one."""
    found = Memo.find(links.memo_of(token) or "-")
    house = houses.find(found.house) if found else None
    if (
        found is None
        or house is None
        or now > found.taken_at + timedelta(days=house.objections.days)
    ):
        why = "このリンクは無効か、有効期限が切れています。お手数ですが、メールに記載の窓口までご連絡ください。"
        raise NotFound(why, house=house)
    if found.corrected_by:
        newest = found.newest().number
        why = f"訂正後の報告(受付番号 {newest})をメールでお送りしています。そのメールのリンクをご利用ください。"
        raise Overtaken(why, house=house)
    return Sight(house, found, contracts.during_a_call(house, found.contract, now))


def press(token: str, now: datetime, said: str) -> Sight:
    """Do what the pressed button says, one of PRESSES; pressed again it shows the same. Raises as `look`, and Invalid."""
    sight = look(token, now)
    if said not in PRESSES:
        raise Invalid([Fault("press", "ボタンを押してお知らせください。")])
    if said == "received":
        _receive(sight, now)
    else:
        act.on_contract(
            sight.house,
            sight.contract.id,
            now,
            CLIENT,
            lambda change: count.object_to(change, sight.memo.id, said),
        )
    return look(token, now)


def _receive(sight: Sight, now: datetime) -> None:
    """A test call that was reported and received is a point of the start check (houses.md 10)."""
    try:
        sight.memo.update(
            [Memo.received_by_client_at.set(now)],
            condition=Memo.received_by_client_at.does_not_exist(),
        )
    except UpdateError as refused:
        if not condition_failed(refused):
            raise
    if sight.memo.call_class == "test" and sight.contract.status != ENDED:
        act.on_contract(
            sight.house,
            sight.contract.id,
            now,
            CLIENT,
            lambda change: start.check_start(change, ["report"]),
        )
