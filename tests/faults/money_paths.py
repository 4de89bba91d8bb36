"""The paths of money through the fault matrix: night, close, payments and papers.

A job's queue is the cloud's part: what it put there is worked off when the doors are looked at.
"""

import json
from hashlib import sha256

import app
from chalicelib.channels import files
from chalicelib.flows.money import papers
from chalicelib.models import Invoice
from dev import days
from tests.desk import Answer, Desk
from tests.faults.paths import Path, running

CLOSED = "2026-10-14"  # a morning after the closing of October
NIGHT = "00:20"
PAYMENT = {"on": "2026-10-14", "payer": "ｻｸﾗｼｮｳｼﾞ"}


def _to_close(desk: Desk) -> None:
    """A contract at smile with calls in its first month, on the night after its closing."""
    running(desk)
    desk.on("2026-09-18")
    for place in (1, 2):
        moment = f"2026-09-18T10:0{place}:00+09:00"
        assert desk.memo(f"key-{place}", received_at=moment).status == 201
    desk.on("2026-10-08").at(CLOSED, NIGHT)
    desk.key("office")


def _event_of(desk: Desk) -> dict:
    return {"time": desk.moment.isoformat()}


def _nightly(desk: Desk) -> dict:
    return app.nightly(_event_of(desk), None)


def _close(desk: Desk) -> dict:
    return app.close(_event_of(desk), None)


def _books(desk: Desk) -> dict:
    return app.books(_event_of(desk), None)


def _settle(desk: Desk) -> dict:
    """The worker with the message that the night has made of the contract."""
    message = {"house": "smile", "contracts": [desk.contract], "now": desk.moment.isoformat()}
    return _works(app.settle, message)


def _works(worker, message: dict) -> dict:
    """A worker and one message; SQS brings the message again where it could not be done."""
    answer = worker({"Records": [{"messageId": "1", "body": json.dumps(message)}]}, None)
    if answer["batchItemFailures"]:
        raise RuntimeError("the message comes back")
    return answer


def _closed(desk: Desk) -> None:
    """After the closing: an invoice is open, and its paper is made."""
    _to_close(desk)
    days.run_night(desk.moment)
    days.run_sweep()
    desk.at(CLOSED)
    desk.number = _invoices(desk)[0]["number"]


def _pay(desk: Desk) -> Answer:
    """The office records a transfer and says which invoice it is for."""
    body = PAYMENT | {"yen": 6000, "invoices": [desk.number]}
    return desk.post("/v1/payments", body, **{"idempotency-key": "payment-1"})


def _paid(desk: Desk) -> None:
    _closed(desk)
    desk.payment = _pay(desk).json["id"]
    desk.later(minutes=1)


def _recorded(desk: Desk) -> None:
    """A transfer that nobody has said anything of."""
    _closed(desk)
    body = PAYMENT | {"yen": 6000}
    answer = desk.post("/v1/payments", body, **{"idempotency-key": "payment-1"})
    desk.payment = answer.json["id"]
    desk.later(minutes=1)


def _match(desk: Desk) -> Answer:
    return desk.post(f"/v1/payments/{desk.payment}/match", {"invoices": [desk.number]})


def _cancel(desk: Desk) -> Answer:
    return desk.post(f"/v1/payments/{desk.payment}/cancellation", {"reason": "組戻し"})


def _correct(desk: Desk) -> Answer:
    """An invoice is put right by a new one, which is 500 yen less."""
    body = {"reason": "お詫びの値引き", "adjustments": [{"label": "値引き", "yen": -500}]}
    return desk.post(f"/v1/invoices/{desk.number}/correction", body)


def _wished(desk: Desk) -> None:
    """The paper of an open invoice was asked for, and is not made yet."""
    _to_close(desk)
    days.run_night(desk.moment)
    desk.number = _invoices(desk)[0]["number"]


def _make_paper(desk: Desk) -> dict:
    return _works(app.papers, papers.wish("smile", "invoice", number=desk.number))


def _invoices(desk: Desk) -> list[dict]:
    """The contract's invoices as the office reads them, the newest first."""
    listed = desk.get(f"/v1/invoices?contract={desk.contract}").json["invoices"]
    newest = sorted(listed, key=lambda row: row["number"], reverse=True)
    return [desk.get(f"/v1/invoices/{row['number']}").json for row in newest]


def _ask_money(desk: Desk) -> list:
    """The invoices, the payments and the statement, once the queue is worked off."""
    days.drain()
    payments = desk.get(f"/v1/payments?contract={desk.contract}").json
    statement = desk.get(f"/v1/contracts/{desk.contract}/statements/2026-09").json
    return [_invoices(desk), payments, statement]


def _ask_paper(desk: Desk) -> list:
    """Whether the paper is noted, and which bytes are kept."""
    kept = files.read(papers.invoice_key("smile", desk.number)) or b""
    return [bool(Invoice.find(desk.number).paper_at), sha256(kept).hexdigest()]


PATHS = [
    Path("nightly", _to_close, _nightly, None, _ask_money, event=True, old=True),
    Path("job of the close", _to_close, _close, None, _ask_money, event=True, old=True),
    Path("close of a contract", _to_close, _settle, None, _ask_money, event=True, old=True),
    Path("job of the books", _closed, _books, None, _ask_money, event=True, old=True),
    Path("payment with its invoice", _closed, _pay, 201, _ask_money),
    Path("payment matched later", _recorded, _match, 200, _ask_money),
    Path("payment cancelled", _paid, _cancel, 200, _ask_money),
    Path("invoice corrected", _closed, _correct, 201, _ask_money),
    Path("paper of an invoice", _wished, _make_paper, None, _ask_paper, event=True),
]
