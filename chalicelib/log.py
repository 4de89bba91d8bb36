"""One line of JSON an event. Ids only: no name, number, address or text ever goes into a log."""

import json
import sys
import traceback
from pathlib import Path


def info(event: str, **ids) -> None:
    _write({"event": event} | ids)


def alarm(event: str, **ids) -> None:
    """Somebody has to look at this: the line carries `alarm`, which a metric filter counts."""
    _write({"alarm": event} | ids)


def crash(event: str, **ids) -> None:
    """The error being handled, which nobody foresaw: its type and where it arose, not its words, which may quote data."""
    kind, _, trace = sys.exc_info()
    frames = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)
    ]
    _write({"alarm": event, "error": kind and kind.__name__, "at": frames[-8:]} | ids)


def _write(line: dict) -> None:
    sys.stderr.write(
        json.dumps(line, default=str) + "\n"
    )  # in one piece: print writes the end of the line apart
    sys.stderr.flush()
