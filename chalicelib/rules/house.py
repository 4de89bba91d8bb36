"""A house: one provider of the service, with its own brand, prices and rules, read from one TOML file.

The file is checked as a whole when it is loaded; a fault stops the start with
a sentence that names the file, the key and what would be right.
"""

import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

from chalicelib.errors import Fault, Invalid
from chalicelib.shapes import Choice, Clock, Day, Flag, Many, Number, Shape, Text

FOLDER = Path(__file__).parent.parent / "houses"

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
GATES = ("mail", "eligibility", "greeting", "identity", "payment", "address", "number")

_PRICE = Shape("price", since=Day("since"), fee=Number("fee"), included=Number("included"), over=Number("over"))
_HOUSE = Shape(
    "house",
    brand=Shape(
        "brand",
        name=Text("name"),
        centre=Text("centre"),
        phone=Text("phone", max=20),
        mail_domain=Text("mail_domain", pattern=(r"[a-z0-9-]+(\.[a-z0-9-]+)+", "ドメインの形で書いてください(例: example.jp)。")),
        office_mail=Text("office_mail", pattern=(r"[\w.+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", "メールアドレスの形で書いてください。")),
        address=Text("address"),
    ),
    hours=Shape("hours", open=Clock("open"), close=Clock("close"), closed=Many("closed", Text("closed", max=5))),
    line=Shape(
        "line",
        uses=Many("uses", Choice("uses", USES), min=1),
        listed_option_yen=Number("listed_option_yen"),
        prefixes=Many("prefixes", Text("prefixes", max=6), min=1),
        listed_prefixes=Many("listed_prefixes", Text("listed_prefixes", max=6), min=1),
        quarantine_days=Number("quarantine_days"),
    ),
    trial=Shape(
        "trial",
        days=Number("days", min=1, max=365),
        counted_from=Choice(
            "counted_from", {"application": "from the day of application", "start": "from the first day of service"}
        ),
        first_day_counts=Flag("first_day_counts"),
        at_end=Choice("at_end", {"continues": "becomes a contract by itself", "lapses": "ends unless asked for and paid"}),
        skippable=Flag("skippable"),
        calls_count=Flag("calls_count"),
        remind_days=Number("remind_days", min=1, max=60),
        remind_unit=Choice("remind_unit", {"calendar": "calendar days", "business": "business days"}),
        pause_days=Number("pause_days", min=1, max=365, required=False),
        money_back_less_transfer_fee=Flag("money_back_less_transfer_fee"),
    ),
    first_payment=Shape(
        "first_payment",
        months_of_deposit=Number("months_of_deposit", max=12),
        when=Choice("when", {"before_start": "before the start", "at_continuation": "when the trial is continued"}),
        how=Text("how", max=200),
        account=Text("account", max=200),
    ),
    start=Shape("start", target_business_days=Number("target_business_days", min=1, required=False)),
    application=Shape(
        "application", remind_after_days=Number("remind_after_days", min=1), delete_after_days=Number("delete_after_days", min=2)
    ),
    roster=Shape(
        "roster",
        addresses_per_person=Number("addresses_per_person", min=1, max=50),
        people_free=Number("people_free"),
        extra_person_yen=Number("extra_person_yen"),
    ),
    report=Shape(
        "report",
        who=Choice("who", {"everyone": "all confirmed addresses", "asked_for": "the person asked for, else the top of the roster"}),
        subject=Text("subject"),
        sender=Choice("sender", {"fixed": "one address for all", "operator": "local part differs by operator"}),
    ),
    plans=Many(
        "plans", Shape("plan", key=Text("key", max=20), name=Text("name"), prices=Many("prices", _PRICE, min=1)), min=1, max=20
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
                {"match": "on a match with an earlier client", "trial": "with a trial", "no_trial": "without a trial"},
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
            reported=Flag("reported"),
            counted=Flag("counted"),
            items=Choice("items", {"required": "given or said why not", "optional": "as far as heard"}),
            why=Text("why"),
        ),
        min=1,
    ),
    surcharge=Shape("surcharge", allowed=Flag("allowed"), min=Number("min", required=False), max=Number("max", required=False)),
    limits=Shape(
        "limits",
        per_network=Number("per_network", min=1),
        per_recipient=Number("per_recipient", min=1),
        in_total=Number("in_total", min=1),
    ),
    terms=Shape(
        "terms",
        provision=Text("provision", max=500),
        later=Text("later", max=500),
        cancel_in_trial=Text("cancel_in_trial", max=500),
        cancel=Text("cancel", max=500),
    ),
)


class BadHouseFile(Exception):
    """A house file cannot be used. Every line of the message names the file, the key and the remedy."""


