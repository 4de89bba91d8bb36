"""The report mail of a memo: what the client reads on a phone, seconds after the call (calls.md Report)."""

import re

from chalicelib import mail, phones
from chalicelib.flows import links
from chalicelib.models import Memo
from chalicelib.rules import house as houses
from chalicelib.rules import memo as rules
from chalicelib.rules import metering
from chalicelib.rules.house_file import CLASSES, ITEMS


def compose(memo: Memo, house: houses.House) -> tuple[mail.Words, list[str], str]:
    """(words, recipients, sender) of a memo's report, from what was stored with it."""
    facts = {"house": house, "link": links.address(links.memo_token(memo.id)), "may_be_repeat": bool(memo.unsure)}
    return mail.words("report", facts | said(memo, house)), memo.recipients, house.sender(memo.operator)


def said(memo: Memo, house: houses.House) -> dict:
    """What a report says of a call, in the words of the phone's screen."""
    reasons = missing(memo, house)
    return {
        "memo": memo,
        "from_whom": from_whom(memo) or _instead(reasons, "name"),
        "for_whom": for_whom(memo),
        "phone": _phone(memo) or _instead(reasons, "phone"),
        "business": memo.text["business"] or _instead(reasons, "business"),
        "moods": [rules.MOODS[mood] for mood in memo.text["mood"] or []],
        "wants_call_back": memo.text["wants_call_back"],
        "further": [
            (item["name"], value) for item in memo.extra_items or [] if (value := rules.item_value(memo.text, item["key"]))
        ],
        "call_class": CLASSES[memo.class_of_now],
        "missing": [reason for key, reason in reasons.items() if not _stands_in_place(memo, key)],
        "surcharge": memo.text["surcharge"] if metering.judged(memo)[0] else None,
        "earlier": memo.earlier or [],
    }


def from_whom(memo: Memo) -> str | None:
    """Company and person in one line (S3 Q8)."""
    caller = memo.text["caller"] or {}
    name = caller.get("name")
    return " ".join(filter(None, (caller.get("company"), name and f"{_bare(name)} 様"))) or None


def for_whom(memo: Memo) -> str:
    """Whom the caller asked for: with 様 if it is somebody on the roster, as said if it is not (a department, say)."""
    wanted = memo.text["for_"]
    if not wanted:
        return "(ご指名なし)"
    return f"{_bare(wanted)} 様" if memo.asked_for else wanted


def missing(memo: Memo, house: houses.House) -> dict[str, tuple[str, str]]:
    """item: (its name, why it is not there), for what the house asks and the caller did not give (S1 Q6)."""
    reasons = memo.text["not_obtained"] or {}
    fallback = "hung_up" if memo.call_class == "hangup" else None
    named = {item.key: item.name for item in house.items} | {key: ITEMS[key] for key in reasons if key == "company"}
    named |= {item["key"]: item["name"] for item in memo.extra_items or []}
    return {
        key: (name, rules.NOT_OBTAINED[reason])
        for key, name in named.items()
        if (reason := reasons.get(key) or fallback) and not rules.item_value(memo.text, key)
    }


def _instead(reasons: dict, key: str) -> str:
    """What stands where a value should: why it could not be had."""
    return f"({reasons[key][1]})" if key in reasons else "(伺っておりません)"


def _stands_in_place(memo: Memo, key: str) -> bool:
    return key in ("phone", "business") or (key in ("name", "company") and from_whom(memo) is None)


def _bare(name: str) -> str:
    """A name without the 様 or さん that an operator may have typed after it."""
    return re.sub(r"(?<=.)\s*(様|さま|さん|氏|殿)$", "", name)


def _phone(memo: Memo) -> str | None:
    """As a string that a phone can dial; beside it what was typed, where that says more."""
    typed = (memo.text["caller"] or {}).get("phone")
    if not typed or not memo.caller_number:
        return typed
    shown = phones.display(memo.caller_number)
    return f"{shown}({typed})" if phones.says_more(typed, memo.caller_number) else shown
