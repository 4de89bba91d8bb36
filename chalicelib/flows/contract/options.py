"""Options beside the plan: ordered, ready after some business days, never prorated (houses.md 4)."""

from datetime import timedelta

from chalicelib.errors import Fault, Invalid, Refused
from chalicelib.flows.change import Change
from chalicelib.models.contract_parts import Option
from chalicelib.rules import calendar
from chalicelib.rules.contract import life
from chalicelib.rules.houses import House


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
    change.record("option_ordered", since, text=key)
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
    change.record("option_dropped", last_day, text=key)
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
