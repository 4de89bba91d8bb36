"""A call memo: what it must say, its number, what it counts for (calls.md).

A memo's fields come as its shape has read them, None where a field was left out or unreadable.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from chalicelib.errors import Fault
from chalicelib.rules import calendar
from chalicelib.rules.calls.facts import Contract, Report
from chalicelib.rules.house_file import ITEMS
from chalicelib.rules.houses import House

MAX_AGE = timedelta(hours=72)  # [D]
CLOCK_SKEW = timedelta(minutes=2)  # an operator's clock may run a little ahead of ours
MOODS = {"hurry": "お急ぎ", "angry": "お怒り", "trouble": "お困り"}
NOT_OBTAINED = {
    "would_not_say": "お尋ねしましたが、お話しいただけませんでした",
    "hung_up": "お尋ねする前にお電話が切れました",
    "unclear": "お声が聞き取れませんでした",
}
NO_NUMBER = "非通知"
# What a telephone shows instead of a number, and how telephone systems say it.
_NOT_SHOWN = re.compile(
    "非通知|公衆電話|表示圏外|通知不可"
    "|anonymous|unknown|private|restricted|withheld|unavailable|blocked|no (caller )?id",
    re.IGNORECASE,
)
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def memo_id(house: str, owner: str, idempotency_key: str) -> str:
    """The same request has the same id whichever of its owner's keys it came with."""
    request = "\n".join((house, owner, idempotency_key))
    return f"{house}-{hashlib.sha256(request.encode()).hexdigest()[:32]}"


