"""The office's money: invoices, statements, payments, payouts (money.md)."""

from functools import partial

from chalice import Blueprint

from chalicelib.errors import NotFound, wrong
from chalicelib.flows import lookup
from chalicelib.flows.contract import payout
from chalicelib.flows.engine import contracts
from chalicelib.flows.money import payments
from chalicelib.flows.post import act
from chalicelib.flows.views import invoices
from chalicelib.flows.views import payments as lists
from chalicelib.handlers.actions import Action, open_actions
from chalicelib.handlers.api.memos import idempotency_key
from chalicelib.handlers.http import api
from chalicelib.handlers.incoming import Visit
from chalicelib.input.kinds import Day
from chalicelib.input.shapes import Choice, Many, Number, Shape, Text
from chalicelib.models import Statement

routes = Blueprint(__name__)

MOST_YEN = 10**9
_NUMBER = Text("請求書番号", max=60, example="mk-7KQ2MAB3DE-202609-1")
_CURSOR = Text("続きの印", required=False, max=1000)
_LIMIT = Number("件数", min=1, max=200, required=False)
_ONLY = Choice("まだのものだけ", {"1": "はい"}, required=False)

_INVOICES_QUERY = Shape(
    "InvoicesQuery",
    from_=Day("発行日(から)", required=False),
    to=Day("発行日(まで)", required=False),
    min_yen=Number("合計(から)", max=MOST_YEN, required=False),
    max_yen=Number("合計(まで)", max=MOST_YEN, required=False),
    client=Text("お客様の名前の一部", max=60, required=False),
    contract=Text("受付番号", max=40, required=False),
    open_=_ONLY,
    limit=_LIMIT,
    cursor=_CURSOR,
)


@api(
    routes,
    "GET",
    "/v1/invoices",
    "Invoices by day, amount and client, the newest first",
    query=_INVOICES_QUERY,
    gives={"type": "object", "required": ["invoices", "cursor"]},
)
def list_invoices(visit: Visit) -> dict:
    return invoices.list_invoices(visit.house, visit.query)


@api(routes, "GET", "/v1/invoices/{number}", "An invoice with its lines and sums")
def read_invoice(visit: Visit, number: str) -> dict:
    return invoices.view(lookup.invoice(visit.house, number))


@api(
    routes,
    "GET",
    "/v1/contracts/{contract}/statements/{month}",
    "A closed month: every call, and whether it counted",
)
def read_statement(visit: Visit, contract: str, month: str) -> dict:
    contracts.look_at(visit.house, contract, visit.now)
    statement = Statement.of(contract, month)
    if statement is None:
        raise NotFound("この月は締められていません。締め日の翌日以降にご確認ください。")
    return invoices.statement(statement)


_PAYMENT = Shape(
    "PaymentSeen",
    on=Day("入金日"),
    yen=Number("金額(円)", min=1, max=MOST_YEN),
    payer=Text("振込名義", max=100, required=False),
    invoices=Many("請求書番号", _NUMBER, max=20, required=False),
)


@api(
    routes,
    "POST",
    "/v1/payments",
    "Record a transfer; with invoices it is matched at once",
    takes=_PAYMENT,
    headers=("Idempotency-Key",),
    status=201,
)
def record_payment(visit: Visit) -> dict:
    key = idempotency_key(visit)
    payment = payments.record(visit.house, visit.key.owner, key, visit.body, visit.now)
    return lists.view(payment)


_PAYMENTS_QUERY = Shape(
    "PaymentsQuery",
    from_=Day("入金日(から)", required=False),
    to=Day("入金日(まで)", required=False),
    limit=_LIMIT,
    cursor=_CURSOR,
)


@api(
    routes,
    "GET",
    "/v1/payments",
    "Payments by their day, the newest first",
    query=_PAYMENTS_QUERY,
    gives={"type": "object", "required": ["payments", "cursor"]},
)
def list_payments(visit: Visit) -> dict:
    query = visit.query
    return lists.list_payments(
        visit.house, query["from_"], query["to"], query["cursor"], query["limit"]
    )


