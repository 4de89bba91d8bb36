"""Advice to look at another plan, with the close of a month (houses.md 5)."""

from chalicelib.flows.change import Change
from chalicelib.rules import calendar
from chalicelib.rules.contract import life
from chalicelib.rules.contract.lifecycle import ACTIVE
from chalicelib.rules.money import advice
from chalicelib.rules.money.advice import Advice, Served
from chalicelib.words import money_letters


def note_month(change: Change, month: str, plan: str, calls: int) -> None:
    """Keep the calls of a month that was just frozen; after three in a row another plan is advised.

    Who has been told hears again after three more. Who leaves, or changes already, is not told.
    """
    contract = change.contract
    recent = [*contract.recent_counts, [month, plan, calls]][-advice.MONTHS :]
    contract.recent_counts = recent
    if contract.status != ACTIVE or life.last_day(contract) or contract.plan_wishes():
        return
    served = [Served(*row) for row in recent]
    is_in_a_row = served[0].month == calendar.month_after(month, 1 - advice.MONTHS)
    found = advice.advise(change.house, served) if is_in_a_row else None
    if found and plan == contract.plan:
        contract.recent_counts = []
        _tell(change, found)


def _tell(change: Change, found: Advice) -> None:
    house = change.house
    change.record("plan_advised", becomes=found.plan)
    change.write(
        money_letters.PlanAdvice(
            plan=house.plan(change.contract.plan).name,
            advised=house.plan(found.plan).name,
            months=[
                month._asdict() | {"month": calendar.spoken_month(month.month)}
                for month in found.months
            ],
            saved_yen=found.saved_yen,
        ),
        change.today,
        part=found.months[-1].month,
    )