def body_digest(body: object) -> str:
    """A digest of the parsed body: the order of its fields and its spacing make no difference."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def number(identity: str, received_at: datetime) -> str:
    """The memo's number for people, `260915-7KQ2M`: the call's JST date, five letters by the id."""
    value = int(hashlib.sha256(identity.encode()).hexdigest()[:8], 16)
    letters = [_DIGITS[value >> shift & 31] for shift in (20, 15, 10, 5, 0)]
    return f"{calendar.day_of(received_at):%y%m%d}-{''.join(letters)}"


def item_value(memo: dict[str, Any], item: str) -> str | None:
    """What the memo says for an item that is asked: the house's, or a further one's."""
    value: str | None = _part_with(memo, item).get(item)
    return value


def _part_with(memo: dict[str, Any], item: str) -> dict[str, Any]:
    if item == "business":
        return memo
    part = memo["caller"] if item in ITEMS else memo.get("extra")
    return part or {}


def faults(
    memo: dict[str, Any],
    house: House,
    now: datetime,
    extra: list[dict[str, str]] | None = None,
) -> list[Fault]:
    """What is wrong between a memo's fields, one sentence a fault; none if it can be taken.

    `extra` are the further items that the contract asks: `[{"key": "room", "name": "部屋番号"}]`.
    """
    further = {item["key"]: item["name"] for item in extra or []}
    asked = {item.key: item.name for item in house.items} | further
    return [
        *_time_faults(memo["received_at"], now),
        *_extra_faults(memo, set(further)),
        *_reason_faults(memo, set(asked)),
        *_missing_faults(memo, house, asked),
        *_phone_faults(memo),
        *_surcharge_faults(memo, house),
    ]


def _time_faults(received_at: datetime | None, now: datetime) -> Iterator[Fault]:
    if received_at is None:
        return
    if received_at > now + CLOCK_SKEW:
        yield _in_the_future()
    if received_at < now - MAX_AGE:
        yield Fault(
            "received_at",
            "受電から72時間を過ぎたメモは登録できません。受電日時をご確認ください。",
        )


def _in_the_future() -> Fault:
    return Fault("received_at", "受電日時が未来になっています。日時と時差をご確認ください。")


def correction_faults(
    wrong: Report, call_class: str | None, received_at: datetime, now: datetime
) -> Iterator[Fault]:
    """What a correction of the memo `wrong` may not say.

    Another month, a time to come, or another class than was decided since.
    """
    if received_at > now + CLOCK_SKEW:
        yield _in_the_future()
    elif calendar.month_of(received_at) != calendar.month_of(wrong.received_at):
        yield Fault(
            "received_at",
            "受電日時を別の月に訂正することはできません。同じ月の日時を入力してください。",
        )
    if wrong.class_now and call_class not in (None, wrong.class_now):
        yield Fault(
            "class",
            "このお電話の分類は、受電後に判定済みです。判定された分類のまま訂正してください。",
        )


def _extra_faults(memo: dict[str, Any], items: set[str]) -> Iterator[Fault]:
    """Further items are those that the contract asks."""
    listed = "、".join(sorted(items))
    remedy = f"使える項目: {listed}" if items else "このご契約に追加の項目はありません。"
    for name in memo.get("extra") or {}:
        if name not in items:
            yield Fault(f"extra.{name}", f"この項目名は使えません。{remedy}")


def _reason_faults(memo: dict[str, Any], asked: set[str]) -> Iterator[Fault]:
    """A reason for not having something is one for an item that is asked and was not obtained."""
    items = {*asked, "company"}
    listed = "、".join(sorted(items))
    for name in memo["not_obtained"] or {}:
        field = f"not_obtained.{name}"
        if name not in items:
            yield Fault(field, f"この項目名は使えません。使える項目: {listed}")
        elif item_value(memo, name):
            yield Fault(field, "内容が入力されています。聞き取れなかった項目だけを挙げてください。")


def _missing_faults(memo: dict[str, Any], house: House, asked: dict[str, str]) -> Iterator[Fault]:
    """Every item that is asked is there, or the reason why not, where the class asks for items."""
    call_class = memo["class_"]
    if call_class is None or house.call_row(call_class).items == "optional":
        return
    reasons = memo["not_obtained"] or {}
    for key, name in asked.items():
        if not item_value(memo, key) and key not in reasons:
            yield Fault(
                _field_of(key),
                f"{name}を入力するか、聞き取れなかった理由を not_obtained.{key} に入れてください。",
            )


def _field_of(item: str) -> str:
    if item == "business":
        return item
    return f"caller.{item}" if item in ITEMS else f"extra.{item}"


def _phone_faults(memo: dict[str, Any]) -> Iterator[Fault]:
    """A number has digits, or it was not shown; 「分からない」 is a reason for not having one."""
    typed = item_value(memo, "phone")
    if not typed or re.search(r"\d", typed) or _NOT_SHOWN.search(typed):
        return
    yield Fault(
        "caller.phone",
        "電話番号の数字、または「非通知」「公衆電話」などを入力してください。"
        "番号が分からない場合は空欄にし、理由を not_obtained.phone に入れてください。",
    )


def phone_shown(typed: str | None) -> str | None:
    """What stands for a number that nobody can dial: a system's `anonymous` is 非通知."""
    if not typed or not typed.isascii() or not _NOT_SHOWN.search(typed):
        return typed
    return NO_NUMBER


def _surcharge_faults(memo: dict[str, Any], house: House) -> Iterator[Fault]:
    surcharge, rule = memo["surcharge"], house.surcharge
    if surcharge is None:
        return
    if not rule.allowed:
        yield Fault(
            "surcharge", "この事業者には特別対応の加算がありません。surcharge を外してください。"
        )
    elif not rule.takes(surcharge["yen"]):
        yield Fault(
            "surcharge.yen",
            f"加算額は{rule.min}円から{rule.max}円までで入力してください。",
        )


def verdict(
    house: House, call_class: str, in_free_trial: bool, declared: bool = False
) -> tuple[bool, bool, str]:
    """(reported, counts, why) for a class of call by the house's table (houses.md 8).

    `declared`: it came from a number that the client declared as sales. Calls
    of a trial whose calls do not count are reported like any other.
    """
    row = house.call_row(call_class, declared)
    if row.counted and in_free_trial:
        return row.reported, False, f"{row.why}(無料お試し期間中のため数えません)"
    return row.reported, row.counted, row.why


def in_free_trial(house: House, contract: Contract, received_at: datetime) -> bool:
    """Whether a call came in a trial whose calls do not count."""
    last = contract.trial_last_day
    if house.trial.calls_count or last is None:
        return False
    return calendar.day_of(received_at) <= last
