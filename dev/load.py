"""`make load`: memos at a steady rate, then many at once, over real HTTP.

The load asks whether each request became one memo and one mail. RATE memos a
second for DURATION seconds come first, then BURST at the same moment. The app
runs in WORKERS processes behind one socket, beside DynamoDB Local and an SES
that takes SES_MS milliseconds for each mail; it answers for CLIENTS contracts
in each of two houses. Times are only printed, since machines differ. The run
ends with 1 if anything is lost, doubled, mixed up or answered with an error.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import IO

os.environ |= {
    "AWS_ACCESS_KEY_ID": "load",
    "AWS_SECRET_ACCESS_KEY": "load",
    "AWS_REGION": "ap-northeast-1",
}
os.environ |= {"AWS_DEFAULT_REGION": "ap-northeast-1", "STAGE": "load", "LINK_SECRET": "l" * 40}

from chalicelib import clock
from chalicelib.flows.calls import memos
from chalicelib.models import Memo
from chalicelib.rules import houses
from dev import crowd, figures, ledger, loopback, store, traffic

RATE = float(os.environ.get("RATE") or 50)
DURATION = float(os.environ.get("DURATION") or 120)
BURST = int(os.environ.get("BURST") or 500)
CLIENTS = int(os.environ.get("CLIENTS") or 250)
WORKERS = int(os.environ.get("WORKERS") or 2)
SES_MS = float(os.environ.get("SES_MS") or 50)
_A_LEASE = 45  # seconds: a lease, and a few turns of the running sweep
_PAST_LEASES = timedelta(minutes=20)


def main() -> int:
    if why := store.missing():
        print(why)
        return 1
    with (
        store.running() as dynamodb,
        loopback.ses_on_loopback(SES_MS / 1000) as ses,
        tempfile.TemporaryFile("w+") as log,
    ):
        os.environ |= {"AWS_ENDPOINT_URL_DYNAMODB": dynamodb, "AWS_ENDPOINT_URL_SESV2": ses}
        print(_plan(), flush=True)
        return run(ses, log)


def _plan() -> str:
    steady = f"{RATE:g} memos a second for {DURATION:g} s, then {BURST} at once"
    return f"{steady}; SES takes {SES_MS:g} ms a mail"


def run(ses: str, log: IO[str]) -> int:
    """The whole load: 0 if the books agree, else 1.

    In turn: clients, load, the outbox empties, a sweep after all leases, a
    look from a new process, the books.
    """
    clients = crowd.gather(CLIENTS, datetime.now(UTC))
    with app_servers(log) as port:
        phases = {name: _phase(clients, name, dues, port) for name, dues in _dues().items()}
        left = [_waiting(), _settled()]
    left.append(_sweep_after_leases())
    answers = sum(phases.values(), [])
    with app_servers(log) as port:  # a process that remembers nothing
        answers += _again(answers, port)
        usage = _usage(ledger.accepted_memos(answers).values(), port)
    facts = ledger.Facts(answers, _read_back(), loopback.mails(ses), usage)
    print(figures.table(phases, facts))
    print(
        f"waiting for a mail: {left[0]} after the last answer, "
        f"{left[1]} when the running sweep was done, "
        f"{left[2]} after a sweep past all leases"
    )
    return _verdict(facts, log)


def _verdict(facts: ledger.Facts, log: IO[str]) -> int:
    """Print what is wrong and what the app logged; 0 if nothing is wrong, else 1."""
    problems = ledger.broken(facts)
    logs = _logs(log)
    if problems:
        print("\n".join(["", *problems, *logs]))
        return 1
    print("\n".join([*logs, "nothing lost, nothing doubled, no error"]))
    return 0


@contextmanager
def app_servers(log: IO[str]) -> Iterator[int]:
    """The app in WORKERS processes of its own behind one listening socket; its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        fd = listening.fileno()
        command = [sys.executable, "-m", "dev.server", str(fd)]
        workers = [
            subprocess.Popen(command, pass_fds=[fd], stdout=subprocess.PIPE, stderr=log)
            for _ in range(WORKERS)
        ]
        try:
            ready = all(worker.stdout and worker.stdout.readline() for worker in workers)
            assert ready, "the app server did not start"
            yield listening.getsockname()[1]
        finally:
            for worker in workers:
                worker.terminate()
                worker.wait()


