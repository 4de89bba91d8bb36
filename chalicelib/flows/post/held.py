"""Mails that do not leave without a person."""

from datetime import datetime

from chalicelib.errors import Refused
from chalicelib.flows import lookup
from chalicelib.models import Letter
from chalicelib.rules.calls.outbox import LEFT, NONE
from chalicelib.rules.houses import House


def release(house: House, letter_id: str, now: datetime) -> Letter:
    """Let a letter that waits for the office leave as it is, with the next sweep.

    One that is on its way already stays so. Raises NotFound, Refused.
    """
    letter = lookup.letter(house, letter_id)
    if letter.state in (NONE, LEFT):
        raise Refused("このメールは送信済みです。")
    actions = letter.after("released", now)
    if actions and not letter.changed(actions, letter.unchanged("outbox", "next_try_at")):
        letter.refresh(consistent_read=True)
    return letter
