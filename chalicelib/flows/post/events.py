"""What SES tells of our mails, in whatever order it comes (calls.md Delivery ledger)."""

from datetime import datetime
from typing import Any

from chalicelib import config, log
from chalicelib.channels import ses
from chalicelib.flows.post import act
from chalicelib.models import Letter, Memo
from chalicelib.models.outgoing import Outgoing
from chalicelib.rules.calls import delivery

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
    news = [told for told in delivery.read(event) if told.line not in item.mail_events]
    for told in news:
        _take_in(item, told, delivery.sent_at(event), now)
    return "noted" if news else "known"


def _mail_of(event: dict[str, Any]) -> Outgoing | None:
    """The report or letter that an event is about, by the tags it was sent with."""
    tags = {name: values[0] for name, values in (event["mail"].get("tags") or {}).items() if values}
    if tags.get("stage") != ses.tagged(config.STAGE):
        return None
    for model in (Memo, Letter):
        if model.tag in tags:
            return model.find(ses.untagged(tags[model.tag]))
    return None


def _take_in(item: Outgoing, told: delivery.Told, sent_at: datetime, now: datetime) -> None:
    if told.state in delivery.LEFT and not _was_rejected(item, told.message):
        it_left(item, told)
    if told.state == "handed_over":
        return  # what the item says itself by now
    if told.state in _TELL_ON:
        act.tell_of_bounce(item, told, sent_at, now)
    if told.state == "rejected":
        item.give_back(now, told.address, told.message, "SES が送信を拒否しました。")
    item.note_event(told.line)


def _was_rejected(item: Outgoing, message: str) -> bool:
    """SES tells of every mail that it took, also of one that it then did not send; which word comes first nobody knows."""
    return any(f" rejected {message} " in line for line in item.mail_events)


def it_left(item: Outgoing, told: delivery.Told) -> None:
    """SES itself says that the mail left, whatever our own attempt came to know: it is not sent again."""
    for _ in range(5):
        way = next(
            (
                way
                for way, to in item.open_ways.items()
                if told.address.casefold() in map(str.casefold, to)
            ),
            None,
        )
        if way is None or (item.outbox is None and item.handed_over_at is not None):
            return
        if item.way_left(way, told.at, told.message):
            return
        item.refresh(consistent_read=True)
    raise RuntimeError(f"{item.id} changes faster than its event can be noted")
