"""What a house file must say: its keys and their types, and what can never be right together."""

from collections.abc import Iterator
from typing import Any

from chalicelib.errors import Fault
from chalicelib.input.kinds import Clock, Day
from chalicelib.input.shapes import Choice, Flag, Many, Number, Shape, Text

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
        mail_domain=Text(
            "mail_domain",
            pattern=(
                r"[a-z0-9-]+(\.[a-z0-9-]+)+",
                "ドメインの形で書いてください(例: example.jp)。",
            ),
        ),
        office_mail=Text(
            "office_mail",
            pattern=(r"[\w.+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", "メールアドレスの形で書いてください。"),
        ),
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
        account=Text("account", max=200),
    ),
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


def contradictions(house: Any) -> Iterator[Fault]:
    """What no single field can show: rows that can never be right together."""
    if not (house.key.isascii() and house.key.isalnum()):
        yield Fault(
            "", "ファイル名が事業者のキーになります。英数字だけの名前にしてください(例: mk.toml)。"
        )
    for place, plan in enumerate(house.plans):
        since = [price.since for price in plan.prices]
        if since != sorted(set(since)):
            yield Fault(
                f"plans.{place}.prices",
                "料金の期間が重なっています。since は1回ずつ、古い順に書いてください。",
            )
    if len({plan.key for plan in house.plans}) < len(house.plans):
        yield Fault("plans", "同じ key のプランが2つあります。別の key にしてください。")
    if house.calls[-1].classes != ["*"] or house.calls[-1].only:
        yield Fault(
            "calls",
            '最後の行はすべてのお電話に当てはまる必要があります。classes = ["*"] の行で終えてください。',
        )
    if any("*" in row.classes and not row.only for row in house.calls[:-1]):
        yield Fault(
            "calls", '"*" より後の行は使われません。classes = ["*"] は最後の行だけにしてください。'
        )
    for place, row in enumerate(house.calls):
        if row.counted and not row.reported:
            yield Fault(
                f"calls.{place}",
                "報告しないお電話は数えられません。counted を false にしてください。",
            )
    keys = [gate.key for gate in house.gates]
    if len(set(keys)) < len(keys):
        yield Fault("gates", "同じ確認項目が2回あります。1つだけ残してください。")
    if keys[-1] != "number":
        yield Fault("gates", '番号の発行は最後です。key = "number" の項目を末尾に移してください。')
    for needed in ("mail", "greeting", "identity", "payment", "address"):
        if needed not in keys:
            yield Fault(
                "gates",
                f'これなしにサービスは開始できません。key = "{needed}" の項目を加えてください。',
            )
    if any(row.only and (row.reported or row.counted) for row in house.calls):
        yield Fault(
            "calls", '申告された番号の行(only = "declared")は、報告も計上もしない行にしてください。'
        )
    if house.trial.at_end == "lapses" and house.trial.pause_days is None:
        yield Fault(
            "trial.pause_days",
            "at_end が lapses のときは必要です。ご入金のない継続を何日待つかを書いてください。",
        )
    if house.surcharge.allowed and not 0 < (house.surcharge.min or 0) <= (house.surcharge.max or 0):
        yield Fault("surcharge", "加算の範囲が必要です。min と max を円で書いてください。")
    if house.hours.open >= house.hours.close:
        yield Fault(
            "hours", "受付の開始は終了より前でなければなりません。open か close を直してください。"
        )
    if house.application.remind_after_days >= house.application.delete_after_days:
        yield Fault(
            "application.remind_after_days", "delete_after_days より短い日数にしてください。"
        )
    if len({option.key for option in house.options}) < len(house.options):
        yield Fault("options", "同じ key のオプションが2つあります。1つだけ残してください。")
    for place, day in enumerate(house.hours.closed):
        if not _is_month_day(day):
            yield Fault(f"hours.closed.{place}", '日付は "12-29" の形で書いてください。')


def _is_month_day(text: str) -> bool:
    try:
        return bool(Day("day").read(f"2000-{text}"))
    except ValueError:
        return False
