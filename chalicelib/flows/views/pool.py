"""The house's numbers as the office sees them (houses.md 2)."""

from datetime import date
from itertools import islice

from chalicelib.models import Line
from chalicelib.models.line import FREE, LENT, QUARANTINED
from chalicelib.rules.houses import House

STATES = {FREE: "空き", LENT: "貸出中", QUARANTINED: "休止中"}


def listed(
    house: House, state: str | None, after: str | None, limit: int, today: date
) -> list[Line]:
    """The house's numbers in order, those of one state today if asked, beginning after one of them."""
    numbers = Line.pool(house.key, after)
    wanted = (line for line in numbers if state in (None, line.state_on(today)))
    return list(islice(wanted, limit))


def view(line: Line, today: date) -> dict:
    """A number as the office sees it on the JST date `today`; a quarantine that is over is a free number."""
    state = line.state_on(today)
    until = line.quarantined_until if state == QUARANTINED else None
    holder = (line.contract, line.use) if state != FREE else (None, None)
    return {
        "number": line.number,
        "state": state,
        "contract": holder[0],
        "use": holder[1],
        "quarantined_until": until.isoformat() if until else None,
    }
