"""The one place that reads the time.

Handlers ask `now()` once per request or event and hand it on; nothing further
in looks at a clock. Tests and the local stack move the clock with `use`.
"""

from collections.abc import Callable
from datetime import UTC, datetime


def _system_time() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _system_time


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _read()


def use(source: Callable[[], datetime] | None) -> None:
    """Read the time from `source` from now on; None goes back to the system's clock."""
    global _read
    _read = source or _system_time
