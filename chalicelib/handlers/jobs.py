"""Jobs and events: each takes a plain event, so that a person can also send one by hand.

Their "now" is the event's `time`; a missed run is replayed by sending its time.
The sweep alone goes by the clock, since a lease is a matter of real seconds.
"""

import functools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib import clock, log
from chalicelib.channels import sns
from chalicelib.errors import NotFound, Problem
from chalicelib.flows import night
from chalicelib.flows.access import keys
from chalicelib.flows.money import paper_round
from chalicelib.flows.money import papers as paper
from chalicelib.flows.post import events, repair
from chalicelib.rules import calendar, houses

Event = dict[str, Any]


def _by_hand(job: Callable[[Event], dict]) -> Callable[[Event], dict]:
    """A job that a person may call with an event of their own, which need not be an object."""

    @functools.wraps(job)
    def called(event: Any) -> dict:
        if not isinstance(event, dict):
            return {"error": "send a JSON object: {} for what is usual"}
        return job(event)

    return called


@_by_hand
def nightly(event: Event) -> dict:
    """00:05 JST: hand out everything that is due."""
    counts = night.hand_out(_time_of(event))
    log.info("nightly", **counts)
    return counts


@_by_hand
def close(event: Event) -> dict:
    """00:20 JST: what the night has left of a closing, until it is complete."""
    counts = night.close(_time_of(event))
    log.info("close", **counts)
    return counts


@_by_hand
def books(event: Event) -> dict:
    """06:00 JST: every closed month is held against its memos and invoices."""
    counts = night.books(_time_of(event))
    log.info("books", **counts)
    return counts


@_by_hand
def redrive(event: Event) -> dict:
    """By hand: dead letters go back onto their queue. `{"dry_run": true}` only counts them."""
    dry_run = bool(event.get("dry_run", True))
    counts = night.redrive(dry_run)
    log.info("redrive", dry_run=dry_run, **counts)
    return counts


@_by_hand
def recount(event: Event) -> dict:
    """By hand: `{"house": "mk", "contract": "mk-7KQ2MAB3DE"}`; a dry run unless it says otherwise.

    The closed months of a contract are counted again by their memos. What differs is billed by
    the next closing.
    """
    dry_run = bool(event.get("dry_run", True))
    house = houses.find(str(event.get("house")))
    if house is None:
        return {"error": f"house: send one of {', '.join(houses.all_houses())}"}
    contract = str(event.get("contract") or "-")
    try:
        differences = night.recount(house, contract, _time_of(event), dry_run)
    except Problem as problem:
        return {"error": problem.detail}
    log.info("recount", dry_run=dry_run, differences=len(differences))
    return {"differences": differences}


def settle(event: Event) -> dict:
    """A batch from the queue, one message after the other.

    A message that fails is tried again by itself, and then goes to the
    dead-letter queue.
    """
    failures = []
    for record in event["Records"]:
        if not _settle_batch(record):
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _settle_batch(record: Event) -> bool:
    """Settle a message's contracts; whether all of them could be."""
    try:
        batch = json.loads(record["body"])
        now = datetime.fromisoformat(batch["now"])
        if "books" in batch:
            night.check_books(batch["house"], batch["contracts"], batch["books"], now)
            return True
        redate = batch.get("redate", False)
        return not night.settle_batch(batch["house"], batch["contracts"], now, redate)
    except Exception:
        log.crash("message cannot be read", message=record.get("messageId"))
        return False


def papers(event: Event) -> dict:
    """Messages from the queue of papers, one after the other; what fails comes back."""
    failures = []
    for record in event["Records"]:
        if not _make_paper(record):
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _make_paper(record: Event) -> bool:
    """Make what a message asks for; whether it could be. What does not exist needs no paper."""
    try:
        paper.make(json.loads(record["body"]), clock.now())
    except NotFound:
        log.info("paper of nothing", message=record.get("messageId"))
    except Exception:
        log.crash("paper cannot be made", message=record.get("messageId"))
        return False
    return True


def sweep(event: Event) -> dict:
    """Every minute: mails that are waiting, or whose sender was lost, and papers to be made."""
    counts = repair.sweep(clock.now())
    asked = paper_round.hand_out(clock.now())
    if asked:
        counts["papers"] = asked
    if counts:
        log.info("sweep", **counts)
    return counts


def mail_events(event: Event) -> dict:
    """What SES says of our mails, signed by its topic.

    A forgery is dropped. A notification that fails is sent once more, and then
    is a dead letter.
    """
    ends = []
    for record in event["Records"]:
        ends.append(_record_event(record))
    return {"ended": ends}


def _record_event(record: Event) -> str:
    """Record one notification; how that ended."""
    try:
        notification = sns.opened(record["Sns"], clock.now())
    except sns.NoEvent:
        log.info("message that is no event")  # SES's greeting to a new topic
        return "no event"
    except sns.Forged as forgery:
        log.alarm("message that is not our topic's", why=str(forgery))
        return "forged"
    return events.record(notification, clock.now())


@_by_hand
def redate(event: Event) -> dict:
    """By hand, or by the night itself after a change of rules.

    `{"dry_run": true}` says how many dates would move.
    """
    dry_run = bool(event.get("dry_run", True))
    counts = night.redate(_time_of(event), dry_run)
    log.info("redate", dry_run=dry_run, **counts)
    return counts


@_by_hand
def issue_key(event: Event) -> dict:
    """By hand: `{"house": "mk", "owner": "suzuki", "role": "admin"}`.

    The key is in the answer, this once.
    """
    house = str(event.get("house"))
    if houses.find(house) is None:
        return {"error": f"house: send one of {', '.join(houses.all_houses())}"}
    try:
        wish = keys.NEW.read({"owner": event.get("owner"), "role": event.get("role", "admin")})
        key, secret = keys.make(house, wish["owner"], wish["role"], clock.now())
    except Problem as problem:
        faults = [f"{fault.field}: {fault.message}" for fault in problem.errors]
        return {"error": "; ".join(faults) or problem.detail}
    return {"id": key.id, "key": secret, "expires_at": calendar.clock_of(key.expires_at)}


def _time_of(event: Event) -> datetime:
    """The event's `time` as a UTC instant; the clock where a person sent none.

    Raises ValueError with the form it must have, and for a time to come.
    """
    typed = event.get("time")
    if typed is None:
        return clock.now()
    try:
        moment = datetime.fromisoformat(typed)
    except (TypeError, ValueError):
        raise ValueError(
            f"time {typed!r} cannot be read: write it as 2026-12-01T00:05:00+09:00"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if moment > clock.now() + timedelta(hours=1):
        raise ValueError(
            f"time {typed!r} is still to come: what a date brings is never done before it"
        )
    return moment.astimezone(UTC)
