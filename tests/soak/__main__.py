"""`make soak`: many histories from random seeds, in two processes with a DynamoDB Local each.

HISTORIES and SEED come from the environment. Each line of progress names its
seed; a failure prints its shortest history and how to run its part again.
"""

import os
import random
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from multiprocessing import get_context

from dev import store
from tests.soak import part

PART = 200  # histories of one seed
PROCESSES = 2


def main() -> int:
    if why := store.missing():
        print(why)
        return 1
    histories, first = (
        int(os.environ.get("HISTORIES") or 10_000),
        int(os.environ.get("SEED") or random.randrange(10**6)),
    )
    parts = [
        (first + place, min(PART, histories - place * PART))
        for place in range(-(-histories // PART))
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the stores are ended too
    print(f"{histories} histories from SEED={first}", flush=True)
    begun, totals, failures = time.monotonic(), Counter(), []
    with ExitStack() as stack:
        apart, processes = get_context("spawn"), min(PROCESSES, len(parts))
        addresses = apart.SimpleQueue()
        for _ in range(processes):
            addresses.put(stack.enter_context(store.running()))
        pool = ProcessPoolExecutor(processes, apart, part.begin, (addresses,))
        stack.callback(
            pool.shutdown, wait=False, cancel_futures=True
        )  # without their stores its processes soon end
        for done in as_completed([pool.submit(part.run, *each) for each in parts]):
            seeded, counted, failure = done.result()
            totals += counted
            failures += [failure] if failure else []
            print(
                f"  seed {seeded}: {totals['history']} histories in {time.monotonic() - begun:.0f} s",
                flush=True,
            )
            if failure:
                print(f"{failure}\nAgain: make soak SEED={seeded} HISTORIES={PART}", flush=True)
        pool.shutdown()  # its processes leave while their stores are there
    _tell(totals, len(failures))
    return 1 if failures else 0


def _tell(totals: Counter, violations: int) -> None:
    for title, start in (("steps", "step "), ("faults injected", "fault ")):
        these = sorted(
            (name.removeprefix(start), many)
            for name, many in totals.items()
            if name.startswith(start)
        )
        print(f"{title}: {sum(many for _, many in these)}")
        print("".join(f"  {name:24} {many:>8}\n" for name, many in these), end="")
    for name, title in (
        ("history", "histories"),
        ("memo taken", "memos taken"),
        ("mail", "mails"),
        ("unsure", "unsure"),
    ):
        print(f"{title}: {totals[name]}")
    print(f"violations: {violations}")


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.exit(code)
