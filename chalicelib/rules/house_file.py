"""What a house file must say: its keys, their kinds, and the words that may stand there.

Yen include tax; limits are those of what people can mean, not of what houses have today.
"""

from chalicelib.input.kinds import Clock, Day
from chalicelib.input.shapes import Choice, Flag, Many, Number, Shape, Text
from chalicelib.rules.house_money import ACCOUNT, BILLING, ISSUER

CLASSES = {
    "business": "業務",
    "doubtful": "営業の可能性あり",
    "sales": "営業",
    "wrong_number": "間違い電話",
    "prank": "いたずら",
    "hangup": "無言・すぐに切れたお電話",
    "test": "テスト",
}
ITEMS = {"company": "会社名", "name": "お名前", "phone": "お電話番号", "business": "ご用件"}
USES = {"forwarding": "転送利用", "listed": "表記利用"}
PARTIES = {"company": "法人", "person": "個人・個人事業主"}
CHANNELS = {"mail": "メール", "chatwork": "Chatwork"}
CUT_OFFS = {"closing": "up to the closing day", "none": "the month it is asked in"}
GATES = ("mail", "eligibility", "greeting", "identity", "payment", "address", "number")

_DOMAIN = (r"[a-z0-9-]+(\.[a-z0-9-]+)+", "ドメインの形で書いてください(例: example.jp)。")
_MAIL = (r"[\w.+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", "メールアドレスの形で書いてください。")
_PRICE = Shape(
    "price", since=Day("since"), fee=Number("fee"), included=Number("included"), over=Number("over")
)
HOUSE = Shape(
    "house",
    brand=Shape(
        "brand",
        name=Text("name"),
        centre=Text("centre"),
        phone=Text("phone", max=20),
        mail_domain=Text("mail_domain", pattern=_DOMAIN),
        office_mail=Text("office_mail", pattern=_MAIL),
        address=Text("address"),
    ),
    hours=Shape(
        "hours",
        open=Clock("open"),
        close=Clock("close"),
        closed=Many("closed", Text("closed", max=5)),
    ),
    line=Shape(
        "line",
        uses=Many("uses", Choice("uses", USES), min=1),
        listed_option_yen=Number("listed_option_yen"),
        prefixes=Many("prefixes", Text("prefixes", max=6), min=1),
        listed_prefixes=Many("listed_prefixes", Text("listed_prefixes", max=6), min=1),
        quarantine_days=Number("quarantine_days"),
        extra_number_yen=Number("extra_number_yen", required=False),
    ),
    trial=Shape(
        "trial",
        days=Number("days", min=1, max=365),
        counted_from=Choice(
            "counted_from",
            {
                "application": "from the day of application",
                "start": "from the first day of service",
            },
        ),
        first_day_counts=Flag("first_day_counts"),
        at_end=Choice(
            "at_end",
            {
                "continues": "becomes a contract by itself",
                "lapses": "ends unless asked for and paid",
            },
        ),
        skippable=Flag("skippable"),
        calls_count=Flag("calls_count"),
        remind_days=Number("remind_days", min=1, max=60),
        remind_unit=Choice(
            "remind_unit", {"calendar": "calendar days", "business": "business days"}
        ),
        pause_days=Number("pause_days", min=1, max=365, required=False),
        money_back_less_transfer_fee=Flag("money_back_less_transfer_fee"),
        campaigns=Flag("campaigns"),
    ),
    first_payment=Shape(
        "first_payment",
        months_of_deposit=Number("months_of_deposit", max=12),
        when=Choice(
            "when",
            {"before_start": "before the start", "at_continuation": "when the trial is continued"},
        ),
        how=Text("how", max=200),
    ),
    billing=BILLING,
    issuer=ISSUER,
    account=ACCOUNT,
    start=Shape(
        "start",
        target_business_days=Number("target_business_days", min=1, required=False),
        check_remind_business_days=Number("check_remind_business_days", min=1, max=60),
    ),
    closing=Shape("closing", day=Number("day", min=1, max=20)),
    plan_change=Shape(
        "plan_change",
        cut_off=Choice("cut_off", CUT_OFFS),
        in_trial=Choice(
            "in_trial",
            {"at_once": "counts from the day it is asked", "by_cut_off": "as at any time"},
        ),
        flag_undone_within_months=Number(
            "flag_undone_within_months", min=1, max=60, required=False
        ),
    ),
    leaving=Shape("leaving", cut_off=Choice("cut_off", CUT_OFFS)),
    options=Many(
        "options",
        Shape(
            "option",
            key=Choice(
                "key",
                {"guidance": "own out-of-hours guidance", "windows": "regular weekly windows"},
            ),
            name=Text("name"),
            yen=Number("yen"),
            ready_business_days=Number("ready_business_days"),
        ),
        max=2,
    ),
    application=Shape(
        "application",
        remind_after_days=Number("remind_after_days", min=1),
        delete_after_days=Number("delete_after_days", min=2),
    ),
    roster=Shape(
        "roster",
        addresses_per_person=Number("addresses_per_person", min=1, max=50),
        people_free=Number("people_free"),
        extra_person_yen=Number("extra_person_yen"),
        remind_after_days=Number("remind_after_days", min=1, max=60),
    ),
    report=Shape(
        "report",
        who=Choice(
            "who",
            {
                "everyone": "all confirmed addresses",
                "asked_for": "the person asked for, else the top of the roster",
            },
        ),
        subject=Text("subject"),
        sender=Choice(
            "sender", {"fixed": "one address for all", "operator": "local part differs by operator"}
        ),
        channels=Many("channels", Choice("channels", CHANNELS), min=1),
        extra_items=Flag("extra_items"),
    ),
    plans=Many(
        "plans",
        Shape(
            "plan", key=Text("key", max=20), name=Text("name"), prices=Many("prices", _PRICE, min=1)
        ),
        min=1,
        max=20,
    ),
    items=Many("items", Shape("item", key=Choice("key", ITEMS), name=Text("name")), min=1),
    gates=Many(
        "gates",
        Shape(
            "gate",
            key=Choice("key", {key: key for key in GATES}),
            name=Text("name"),
            waits_on=Choice("waits_on", {"client": "the client", "office": "the office"}),
            only=Choice(
                "only",
                {
                    "match": "on a match with an earlier client",
                    "trial": "with a trial",
                    "no_trial": "without a trial",
                },
                required=False,
            ),
            asks=Text("asks", max=200),
        ),
        min=1,
    ),
    identity=Many(
        "identity",
        Shape(
            "method",
            key=Text("key", max=20),
            name=Text("name"),
            valid_from=Day("valid_from", required=False),
            valid_until=Day("valid_until", required=False),
        ),
        min=1,
    ),
    calls=Many(
        "calls",
        Shape(
            "row",
            classes=Many("classes", Choice("classes", CLASSES | {"*": "every class"}), min=1),
            only=Choice(
                "only",
                {"declared": "from a number that the client declared as sales"},
                required=False,
            ),
            reported=Flag("reported"),
            counted=Flag("counted"),
            items=Choice(
                "items", {"required": "given or said why not", "optional": "as far as heard"}
            ),
            why=Text("why"),
        ),
        min=1,
    ),
    objections=Shape(
        "objections",
        decided_by=Choice(
            "decided_by", {"client": "the press itself", "office": "the office, with a reason"}
        ),
        days=Number("days", min=1, max=400),
        ask_again_days=Number("ask_again_days", min=1, max=1000, required=False),
    ),
    surcharge=Shape(
        "surcharge",
        allowed=Flag("allowed"),
        min=Number("min", required=False),
        max=Number("max", required=False),
    ),
    limits=Shape(
        "limits",
        per_network=Number("per_network", min=1),
        per_recipient=Number("per_recipient", min=1),
        per_recipient_a_day=Number("per_recipient_a_day", min=1),
        in_total=Number("in_total", min=1),
    ),
    answers=Many(
        "answers",
        Shape("answer", question=Text("question", max=100), answer=Text("answer", max=400)),
        min=1,
        max=40,
    ),
    terms=Shape(
        "terms",
        provision=Text("provision", max=500),
        later=Text("later", max=500),
        cancel_in_trial=Text("cancel_in_trial", max=500),
        cancel=Text("cancel", max=500),
    ),
)
