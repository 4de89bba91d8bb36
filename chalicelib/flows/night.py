"""The night: what is due is found by index, handed out in small batches, and settled one by one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib import log
from chalicelib.channels import queue
from chalicelib.errors import NotFound
from chalicelib.flows.engine import contracts
from chalicelib.models import Book, Contract, Progress
from chalicelib.models.book import HEAD
from chalicelib.models.contract import DueIndex
from chalicelib.rules import calendar, houses
from chalicelib.rules.contract import lifecycle
from chalicelib.rules.houses import House
from chalicelib.rules.money import closes

OPEN, COMPLETE = "open", "complete"  # how far a closing has come
_BEGUN = (lifecycle.TRIAL, lifecycle.ACTIVE, lifecycle.ENDED)
BATCH = 10
BOOKS_BATCH = 50  # contracts of one part of the books' record


def hand_out(now: datetime) -> dict[str, int]:
    """Queue every contract that is due by today's JST date. Returns how many of each house.

    Sending a contract twice does no harm: settled, it is no longer due. After
    a change of a house file or of the holidays every contract is dated anew
    first, since its stored date may be too late.
    """
    if _rules() != _dated_by():
        redate(now)
    counts = {}
    until_today = DueIndex.due <= calendar.day_of(now)
    for key in houses.all_houses():
        due = Contract.by_due.query(key, range_key_condition=until_today)
        contract_ids = [contract.id for contract in due]
        _queue(key, contract_ids, now)
        counts[key] = len(contract_ids)
    return counts


def close(now: datetime) -> dict[str, int]:
    """The monthly close as a job of its own: how many contracts of each house are not closed yet.

    From the day after a closing until nobody is left they are queued again, and the record
    `close#<house>#<month>` says how far the closing has come.
    """
    counts = {}
    today = calendar.day_of(now)
    for key, house in houses.all_houses().items():
        month = closes.last_closed(house, today)
        record = Progress.find(f"close#{key}#{month}")
        if record is not None and record.state == COMPLETE:
            counts[key] = 0
            continue
        due = Contract.by_due.query(key, range_key_condition=DueIndex.due <= today)
        contract_ids = [contract.id for contract in due]
        _queue(key, contract_ids, now)
        counts[key] = len(contract_ids)
        _note_close(key, month, len(contract_ids), record, now)
    return counts


def _note_close(key: str, month: str, left: int, record: Progress | None, now: datetime) -> None:
    """A closing is complete once a run of the job finds nobody left."""
    begun_at = record.begun_at if record else now
    state = OPEN if left else COMPLETE
    Progress(f"close#{key}#{month}", state=state, at=now, left=left, begun_at=begun_at).save()


def books(now: datetime) -> dict[str, int]:
    """Have every contract's books checked in batches. Returns how many contracts of each house.

    A closing that is not complete by now is an alarm.
    """
    counts = {}
    today = calendar.day_of(now)
    for key, house in houses.all_houses().items():
        _alarm_unfinished(key, closes.last_closed(house, today))
        contract_ids = _all(key)
        places = range(0, len(contract_ids), BOOKS_BATCH)
        parts = [contract_ids[place : place + BOOKS_BATCH] for place in places]
        message = {"house": key, "now": now.isoformat()}
        queue.send(
            [
                message | {"books": f"{number:04}", "contracts": part}
                for number, part in enumerate(parts, 1)
            ]
        )
        Book(f"{key}#{today}", HEAD, at=now, parts=len(parts), contracts=len(contract_ids)).save()
        counts[key] = len(contract_ids)
    return counts


def _alarm_unfinished(key: str, month: str) -> None:
    record = Progress.find(f"close#{key}#{month}")
    if record is not None and record.state != COMPLETE:
        log.alarm("close not complete", house=key, month=month, left=record.left)


def _all(house_key: str) -> list[str]:
    """The ids of a house's contracts that have begun, whether they have ended or not."""
    page = Contract.by_house.query(house_key, attributes_to_get=["id", "status"])
    return [contract.id for contract in page if contract.status in _BEGUN]


def check_books(house_key: str, contract_ids: Iterable[str], part: str, now: datetime) -> None:
    """One part of the books' record."""
    from chalicelib.flows.money import books as money_books

    money_books.check_batch(houses.all_houses()[house_key], contract_ids, part, now)


def recount(
    house: House, contract_id: str, now: datetime, dry_run: bool = True
) -> list[dict[str, Any]]:
    """The closed months of a contract whose count differs from what was settled. Raises NotFound.

    Unless it is a dry run, the next closing bills the difference.
    """
    from chalicelib.flows.money import books as money_books

    return money_books.recount(house, contract_id, now, dry_run)


def redrive(dry_run: bool = True) -> dict[str, int]:
    """Put what lies among the dead letters of the settle queue back onto it. Returns how many.

    Settled twice, a contract is settled once. A dry run only counts.
    """
    if dry_run:
        return {"settle": queue.dead_letters()}
    return {"settle": queue.redrive()}


def redate(now: datetime, dry_run: bool = False) -> dict[str, int]:
    """Have every running contract dated by today's rules. Returns how many of each house.

    A dry run changes nothing and counts those that would get another date.
    """
    counts = {}
    for key, house in houses.all_houses().items():
        running = _running(key)
        if dry_run:
            counts[key] = sum(_would_move(house, contract_id) for contract_id in running)
        else:
            _queue(key, running, now, redate=True)
            counts[key] = len(running)
    if not dry_run:
        Progress("redate", state=_rules(), at=now).save()
    return counts


def _running(house_key: str) -> list[str]:
    """The ids of a house's contracts that have not ended, or still have dates ahead.

    No other attribute is read: one contract that is stored wrongly must not
    cost the house its night.
    """
    page = Contract.by_house.query(house_key, attributes_to_get=["id", "status", "due"])
    running = [each for each in page if each.status != lifecycle.ENDED or each.due]
    return [contract.id for contract in running]


def _would_move(house: House, contract_id: str) -> bool:
    try:
        return contracts.would_move(house, contract_id)
    except NotFound:  # deleted meanwhile
        return False
    except Exception:
        log.crash("contract cannot be dated", contract=contract_id)
        return False


def _rules() -> str:
    return houses.digest() + calendar.holidays_digest()


def _dated_by() -> str | None:
    """The digest of the rules that dated all contracts last."""
    progress = Progress.find("redate")
    return progress.state if progress else None


def _queue(house_key: str, contract_ids: list[str], now: datetime, **how: bool) -> None:
    """Queue contracts in batches; `how` goes to `settle_batch` as it is."""
    message = {"house": house_key, "now": now.isoformat(), **how}
    places = range(0, len(contract_ids), BATCH)
    batches = [contract_ids[place : place + BATCH] for place in places]
    queue.send([message | {"contracts": batch} for batch in batches])


def settle_batch(
    house_key: str, contract_ids: Iterable[str], now: datetime, redate: bool = False
) -> list[str]:
    """Settle each contract by itself, or date it anew first. Returns the ids that failed.

    A contract that cannot be settled is left for another try, and does not
    hold up the others.
    """
    house = houses.all_houses()[house_key]
    failed = []
    for contract_id in contract_ids:
        try:
            if redate:
                contracts.redate(house, contract_id, now)
            else:
                contracts.load(house, contract_id, now)
        except NotFound:  # deleted, now or before
            continue
        except Exception:
            log.crash("contract cannot be settled", contract=contract_id)
            failed.append(contract_id)
    return failed
