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
    by_house = []
    operators = {}
    for key, prefix in _PREFIXES.items():
        by_house.append(_fill_house(houses.find(key), prefix, clients, now))
        operators[key] = _operators(key, now)
    in_turn = zip(*by_house, strict=True)
    return Crowd([client for turn in in_turn for client in turn], operators)


def _operators(house: str, now: datetime) -> list[str]:
    """The keys of a house's operators."""
    pairs = (keys.make(house, f"operator{n}", "operator", now) for n in range(_OPERATORS))
    return [key for _, key in pairs]


def _fill_house(house, prefix: str, clients: int, now: datetime) -> list[Served]:
    first = f"{prefix}-0000"
    lines.add(house, first)
    first_id = demo.in_service(house, 0, _CLIENT, first, now - timedelta(hours=1))
    contract = Contract.get(first_id)
    line = Line.get(phones.normalise(first))
    copies = list(_copies(contract, line, prefix, clients))
    with Contract.batch_write() as batch:
        for other, _ in copies:
            batch.save(other)
    with Line.batch_write() as batch:
        for _, number in copies:
            batch.save(number)
    return [_served(house, other, number) for other, number in copies]


def _copies(
    contract: Contract, line: Line, prefix: str, count: int
) -> Iterator[tuple[Contract, Line]]:
    for place in range(count):
        other, number = deepcopy(contract), deepcopy(line)
        other.id = f"{contract.house}-{place:010}"
        number.number = phones.normalise(f"{prefix}-{place:04}")
        other.line = number.number
        number.contract = other.id
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
