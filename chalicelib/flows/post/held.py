"""Mails that do not leave without a person."""

from datetime import datetime

from pynamodb.exceptions import UpdateError

from chalicelib.errors import Refused
from chalicelib.flows import lookup
from chalicelib.models import Letter
from chalicelib.models.base import condition_failed
from chalicelib.rules.houses import House


def release(house: House, letter_id: str, now: datetime) -> Letter:
    """Let a letter that waits for the office leave as it is, with the next sweep.

    Raises NotFound, Refused.
    """
    letter = lookup.letter(house, letter_id)
    if letter.outbox == house.key:
        return letter
    if letter.outbox is None:
        raise Refused("このメールは送信済みです。")
    actions = [Letter.outbox.set(house.key), Letter.next_try_at.set(now)]
    try:
        letter.update(list(actions), condition=letter.unchanged("outbox", "next_try_at"))
    except UpdateError as refused:
        if not condition_failed(refused):
            raise
        letter.refresh(consistent_read=True)
    return letter
