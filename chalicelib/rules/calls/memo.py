"""A call memo: what it must say, its number, what it counts for (calls.md)."""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.errors import Fault
from chalicelib.rules import calendar
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
_NOT_SHOWN = (
    "非通知",
    "公衆電話",
    "表示圏外",
    "通知不可",
)  # what a telephone shows instead of a number
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def memo_id(house: str, owner: str, idempotency_key: str) -> str:
    """The same request has the same id whichever of its owner's keys it came with."""
    return (
        f"{house}-"
        + hashlib.sha256("\n".join((house, owner, idempotency_key)).encode()).hexdigest()[:32]
    )


def body_digest(body) -> str:
    """A digest of the parsed body: the order of its fields and its spacing make no difference."""
    return hashlib.sha256(
        json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()
    ).hexdigest()


def number(identity: str, received_at: datetime) -> str:
    """The memo's number for people, `260915-7KQ2M`: JST date of the call and five letters from the id."""
    value = int(hashlib.sha256(identity.encode()).hexdigest()[:8], 16)
    return f"{calendar.day_of(received_at):%y%m%d}-" + "".join(
        _DIGITS[value >> shift & 31] for shift in (20, 15, 10, 5, 0)
    )


def item_value(memo: dict, item: str) -> str | None:
    """What the memo says for one of the items that are asked: the house's own, or a further one of the contract."""
    if item in ITEMS:
        return memo["business"] if item == "business" else (memo["caller"] or {}).get(item)
    return (memo.get("extra") or {}).get(item)


def faults(memo: dict, house: House, now: datetime, extra: list[dict] | None = None) -> list[Fault]:
    """What is wrong between a memo's fields (None: not readable), one sentence a fault; none if it can be taken.

    `extra` are the further items that the contract asks: `[{"key": "room", "name": "部屋番号"}]`.
    """
    asked = {item.key: item.name for item in house.items} | {
        item["key"]: item["name"] for item in extra or []
    }
    unknown = _extra_faults(memo, {item["key"] for item in extra or []})
    items = [*unknown, *_item_faults(memo, house, asked), *_phone_faults(memo)]
    return [*_time_faults(memo["received_at"], now), *items, *_surcharge_faults(memo, house)]


def _time_faults(received_at: datetime | None, now: datetime) -> Iterator[Fault]:
    if received_at is None:
        return
    if received_at > now + CLOCK_SKEW:
        yield Fault("received_at", "受電日時が未来になっています。日時と時差をご確認ください。")
    if received_at < now - MAX_AGE:
        yield Fault(
            "received_at", "受電から72時間を過ぎたメモは登録できません。受電日時をご確認ください。"
        )


def correction_faults(
    wrong, call_class: str | None, received_at: datetime, now: datetime
) -> Iterator[Fault]:
    """What a correction of the memo `wrong` may not say: another month, a time to come, another class than was decided."""
    if received_at > now + CLOCK_SKEW:
        yield Fault("received_at", "受電日時が未来になっています。日時と時差をご確認ください。")
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


def _extra_faults(memo: dict, known: set[str]) -> Iterator[Fault]:
    for name in memo.get("extra") or {}:
        if name not in known:
            told = (
                "使える項目: " + "、".join(sorted(known))
                if known
                else "このご契約に追加の項目はありません。"
            )
            yield Fault(f"extra.{name}", f"この項目名は使えません。{told}")


def _item_faults(memo: dict, house: House, asked: dict[str, str]) -> Iterator[Fault]:
    not_obtained = memo["not_obtained"] or {}
    known = {*asked, "company"}
    for name in not_obtained:
        if name not in known:
            yield Fault(
                f"not_obtained.{name}",
                "この項目名は使えません。使える項目: " + "、".join(sorted(known)),
            )
        elif item_value(memo, name):
            yield Fault(
                f"not_obtained.{name}",
                "内容が入力されています。聞き取れなかった項目だけを挙げてください。",
            )
    if memo["class_"] is None or house.call_row(memo["class_"]).items == "optional":
        return
    for key, name in asked.items():
        if not item_value(memo, key) and key not in not_obtained:
            place = "caller" if key in ITEMS else "extra"
            field = "business" if key == "business" else f"{place}.{key}"
            yield Fault(
                field,
                f"{name}を入力するか、聞き取れなかった理由を not_obtained.{key} に入れてください。",
            )


def _phone_faults(memo: dict) -> Iterator[Fault]:
    """A number has digits, or it was not shown; 「分からない」 is a reason for not having one."""
    typed = item_value(memo, "phone")
    if typed and not re.search(r"\d", typed) and not any(word in typed for word in _NOT_SHOWN):
        words = "番号が分からない場合は空欄にし、理由を not_obtained.phone に入れてください。"
        yield Fault(
            "caller.phone",
            f"電話番号の数字、または「非通知」「公衆電話」などを入力してください。{words}",
        )


def _surcharge_faults(memo: dict, house: House) -> Iterator[Fault]:
    surcharge = memo["surcharge"]
    if surcharge is None:
        return
    if not house.surcharge.allowed:
        yield Fault(
            "surcharge", "この事業者には特別対応の加算がありません。surcharge を外してください。"
        )
    elif not house.surcharge.min <= surcharge["yen"] <= house.surcharge.max:
        yield Fault(
            "surcharge.yen",
            f"加算額は{house.surcharge.min}円から{house.surcharge.max}円までで入力してください。",
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


def in_free_trial(house: House, contract, received_at: datetime) -> bool:
    """Whether a call came in a trial whose calls do not count."""
    last = contract.trial_last_day
    if house.trial.calls_count or last is None:
        return False
    return calendar.day_of(received_at) <= last
