"""The night: find what is due by index, hand it out in small batches, settle each contract by itself."""

from datetime import datetime

from chalicelib import log, queue
from chalicelib.errors import NotFound
from chalicelib.flows import contract as contracts
from chalicelib.models import Contract
from chalicelib.models.contract import DueIndex
from chalicelib.rules import calendar
from chalicelib.rules import house as houses

BATCH = 10


def hand_out(now: datetime) -> dict[str, int]:
    """Queue every contract that is due by today's JST date; how many of each house.

    Sending a contract twice does no harm: settled, it is no longer due.
    """
    handed = {}
    for key in houses.all_houses():
        due = [found.id for found in Contract.by_due.query(key, range_key_condition=DueIndex.due <= calendar.day_of(now))]
        batches = [due[place : place + BATCH] for place in range(0, len(due), BATCH)]
        queue.send([{"house": key, "now": now.isoformat(), "contracts": batch} for batch in batches])
        handed[key] = len(due)
    return handed


def settle_batch(house_key: str, contract_ids: list[str], now: datetime) -> list[str]:
    """Settle each contract; one that cannot be is left for another try and does not hold up the others.

    Returns the ids that failed.
    """
    failed = []
    for contract_id in contract_ids:
        try:
            contracts.load(houses.all_houses()[house_key], contract_id, now)
        except NotFound:  # deleted, now or before
            continue
        except Exception:
            log.crash("contract cannot be settled", contract=contract_id)
            failed.append(contract_id)
    return failed
