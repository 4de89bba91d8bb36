"""A month's count against the plan."""

from datetime import datetime

from chalicelib.flows.engine import contracts
from chalicelib.models import Memo
from chalicelib.rules import calendar
from chalicelib.rules.calls import metering
from chalicelib.rules.contract import life
from chalicelib.rules.houses import House


def usage(house: House, contract_id: str, month: str, now: datetime) -> dict:
    """The count of a JST month (`2026-09`) against the plan. Raises NotFound.

    The count is read from the memos each time, so it cannot drift.
    """
    contract = contracts.look_at(house, contract_id, now)
    last = calendar.last_day_of(month)
    plan = life.plan_on(contract, last)
    price = house.price(plan, last)
    memos = Memo.of_month(contract.id, month)
    starts = [calendar.day_of(period.since) for period in contract.service]
    first = min(starts, default=None)
    today = calendar.day_of(now)
    count = metering.usage(memos, price.included, price.over, month, today, first)
    return {"contract": contract.id, "month": month, "plan": plan} | count
