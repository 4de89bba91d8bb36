"""`make soak`: many histories from random seeds, in two processes with a DynamoDB Local each.

HISTORIES and SEED come from the environment. Each line of progress names its
seed; a failure prints its shortest history and how to run its part again.
"""

import math
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
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
    histories = int(os.environ.get("HISTORIES") or 10_000)
    first = int(os.environ.get("SEED") or random.randrange(10**6))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the stores are ended too
    print(f"{histories} histories from SEED={first}", flush=True)
    totals, failures = soak(_parts(histories, first))
    _print_sums(totals, failures)
    return 1 if failures else 0


def _parts(histories: int, first: int) -> list[tuple[int, int]]:
    """(seed, number of histories) of each part."""
    count = math.ceil(histories / PART)
    return [(first + place, min(PART, histories - place * PART)) for place in range(count)]


def soak(parts: list[tuple[int, int]]) -> tuple[Counter, int]:
    """Run all parts: what was counted, and the number of failures."""
    start, totals, failures = time.monotonic(), Counter(), 0
    with ExitStack() as stack:
        for seed, counts, failure in _results(stack, parts):
            totals += counts
            seconds = time.monotonic() - start
            print(f"  seed {seed}: {totals['history']} histories in {seconds:.0f} s", flush=True)
            if failure:
                failures += 1
                print(f"{failure}\nAgain: make soak SEED={seed} HISTORIES={PART}", flush=True)
    return totals, failures


def _results(stack: ExitStack, parts: list[tuple[int, int]]) -> Iterator[tuple]:
    """The result of each part, as it ends; the stores live as long as the stack."""
    context, processes = get_context("spawn"), min(PROCESSES, len(parts))
    addresses = context.SimpleQueue()
    for _ in range(processes):
        addresses.put(stack.enter_context(store.running()))
    pool = ProcessPoolExecutor(processes, context, part.begin, (addresses,))
    # Without their stores the pool's processes soon end.
    stack.callback(pool.shutdown, wait=False, cancel_futures=True)
    for future in as_completed([pool.submit(part.run, *each) for each in parts]):
        yield future.result()
    pool.shutdown()  # its processes leave while their stores are there


def _print_sums(totals: Counter, violations: int) -> None:
    for title, start in (("steps", "step "), ("faults injected", "fault ")):
        sums = {name.removeprefix(start): totals[name] for name in totals if name.startswith(start)}
        print(f"{title}: {sum(sums.values())}")
        for name, count in sorted(sums.items()):
            print(f"  {name:24} {count:>8}")
    for name, title in (
        ("history", "histories"),
        ("memo taken", "memos taken"),
        ("mail", "mails"),
        ("invoice", "invoices"),
        ("statement", "statements"),
        ("unsure", "unsure"),
    ):
        print(f"{title}: {totals[name]}")
    print(f"violations: {violations}")


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.exit(code)
