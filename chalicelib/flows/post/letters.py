"""A letter written out: its words, its recipients, its sender."""

import re
import unicodedata
from typing import Any

from chalicelib.flows.access import links
from chalicelib.flows.post import report
from chalicelib.input.fields import UNSEEN
from chalicelib.models import Letter, Memo
from chalicelib.rules.calls.delivery import STATES
from chalicelib.rules.houses import House
from chalicelib.words import mail, stored

# Letters to addresses that nobody has confirmed: a stranger may have typed whose they are.
_TO_ANYBODY = {"confirm", "test_mail"}
_WEB_ADDRESS = re.compile(r"https?:|www\.|[a-z0-9-]\.[a-z]{2,}", re.IGNORECASE)
_SOMEBODY = "ご登録者"


def compose(letter: Letter, house: House) -> tuple[mail.Words, list[str], str]:
    """(words, recipients, sender) of a letter, from its stored facts and the house's brand."""
    facts = stored.as_typed(letter.kind, letter.facts) | {
        "house": house,
        "link": links.address(links.token(letter.id)),
        "paper_link": links.address(links.token(letter.id), links.PAPER),
        "may_be_repeat": bool(letter.unsure),
        "states": STATES,
    }
    if letter.kind in _TO_ANYBODY:
        facts |= {
            name: _harmless(facts[name])
            for name in ("client", "contact", "person")
            if name in facts
        }
    if facts.get("again"):
        facts |= _report_of_now(facts, house)
    return mail.words(stored.template(letter.kind), facts), letter.to, house.sender()


def _harmless(name: str) -> str:
    """A name, unless it reads as a web address: nobody may send a stranger there in our name."""
    plain = unicodedata.normalize("NFKC", UNSEEN.sub("", name)).replace("。", ".")
    return _SOMEBODY if _WEB_ADDRESS.search(plain) else name


def _report_of_now(facts: dict[str, Any], house: House) -> dict[str, Any]:
    """A letter about a call shows what the memo says now, so that none outlives the memo's text."""
    memo = Memo.get(facts["memo"], consistent_read=True).newest()
    memo.asked_for = facts.get("asked_for", memo.asked_for)
    memo.route_note = facts.get("route_note", memo.route_note)
    return report.facts_of(memo, house) | {"link": links.address(links.memo_token(memo.id))}
