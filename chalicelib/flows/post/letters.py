"""Letters: what each kind of mail is made of. The words themselves stand in `templates/mail/`."""

from datetime import date, datetime

from chalicelib.flows.access import links
from chalicelib.flows.post import report
from chalicelib.models import Letter, Memo
from chalicelib.rules.calls.delivery import STATES
from chalicelib.rules.houses import House
from chalicelib.words import mail

DATES = {
    "day",
    "last_day",
    "kept_until",
    "answer_by",
    "paid_from",
    "resumed",
    "trial_until",
    "ends_on",
}
_MOMENTS = {"sent_at", "received_at"}


def compose(letter: Letter, house: House) -> tuple[mail.Words, list[str], str]:
    """(words, recipients, sender) of a letter, from its stored facts and the house's brand.

    A letter about a call shows its report as the memo says it now, so that no
    letter outlives the memo's text.
    """
    facts = {name: _read(name, value) for name, value in letter.facts.items()}
    facts |= {
        "house": house,
        "link": links.address(links.token(letter.id)),
        "may_be_repeat": bool(letter.unsure),
        "states": STATES,
    }
    if facts.get("again"):
        memo = Memo.get(facts["memo"], consistent_read=True).newest()
        memo.asked_for, memo.route_note = (
            facts.get("asked_for", memo.asked_for),
            facts.get("route_note", memo.route_note),
        )
        facts |= report.said(memo, house) | {"link": links.address(links.memo_token(memo.id))}
    return mail.words(letter.kind, facts), letter.to, house.sender()


def _read(name: str, value):
    if value and name in DATES:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if value and name in _MOMENTS else value
