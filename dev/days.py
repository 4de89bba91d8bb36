"""Living through days: a clock that can be put forward, and the jobs that the cloud would call."""

import json
import threading
import time
import traceback
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day

from chalicelib import clock
from chalicelib.channels import queue
from chalicelib.config import papers_queue_url, settle_queue_url
from chalicelib.rules import calendar
from dev import cloud

NIGHT = time_of_day(0, 5)
MORNING = time_of_day(9, 0)
_ahead = timedelta(0)
_turn = threading.Lock()


def run_clock() -> None:
    """Let the app go by our clock: the system's, and however far it was put forward.

    An earlier run's lead counts too.
    """
    global _ahead
    _ahead = timedelta(seconds=cloud.drawer.read("clock") or 0)
    clock.use(lambda: datetime.now(UTC) + _ahead)


def put_clock_to(moment: datetime) -> None:
    global _ahead
    _ahead = moment - datetime.now(UTC)
    cloud.drawer.keep("clock", _ahead.total_seconds())


def live_until(day: date) -> list[str]:
    """Every night from tomorrow's to that of `day`, each followed by its morning's mails.

    Afterwards it is that morning. A day gone by is only run again, as a
    replayed event would. Returns one line for each night: its date, and what
    it handed out.
    """
    with _turn:
        today = calendar.day_of(clock.now())
        nights = [today + timedelta(days=n + 1) for n in range((day - today).days)]
        return [_live_through(night, today) for night in nights or [day]]


def _live_through(night: date, today: date) -> str:
    is_ahead = night > today
    if is_ahead:
        put_clock_to(calendar.at(night, NIGHT))
    report = run_night(calendar.at(night, NIGHT))
    if is_ahead:
        put_clock_to(calendar.at(night, MORNING) + timedelta(seconds=1))
    run_sweep()
    return f"{night}: {report}"


def keep_going() -> None:
    """Forever, as the cloud would do.

    The queue is emptied at once, the sweep runs every few seconds, and the
    night when the date changes.
    """
    last = calendar.day_of(clock.now())
    while True:
        time.sleep(2)
        try:
            with _turn:
                last = _take_turn(last)
        except Exception:  # one bad turn must not stop the clockwork
            traceback.print_exc()


def _take_turn(last: date) -> date:
    """One turn of the clockwork after the night of `last`; the day whose night is over then."""
    today = calendar.day_of(clock.now())
    night = calendar.at(today, NIGHT)
    if today > last and clock.now() >= night:
        run_night(night)
        last = today
    drain()
    run_sweep()
    cloud.keep_mails()
    return last


def run_night(moment: datetime) -> dict:
    """The night's job and all that it put into the queue; how many it handed out of each kind."""
    import app

    report = app.nightly({"time": moment.isoformat()}, None)
    drain()
    app.close({"time": moment.isoformat()}, None)
    drain()
    return report


def run_books(moment: datetime) -> dict:
    """The morning's look into the books; how many contracts of each house."""
    import app

    counts = app.books({"time": moment.isoformat()}, None)
    drain()
    return counts


def run_sweep() -> None:
    """The sweep with the papers that it asks for, and what SES has to tell since the last one."""
    import app

    app.sweep({}, None)
    make_papers()
    if cloud.postman:
        cloud.postman.tell()


def drain() -> None:
    """Let the worker settle what is queued."""
    import app

    _empty(settle_queue_url(), app.settle)


def make_papers() -> None:
    """Let the typesetter make the papers that were asked for."""
    import app

    _empty(papers_queue_url(), app.papers)


def _empty(url: str, worker) -> None:
    """Hand queued messages to a worker; those it could not do come back, as with SQS."""
    while messages := _messages(url):
        failures = _hand_to(worker, messages)
        for message in messages:
            if message["MessageId"] not in failures:
                queue.client().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        if failures:
            print("not done:", json.dumps(sorted(failures)))
            return


def _messages(url: str) -> list:
    """Up to ten messages of a queue."""
    answer = queue.client().receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return answer.get("Messages", [])


def _hand_to(worker, messages: list) -> set[str]:
    """Let a worker do messages; the ids of those that it could not do."""
    records = [{"messageId": each["MessageId"], "body": each["Body"]} for each in messages]
    answer = worker({"Records": records}, None)
    return {each["itemIdentifier"] for each in answer["batchItemFailures"]}
