"""Living through days: a clock that can be put forward, and the jobs that the cloud would call by themselves."""

import json
import threading
import time
import traceback
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day

from chalicelib import clock
from chalicelib.channels import queue
from chalicelib.config import settle_queue_url
from chalicelib.rules import calendar
from dev import cloud

NIGHT = time_of_day(0, 5)
MORNING = time_of_day(9, 0)
_ahead = timedelta(0)
_turn = threading.Lock()


def run_clock() -> None:
    """Let the app go by our clock: the system's, and however far it was put forward, in an earlier run too."""
    global _ahead
    _ahead = timedelta(seconds=cloud.drawer.read("clock") or 0)
    clock.use(lambda: datetime.now(UTC) + _ahead)


def put_clock_to(moment: datetime) -> None:
    global _ahead
    _ahead = moment - datetime.now(UTC)
    cloud.drawer.keep("clock", _ahead.total_seconds())


def live_until(day: date) -> list[str]:
    """Every night from tomorrow's to that of `day`, each followed by its morning's mails; then it is that morning.

    A day gone by is only run again, as a replayed event would.
    """
    with _turn:
        today = calendar.day_of(clock.now())
        told = []
        for night in [today + timedelta(days=n + 1) for n in range((day - today).days)] or [day]:
            if night > today:
                put_clock_to(calendar.at(night, NIGHT))
            told.append(f"{night}: {run_night(calendar.at(night, NIGHT))}")
            if night > today:
                put_clock_to(calendar.at(night, MORNING) + timedelta(seconds=1))
            run_sweep()
        return told


def keep_going() -> None:
    """Forever, as the cloud would: the queue at once, the sweep every few seconds, the night when the date changes."""
    last = calendar.day_of(clock.now())
    while True:
        time.sleep(2)
        try:
            with _turn:
                today = calendar.day_of(clock.now())
                if today > last and clock.now() >= calendar.at(today, NIGHT):
                    run_night(calendar.at(today, NIGHT))
                    last = today
                last = max(last, today) if clock.now() >= calendar.at(today, NIGHT) else last
                drain()
                run_sweep()
                cloud.keep_mails()
        except Exception:  # one bad turn must not stop the clockwork
            traceback.print_exc()


def run_night(moment: datetime) -> dict:
    import app

    handed = app.nightly({"time": moment.isoformat()}, None)
    drain()
    return handed


def run_sweep() -> None:
    """The sweep, and what SES has to tell since the last one."""
    import app

    app.sweep({}, None)
    if cloud.postman:
        cloud.postman.tell()


def drain() -> None:
    """Hand queued messages to the worker; those it could not do come back, as with SQS."""
    import app

    while True:
        got = (
            queue.client()
            .receive_message(QueueUrl=settle_queue_url(), MaxNumberOfMessages=10)
            .get("Messages", [])
        )
        if not got:
            return
        records = [{"messageId": each["MessageId"], "body": each["Body"]} for each in got]
        failed = {
            each["itemIdentifier"]
            for each in app.settle({"Records": records}, None)["batchItemFailures"]
        }
        for each in got:
            if each["MessageId"] not in failed:
                queue.client().delete_message(
                    QueueUrl=settle_queue_url(), ReceiptHandle=each["ReceiptHandle"]
                )
        if failed:
            print("not settled:", json.dumps(sorted(failed)))
            return
