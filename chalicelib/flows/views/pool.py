"""The house's numbers as the office sees them (houses.md 2)."""

from datetime import date
from itertools import islice

from chalicelib.flows.views.days import iso_day
from chalicelib.models import Line
from chalicelib.models.line import FREE, LENT, QUARANTINED
from chalicelib.rules.houses import House

STATES = {FREE: "空き", LENT: "貸出中", QUARANTINED: "休止中"}


def listed(
    house: House, state: str | None, after: str | None, limit: int, today: date
) -> list[Line]:
    """At most `limit` of the house's numbers in order, beginning after the number `after`.

    With a `state`, those that are in it on the JST date `today`.
    """
    lines = Line.pool(house.key, after)
    fitting = (line for line in lines if state in (None, line.state_on(today)))
    return list(islice(fitting, limit))


def view(line: Line, today: date) -> dict:
    """A number on the JST date `today`; a quarantine that is over makes a free number."""
    state = line.state_on(today)
    is_free = state == FREE
    until = line.quarantined_until if state == QUARANTINED else None
    return {
        "number": line.number,
        "state": state,
        "contract": None if is_free else line.contract,
        "use": None if is_free else line.use,
        "quarantined_until": iso_day(until),
    }
