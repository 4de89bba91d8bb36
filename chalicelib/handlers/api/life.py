"""The office: a running contract's plan, options, names, and its end."""

from chalice import Blueprint

from chalicelib.errors import Fault, Invalid, NotFound
from chalicelib.flows.contract import instructions, leaving, names, options, plan
from chalicelib.handlers.actions import CONTRACT, change
from chalicelib.handlers.http import api
from chalicelib.input.kinds import Clock, CorporateNumber, Day, Mail, Phone
from chalicelib.input.shapes import Choice, Many, Number, Shape, Text
from chalicelib.rules.house_file import PARTIES

routes = Blueprint(__name__)

_WINDOW = Shape(
    "Window", day=Number("曜日(0が月曜、4が金曜)", max=4), from_=Clock("開始"), to=Clock("終了")
)
# What each option of the house files needs with its order.
OPTION_BODIES = {
    "guidance": Shape("OptionGuidance", script=Text("読み上げる文", max=500, lines=True)),
    "windows": Shape("OptionWindows", windows=Many("毎週の時間帯", _WINDOW, min=1, max=20)),
}

_ITEM = Shape(
    "ExtraItem",
    key=Text(
        "項目の名前(英字)",
        max=20,
        pattern=("[a-z][a-z0-9_]*", "英小文字で始まる英数字で入力してください(例: room)。"),
        example="room",
    ),
    name=Text("お客様に見せる名前", max=30, example="お部屋番号"),
)


class _OptionBody(Shape):
    """One body for the door of all options; which fields it needs depends on the option in the path."""

    def __init__(self) -> None:
        super().__init__("OptionOrdered")

    def read(self, value):
        return value

    def _schema(self) -> dict:
        return {
            "oneOf": [
                body.schema() | {"title": f"options/{key}"} for key, body in OPTION_BODIES.items()
            ]
        }


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/plan",
    "Change the plan, by the house's cut-off; the last wish wins",
    takes=Shape("PlanAsked", plan=Text("プラン", max=20, example="half")),
    gives=CONTRACT,
)
def ask_plan(asked, contract):
    if asked.body["plan"] not in {each.key for each in asked.house.plans}:
        known = "、".join(f"{each.key}({each.name})" for each in asked.house.plans)
        raise Invalid([Fault("plan", f"次のいずれかを指定してください: {known}")])
    return change(asked, contract, lambda change: plan.ask(change, asked.body["plan"]))


@api(
    routes,
    "DELETE",
    "/v1/contracts/{contract}/plan",
    "Withdraw a change of plan that has not come yet",
    gives=CONTRACT,
)
def withdraw_plan(asked, contract):
    return change(asked, contract, plan.withdraw)


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/options/{option}",
    "Order an option",
    takes=_OptionBody(),
    gives=CONTRACT,
)
def order_option(asked, contract, option):
    body = OPTION_BODIES[_known(option)].read(asked.body)
    return change(asked, contract, lambda change: options.order(change, option, body))


@api(
    routes,
    "DELETE",
    "/v1/contracts/{contract}/options/{option}",
    "Give an option up",
    gives=CONTRACT,
)
def drop_option(asked, contract, option):
    return change(asked, contract, lambda change: options.drop(change, _known(option)))


def _known(option: str) -> str:
    if option not in OPTION_BODIES:
        raise NotFound(
            f"「{option[:20]}」というオプションはありません。オプション: {'、'.join(OPTION_BODIES)}"
        )
    return option


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/notice",
    "The client leaves, by the house's cut-off",
    gives=CONTRACT,
)
def give_notice(asked, contract):
    return change(asked, contract, leaving.give_notice)


@api(
    routes,
    "DELETE",
    "/v1/contracts/{contract}/notice",
    "The client stays after all",
    gives=CONTRACT,
)
def withdraw_notice(asked, contract):
    return change(asked, contract, leaving.withdraw_notice)


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/withdrawal",
    "The client gives up before the start",
    gives=CONTRACT,
)
def withdraw_application(asked, contract):
    return change(asked, contract, leaving.withdraw_application)


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/refusal",
    "The house declines before the start; the reason is not told to the client",
    takes=Shape("Refusal", reason=Text("理由(社内の記録)", max=300)),
    gives=CONTRACT,
)
def refuse_application(asked, contract):
    return change(
        asked, contract, lambda change: leaving.refuse_application(change, asked.body["reason"])
    )


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/termination",
    "The house ends the service after a day; the client is told day and reason",
    takes=Shape(
        "Termination", on=Day("最終日"), reason=Text("理由(お客様にお伝えする文)", max=300)
    ),
    gives=CONTRACT,
)
def terminate(asked, contract):
    return change(
        asked,
        contract,
        lambda change: leaving.terminate(change, asked.body["on"], asked.body["reason"]),
    )


@api(
    routes,
    "DELETE",
    "/v1/contracts/{contract}/termination",
    "The house does not end it after all",
    gives=CONTRACT,
)
def withdraw_termination(asked, contract):
    return change(asked, contract, leaving.withdraw_termination)


_NAMES = Shape(
    "Names",
    party=Choice("ご契約者", PARTIES, required=False),
    company=Text("会社名・団体名", required=False),
    contact_name=Text("ご担当者のお名前", required=False),
    contact_reading=Text("お名前のふりがな", required=False),
    mail=Mail("メールアドレス", required=False),
    phone=Phone("お電話番号", required=False),
    postal_address=Text("ご住所", required=False, max=200),
    corporate_number=CorporateNumber("法人番号", required=False),
    papers_name=Text("書類のお名前", required=False),
    papers_address=Text("書類の送付先", required=False, max=200),
    invoice_name=Text("請求書の宛名", required=False),
    invoice_address=Text("請求書の送付先", required=False, max=200),
    greeting=Text("電話応対時の名乗り", required=False, max=60),
    clear=Many(
        "空にする項目", Choice("項目", {name: name for name in names.FIELDS}), required=False
    ),
)


_ANSWER = Shape(
    "Answer", question=Text("ご質問", max=200), answer=Text("お答え", max=500, lines=True)
)


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/instructions",
    "What operators may say and must know; each list given replaces the old one",
    takes=Shape(
        "Instructions",
        extra_items=Many("追加でお聞きする項目", _ITEM, max=10, required=False),
        answers=Many("お答えしてよいご質問", _ANSWER, max=30, required=False),
        disclosable=Many(
            "お伝えしてよいこと", Text("お伝えしてよいこと", max=200), max=30, required=False
        ),
        notes=Many(
            "応対の注意(間違い電話、大切なお客様、避ける言葉など)",
            Text("応対の注意", max=500),
            max=30,
            required=False,
        ),
        exception=Text("特認の理由(番号を二社で使う場合)", max=300, required=False),
        former=Text("以前のご契約の番号", max=40, required=False),
    ),
    gives=CONTRACT,
)
def instruct(asked, contract):
    return change(asked, contract, lambda change: instructions.give(change, asked.body))


@api(
    routes,
    "PATCH",
    "/v1/contracts/{contract}",
    "Change names and addresses: of the contracting party, on papers, on invoices",
    takes=_NAMES,
    gives=CONTRACT,
)
def change_names(asked, contract):
    cleared = set(asked.body["clear"] or [])
    return change(asked, contract, lambda change: names.change_names(change, asked.body, cleared))
