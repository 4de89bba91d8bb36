"""Letters: what each kind of mail is made of. The words themselves stand in `templates/mail/`."""

from datetime import date

from chalicelib import mail
from chalicelib.flows import links
from chalicelib.models import Letter
from chalicelib.rules.house import House

DATES = {"day", "last_day", "kept_until", "answer_by", "paid_from", "resumed", "trial_until", "ends_on"}


def compose(letter: Letter, house: House) -> tuple[mail.Words, list[str], str]:
    """(words, recipients, sender) of a letter, from its stored facts and the house's brand."""
    facts = {name: date.fromisoformat(value) if name in DATES and value else value for name, value in letter.facts.items()}
    facts |= {"house": house, "link": links.address(letter.id), "may_be_repeat": bool(letter.unsure)}
    return mail.words(letter.kind, facts), letter.to, house.sender()
