"""A month's count against the plan."""

from datetime import datetime

from chalicelib.flows.engine import contracts
from chalicelib.models import Memo
from chalicelib.rules import calendar, houses
from chalicelib.rules.calls import metering
from chalicelib.rules.contract import life


def usage(house: houses.House, contract_id: str, month: str, now: datetime) -> dict:
    """A month's count against the plan; counted from the memos each time, so it cannot drift."""
    contract = contracts.look_at(house, contract_id, now)
    plan = life.plan_on(contract, calendar.last_day_of(month))
    price = house.price(plan, calendar.last_day_of(month))
    memos = Memo.of_month(contract.id, month)
    served = [calendar.day_of(period.since) for period in contract.service]
    counted = metering.usage(
        memos, price.included, price.over, month, calendar.day_of(now), min(served, default=None)
    )
    return {"contract": contract.id, "month": month, "plan": plan} | counted
