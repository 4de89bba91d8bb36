"""The office's money: lists of invoices, corrections, payments (money.md)."""

from functools import partial

from chalice import Blueprint

from chalicelib.errors import wrong
from chalicelib.flows import lookup
from chalicelib.flows.contract import invoices as stories
from chalicelib.flows.money import payments
from chalicelib.flows.post import act
from chalicelib.flows.views import invoices, statements
from chalicelib.flows.views import payments as lists
from chalicelib.handlers.api.memos import idempotency_key
from chalicelib.handlers.http import api
from chalicelib.handlers.incoming import Visit
from chalicelib.input.kinds import Day
from chalicelib.input.shapes import Choice, Many, Number, Shape, Text

routes = Blueprint(__name__)

MOST_YEN = 10**9
_MONTH = (r"20[0-9]{2}-(0[1-9]|1[0-2])", "2026-09 の形で入力してください。")
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


_STATEMENTS_QUERY = Shape(
    "StatementsQuery",
    month=Text("月", required=False, pattern=_MONTH, example="2026-09"),
    contract=Text("受付番号", max=40, required=False),
    limit=_LIMIT,
    cursor=_CURSOR,
)


@api(
    routes,
    "GET",
    "/v1/statements",
    "The statements of a contract, the newest first, or of a month of all contracts",
    query=_STATEMENTS_QUERY,
    gives={"type": "object", "required": ["statements", "cursor"]},
)
def list_statements(visit: Visit) -> dict:
    return statements.list_statements(visit.house, visit.query, visit.now)


_ADJUSTMENT = Shape(
    "Adjustment",
    label=Text("品目", max=60, example="9月分のお詫びの値引き"),
    yen=Number("金額(円、値引きは負の数)", min=-MOST_YEN, max=MOST_YEN),
    month=Text("対象の月", required=False, pattern=_MONTH),
)


@api(
    routes,
    "POST",
    "/v1/invoices/{number}/correction",
    "Put an invoice right by a new part that names it",
    takes=Shape(
        "InvoiceCorrected",
        reason=Text("理由", max=200),
        adjustments=Many("調整する行", _ADJUSTMENT, max=20, required=False),
    ),
    status=201,
)
def correct_invoice(visit: Visit, number: str) -> dict:
    old = lookup.invoice(visit.house, number)
    adjustments = visit.body["adjustments"] or []
    story = partial(
        stories.correct, number=number, reason=visit.body["reason"], adjustments=adjustments
    )
    act.on_contract(visit.house, old.contract, visit.now, visit.key.owner, story)
    newest = lookup.invoice(visit.house, number).replaced_by
    return invoices.view(lookup.invoice(visit.house, newest))


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
