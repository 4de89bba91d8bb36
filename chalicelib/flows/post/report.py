"""The report mail of a memo: what the client reads on a phone after the call (calls.md Report)."""

from typing import Any

from chalicelib.flows.access import links
from chalicelib.input import phones
from chalicelib.models import Memo
from chalicelib.rules.calls import honorifics, metering, routing
from chalicelib.rules.calls.memo import MOODS, NOT_OBTAINED, item_value, phone_shown
from chalicelib.rules.house_file import CLASSES, ITEMS
from chalicelib.rules.houses import House
from chalicelib.words import mail

Missing = dict[str, tuple[str, str]]  # item: (its name, the key of the reason)

_SHORT = {
    "would_not_say": "お話しいただけませんでした",
    "hung_up": "お電話が切れました",
    "unclear": "聞き取れませんでした",
}


def compose(memo: Memo, house: House) -> tuple[mail.Words, list[str], str]:
    """(words, recipients, sender) of a memo's report, from what was stored with it."""
    facts = facts_of(memo, house) | {
        "house": house,
        "link": links.address(links.memo_token(memo.id)),
        "may_be_repeat": bool(memo.unsure),
    }
    words = mail.words("calls/report", facts)
    return words, memo.recipients, house.sender(memo.operator)


def facts_of(memo: Memo, house: House) -> dict[str, Any]:
    """What a report says of a call, in the words of the phone's screen."""
    reasons = missing(memo, house)
    counts, _ = metering.judged(memo)
    return {
        "memo": memo,
        "from_whom": from_whom(memo) or _instead(reasons, "name"),
        "for_whom": for_whom(memo),
        "phone": _phone(memo) or _instead(reasons, "phone"),
        "business": memo.text["business"] or _instead(reasons, "business"),
        "moods": [MOODS[mood] for mood in memo.text["mood"] or []],
        "wants_call_back": memo.text["wants_call_back"],
        "further": _further(memo),
        "call_class": CLASSES[memo.class_of_now],
        "missing": _by_reason(memo, reasons),
        "corrected_number": corrected_number(memo),
        "surcharge": memo.text["surcharge"] if counts else None,
        "earlier": memo.earlier or [],
    }


def from_whom(memo: Memo) -> str | None:
    """Company and person in one line (S3 Q8)."""
    caller = memo.text["caller"] or {}
    parts = []
    if caller.get("company"):
        parts.append(honorifics.company(caller["company"]))
    if caller.get("name"):
        parts.append(honorifics.person(caller["name"]))
    return " ".join(filter(None, parts)) or None


def for_whom(memo: Memo) -> str:
    """Whom the caller asked for.

    By the name that was typed; where an alias or a reading was, by the roster's name.
    """
    wanted = memo.text["for_"]
    if not wanted:
        return "(お名指しなし)"
    if memo.asked_for is None:
        return honorifics.wanted(wanted)
    if routing.folded(wanted) in routing.folded(memo.asked_for):
        return f"{honorifics.bare(wanted)} 様"
    return f"{memo.asked_for} 様({honorifics.bare(wanted)})"


def _further(memo: Memo) -> list[tuple[str, str]]:
    """(name, value) of each of the contract's further items that the caller gave."""
    rows = []
    for item in memo.extra_items or []:
        value = item_value(memo.text, item["key"])
        if value:
            rows.append((item["name"], value))
    return rows


def missing(memo: Memo, house: House) -> Missing:
    """What the house asks and the caller did not give (S1 Q6)."""
    reasons = memo.text["not_obtained"] or {}
    fallback = "hung_up" if memo.call_class == "hangup" else None
    names = {item.key: item.name for item in house.items}
    if "company" in reasons:
        names["company"] = ITEMS["company"]
    for item in memo.extra_items or []:
        names[item["key"]] = item["name"]
    rows = {}
    for key, name in names.items():
        reason = reasons.get(key) or fallback
        if reason and not item_value(memo.text, key):
            rows[key] = (name, reason)
    return rows


def _instead(reasons: Missing, key: str) -> str:
    """What stands where a value should: why it could not be had.

    A reason that several items share is given in few words.
    """
    if key not in reasons:
        return "(伺っておりません)"
    _, reason = reasons[key]
    same = [other for _, other in reasons.values() if other == reason]
    sentence = NOT_OBTAINED[reason] if len(same) == 1 else _SHORT[reason]
    return f"({sentence})"


def _by_reason(memo: Memo, reasons: Missing) -> list[tuple[str, str]]:
    """(names of items, why) of what is missing and has no place of its own, once a reason."""
    groups: dict[str, list[str]] = {}
    for key, (name, reason) in reasons.items():
        if not _stands_in_place(memo, reasons, key):
            groups.setdefault(reason, []).append(name)
    return [("・".join(names), NOT_OBTAINED[reason]) for reason, names in groups.items()]


def _stands_in_place(memo: Memo, reasons: Missing, key: str) -> bool:
    """Whether an item's own line says why the item is missing.

    The line of the name says so for a company that is missing for the same reason.
    """
    if key not in ("name", "company"):
        return key in ("phone", "business")
    if from_whom(memo) is not None or "name" not in reasons:
        return False
    return reasons["name"][1] == reasons[key][1]


def corrected_number(memo: Memo) -> str | None:
    """The number of the report that this one puts right.

    A first version has no suffix, a second one has `-2`, a third one `-3`.
    """
    if not memo.version:
        return None
    first, _, _ = memo.number.rpartition("-")
    return first if memo.version == 2 else f"{first}-{memo.version - 1}"


def _phone(memo: Memo) -> str | None:
    """As a string that a phone can dial; beside it what was typed, where that says more."""
    caller = memo.text["caller"] or {}
    typed = caller.get("phone")
    if not typed or not memo.caller_number:
        return phone_shown(typed)
    number = phones.display(memo.caller_number)
    return f"{number}({typed})" if phones.says_more(typed, memo.caller_number) else number
