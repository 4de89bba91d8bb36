"""What SES tells of our mails, in whatever order it comes (calls.md Delivery ledger)."""

from datetime import datetime
from typing import Any

from chalicelib import config, log
from chalicelib.channels import ses
from chalicelib.flows.post import act
from chalicelib.models import Letter, Memo
from chalicelib.models.outgoing import Outgoing
from chalicelib.models.waiting import way_to
from chalicelib.rules.calls import delivery
from chalicelib.rules.calls.delivery import Event

ROUNDS = 5  # of noting that a mail left, while others change the same item
_TELL_ON = delivery.BOUNCES | {"complained", "rejected"}


def record(event: dict[str, Any], now: datetime) -> str:
    """Put an SES event into the ledger of its mail; what became of it, in one word.

    Everything it causes is done before it is noted, so that an event that is
    told again after a crash is done again. Raises what `delivery.read` raises.
    """
    item = _mail_of(event)
    if item is None:
        log.info("event of no mail of ours", kind=event.get("eventType"))
        return "unknown"
    news = [each for each in delivery.read(event) if not each.is_among(item.mail_events)]
    for each in news:
        _take_in(item, each, delivery.sent_at(event), now)
    return "noted" if news else "known"


def _mail_of(event: dict[str, Any]) -> Outgoing | None:
    """The report or letter that an event is about, by the tags it was sent with."""
    given = event["mail"].get("tags") or {}
    tags = {name: values[0] for name, values in given.items() if values}
    if tags.get("stage") != ses.tagged(config.STAGE):
        return None
    for model in (Memo, Letter):
        if model.tag in tags:
            return model.find(ses.untagged(tags[model.tag]))
    return None


def _take_in(item: Outgoing, event: Event, sent_at: datetime, now: datetime) -> None:
    if event.state in delivery.LEFT and not _was_rejected(item, event.message):
        it_left(item, event)
    if event.state == "handed_over":
        return  # what the item says itself by now
    if event.state in _TELL_ON and not delivery.is_automatic_reply(event, item.mail_events):
        act.tell_of_bounce(item, event, sent_at, now)
    if event.state == "rejected":
        item.give_back(now, event.address, event.message, "SES が送信を拒否しました。")
    item.note_event(event)


def _was_rejected(item: Outgoing, message: str) -> bool:
    """SES tells of every mail that it took, also of one that it then did not send, in any order."""
    return any(event.state == "rejected" and event.message == message for event in item.mail_events)


def it_left(item: Outgoing, event: Event) -> None:
    """SES itself says that the mail left: it is not sent again, whatever our attempt saw."""
    for _ in range(ROUNDS):
        way = way_to(event.address, item.open_ways)
        if way is None or item.has_left:
            return
        if item.way_left(way, event.at, event.message):
            return
        item.refresh(consistent_read=True)
    raise RuntimeError(f"{item.id} changes faster than its event can be noted")
