"""The free trial: when it ends, when its client is reminded (houses.md 3). All dates are JST."""

from datetime import date, timedelta

from chalicelib.rules import calendar
from chalicelib.rules.house import House


def last_day(house: House, applied_on: date, started_on: date | None) -> date | None:
    """The trial's last day; None while it cannot be known yet.

    smile counts from the application and, by Civil Code 140, not that day
    itself; mk counts from the start, and that day too.
    """
    first = applied_on if house.trial.counted_from == "application" else started_on
    if first is None:
        return None
    return first + timedelta(days=house.trial.days - (1 if house.trial.first_day_counts else 0))


def remind_on(house: House, last: date) -> date:
    """The day on which the client is told what will happen at the trial's end."""
    if house.trial.remind_unit == "business":
        return calendar.add_business_days(last, -house.trial.remind_days, house)
    return last - timedelta(days=house.trial.remind_days)


def marks(contact: dict) -> list[str]:
    """What a client is recognised by when applying again: normalised phone and mail address.

    `contact` has `phone` (normalised) and `mail`. A mark only raises the
    question; whether it is the same client is decided by a person.
    """
    return [f"{kind}:{contact[kind].lower()}" for kind in ("phone", "mail") if contact.get(kind)]