def _dues() -> dict[str, list[float]]:
    """When memos are due in each phase; the first few wake the new processes up."""
    steady = [number / RATE for number in range(int(RATE * DURATION))]
    return {"first": [number / 5 for number in range(20)], "steady": steady, "burst": [0.0] * BURST}


def _phase(clients: crowd.Crowd, name: str, dues: list[float], port: int) -> list[traffic.Answer]:
    start = time.time() + 1
    attempts = traffic.plan(clients, name, dues, start)
    return traffic.send(attempts, port, start)


def _waiting() -> int:
    """How many mails are in the outbox."""
    mails = 0
    for key in houses.all_houses():
        mails += Memo.waiting.count(key) + Memo.waiting.count(f"{key}:office")
    return mails


def _settled() -> int:
    """How many mails are left once the server's own sweep has had a lease's time for them."""
    until = time.monotonic() + _A_LEASE
    while (left := _waiting()) and time.monotonic() < until:
        time.sleep(0.5)
    return left


def _sweep_after_leases() -> int:
    """The job as the cloud calls it, with the clock past every lease; how many mails are left."""
    import app

    clock.use(lambda: datetime.now(UTC) + _PAST_LEASES)
    app.sweep({}, None)
    clock.use(None)
    return _waiting()


def _again(answers: list[traffic.Answer], port: int) -> list[traffic.Answer]:
    """One memo in ten once more, and each whose caller has no answer, as callers do.

    They come at half the rate.
    """
    with_answer = {answer.attempt.request.key for answer in answers if answer.status == 201}
    requests = {answer.attempt.request.key: answer.attempt.request for answer in answers}
    chosen = []
    for number, each in enumerate(requests.values()):
        if number % 10 == 0 or each.key not in with_answer:
            chosen.append(each)
    attempts = [traffic.Attempt(number / RATE * 2, each) for number, each in enumerate(chosen)]
    return traffic.send(attempts, port, time.time())


def _usage(requests: Iterable[traffic.Request], port: int) -> dict[tuple[str, str], dict]:
    """Each contract's month, as its operators see it."""
    months = {}
    for each in {(each.client.contract, each.month): each for each in requests}.values():
        path = f"/v1/contracts/{each.client.contract}/usage/{each.month}"
        status, body = traffic.ask(port, "GET", path, each)
        assert status == 200, body
        months[each.client.contract, each.month] = json.loads(body)
    return months


def _read_back() -> dict[str, ledger.Stored]:
    """Every memo, in pages that a busy machine can read before the time-out."""
    return {memo.id: _stored(memo) for memo in Memo.scan(consistent_read=True, page_size=100)}


def _stored(memo: Memo) -> ledger.Stored:
    return ledger.Stored(
        contract=memo.contract,
        business=memo.text["business"],
        answer=memos.answer(memo),
        outbox=memo.outbox,
        taken_at=memo.taken_at.timestamp(),
        handed_over_at=memo.handed_over_at.timestamp() if memo.handed_over_at else None,
        message_id=memo.message_id,
        unsure=len(memo.unsure),
    )


def _logs(log: IO[str]) -> list[str]:
    """What the app had to say beside its answers: how often each line."""
    log.seek(0)
    lines = Counter(line.strip()[:300] for line in log if line.startswith(("{", "Traceback")))
    return [f"logged {count} x {line}" for line, count in lines.most_common(20)]


if __name__ == "__main__":
    sys.exit(main())
