"""The paths of the fault matrix: stories through a public door, each on a desk prepared for it.

A new path is one more entry in `PATHS`; which calls it makes is recorded, not listed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import app
from chalicelib.channels import ses
from chalicelib.models import Memo
from dev import days, ses_events
from tests import ses_server
from tests.desk import Answer, Desk, link


@dataclass(frozen=True)
class Path:
    """`story` is one request or one event.

    `final` is the status until which a client repeats it, None for who gives up
    at once. `look` is what the doors tell afterwards. An `event` is brought
    again by the cloud while the function fails on it, and may come twice
    anyhow. Of the `core` a short run leaves fewer cells out. What `old` stories read
    was written days before: every index knows of it.
    """

    name: str
    prepare: Callable[[Desk], object]
    story: Callable[[Desk], Answer | dict]
    final: int | None
    look: Callable[[Desk], object]
    event: bool = False
    core: bool = False
    old: bool = False


def _memo(desk: Desk) -> Answer:
    return desk.memo("key-1", received_at="2026-09-01T10:20:00+09:00")


def _sweep(desk: Desk) -> dict:
    return app.sweep({}, None)


def running(desk: Desk) -> None:
    """A contract whose calls count."""
    desk.on("2026-09-01").starts("smile")
    _passes_a_while(desk)


def _passes_a_while(desk: Desk) -> None:
    """The papers of the start are made: they are no part of what follows."""
    days.run_sweep()
    desk.key("operator")
    desk.later(minutes=20)


def _called_before(desk: Desk) -> None:
    running(desk)
    desk.memo("key-0", received_at="2026-09-01T10:10:00+09:00")
    desk.memo("key-00", received_at="2026-09-01T10:15:00+09:00", caller={"phone": "03-5555-0000"})


def _stored_already(desk: Desk) -> None:
    running(desk)
    _memo(desk)


def _memo_left(desk: Desk) -> None:
    """A memo is stored, and whoever was to send it is no more."""
    running(desk)
    with ses_server.answering("reset"):
        _memo(desk)
    desk.later(seconds=31)


def _letter_left(desk: Desk) -> None:
    with ses_server.answering("reset"):
        desk.signs_up("mk")
    desk.key("office")
    desk.later(seconds=31)


def _ask_month(desk: Desk) -> list:
    """The month's count, and the memos as the operator's list has them."""
    usage = desk.get(f"/v1/contracts/{desk.contract}/usage/2026-09", role="operator")
    memos = desk.get(f"/v1/memos?contract={desk.contract}&month=2026-09", role="operator")
    return [usage.json, memos.json]


def _ask_status(desk: Desk) -> str:
    return desk.status


SALES = {"company": "営業商会", "name": "売田", "phone": "03-9999-1111"}
ROOM = "123456"


def _report(desk: Desk, **facts) -> None:
    """A call whose report has left."""
    memo = desk.memo("key-0", received_at="2026-09-01T10:10:00+09:00", **facts)
    desk.call_id = memo.json["id"]


def _to_correct(desk: Desk) -> None:
    running(desk)
    _report(desk)


def _correction(desk: Desk) -> Answer:
    """The call was one of sales: counted until now, and reported all the same."""
    memo = desk.said(business="求人広告の営業でした", **{"class": "sales"})
    body = {name: value for name, value in memo.items() if name not in ("line", "received_at")}
    path = f"/v1/memos/{desk.call_id}/corrections"
    return desk.post(path, body, role="operator", **{"idempotency-key": "correction-1"})


def _to_press_at_smile(desk: Desk) -> None:
    running(desk)
    _report(desk, caller=SALES)
    desk.page = link(desk.mail("電話受付のご報告"))


def _press(desk: Desk) -> Answer:
    return desk.send(desk.page, {"press": "sales"})


def _mk(desk: Desk) -> None:
    """House mk without a trial: its calls count."""
    desk.on("2026-09-01").signs_up("mk", trial="no")
    desk.presses("お申し込みを受け付けました")
    desk.presses("テストメール")
    desk.passes("greeting", "identity", "payment", "number")
    _passes_a_while(desk)


def _to_press_at_mk(desk: Desk) -> None:
    _mk(desk)
    _report(desk)
    desk.page = link(desk.mail("受電報告"))


def _to_decide(desk: Desk) -> None:
    _to_press_at_mk(desk)
    _press(desk)
    desk.later(minutes=1)


def _decision(desk: Desk) -> Answer:
    body = {"class": "sales", "reason": "録音で営業と確認"}
    return desk.post(f"/v1/memos/{desk.call_id}/class", body)


def _two_addresses(desk: Desk) -> None:
    _mk(desk)
    desk.does("people/p1/addresses", {"mail": "mobile@sakura.example"})
    desk.presses("テストメール", to="mobile@sakura.example")


def _event_of(what: str) -> Callable[[Desk], None]:
    """A report to two addresses, and what SES tells of the first a minute later."""

    def prepare(desk: Desk) -> None:
        _two_addresses(desk)
        _report(desk)
        _sign(desk, what)

    return prepare


def _in_doubt(desk: Desk) -> None:
    """SES took the report, and its answer was lost; the lease still runs."""
    _two_addresses(desk)
    with ses_server.answering("reset"):
        _report(desk)
    _sign(desk, "send")


def _sign(desk: Desk, what: str) -> None:
    """The event as Lambda brings it, again and again the same."""
    memo = Memo.find(desk.call_id)
    tags = {"memo": ses.tagged(memo.id), "contract": memo.contract, "stage": "test"}
    mail = ses_events.Mail("ses-1", tags, memo.recipients, desk.moment)
    desk.later(seconds=5)
    more = () if what == "send" else (desk.moment, memo.recipients[:1])
    desk.event = desk.topic.record(getattr(ses_events, what)(mail, *more), desk.moment)


def _event(desk: Desk) -> dict:
    return app.mail_events(desk.event, None)


def _again(desk: Desk) -> Answer:
    path = f"/v1/memos/{desk.call_id}/resend"
    return desk.post(path, {}, role="operator", **{"idempotency-key": "again-1"})


def _held_for_nobody(desk: Desk) -> None:
    """Nobody could be told when the call came; now somebody can."""
    _mk(desk)
    desk.does("people", {"name": "鈴木 花子", "addresses": ["suzuki@sakura.example"]})
    with ses_server.answering(ses_server.refusal(400, "MessageRejected")):
        _report(desk)


def _with_room(desk: Desk) -> None:
    """Two ways to the one who is asked for."""
    _mk(desk)
    desk.does("people/p1/addresses", {"chatwork": ROOM})
    desk.does("people/p1/addresses/p1a2/confirmation", {"ground": "お電話で確認"})


def _ask_call(desk: Desk) -> list:
    """The call with its count, how its report stands at each address, and the month's count.

    How many tries the report took is left out.
    """
    memo = desk.get(f"/v1/memos/{desk.call_id}", role="operator").json
    report = memo.pop("report")
    states = [(each["address"], each["state"]) for each in report["deliveries"]]
    return [memo, report["state"], states, desk.counted("2026-09")]


def _ask_newest(desk: Desk) -> list:
    """The same of the call taken last."""
    desk.call_id = _ask_month(desk)[1]["memos"][0]["id"]
    return _ask_call(desk)


def _both(path: Path) -> list[Path]:
    """The same request by a client who repeats it until its final answer, and by one who does not.

    The second gives up at once.
    """
    name = f"{path.name}, and the client gives up"
    return [path, replace(path, name=name, final=None, core=False)]


PATHS = [
    *_both(Path("memo", running, _memo, 201, _ask_month, core=True)),
    Path("memo with earlier calls of the day", _called_before, _memo, 201, _ask_month),
    Path("memo that is stored already", _stored_already, _memo, 201, _ask_month),
    Path("sweep of a memo whose sender died", _memo_left, _sweep, None, _ask_month),
    Path("sweep of a letter whose sender died", _letter_left, _sweep, None, _ask_status),
    Path("memo with a Chatwork room beside mail", _with_room, _memo, 201, _ask_newest),
    Path("correction of a memo", _to_correct, _correction, 201, _ask_call),
    Path("client's press at smile", _to_press_at_smile, _press, 200, _ask_call),
    Path("client's objection at mk", _to_press_at_mk, _press, 200, _ask_call),
    Path("office decides the class", _to_decide, _decision, 200, _ask_call),
    Path("SES delivery event", _event_of("delivery"), _event, None, _ask_call, event=True),
    Path("SES hard bounce event", _event_of("bounce"), _event, None, _ask_call, event=True),
    Path("SES Send event of a report in doubt", _in_doubt, _event, None, _ask_call, event=True),
    Path("report sent again", _to_press_at_mk, _again, 200, _ask_call),
    Path("held report sent again", _held_for_nobody, _again, 200, _ask_call),
]