class House(SimpleNamespace):
    """One house's rules by name (`house.trial.days`), with the few look-ups that everyone needs."""

    key: str

    def plan(self, key: str) -> SimpleNamespace:
        """The plan of that key. Raises KeyError where the house has none."""
        return next((plan for plan in self.plans if plan.key == key), None) or _missing(key)

    def price(self, plan: str, on: date) -> SimpleNamespace:
        """Fee (yen a month, tax included), calls included, yen a call over, as of the JST date `on`."""
        prices = self.plan(plan).prices
        return next((price for price in reversed(prices) if price.since <= on), prices[0])

    def call_row(self, call_class: str) -> SimpleNamespace:
        """What a class of call means here: the first row that fits (houses.md 8)."""
        return next(row for row in self.calls if call_class in row.classes or "*" in row.classes)

    def gate(self, key: str) -> SimpleNamespace | None:
        return next((gate for gate in self.gates if gate.key == key), None)

    def sender(self, operator: str | None = None) -> str:
        """The address that mails come from: fixed, or with the operator's local part (S3 Q2)."""
        local = operator if operator and self.report.sender == "operator" else "report"
        return f"{local}@{self.brand.mail_domain}"


def _missing(key: str) -> NoReturn:
    raise KeyError(key)


def load(path: Path) -> House:
    """Read one house file. Raises BadHouseFile naming everything that is wrong with it."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadHouseFile(f"{path.name}: TOMLとして読み取れません({fault})。示された行を直してください。") from None
    try:
        rules = _HOUSE.read(raw)
    except Invalid as wrong:
        raise BadHouseFile(_listed(path.name, wrong.errors)) from None
    house = House(key=path.stem, **{name: _named(value) for name, value in rules.items()})
    if faults := list(_contradictions(house)):
        raise BadHouseFile(_listed(path.name, faults))
    return house


@cache
def all_houses() -> dict[str, House]:
    """Every house of this deployment by its key, which is its file's name."""
    return {path.stem: load(path) for path in sorted(FOLDER.glob("*.toml"))}


def find(key: str) -> House | None:
    return all_houses().get(key)


def _contradictions(house: House) -> Iterator[Fault]:
    """What no single field can show: rows that can never be right together."""
    if not (house.key.isascii() and house.key.isalnum()):
        yield Fault("", "ファイル名が事業者のキーになります。英数字だけの名前にしてください(例: mk.toml)。")
    for place, plan in enumerate(house.plans):
        since = [price.since for price in plan.prices]
        if since != sorted(set(since)):
            yield Fault(f"plans.{place}.prices", "料金の期間が重なっています。since は1回ずつ、古い順に書いてください。")
    if len({plan.key for plan in house.plans}) < len(house.plans):
        yield Fault("plans", "同じ key のプランが2つあります。別の key にしてください。")
    if house.calls[-1].classes != ["*"]:
        yield Fault("calls", '最後の行はすべてのお電話に当てはまる必要があります。classes = ["*"] の行で終えてください。')
    if any("*" in row.classes for row in house.calls[:-1]):
        yield Fault("calls", '"*" より後の行は使われません。classes = ["*"] は最後の行だけにしてください。')
    for place, row in enumerate(house.calls):
        if row.counted and not row.reported:
            yield Fault(f"calls.{place}", "報告しないお電話は数えられません。counted を false にしてください。")
    keys = [gate.key for gate in house.gates]
    if len(set(keys)) < len(keys):
        yield Fault("gates", "同じ確認項目が2回あります。1つだけ残してください。")
    if keys[-1] != "number":
        yield Fault("gates", '番号の発行は最後です。key = "number" の項目を末尾に移してください。')
    for needed in ("mail", "greeting", "identity", "payment", "address"):
        if needed not in keys:
            yield Fault("gates", f'これなしにサービスは開始できません。key = "{needed}" の項目を加えてください。')
    if house.trial.at_end == "lapses" and house.trial.pause_days is None:
        yield Fault("trial.pause_days", "at_end が lapses のときは必要です。ご入金のない継続を何日待つかを書いてください。")
    if house.surcharge.allowed and not 0 < (house.surcharge.min or 0) <= (house.surcharge.max or 0):
        yield Fault("surcharge", "加算の範囲が必要です。min と max を円で書いてください。")
    if house.hours.open >= house.hours.close:
        yield Fault("hours", "受付の開始は終了より前でなければなりません。open か close を直してください。")
    if house.application.remind_after_days >= house.application.delete_after_days:
        yield Fault("application.remind_after_days", "delete_after_days より短い日数にしてください。")
    for place, day in enumerate(house.hours.closed):
        if not _is_month_day(day):
            yield Fault(f"hours.closed.{place}", '日付は "12-29" の形で書いてください。')


def _is_month_day(text: str) -> bool:
    try:
        return bool(Day("day").read(f"2000-{text}"))
    except ValueError:
        return False


def _listed(file: str, faults: Iterable[Fault]) -> str:
    return "\n".join(f"{file}: {fault.field or 'file'}: {fault.message}" for fault in faults)


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return SimpleNamespace(**{name: _named(each) for name, each in value.items()})
    if isinstance(value, list):
        return [_named(each) for each in value]
    return value
