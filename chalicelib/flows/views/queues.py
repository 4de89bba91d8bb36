"""What waits for a person's decision: disputed calls, and mails that do not leave by themselves."""

from chalicelib.models import Letter, Memo
from chalicelib.models.outgoing import Outgoing
from chalicelib.rules import calendar
from chalicelib.rules.houses import House

LISTED = 200  # of each kind: as many as a person can look at


def disputed(house: House) -> list[dict]:
    """A house's calls that the office has to decide on, the oldest objection first."""
    rows = []
    for key in Memo.by_dispute.query(house.key, limit=LISTED):
        memo = Memo.find(key.id)
        if memo is not None and memo.disputed:
            rows.append(_disputed_call(memo))
    return rows


def _disputed_call(memo: Memo) -> dict:
    return {
        "id": memo.id,
        "number": memo.number,
        "contract": memo.contract,
        "class": memo.class_of_now,
        "said": memo.disputed_as,
        "since": calendar.clock_of(memo.disputed_at),
    }


def held(house: House) -> list[dict]:
    """A house's mails that do not leave without a person, the longest waiting first."""
    office = f"{house.key}:office"
    rows = []
    for model in (Memo, Letter):
        for key in model.waiting.query(office, limit=LISTED):
            mail = model.find(key.id)
            if mail is not None and mail.outbox == office:
                rows.append(held_mail(mail))
    return sorted(rows, key=lambda row: row["since"])


def held_mail(mail: Outgoing) -> dict:
    """One mail as the office sees it; `since` is when it came to wait."""
    return {
        "id": mail.id,
        "kind": mail.kind if isinstance(mail, Letter) else "report",
        "contract": mail.contract,
        "problem": mail.problem,
        "since": calendar.clock_of(mail.next_try_at),
    }
