"""The report mail of a memo: what the client reads on a phone, seconds after the call (calls.md Report)."""

from chalicelib import mail, phones
from chalicelib.models import Memo
from chalicelib.rules import house as houses
from chalicelib.rules import memo as rules


def compose(memo: Memo, house) -> tuple[mail.Words, list[str], str]:
    """(words, recipients, sender) of a memo's report, from what was stored with it."""
    facts = {
        "house": house,
        "memo": memo,
        "from_whom": from_whom(memo),
        "for_whom": memo.text["for_"],
        "phone": _phone(memo),
        "business": memo.text["business"],
        "moods": [rules.MOODS[mood] for mood in memo.text["mood"] or []],
        "wants_call_back": memo.text["wants_call_back"],
        "call_class": houses.CLASSES[memo.call_class],
        "missing": missing(memo, house),
        "surcharge": memo.text["surcharge"],
        "earlier": memo.earlier or [],
        "may_be_repeat": bool(memo.unsure),
    }
    to = list(dict.fromkeys(each["address"] for each in memo.reported_to))
    return mail.words("report", facts), to, house.sender(memo.operator)


def from_whom(memo: Memo) -> str | None:
    """Company and person in one line (S3 Q8)."""
    caller = memo.text["caller"] or {}
    name = caller.get("name")
    return " ".join(filter(None, (caller.get("company"), name and f"{name} 様"))) or None


def missing(memo: Memo, house) -> list[tuple[str, str]]:
    """(item, why it is not there) for everything the house asks and the caller did not give (S1 Q6)."""
    reasons = memo.text["not_obtained"] or {}
    fallback = "hung_up" if memo.call_class == "hangup" else None
    named = {item.key: item.name for item in house.items} | {key: houses.ITEMS[key] for key in reasons if key == "company"}
    return [
        (name, rules.NOT_OBTAINED[reasons.get(key) or fallback])
        for key, name in named.items()
        if (key in reasons or fallback) and not rules.item_value(memo.text, key)
    ]


def _phone(memo: Memo) -> str | None:
    """As a string that a phone can dial, beside what was said if that differs."""
    typed = (memo.text["caller"] or {}).get("phone")
    return phones.display(memo.caller_number) or typed
