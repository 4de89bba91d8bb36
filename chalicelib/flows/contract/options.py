"""Options beside the plan: ready some days after the order, never prorated (houses.md 4)."""

from datetime import date, timedelta
from typing import Any

from chalicelib.errors import Refused, wrong
from chalicelib.flows.change import Change
from chalicelib.models import Contract
from chalicelib.models.contract_parts import Option
from chalicelib.rules import calendar
from chalicelib.rules.contract import life
from chalicelib.rules.houses import House
from chalicelib.words import letters


def order(change: Change, option: str, **details: Any) -> None:
    """Order an option; ordered once more with the same details, nothing changes.

    Raises Refused where the option runs with other details, Invalid for windows
    outside the centre's hours.
    """
    contract, house = change.contract, change.house
    if option == "windows":
        details = _windows(house, details["windows"])
    change.proceed("option_asked")
    row = house.option(option)
    if row is None:
        raise Refused("この事業者には、このオプションはありません。")
    running = _running(contract, option)
    if running and running.details == details:
        return
    if running:
        raise Refused(
            "このオプションはすでにお申し込みいただいています。"
            "内容を変える場合は、先にお取り消しください。"
        )
    since = calendar.add_business_days(change.today, row.ready_business_days, house)
    leaves = life.last_day(contract)
    if leaves and since > leaves:
        day = calendar.spoken_day(since)
        raise Refused(f"ご利用の準備が整うのは{day}で、ご利用の最終日の後になるため承れません。")
    ordered = Option(key=option, ordered_on=change.today, since=since, details=details)
    contract.options.append(ordered)
    change.record("option_ordered", since, text=option)
    change.tell(letters.Option(option=row.name, yen=row.yen, day=since, ordered=True))


def drop(change: Change, option: str) -> None:
    """Give an option up: at once before it is ready or where it is free, else with the month's end.

    Raises Refused where the option was not ordered.
    """
    change.proceed("option_dropped")
    row = change.house.option(option)
    running = _running(change.contract, option)
    if row is None or running is None:
        raise Refused(
            "このオプションのお申し込みはありません。取り消しの対象になるお申し出はありません。"
        )
    last_day = _last_day(change, running, is_free=row.yen == 0)
    change.record("option_dropped", last_day, text=option)
    change.tell(letters.Option(option=row.name, yen=row.yen, day=last_day, ordered=False))


def _last_day(change: Change, running: Option, is_free: bool) -> date:
    contract = change.contract
    if running.since > change.today and not _billed(change, running):
        contract.options = [option for option in contract.options if option is not running]
        return change.today - timedelta(days=1)
    running.until = change.today
    if not is_free:
        running.until = calendar.last_day_of(_last_month(change, running))
    return running.until


def _last_month(change: Change, option: Option) -> str:
    """This month, or the last one that was billed of it: nothing is given back (money.md)."""
    return max([calendar.month_of_day(change.today), *_billed(change, option)])


def _billed(change: Change, option: Option) -> list[str]:
    """The months of an option that were billed."""
    return list(change.contract.billed.get(f"option:{option.key}", {}))


def _running(contract: Contract, key: str) -> Option | None:
    for option in contract.options:
        if option.key == key and option.until is None:
            return option
    return None


def check(house: House, option: str, **details: Any) -> None:
    """Raises Invalid for windows outside the centre's hours."""
    if option == "windows":
        _windows(house, details["windows"])


def _windows(house: House, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Weekly windows as they are kept: days 0 (Monday) to 4, `from` and `to` as HH:MM.

    Raises Invalid for a window outside the centre's hours.
    """
    hours = house.hours
    kept = []
    for place, row in enumerate(rows):
        if row["from_"] >= row["to"]:
            raise wrong(f"windows.{place}.to", "終了の時刻は開始より後にしてください。")
        if row["from_"] < hours.open or row["to"] > hours.close:
            raise wrong(
                f"windows.{place}",
                f"受付時間({hours.open:%H:%M}から{hours.close:%H:%M})の中で指定してください。",
            )
        window = {"from": f"{row['from_']:%H:%M}", "to": f"{row['to']:%H:%M}"}
        kept.append({"day": row["day"]} | window)
    return {"windows": kept}
