"""Many clients of both houses, in service, and the operators who answer for them."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.flows.access import keys
from chalicelib.flows.calls import lines
from chalicelib.input import phones
from chalicelib.models import Contract, Line
from chalicelib.rules import houses
from dev import cloud, demo

_PREFIXES = {"mk": "03-6701", "smile": "03-6702"}
_CLIENT = ("株式会社みほん商事", "髙橋 美咲", "たかはし みさき", "client0")
_OPERATORS = 5


class Served(NamedTuple):
    """A client whose calls are taken."""

    house: str
    contract: str
    line: str
    address: str
    counts: bool  # whether its calls count: in mk's free trial they do not


class Crowd(NamedTuple):
    clients: list[Served]
    keys: dict[str, list[str]]  # the operators' keys of each house


def gather(clients: int, now: datetime) -> Crowd:
    """`clients` contracts in each house of a new cloud, and five operators who answer for them.

    The first of each house goes the way that people go; the others are copies
    with numbers and addresses of their own.
    """
    cloud.make_tables()
    served = [
        _fill_house(houses.find(key), prefix, clients, now) for key, prefix in _PREFIXES.items()
    ]
    operators = {
        key: [keys.make(key, f"operator{n}", "operator", now)[1] for n in range(_OPERATORS)]
        for key in _PREFIXES
    }
    return Crowd([each for both in zip(*served, strict=True) for each in both], operators)


def _fill_house(house, prefix: str, clients: int, now: datetime) -> list[Served]:
    first = f"{prefix}-0000"
    lines.add(house, first)
    contract = Contract.get(demo.in_service(house, 0, _CLIENT, first, now - timedelta(hours=1)))
    copies = list(_copies(contract, Line.get(phones.normalise(first)), prefix, clients))
    for model, place in ((Contract, 0), (Line, 1)):
        with model.batch_write() as batch:
            for copy in copies:
                batch.save(copy[place])
    return [_served(house, contract, line) for contract, line in copies]


def _copies(
    contract: Contract, line: Line, prefix: str, count: int
) -> Iterator[tuple[Contract, Line]]:
    for place in range(count):
        other, number = deepcopy(contract), deepcopy(line)
        other.id, number.number = (
            f"{contract.house}-{place:010}",
            phones.normalise(f"{prefix}-{place:04}"),
        )
        other.line, number.contract = number.number, other.id
        other.people[0].addresses[0].mail = f"client{place}@{contract.house}-client.example"
        yield other, number


def _served(house, contract: Contract, line: Line) -> Served:
    return Served(
        house.key,
        contract.id,
        line.number,
        contract.people[0].addresses[0].mail,
        house.trial.calls_count,
    )
