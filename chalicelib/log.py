"""One line of JSON an event. Ids only: no name, number, address or text ever goes into a log."""

import json
import sys
import traceback
from pathlib import Path


def info(event: str, **ids: object) -> None:
    """Something happened that somebody may want to look up."""
    _write({"event": event} | ids)


def alarm(event: str, **ids: object) -> None:
    """Somebody has to look at this: the line carries `alarm`, which a metric filter counts."""
    _write({"alarm": event} | ids)


def crash(event: str, **ids: object) -> None:
    """The error being handled, which nobody foresaw.

    Its type and where it arose, not its words, which may quote data.
    """
    kind, _, trace = sys.exc_info()
    places = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)
    ]
    _write({"alarm": event, "error": kind and kind.__name__, "at": places[-8:]} | ids)


def _write(line: dict[str, object]) -> None:
    """In one piece: print would write the end of the line apart."""
    text = json.dumps(line, default=str)
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
