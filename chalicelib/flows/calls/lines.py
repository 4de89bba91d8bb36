"""The pool of numbers that a house may lend (houses.md 2)."""

from pynamodb.exceptions import PutError

from chalicelib.errors import Refused
from chalicelib.flows.contract.numbers import check_prefix, normal_form
from chalicelib.models import Line
from chalicelib.models.base import condition_failed
from chalicelib.models.line import FREE
from chalicelib.rules.houses import House


def add(house: House, number: str) -> Line:
    """Put a number, as typed, into the house's pool.

    Raises Refused if a pool has the number already, Invalid where the house lends no such number.
    """
    normal = normal_form(number)
    check_prefix(normal, house.line.prefixes)
    line = Line(number=normal, house=house.key, state=FREE)
    try:
        line.save(condition=Line.number.does_not_exist())
    except PutError as refused:
        if condition_failed(refused):
            raise Refused("この番号はすでに登録されています。") from None
        raise
    return line
