"""The night: what is due is found by index, handed out in small batches, and settled one by one."""

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
from chalicelib.rules.houses import House

BATCH = 10


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
    """The ids of a house's contracts that have not ended.

    No other attribute is read: one contract that is stored wrongly must not
    cost the house its night.
    """
    page = Contract.by_house.query(house_key, attributes_to_get=["id", "status"])
    return [contract.id for contract in page if contract.status != lifecycle.ENDED]


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
