"""The office and the bank: lists that come in, proposals, payouts and books that go out (bank.md).

A file travels inside of JSON as Base64, since gateways and browsers treat other bytes differently.
Each door loads its flow with its first request: a memo must not wait for readers of bank lists.
"""

import base64
from typing import TYPE_CHECKING, cast

from chalice import Blueprint

from chalicelib.errors import NotFound
from chalicelib.flows.contract import revival
from chalicelib.flows.views import payments as lists
from chalicelib.handlers.actions import Action, open_actions
from chalicelib.handlers.answers import problem_body
from chalicelib.handlers.http import api
from chalicelib.handlers.incoming import Visit
from chalicelib.input.files import File
from chalicelib.input.kinds import Day
from chalicelib.input.shapes import Choice, Many, Number, Shape, Text
from chalicelib.rules import calendar
from chalicelib.words.journal_forms import FORMS, Encoding

if TYPE_CHECKING:
    from chalicelib.flows.money.confirmed import Done

routes = Blueprint(__name__)

MOST_BYTES = 2 * 1024 * 1024  # of a list: some ten thousand lines
MOST_BODY = 3 * 1024 * 1024  # the same in Base64, and what stands around it
_PAYMENT = Text("入金の番号", max=100)
_NUMBER = Text("請求書番号", max=60, example="mk-7KQ2MAB3DE-202609-1")


@api(
    routes,
    "POST",
    "/v1/bank-lists",
    "Import a bank's list; lines that are known already change nothing",
    takes=Shape(
        "BankList",
        name=Text("ファイル名", max=200, example="meisai-202609.csv"),
        content=File("ファイルの内容", max=MOST_BYTES),
    ),
    most=MOST_BODY,
)
def import_bank_list(visit: Visit) -> dict:
    from chalicelib.flows.money import bank

    name, content = visit.body["name"], visit.body["content"]
    imported = bank.import_list(visit.house, name, content, visit.key.owner, visit.now)
    return {"name": name} | vars(imported)


_PROPOSALS_QUERY = Shape(
    "ProposalsQuery",
    limit=Number("件数", min=1, max=200, required=False),
    cursor=Text("続きの印", required=False, max=1000),
)


@api(
    routes,
    "GET",
    "/v1/proposals",
    "Payments that nobody has matched, the oldest first, and what each may be for",
    query=_PROPOSALS_QUERY,
    gives={"type": "object", "required": ["proposals", "cursor"]},
)
def list_proposals(visit: Visit) -> dict:
    from chalicelib.flows.views import proposals

    query = visit.query
    return proposals.list_proposals(visit.house, query["cursor"], query["limit"])


_CONFIRMED = Shape(
    "Confirmed",
    payment=_PAYMENT,
    invoices=Many("請求書番号", _NUMBER, min=1, max=20, required=False),
    takes_back=Text("取り消された入金の番号", max=100, required=False),
)


@api(
    routes,
    "POST",
    "/v1/proposals/confirm",
    "Confirm several proposals; each is done and answered for itself",
    takes=Shape("ProposalsConfirmed", confirmed=Many("確認した候補", _CONFIRMED, min=1, max=50)),
)
def confirm_proposals(visit: Visit) -> dict:
    from chalicelib.flows.money import confirmed

    wishes = [
        confirmed.Wish(each["payment"], each["invoices"] or (), each["takes_back"])
        for each in visit.body["confirmed"]
    ]
    done = confirmed.confirm(visit.house, wishes, visit.key.owner, visit.now)
    return {"confirmed": [_done(each) for each in done]}


def _done(done: "Done") -> dict:
    return {
        "payment": done.wish.payment,
        "done": done.problem is None,
        "result": lists.view(done.payment) if done.payment else None,
        "problem": problem_body(done.problem) if done.problem else None,
    }


@api(
    routes,
    "POST",
    "/v1/payouts/file",
    "A file by which the bank makes payouts; nothing is marked paid by it",
    takes=Shape(
        "PayoutsFile",
        on=Day("振込日"),
        payouts=Many("返金の番号", Text("返金の番号", max=60), min=1, max=500, required=False),
    ),
)
def make_payouts_file(visit: Visit) -> dict:
    from chalicelib.flows.money import transfers

    on, ids = visit.body["on"], visit.body["payouts"]
    made = transfers.make(visit.house, on, ids, calendar.day_of(visit.now))
    return _file(made.name, "application/octet-stream", made.content) | {
        "payouts": list(made.payouts),
        "yen": made.yen,
        "left_out": [each._asdict() for each in made.left_out],
    }


_EXPORT_QUERY = Shape(
    "ExportQuery",
    month=Text(
        "月",
        max=7,
        pattern=(r"20[0-9]{2}-(0[1-9]|1[0-2])", "月は 2026-09 の形で入力してください。"),
        example="2026-09",
    ),
    encoding=Choice("文字コード", {"cp932": "Shift_JIS", "utf-8": "UTF-8"}, required=False),
)


@api(
    routes,
    "GET",
    "/v1/exports/{form}",
    "A month's invoices, payments and payouts for an accounting program",
    query=_EXPORT_QUERY,
)
def export_books(visit: Visit, form: str) -> dict:
    from chalicelib.flows.money import journal

    if form not in FORMS:
        known = "、".join(FORMS)
        raise NotFound(f"「{form[:20]}」という出力形式はありません。形式: {known}")
    month = visit.query["month"]
    encoding = cast(Encoding | None, visit.query["encoding"])
    made = journal.export(visit.house, form, month, encoding)
    return _file(made.name, "text/csv", made.content) | {"notes": list(made.notes)}


def _file(name: str, kind: str, content: bytes) -> dict:
    return {"file": name, "type": kind, "content": base64.b64encode(content).decode()}


open_actions(
    routes,
    [
        Action(
            "revive",
            "POST",
            "/revival",
            "A contract that ended unpaid goes on with its number: the payment had come in time",
            revival.revive,
            Shape("Revived", payment=_PAYMENT),
        ),
    ],
)
