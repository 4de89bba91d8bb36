"""The page behind the link of an invoice's mail: its button opens the paper (money.md Papers).

A paper may be opened as often as one likes while the link lives: the page shows only what the
mail has said.
"""

from datetime import datetime
from typing import NamedTuple

from chalicelib.errors import NotFound
from chalicelib.flows import lookup
from chalicelib.flows.access import links
from chalicelib.flows.public.confirm import GONE
from chalicelib.models import Invoice, Token
from chalicelib.rules.houses import House, all_houses


class Sight(NamedTuple):
    """The invoice whose paper a link opens."""

    house: House
    invoice: Invoice


def look(token: str, now: datetime) -> Sight:
    """What a link opens. Raises NotFound for one that is unknown, expired or for something else."""
    record = Token.find(links.digest(token))
    if record is None or record.usable_until < now or record.purpose != links.PAPER:
        raise NotFound(GONE)
    house = all_houses()[record.contract.partition("-")[0]]
    return Sight(house, lookup.invoice(house, record.target))
