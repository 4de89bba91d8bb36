"""Jobs and events: each takes a plain event, so that a person can also send one from the AWS console.

Their "now" is the event's `time`; a missed run is replayed by sending its time.
The sweep alone goes by the clock, since a lease is a matter of real seconds.
"""

import json
from datetime import UTC, datetime, timedelta

from chalicelib import clock, log
from chalicelib.channels import sns
from chalicelib.errors import Problem
from chalicelib.flows import night
from chalicelib.flows.access import keys
from chalicelib.flows.post import events, repair
from chalicelib.rules import houses


def nightly(event: dict) -> dict:
    """00:05 JST: hand out everything that is due."""
    handed = night.hand_out(_time_of(event))
    log.info("nightly", **handed)
    return handed


def settle(event: dict) -> dict:
    """A batch from the queue. A message that fails is tried again by itself, then goes to the dead-letter queue."""
    failures = []
    for record in event["Records"]:
        try:
            told = json.loads(record["body"])
            now = datetime.fromisoformat(told["now"])
            failed = night.settle_batch(
                told["house"], told["contracts"], now, told.get("redate", False)
            )
        except Exception:
            log.crash("message cannot be read", message=record.get("messageId"))
            failed = ["message"]
        if failed:
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def sweep(event: dict) -> dict:
    """Every minute: mails that are waiting, or whose sender was lost."""
    ended = repair.sweep(clock.now())
    if ended:
        log.info("sweep", **ended)
    return ended


def mail_events(event: dict) -> dict:
    """What SES tells of our mails, signed by its topic. A forgery is dropped; what fails is told again, then a dead letter."""
    ended = []
    for record in event["Records"]:
        try:
            told = sns.opened(record["Sns"], clock.now())
        except sns.NoEvent:
            log.info("message that is no event")  # SES's greeting to a new topic
            ended.append("no event")
        except sns.Forged as forgery:
            log.alarm("message that is not our topic's", why=str(forgery))
            ended.append("forged")
        else:
            ended.append(events.record(told, clock.now()))
    return {"ended": ended}


def redate(event: dict) -> dict:
    """By hand, or by the night itself after a change of rules: `{"dry_run": true}` tells how many dates would move."""
    counts = night.redate(_time_of(event), bool(event.get("dry_run", True)))
    log.info("redate", dry_run=bool(event.get("dry_run", True)), **counts)
    return counts


def issue_key(event: dict) -> dict:
    """By hand: `{"house": "mk", "owner": "suzuki", "role": "admin"}`. The key is in the answer, this once."""
    house = event.get("house", "")
    if houses.find(house) is None:
        return {"error": f"house: send one of {', '.join(houses.all_houses())}"}
    try:
        wanted = keys.NEW.read({"owner": event.get("owner"), "role": event.get("role", "admin")})
        made, key = keys.make(house, wanted["owner"], wanted["role"], clock.now())
    except Problem as problem:
        return {
            "error": "; ".join(f"{fault.field}: {fault.message}" for fault in problem.errors)
            or problem.detail
        }
    return {"id": made.id, "key": key, "expires_at": made.expires_at.isoformat()}


def _time_of(event: dict) -> datetime:
    """The event's `time`; the clock where a person sent none. Raises ValueError with the form it must have."""
    told = event.get("time")
    if told is None:
        return clock.now()
    try:
        moment = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        raise ValueError(
            f"time {told!r} cannot be read: write it as 2026-12-01T00:05:00+09:00"
        ) from None
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > clock.now() + timedelta(hours=1):
        raise ValueError(
            f"time {told!r} is still to come: what a date brings is never done before it"
        )
    return moment
