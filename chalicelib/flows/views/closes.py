"""How far a closing has come, and what was found in the books of a day."""

from chalicelib.errors import NotFound
from chalicelib.models import Book, Progress
from chalicelib.models.book import HEAD
from chalicelib.rules import calendar
from chalicelib.rules.houses import House


def close(house: House, month: str) -> dict:
    """The record of the closing of a JST month (`2026-09`). Raises NotFound before it is due."""
    record = Progress.find(f"close#{house.key}#{month}")
    if record is None:
        raise NotFound(
            "この月の締めの記録はありません。"
            "月は 2026-09 の形で指定し、締め日の翌日以降にご確認ください。"
        )
    return {
        "month": month,
        "state": record.state,
        "left": record.left,
        "begun_at": calendar.clock_of(record.begun_at),
        "at": calendar.clock_of(record.at),
    }


def books(house: House, day: str) -> dict:
    """The record of a JST day (`2026-09-11`), as far as it is made. Raises NotFound."""
    rows = list(Book.query(f"{house.key}#{day}", consistent_read=True))
    heads = [row for row in rows if row.part == HEAD]
    if not heads:
        raise NotFound("この日の記録はありません。日付は 2026-09-11 の形で指定してください。")
    parts = [row for row in rows if row.part != HEAD]
    return {
        "day": day,
        "complete": len(parts) == heads[0].parts,
        "contracts": sum(part.contracts for part in parts),
        "invoices": sum(part.invoices for part in parts),
        "statements": sum(part.statements for part in parts),
        "findings": [finding for part in parts for finding in part.findings],
        "differences": [difference for part in parts for difference in part.differences],
    }
