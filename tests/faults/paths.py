"""The paths of the fault matrix: each is a story told through a public door, on a desk prepared for it.

A new path is one more entry in `PATHS`; which calls it makes is recorded, not listed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import app
from tests import ses_server
from tests.desk import Answer, Desk


@dataclass(frozen=True)
class Path:
    """`story` is one request or one event; `final` the status until which a client repeats it, None for who gives up at once.

    `look` is what the doors tell afterwards.
    """

    name: str
    prepare: Callable[[Desk], object]
    story: Callable[[Desk], Answer | dict]
    final: int | None
    look: Callable[[Desk], object]


def _memo(desk: Desk) -> Answer:
    return desk.memo("key-1", received_at="2026-09-01T10:20:00+09:00")


def _sweep(desk: Desk) -> dict:
    return app.sweep({}, None)


def _running(desk: Desk) -> None:
    """A contract whose calls count."""
    desk.on("2026-09-01").starts("smile")
    desk.key("operator")
    desk.later(minutes=20)


def _called_before(desk: Desk) -> None:
    _running(desk)
    desk.memo("key-0", received_at="2026-09-01T10:10:00+09:00")
    desk.memo("key-00", received_at="2026-09-01T10:15:00+09:00", caller={"phone": "03-5555-0000"})


def _told_already(desk: Desk) -> None:
    _running(desk)
    _memo(desk)


def _memo_left(desk: Desk) -> None:
    """A memo is stored, and whoever was to send it is no more."""
    _running(desk)
    with ses_server.answering("reset"):
        _memo(desk)
    desk.later(seconds=31)


def _letter_left(desk: Desk) -> None:
    with ses_server.answering("reset"):
        desk.signs_up("mk")
    desk.key("office")
    desk.later(seconds=31)


def _month(desk: Desk) -> list:
    """The month's count, and the memos as the operator's list has them."""
    counted = desk.get(f"/v1/contracts/{desk.contract}/usage/2026-09", role="operator")
    listed = desk.get(f"/v1/memos?contract={desk.contract}&month=2026-09", role="operator")
    return [counted.json, listed.json]


def _status(desk: Desk) -> str:
    return desk.status


def _both(path: Path) -> list[Path]:
    """The same request by a client who repeats it until it is answered for good, and by one who gives up at once."""
    return [path, replace(path, name=f"{path.name}, and the client gives up", final=None)]


PATHS = [
    *_both(Path("memo", _running, _memo, 201, _month)),
    Path("memo with earlier calls of the day", _called_before, _memo, 201, _month),
    Path("memo that is stored already", _told_already, _memo, 201, _month),
    Path("sweep of a memo whose sender died", _memo_left, _sweep, None, _month),
    Path("sweep of a letter whose sender died", _letter_left, _sweep, None, _status),
]
