"""Changes of plan, by the house's cut-off: their day and price are known before they come (houses.md 4 and 5)."""

from datetime import date

from chalicelib.errors import Refused
from chalicelib.flows.change import Change
from chalicelib.models.contract_parts import PlanChange
from chalicelib.rules import calendar
from chalicelib.rules.contract import life, lifecycle, offer


def ask(change: Change, plan: str) -> None:
    """Change to a plan by its key, at once or from the first of a month; of several wishes the last wins."""
    contract = change.contract
    change.proceed("plan_asked")
    counts_from = life.plan_counts_from(contract, change.house, change.today)
    if plan == contract.plan and contract.next_plan is None:
        raise Refused(f"すでに{change.house.plan(plan).name}をご利用です。")
    if (plan, counts_from) == (contract.next_plan, contract.next_plan_on):
        return
    if plan == contract.plan:
        withdraw(change)
        return
    leaves = life.last_day(contract)
    if leaves and counts_from > leaves:
        raise Refused(
            f"プランの変更は{calendar.spoken_day(counts_from)}からとなり、ご利用の最終日の後になるため承れません。"
        )
    if contract.started_on is None and "payment" in contract.passed_gates():
        raise Refused(
            "初回のご入金を確認済みです。プランを変える場合は、先にご入金の確認を取り消してください。"
        )
    flagged = life.undoes_earlier(contract, change.house, plan, counts_from)
    if counts_from <= change.today:
        _change(change, plan, change.today)
    else:
        contract.next_plan, contract.next_plan_on = plan, counts_from
        change.record("plan_asked", counts_from, was=contract.plan, becomes=plan)
    if flagged:
        months = change.house.plan_change.flag_undone_within_months
        change.record(
            "plan_undone", counts_from, text=f"{months}か月以内の変更を元に戻すお申し出です"
        )
    _say(change, plan, counts_from, withdrawn=False)


def withdraw(change: Change) -> None:
    """Take back a change of plan that has not come yet. Raises Refused where none is pending."""
    contract = change.contract
    change.proceed("plan_withdrawn")
    if contract.next_plan is None:
        raise Refused(lifecycle.no_pending("plan_withdrawn"))
    plan, on = contract.next_plan, contract.next_plan_on
    contract.next_plan = contract.next_plan_on = None
    change.record("plan_withdrawn", was=plan)
    _say(change, plan, on, withdrawn=True)


def change_when_due(change: Change, on: date) -> None:
    """The day of a change asked for earlier; its client was told of it then."""
    plan = change.contract.next_plan
    change.contract.next_plan = change.contract.next_plan_on = None
    _change(change, plan, on)


def _change(change: Change, plan: str, on: date) -> None:
    """Before the start there is nothing to bill yet, so no trace of it is needed."""
    contract = change.contract
    if contract.started_on:
        contract.plans.append(PlanChange(on=on, was=contract.plan, becomes=plan))
    change.record("plan_changed", on, was=contract.plan, becomes=plan)
    contract.plan = plan


def _say(change: Change, plan: str, on: date, withdrawn: bool) -> None:
    house, contract = change.house, change.contract
    price = house.price(plan, on)
    facts = {"plan": house.plan(plan).name, "included": price.included, "over": price.over}
    monthly = offer.monthly(house, plan, contract.use, on)
    change.tell(
        "plan",
        **facts,
        monthly=monthly,
        day=on.isoformat(),
        withdrawn=withdrawn,
        now=on <= change.today,
    )
