"""The office: a running contract's plan, options, names, and its end."""

from chalice import Blueprint

from chalicelib.flows.contract import instructions, leaving, names, options, plan
from chalicelib.handlers.actions import Action, OneOf, open_actions
from chalicelib.input.kinds import Clock, CorporateNumber, Day, Mail, Phone
from chalicelib.input.shapes import Choice, Many, Number, Shape, Text
from chalicelib.rules.house_file import PARTIES

routes = Blueprint(__name__)

_WINDOW = Shape(
    "Window",
    day=Number("曜日(0が月曜、4が金曜)", max=4),
    from_=Clock("開始"),
    to=Clock("終了"),
)
# What each option of the house files is ordered with.
_OPTIONS = OneOf(
    "OptionOrdered",
    "option",
    "オプション",
    {
        "guidance": Shape("OptionGuidance", script=Text("読み上げる文", max=500, lines=True)),
        "windows": Shape("OptionWindows", windows=Many("毎週の時間帯", _WINDOW, min=1, max=20)),
    },
)
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
_ANSWER = Shape(
    "Answer",
    question=Text("ご質問", max=200),
    answer=Text("お答え", max=500, lines=True),
)
_DISCLOSABLE = Text("お伝えしてよいこと", max=200)
_NOTE = Text("応対の注意", max=500)
_INSTRUCTIONS = Shape(
    "Instructions",
    extra_items=Many("追加でお聞きする項目", _ITEM, max=10, required=False),
    answers=Many("お答えしてよいご質問", _ANSWER, max=30, required=False),
    disclosable=Many("お伝えしてよいこと", _DISCLOSABLE, max=30, required=False),
    notes=Many(
        "応対の注意(間違い電話、大切なお客様、避ける言葉など)", _NOTE, max=30, required=False
    ),
    exception=Text("特認の理由(番号を二社で使う場合)", max=300, required=False),
    former=Text("以前のご契約の番号", max=40, required=False),
)
_FIELD = Choice("項目", {name: name for name in names.FIELDS})
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
    payer_kana=Text("振込名義カナ", required=False, example="ｶ)ｻｸﾗｼﾖｳｼﾞ"),
    papers_name=Text("書類のお名前", required=False),
    papers_address=Text("書類の送付先", required=False, max=200),
    invoice_name=Text("請求書の宛名", required=False),
    invoice_address=Text("請求書の送付先", required=False, max=200),
    greeting=Text("電話応対時の名乗り", required=False, max=60),
    clear=Many("空にする項目", _FIELD, required=False),
)

open_actions(
    routes,
    [
        Action(
            "ask_plan",
            "POST",
            "/plan",
            "Change the plan, by the house's cut-off; the last wish wins",
            plan.ask,
            Shape("PlanAsked", plan=Text("プラン", max=20, example="half")),
            check=plan.check,
        ),
        Action(
            "withdraw_plan",
            "DELETE",
            "/plan",
            "Withdraw a change of plan that has not come yet",
            plan.withdraw,
        ),
        Action(
            "order_option",
            "POST",
            "/options/{option}",
            "Order an option",
            options.order,
            _OPTIONS,
            check=options.check,
        ),
        Action(
            "drop_option",
            "DELETE",
            "/options/{option}",
            "Give an option up",
            options.drop,
            among=_OPTIONS,
        ),
        Action(
            "give_notice",
            "POST",
            "/notice",
            "The client leaves, by the house's cut-off",
            leaving.give_notice,
        ),
        Action(
            "withdraw_notice",
            "DELETE",
            "/notice",
            "The client stays after all",
            leaving.withdraw_notice,
        ),
        Action(
            "withdraw_application",
            "POST",
            "/withdrawal",
            "The client gives up before the start",
            leaving.withdraw_application,
        ),
        Action(
            "refuse_application",
            "POST",
            "/refusal",
            "The house declines before the start; the reason is not told to the client",
            leaving.refuse_application,
            Shape("Refusal", reason=Text("理由(社内の記録)", max=300)),
        ),
        Action(
            "terminate",
            "POST",
            "/termination",
            "The house ends the service after a day; the client is told day and reason",
            leaving.terminate,
            Shape(
                "Termination",
                on=Day("最終日"),
                reason=Text("理由(お客様にお伝えする文)", max=300),
            ),
        ),
        Action(
            "withdraw_termination",
            "DELETE",
            "/termination",
            "The house does not end it after all",
            leaving.withdraw_termination,
        ),
        Action(
            "instruct",
            "POST",
            "/instructions",
            "What operators may say and must know; each list given replaces the old one",
            instructions.give,
            _INSTRUCTIONS,
        ),
        Action(
            "change_names",
            "PATCH",
            "",
            "Change names and addresses: of the contracting party, on papers, on invoices",
            names.change_names,
            _NAMES,
        ),
    ],
)
