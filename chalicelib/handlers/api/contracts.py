"""The office: contracts, their gates, their start, the end of their trials."""

from chalice import Blueprint

from chalicelib.errors import NotFound
from chalicelib.flows.contract import gates, start, trial
from chalicelib.flows.engine import contracts
from chalicelib.flows.views import desk
from chalicelib.handlers.actions import CONTRACT, change
from chalicelib.handlers.http import api
from chalicelib.input.kinds import CorporateNumber, Day, Mail, Phone
from chalicelib.input.shapes import Choice, Flag, Number, Shape, Text
from chalicelib.rules import calendar
from chalicelib.rules.contract import lifecycle
from chalicelib.rules.house_file import GATES, USES

routes = Blueprint(__name__)

_GROUND = Text("根拠(確認した事実)", max=300, example="2026-09-02 振込を通帳で確認")

# The body that each gate of the house files takes; mail and address are passed by their links alone.
GATE_BODIES = {
    "mail": Shape("GateMail", ground=_GROUND),
    "address": Shape("GateAddress", ground=_GROUND),
    "eligibility": Shape("GateEligibility", eligible=Flag("お試し利用の可否"), ground=_GROUND),
    "greeting": Shape("GateGreeting", greeting=Text("電話応対時の名乗り", max=60), ground=_GROUND),
    "identity": Shape(
        "GateIdentity",
        method=Text("確認方法", max=20, example="ic_chip"),
        document=Text("確認した書類", max=100, example="運転免許証"),
        person_document=Text("ご担当者様の本人確認書類(法人の場合)", max=100, required=False),
        corporate_number=CorporateNumber("法人番号", required=False),
        postal_address=Text("書類のご住所", max=200, required=False),
        checked_on=Day("確認した日"),
        ground=_GROUND,
    ),
    "payment": Shape(
        "GatePayment",
        yen=Number("入金額(円)", min=1, max=10**8),
        paid_on=Day("入金日"),
        short=Flag("不足を承知で進める", required=False),
        ground=_GROUND,
    ),
    "number": Shape(
        "GateNumber", number=Phone("貸し出す番号"), use=Choice("使い方", USES), ground=_GROUND
    ),
}


class _GateBody(Shape):
    """One body for the door of all gates; which fields it needs depends on the gate in the path."""

    def __init__(self) -> None:
        super().__init__("GatePassed")

    def read(self, value):
        return value

    def _schema(self) -> dict:
        by_hand = {key: body for key, body in GATE_BODIES.items() if key not in ("mail", "address")}
        return {
            "oneOf": [body.schema() | {"title": f"gates/{key}"} for key, body in by_hand.items()]
        }


@api(
    routes,
    "GET",
    "/v1/contracts",
    "Contracts, newest first",
    query=Shape(
        "ContractsQuery",
        status=Choice("状態", lifecycle.STATES, required=False),
        waiting_for=Choice("待っている項目", {key: key for key in GATES}, required=False),
        overdue=Choice("開始の目安を過ぎたもの", {"1": "はい"}, required=False),
        parked=Choice("自動処理が止まっているもの", {"1": "はい"}, required=False),
        q=Text("名前・会社・メール・電話番号の一部", required=False, max=60),
        limit=Number("件数", min=1, max=100, required=False),
        cursor=Text("続きの印", required=False, max=1000),
    ),
    gives={"type": "object", "required": ["contracts", "cursor"]},
)
def list_contracts(asked):
    return desk.list_contracts(asked.house, asked.query, calendar.day_of(asked.now))


@api(
    routes,
    "GET",
    "/v1/contracts/{contract}",
    "A contract: gates, dates, what happens next",
    gives=CONTRACT,
)
def read_contract(asked, contract):
    return desk.view(
        contracts.look_at(asked.house, contract, asked.now), asked.house, calendar.day_of(asked.now)
    )


@api(
    routes,
    "GET",
    "/v1/contracts/{contract}/history",
    "Every line of a contract's history, oldest first; the contract itself shows the latest",
    gives={"type": "object", "required": ["history"]},
)
def read_history(asked, contract):
    return {"history": desk.history(contracts.look_at(asked.house, contract, asked.now))}


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/gates/{gate}",
    "Pass a gate",
    takes=_GateBody(),
    gives=CONTRACT,
)
def pass_gate(asked, contract, gate):
    if gate not in GATE_BODIES:
        raise NotFound(
            f"「{gate[:20]}」という確認項目はありません。確認項目: {'、'.join(GATE_BODIES)}"
        )
    facts = GATE_BODIES[gate].read(asked.body)
    return change(asked, contract, lambda change: gates.pass_gate(change, gate, facts))


@api(
    routes,
    "DELETE",
    "/v1/contracts/{contract}/gates/{gate}",
    "Take a passed gate back, to correct it",
    gives=CONTRACT,
)
def reopen_gate(asked, contract, gate):
    return change(asked, contract, lambda change: gates.reopen_gate(change, gate))


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/confirmation",
    "Send the applicant's confirmation mail again, to a corrected address if one is given",
    takes=Shape("Confirmation", mail=Mail("訂正後のメールアドレス", required=False)),
    gives=CONTRACT,
)
def send_confirmation(asked, contract):
    return change(asked, contract, lambda change: start.correct_mail(change, asked.body["mail"]))


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/start",
    "Set the day of the start",
    takes=Shape("Start", on=Day("開始日")),
    gives=CONTRACT,
)
def date_start(asked, contract):
    return change(asked, contract, lambda change: start.date_start(change, asked.body["on"]))


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/continuation",
    "The client wishes to go on after the trial",
    gives=CONTRACT,
)
def ask_to_continue(asked, contract):
    return change(asked, contract, trial.ask_to_continue)


@api(
    routes,
    "DELETE",
    "/v1/contracts/{contract}/continuation",
    "Withdraw the wish to go on",
    gives=CONTRACT,
)
def withdraw_continuation(asked, contract):
    return change(asked, contract, trial.withdraw_continuation)


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/stop",
    "Stop a trial at once, or after a day within it",
    takes=Shape("Stop", on=Day("最後の利用日", required=False)),
    gives=CONTRACT,
)
def stop_in_trial(asked, contract):
    return change(asked, contract, lambda change: trial.stop(change, asked.body["on"]))


@api(
    routes,
    "DELETE",
    "/v1/contracts/{contract}/stop",
    "Withdraw a stop whose day has not come",
    gives=CONTRACT,
)
def withdraw_stop(asked, contract):
    return change(asked, contract, trial.withdraw_stop)
