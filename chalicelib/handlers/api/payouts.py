"""The office's money that goes back: payouts, where they go, and what is set off (money.md)."""

from functools import partial

from chalice import Blueprint

from chalicelib.flows import lookup
from chalicelib.flows.contract import payout
from chalicelib.flows.post import act
from chalicelib.flows.views import payments as lists
from chalicelib.handlers.actions import Action, open_actions
from chalicelib.handlers.http import api
from chalicelib.handlers.incoming import Visit
from chalicelib.input.kinds import Day
from chalicelib.input.shapes import Choice, Number, Shape, Text

routes = Blueprint(__name__)

_PAYOUTS_QUERY = Shape(
    "PayoutsQuery",
    open_=Choice("まだのものだけ", {"1": "はい"}, required=False),
    limit=Number("件数", min=1, max=200, required=False),
    cursor=Text("続きの印", required=False, max=1000),
)


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
