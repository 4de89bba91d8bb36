"""The night: find what is due by index, hand it out in small batches, settle each contract by itself."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib import log
from chalicelib.channels import queue
from chalicelib.errors import NotFound
from chalicelib.flows.engine import contracts
from chalicelib.models import Contract, Progress
from chalicelib.models.contract import DueIndex
from chalicelib.rules import calendar, houses
from chalicelib.rules.contract import lifecycle

BATCH = 10


def hand_out(now: datetime) -> dict[str, int]:
    """Queue every contract that is due by today's JST date; how many of each house.

    Sending a contract twice does no harm: settled, it is no longer due. After
    a change of a house file or of the holidays every contract is dated anew
    first, since its stored date may be too late.
    """
    if _rules() != _dated_by():
        redate(now)
    handed = {}
    for key in houses.all_houses():
        due = [
            found.id
            for found in Contract.by_due.query(
                key, range_key_condition=DueIndex.due <= calendar.day_of(now)
            )
        ]
        _queue(key, due, now)
        handed[key] = len(due)
    return handed


def redate(now: datetime, dry_run: bool = False) -> dict[str, int]:
    """Have every running contract dated by today's rules; how many of each house.

    A dry run changes nothing and counts those whose date would be another.
    """
    counts = {}
    for key, house in houses.all_houses().items():
        running = _running(key)
        if dry_run:
            counts[key] = sum(_would_move(house, each) for each in running)
        else:
            _queue(key, running, now, redate=True)
            counts[key] = len(running)
    if not dry_run:
        Progress("redate", state=_rules(), at=now).save()
    return counts


def _running(house: str) -> list[str]:
    """Read with what is asked for alone: one contract that is stored wrongly must not cost the house its night."""
    found = Contract.by_house.query(house, attributes_to_get=["id", "status"])
    return [each.id for each in found if each.status != lifecycle.ENDED]


def _would_move(house: houses.House, contract_id: str) -> bool:
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
    known = Progress.find("redate")
    return known.state if known else None


def _queue(house: str, contracts: list[str], now: datetime, **how: bool) -> None:
    batches = [contracts[place : place + BATCH] for place in range(0, len(contracts), BATCH)]
    queue.send(
        [{"house": house, "now": now.isoformat(), "contracts": batch} | how for batch in batches]
    )


def settle_batch(
    house_key: str, contract_ids: Iterable[str], now: datetime, redate: bool = False
) -> list[str]:
    """Settle each contract; one that cannot be is left for another try and does not hold up the others.

    Returns the ids that failed.
    """
    house, failed = houses.all_houses()[house_key], []
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
