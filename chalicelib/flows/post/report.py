"""The report mail of a memo: what the client reads on a phone, seconds after the call (calls.md Report)."""

from chalicelib.flows.access import links
from chalicelib.input import phones
from chalicelib.models import Memo
from chalicelib.rules import houses
from chalicelib.rules.calls import honorifics, metering, routing
from chalicelib.rules.calls import memo as rules
from chalicelib.rules.house_file import CLASSES, ITEMS
from chalicelib.words import mail

_SHORT = {
    "would_not_say": "お話しいただけませんでした",
    "hung_up": "お電話が切れました",
    "unclear": "聞き取れませんでした",
}


def compose(memo: Memo, house: houses.House) -> tuple[mail.Words, list[str], str]:
    """(words, recipients, sender) of a memo's report, from what was stored with it."""
    facts = {
        "house": house,
        "link": links.address(links.memo_token(memo.id)),
        "may_be_repeat": bool(memo.unsure),
    }
    return (
        mail.words("calls/report", facts | said(memo, house)),
        memo.recipients,
        house.sender(memo.operator),
    )


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
            (item["name"], value)
            for item in memo.extra_items or []
            if (value := rules.item_value(memo.text, item["key"]))
        ],
        "call_class": CLASSES[memo.class_of_now],
        "missing": _by_reason(memo, reasons),
        "corrected_number": corrected_number(memo),
        "surcharge": memo.text["surcharge"] if metering.judged(memo)[0] else None,
        "earlier": memo.earlier or [],
    }


def from_whom(memo: Memo) -> str | None:
    """Company and person in one line (S3 Q8)."""
    caller = memo.text["caller"] or {}
    company, name = caller.get("company"), caller.get("name")
    return (
        " ".join(
            filter(
                None, (company and honorifics.company(company), name and honorifics.person(name))
            )
        )
        or None
    )


def for_whom(memo: Memo) -> str:
    """Whom the caller asked for: by the name that was typed, or by the roster's name where an alias or a reading was."""
    wanted = memo.text["for_"]
    if not wanted:
        return "(お名指しなし)"
    if memo.asked_for is None:
        return honorifics.wanted(wanted)
    if routing.folded(wanted) in routing.folded(memo.asked_for):
        return f"{honorifics.bare(wanted)} 様"
    return f"{memo.asked_for} 様({honorifics.bare(wanted)})"


def missing(memo: Memo, house: houses.House) -> dict[str, tuple[str, str]]:
    """item: (its name, the reason's key), for what the house asks and the caller did not give (S1 Q6)."""
    reasons = memo.text["not_obtained"] or {}
    fallback = "hung_up" if memo.call_class == "hangup" else None
    named = {item.key: item.name for item in house.items} | {
        key: ITEMS[key] for key in reasons if key == "company"
    }
    named |= {item["key"]: item["name"] for item in memo.extra_items or []}
    return {
        key: (name, reason)
        for key, name in named.items()
        if (reason := reasons.get(key) or fallback) and not rules.item_value(memo.text, key)
    }


def _instead(reasons: dict, key: str) -> str:
    """What stands where a value should: why it could not be had, in few words where that is so of several."""
    if key not in reasons:
        return "(伺っておりません)"
    reason = reasons[key][1]
    alone = [other for _, other in reasons.values()].count(reason) == 1
    return f"({rules.NOT_OBTAINED[reason] if alone else _SHORT[reason]})"


def _by_reason(memo: Memo, reasons: dict) -> list[tuple[str, str]]:
    """(names of items, why) of what is missing and has no place of its own to say so: once for each reason."""
    found: dict[str, list[str]] = {}
    for key, (name, reason) in reasons.items():
        if not _stands_in_place(memo, reasons, key):
            found.setdefault(reason, []).append(name)
    return [("・".join(names), rules.NOT_OBTAINED[reason]) for reason, names in found.items()]


def _stands_in_place(memo: Memo, reasons: dict, key: str) -> bool:
    """Whether an item's own line says why it is missing; that of the name does so for a company missing for the same reason."""
    if key in ("name", "company"):
        return (
            from_whom(memo) is None and "name" in reasons and reasons["name"][1] == reasons[key][1]
        )
    return key in ("phone", "business")


def corrected_number(memo: Memo) -> str | None:
    """The number of the report that this one puts right: that of a second version is the first one's with `-2` behind it."""
    first, _, _ = memo.number.rpartition("-")
    return (
        None if not memo.version else first if memo.version == 2 else f"{first}-{memo.version - 1}"
    )


def _phone(memo: Memo) -> str | None:
    """As a string that a phone can dial; beside it what was typed, where that says more."""
    typed = (memo.text["caller"] or {}).get("phone")
    if not typed or not memo.caller_number:
        return typed
    shown = phones.display(memo.caller_number)
    return f"{shown}({typed})" if phones.says_more(typed, memo.caller_number) else shown
