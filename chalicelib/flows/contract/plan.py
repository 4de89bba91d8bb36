"""Changes of plan and options, by the house's cut-off: their day and price are known before they come (houses.md 4 and 5)."""

from datetime import date, timedelta

from chalicelib.errors import Fault, Invalid, Refused
from chalicelib.flows.change import Change
from chalicelib.models.contract_parts import Option, PlanChange
from chalicelib.rules import calendar
from chalicelib.rules.contract import life, lifecycle, offer
from chalicelib.rules.houses import House


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
        change.note("plan_asked", counts_from, was=contract.plan, becomes=plan)
    if flagged:
        months = change.house.plan_change.flag_undone_within_months
        change.note(
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
    change.note("plan_withdrawn", was=plan)
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
    change.note("plan_changed", on, was=contract.plan, becomes=plan)
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


def order(change: Change, key: str, details: dict) -> None:
    """Order an option; it is ready some business days after the order. Raises Refused where it runs already."""
    house, contract = change.house, change.contract
    change.proceed("option_asked")
    option = house.option(key)
    if option is None:
        raise Refused("この事業者には、このオプションはありません。")
    if running := next(
        (each for each in contract.options if each.key == key and each.until is None), None
    ):
        if running.details == details:
            return
        raise Refused(
            "このオプションはすでにお申し込みいただいています。内容を変える場合は、先にお取り消しください。"
        )
    since = calendar.add_business_days(change.today, option.ready_business_days, house)
    leaves = life.last_day(contract)
    if leaves and since > leaves:
        raise Refused(
            f"ご利用の準備が整うのは{calendar.spoken_day(since)}で、ご利用の最終日の後になるため承れません。"
        )
    contract.options.append(Option(key=key, ordered_on=change.today, since=since, details=details))
    change.note("option_ordered", since, text=key)
    change.tell("option", option=option.name, yen=option.yen, day=since.isoformat(), ordered=True)


def drop(change: Change, key: str) -> None:
    """Give an option up: at once before it is ready or where it costs nothing, else with the end of this month (never prorated)."""
    contract = change.contract
    change.proceed("option_dropped")
    option = change.house.option(key)
    running = next(
        (each for each in contract.options if each.key == key and each.until is None), None
    )
    if option is None or running is None:
        raise Refused(
            "このオプションのお申し込みはありません。"
            + "取り消しの対象になるお申し出はありません。"
        )
    if running.since > change.today:
        contract.options = [each for each in contract.options if each is not running]
        last_day = change.today - timedelta(days=1)
    else:
        last_day = running.until = (
            calendar.last_day_of(f"{change.today:%Y-%m}") if option.yen else change.today
        )
    change.note("option_dropped", last_day, text=key)
    change.tell(
        "option", option=option.name, yen=option.yen, day=last_day.isoformat(), ordered=False
    )


def read_windows(house: House, rows: list[dict]) -> dict:
    """Weekly windows as they are kept: days 0 (Monday) to 4, `from` and `to` as HH:MM within the centre's hours. Raises Invalid."""
    kept = []
    for place, row in enumerate(rows):
        if row["from_"] >= row["to"]:
            raise Invalid([Fault(f"windows.{place}.to", "終了の時刻は開始より後にしてください。")])
        if row["from_"] < house.hours.open or row["to"] > house.hours.close:
            hours = f"{house.hours.open:%H:%M}から{house.hours.close:%H:%M}"
            raise Invalid([Fault(f"windows.{place}", f"受付時間({hours})の中で指定してください。")])
        kept.append(
            {"day": row["day"], "from": f"{row['from_']:%H:%M}", "to": f"{row['to']:%H:%M}"}
        )
    return {"windows": kept}
