"""The office: contracts, their gates, their start, the end of their trials."""

from chalice import Blueprint

from chalicelib.flows.contract import gates, start, trial
from chalicelib.flows.engine import contracts
from chalicelib.flows.views import desk
from chalicelib.handlers.actions import CONTRACT, Action, OneOf, open_actions
from chalicelib.handlers.http import api
from chalicelib.handlers.incoming import Visit
from chalicelib.input.kinds import CorporateNumber, Day, Mail, Phone
from chalicelib.input.shapes import Choice, Flag, Number, Shape, Text
from chalicelib.rules import calendar
from chalicelib.rules.contract import lifecycle
from chalicelib.rules.house_file import GATES, USES

routes = Blueprint(__name__)


_CONTRACTS_QUERY = Shape(
    "ContractsQuery",
    status=Choice("状態", lifecycle.STATES, required=False),
    waiting_for=Choice("待っている項目", {key: key for key in GATES}, required=False),
    overdue=Choice("開始の目安を過ぎたもの", {"1": "はい"}, required=False),
    parked=Choice("自動処理が止まっているもの", {"1": "はい"}, required=False),
    q=Text("名前・会社・メール・電話番号の一部", required=False, max=60),
    limit=Number("件数", min=1, max=100, required=False),
    cursor=Text("続きの印", required=False, max=1000),
)


@api(
    routes,
    "GET",
    "/v1/contracts",
    "Contracts, newest first",
    query=_CONTRACTS_QUERY,
    gives={"type": "object", "required": ["contracts", "cursor"]},
)
def list_contracts(visit: Visit) -> dict:
    return desk.list_contracts(visit.house, visit.query, calendar.day_of(visit.now))


@api(
    routes,
    "GET",
    "/v1/contracts/{contract}",
    "A contract: gates, dates, what happens next",
    gives=CONTRACT,
)
def read_contract(visit: Visit, contract: str) -> dict:
    today = calendar.day_of(visit.now)
    return desk.view(contracts.look_at(visit.house, contract, visit.now), visit.house, today)


@api(
    routes,
    "GET",
    "/v1/contracts/{contract}/history",
    "Every line of a contract's history, oldest first; the contract itself shows the latest",
    gives={"type": "object", "required": ["history"]},
)
def read_history(visit: Visit, contract: str) -> dict:
    return {"history": desk.history(contracts.look_at(visit.house, contract, visit.now))}


_GROUND = Text("根拠(確認した事実)", max=300, example="2026-09-02 振込を通帳で確認")
_IDENTITY = Shape(
    "GateIdentity",
    method=Text("確認方法", max=20, example="ic_chip"),
    document=Text("確認した書類", max=100, example="運転免許証"),
    person_document=Text("ご担当者様の本人確認書類(法人の場合)", max=100, required=False),
    corporate_number=CorporateNumber("法人番号", required=False),
    postal_address=Text("書類のご住所", max=200, required=False),
    checked_on=Day("確認した日"),
    ground=_GROUND,
)
_PAYMENT = Shape(
    "GatePayment",
    yen=Number("入金額(円)", min=1, max=10**8),
    paid_on=Day("入金日"),
    short=Flag("不足を承知で進める", required=False),
    ground=_GROUND,
)
_NUMBER = Shape(
    "GateNumber",
    number=Phone("貸し出す番号"),
    use=Choice("使い方", USES),
    ground=_GROUND,
)
# What each gate of the house files is passed with; mail and address only pass by their links.
_GATES = OneOf(
    "GatePassed",
    "gate",
    "確認項目",
    {
        "mail": Shape("GateMail", ground=_GROUND),
        "address": Shape("GateAddress", ground=_GROUND),
        "eligibility": Shape("GateEligibility", eligible=Flag("お試し利用の可否"), ground=_GROUND),
        "greeting": Shape(
            "GateGreeting", greeting=Text("電話応対時の名乗り", max=60), ground=_GROUND
        ),
        "identity": _IDENTITY,
        "payment": _PAYMENT,
        "number": _NUMBER,
    },
    hidden=("mail", "address"),
)

open_actions(
    routes,
    [
        Action(
            "pass_gate",
            "POST",
            "/gates/{gate}",
            "Pass a gate",
            gates.pass_gate,
            _GATES,
        ),
        Action(
            "reopen_gate",
            "DELETE",
            "/gates/{gate}",
            "Take a passed gate back, to correct it",
            gates.reopen_gate,
        ),
        Action(
            "send_confirmation",
            "POST",
            "/confirmation",
            "Send the applicant's confirmation mail again, to a corrected address if one is given",
            start.correct_mail,
            Shape("Confirmation", mail=Mail("訂正後のメールアドレス", required=False)),
        ),
        Action(
            "date_start",
            "POST",
            "/start",
            "Set the day of the start",
            start.date_start,
            Shape("Start", on=Day("開始日")),
        ),
        Action(
            "ask_to_continue",
            "POST",
            "/continuation",
            "The client wishes to go on after the trial",
            trial.ask_to_continue,
        ),
        Action(
            "withdraw_continuation",
            "DELETE",
            "/continuation",
            "Withdraw the wish to go on",
            trial.withdraw_continuation,
        ),
        Action(
            "stop_in_trial",
            "POST",
            "/stop",
            "Stop a trial at once, or after a day within it",
            trial.stop,
            Shape("Stop", on=Day("最後の利用日", required=False)),
        ),
        Action(
            "withdraw_stop",
            "DELETE",
            "/stop",
            "Withdraw a stop whose day has not come",
            trial.withdraw_stop,
        ),
    ],
)
