"""A part of a soak, in a process of its own."""

import os
import traceback
from collections import Counter
from contextlib import ExitStack, redirect_stderr
from multiprocessing import util
from pathlib import Path

from tests import conftest  # noqa: F401 - the tests' environment
from tests.soak import machine, world

_open = ExitStack()


def begin(addresses) -> None:
    """A world on the next of the DynamoDB Locals in a queue."""
    util.Finalize(None, _open.close, exitpriority=10)  # a pool's process runs no atexit
    machine.Machine.world = _open.enter_context(world.opened(addresses.get()))


def run(seed: int, histories: int) -> tuple[int, Counter, str]:
    """(the seed, what was counted, the failure in words or nothing).

    Nobody reads what the app logs.
    """
    machine.Machine.stats.clear()
    failure = ""
    try:
        with Path(os.devnull).open("w") as nobody, redirect_stderr(nobody):
            machine.run(histories, seed)
    except Exception as violation:
        failure = "".join(traceback.format_exception(violation))
    return seed, Counter(machine.Machine.stats), failure