@api(routes, "GET", "/v1/payments/{payment}", "A payment, and what it paid")
def read_payment(visit: Visit, payment: str) -> dict:
    return lists.view(lookup.payment(visit.house, payment))


_MATCHED = Shape(
    "PaymentMatched",
    invoices=Many("請求書番号", _NUMBER, min=1, max=20, required=False),
    contract=Text("受付番号", max=40, required=False),
)


@api(
    routes,
    "POST",
    "/v1/payments/{payment}/match",
    "Say which invoices a payment is for, or to which contract it belongs as credit",
    takes=_MATCHED,
)
def match_payment(visit: Visit, payment: str) -> dict:
    numbers, contract = visit.body["invoices"], visit.body["contract"]
    if bool(numbers) == bool(contract):
        raise wrong("invoices", "invoices と contract のどちらか一方を指定してください。")
    if contract:
        return lists.view(
            payments.credit(visit.house, payment, contract, visit.key.owner, visit.now)
        )
    matched = payments.match(visit.house, payment, numbers, visit.key.owner, visit.now)
    return lists.view(matched)


@api(routes, "DELETE", "/v1/payments/{payment}/match", "Let a payment wait for a person again")
def unmatch_payment(visit: Visit, payment: str) -> dict:
    return lists.view(payments.unmatch(visit.house, payment, visit.key.owner, visit.now))


@api(
    routes,
    "POST",
    "/v1/payments/{payment}/cancellation",
    "A payment that the bank took back, or that was recorded by mistake",
    takes=Shape("PaymentCancelled", reason=Text("理由", max=300)),
)
def cancel_payment(visit: Visit, payment: str) -> dict:
    reason = visit.body["reason"]
    return lists.view(payments.cancel(visit.house, payment, reason, visit.key.owner, visit.now))


_PAYOUTS_QUERY = Shape("PayoutsQuery", open_=_ONLY, limit=_LIMIT, cursor=_CURSOR)


@api(
    routes,
    "GET",
    "/v1/payouts",
    "Money that goes back to clients, the newest first",
    query=_PAYOUTS_QUERY,
    gives={"type": "object", "required": ["payouts", "cursor"]},
)
def list_payouts(visit: Visit) -> dict:
    query = visit.query
    open_only = query["open_"] is not None
    return lists.list_payouts(visit.house, open_only, query["cursor"], query["limit"])


@api(
    routes,
    "POST",
    "/v1/payouts/{payout_id}/paid",
    "A payout was sent; the client is told",
    takes=Shape("PayoutPaid", on=Day("振込日")),
)
def mark_paid(visit: Visit, payout_id: str) -> dict:
    made = lookup.payout(visit.house, payout_id)
    story = partial(payout.mark_paid, payout_id=payout_id, on=visit.body["on"])
    act.on_contract(visit.house, made.contract, visit.now, visit.key.owner, story)
    return lists.payout(lookup.payout(visit.house, payout_id))


open_actions(
    routes,
    [
        Action(
            "note_bank_account",
            "POST",
            "/bank-account",
            "Note where a client wants to be paid back",
            payout.note_bank_account,
            Shape(
                "BankAccount",
                bank_code=Text(
                    "銀行コード", pattern=(r"[0-9]{4}", "4桁の数字で入力してください。")
                ),
                branch_code=Text(
                    "支店コード", pattern=(r"[0-9]{3}", "3桁の数字で入力してください。")
                ),
                kind=Choice("預金種目", {"1": "普通", "2": "当座", "4": "貯蓄"}),
                number=Text("口座番号", pattern=(r"[0-9]{7}", "7桁の数字で入力してください。")),
                holder=Text("口座名義(カナ)", max=60),
            ),
        ),
        Action(
            "set_off",
            "POST",
            "/set-off",
            "Pay what is open of the credit and the deposit that the house has",
            payout.set_off,
            Shape("SetOff", reason=Text("理由", max=300)),
        ),
    ],
)
