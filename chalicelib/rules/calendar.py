"""Civil dates in Japan: today, business days, opening hours, months.

Japan has had one offset and no summer time since 1951, so JST is a fixed offset.
"""

import hashlib
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from typing import Any

from chalicelib.rules.houses import House

JST = timezone(timedelta(hours=9), "JST")
MIDNIGHT = time(0, 0)
WEEKDAYS = "月火水木金土日"


def day_of(moment: datetime) -> date:
    """The JST date of an instant."""
    return moment.astimezone(JST).date()


def month_of(moment: datetime) -> str:
    """The JST month of an instant, `2026-09`; every instant lies in exactly one."""
    return f"{moment.astimezone(JST):%Y-%m}"


def at(day: date, clock: time) -> datetime:
    """The instant (UTC) of a JST date and time of day."""
    return datetime.combine(day, clock, JST).astimezone(UTC)


def is_business_day(day: date, house: House) -> bool:
    """Whether a JST date is Mon-Fri, no national holiday, not in the house's closure."""
    import jpholiday  # loaded on first use: the memo path never asks

    if day.weekday() >= 5 or f"{day:%m-%d}" in house.hours.closed:
        return False
    return not jpholiday.is_holiday(day)


@cache
def holidays_digest() -> str:
    """Which holidays the library knows: others would make other dates than those computed."""
    import jpholiday

    holidays = [day for year in range(2025, 2032) for day, _ in jpholiday.year_holidays(year)]
    text = "".join(f"{day}" for day in holidays)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def add_business_days(day: date, count: int, house: House) -> date:
    """The `count`-th business day after `day` (before it, if negative).

    `day` itself never counts.
    """
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_business_day(day, house):
            day += step
    return day


def is_open(moment: datetime, house: House) -> bool:
    """Whether the centre's operators take calls at this instant."""
    here = moment.astimezone(JST)
    in_hours = house.hours.open <= here.time() < house.hours.close
    return in_hours and is_business_day(here.date(), house)


def is_inside(moment: datetime, windows: list[dict[str, Any]] | None) -> bool:
    """Whether an instant lies in a client's weekly windows; None means always.

    A window has `day` (0 is Monday), `from` and `to` as HH:MM.
    """
    if windows is None:
        return True
    here = moment.astimezone(JST)
    clock = f"{here:%H:%M}"
    return any(
        window["day"] == here.weekday() and window["from"] <= clock < window["to"]
        for window in windows
    )


def clock_of(moment: datetime | None) -> str | None:
    """An instant as the API gives it: RFC 3339 with Japan's offset; None stays None."""
    return moment.astimezone(JST).isoformat() if moment else None


def spoken_day(day: date | None) -> str:
    """A JST date as mails and pages say it: 2026年9月15日(火); nothing for None."""
    if day is None:
        return ""
    return f"{day.year}年{day.month}月{day.day}日({WEEKDAYS[day.weekday()]})"


def spoken_time(moment: datetime) -> str:
    """An instant as mails say it, in JST: 2026年9月15日(火) 10:05."""
    return f"{spoken_day(day_of(moment))} {moment.astimezone(JST):%H:%M}"


def last_day_of(month: str) -> date:
    """The last day of a month given as `2026-09`."""
    first = date.fromisoformat(f"{month}-01")
    return first.replace(day=monthrange(first.year, first.month)[1])


def first_day_of(month: str) -> date:
    """The first day of a month given as `2026-09`."""
    return date.fromisoformat(f"{month}-01")


def month_of_day(day: date) -> str:
    """The month of a JST date, `2026-09`."""
    return f"{day:%Y-%m}"


def month_after(month: str, months: int = 1) -> str:
    """The month that is so many months later, or earlier where `months` is negative."""
    year, index = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + months, 12)
    return f"{year:04}-{index + 1:02}"


def months(first: str, last: str) -> list[str]:
    """Every month from one to another, both included; none where the last is earlier."""
    listed = []
    while first <= last:
        listed.append(first)
        first = month_after(first)
    return listed


def spoken_month(month: str) -> str:
    """A month as mails and papers say it: 2026年9月."""
    return f"{int(month[:4])}年{int(month[5:])}月"
