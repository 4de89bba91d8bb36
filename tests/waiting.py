"""When the jobs of the night and the morning have anything to do next, by their own indexes."""

from collections.abc import Iterator
from datetime import date

from chalicelib.models import Contract, Invoice, Letter, Memo, Statement
from chalicelib.rules import calendar, houses


def next_day() -> date:
    """The first JST date on which a contract, a mail or a paper is due; the last one if none is."""
    return min(_days(), default=date.max)


def _days() -> Iterator[date]:
    for house in houses.all_houses():
        for contract in Contract.by_due.query(house, limit=1):
            yield contract.due
        for mails in (Memo, Letter):
            for mail in mails.waiting.query(house, limit=1):
                yield calendar.day_of(mail.next_try_at)
        for papers in (Invoice, Statement):
            for paper in papers.by_paper_due.query(house, limit=1):
                yield calendar.day_of(paper.paper_due)
