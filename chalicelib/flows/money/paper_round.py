"""The round of the sweep: papers that are still to be made are asked for by messages.

The wish stands on the item itself, so that nothing is lost between a close and its message. One
claim keeps a paper from being asked for every minute, and lets it be asked for again in an hour.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib import log
from chalicelib.channels import queue
from chalicelib.flows.money import papers
from chalicelib.models import Invoice, Statement
from chalicelib.models.paper import PaperIndex
from chalicelib.rules import houses

A_ROUND = 200  # [D] papers of a kind and house in one round: 12,000 an hour


def hand_out(now: datetime) -> int:
    """Ask for every paper that is due, as many as fit into a round. Returns how many."""
    asked = 0
    messages: list[papers.Message] = []
    try:
        for message in _claimed(now):
            messages.append(message)
            if len(messages) == queue.AT_ONCE:
                queue.ask_for_papers(messages)
                asked += len(messages)
                messages = []
        queue.ask_for_papers(messages)
        return asked + len(messages)
    except Exception:  # the mails of this sweep were sent: papers wait for another round
        log.crash("papers left to a later round")
        return asked


def _claimed(now: datetime) -> Iterator[papers.Message]:
    for key in houses.all_houses():
        for model in (Invoice, Statement):
            due = model.by_paper_due.query(
                key, range_key_condition=PaperIndex.paper_due <= now, limit=A_ROUND
            )
            for item in due:
                if item.claim_paper(now):  # which also reads the rest of the item
                    yield papers.wish_of(item)
