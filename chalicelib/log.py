"""One line of JSON an event. Ids only: no name, number, address or text ever goes into a log."""

import json
import logging
import sys

_logger = logging.getLogger("denwaban")
_logger.propagate = False
_logger.setLevel(logging.INFO)
if not _logger.handlers:
    _logger.addHandler(logging.StreamHandler(sys.stderr))


def info(event: str, **ids) -> None:
    _logger.info(json.dumps({"event": event} | ids, default=str))


def alarm(event: str, **ids) -> None:
    """Somebody has to look at this: the line carries `alarm`, which a metric filter counts."""
    _logger.error(json.dumps({"alarm": event} | ids, default=str))


def crash(event: str, **ids) -> None:
    """An error nobody foresaw: with its stack, whose frames are code, never data."""
    _logger.error(json.dumps({"alarm": event} | ids, default=str), exc_info=True)
