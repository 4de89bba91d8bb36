"""Changes of plan, by the house's cut-off: day and price are known beforehand (houses.md 5)."""

from datetime import date

from chalicelib.errors import Refused, wrong
from chalicelib.flows.change import Change
from chalicelib.models.contract_parts import PlanChange
from chalicelib.rules import calendar
from chalicelib.rules.contract import closing, life, lifecycle
from chalicelib.rules.houses import House
from chalicelib.rules.money import charges
from chalicelib.words import letters


def ask(change: Change, plan: str) -> None:
    """Change to a plan by its key, at once or from the first of a month; the last wish wins.

    Raises Invalid for a plan that the house does not have, Refused where the
    contract has it already or it cannot count any more.
    """
    contract, house = change.contract, change.house
    change.proceed("plan_asked")
    counts_from = life.plan_counts_from(contract, house, change.today)
    _fix_what_is_billed(change)
    until_then = contract.fixed_plan or contract.plan
    if plan == until_then and contract.next_plan is None:
        raise Refused(f"すでに{house.plan(plan).name}をご利用です。")
    if (plan, counts_from) == (contract.next_plan, contract.next_plan_on):
        return
    if plan == until_then:
        withdraw(change)
        return
    _refuse_too_late(change, counts_from)
    is_undone = life.undoes_earlier(contract, house, plan, counts_from)
    if counts_from <= change.today:
        _change_plan(change, plan, change.today)
    else:
        contract.next_plan = plan
        contract.next_plan_on = counts_from
        change.record("plan_asked", counts_from, was=until_then, becomes=plan)
    if is_undone:
        months = house.plan_change.flag_undone_within_months
        flag = f"{months}か月以内の変更を元に戻すお申し出です"
        change.record("plan_undone", counts_from, text=flag)
    _say(change, plan, counts_from, withdrawn=False)


def check(house: House, plan: str) -> None:
    """Raises Invalid for a plan that the house does not have."""
    names = {each.key: each.name for each in house.plans}
    if plan not in names:
        listed = "、".join(f"{key}({name})" for key, name in names.items())
        raise wrong("plan", f"次のいずれかを指定してください: {listed}")


def _refuse_too_late(change: Change, counts_from: date) -> None:
    """A plan cannot count after the last day, nor change behind a payment for it."""
    contract = change.contract
    leaves = life.last_day(contract)
    if leaves and counts_from > leaves:
        day = calendar.spoken_day(counts_from)
        raise Refused(f"プランの変更は{day}からとなり、ご利用の最終日の後になるため承れません。")
    if contract.started_on is None and "payment" in contract.passed_gates():
        raise Refused(
            "初回のご入金を確認済みです。"
            "プランを変える場合は、先にご入金の確認を取り消してください。"
        )


def _fix_what_is_billed(change: Change) -> None:
    """A wish for next month is fixed by the closing, which has billed it (money.md).

    A wish of today counts from a later month then, and stands behind it.
    """
    contract = change.contract
    counts_from = life.plan_counts_from(contract, change.house, change.today)
    if contract.next_plan_on and contract.next_plan_on < counts_from:
        contract.fixed_plan, contract.fixed_plan_on = contract.next_plan, contract.next_plan_on
        contract.next_plan = contract.next_plan_on = None


def withdraw(change: Change) -> None:
    """Take back a change of plan that has not come yet.

    Raises Refused where none is pending, or where the closing has billed it.
    """
    contract = change.contract
    change.proceed("plan_withdrawn")
    _fix_what_is_billed(change)
    if contract.next_plan is None and contract.fixed_plan_on:
        day = calendar.spoken_day(contract.fixed_plan_on)
        raise Refused(
            f"{day}からのプランの変更は、締め日を過ぎてご請求が確定しているため、取り消せません。"
            "その翌月からの変更として、あらためてお申し出ください。"
        )
    if contract.next_plan is None:
        raise Refused(lifecycle.no_pending("plan_withdrawn"))
    plan, on = contract.next_plan, contract.next_plan_on
    contract.next_plan = contract.next_plan_on = None
    change.record("plan_withdrawn", was=plan)
    _say(change, plan, on, withdrawn=True)


def change_when_due(change: Change, on: date) -> None:
    """The day of a change asked for earlier; its client was told of it then."""
    contract = change.contract
    if contract.fixed_plan:
        plan = contract.fixed_plan
        contract.fixed_plan = contract.fixed_plan_on = None
    else:
        plan = contract.next_plan
        contract.next_plan = contract.next_plan_on = None
    _change_plan(change, plan, on)


def _change_plan(change: Change, plan: str, on: date) -> None:
    """Before the start there is nothing to bill yet, so no trace of the change is needed."""
    contract = change.contract
    if contract.started_on:
        contract.plans.append(PlanChange(on=on, was=contract.plan, becomes=plan))
    change.record("plan_changed", on, was=contract.plan, becomes=plan)
    contract.plan = plan


def _say(change: Change, plan: str, on: date, withdrawn: bool) -> None:
    house = change.house
    price = house.price(plan, on.replace(day=1))
    change.tell(
        letters.Plan(
            plan=house.plan(plan).name,
            included=price.included,
            over=price.over,
            monthly=charges.monthly_yen(change.contract, house, on, change.today, plan),
            day=on,
            withdrawn=withdrawn,
            now=on <= change.today,
            until=None if on <= change.today else closing.plan_withdrawn_until(house, on),
        )
    )
