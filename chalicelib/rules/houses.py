"""A house: one provider of the service, with its own brand, prices and rules, read from one TOML file.

The file is checked as a whole when it is loaded; a fault stops the start with
a sentence that names the file, the key and what would be right.
"""

import hashlib
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

from chalicelib.errors import Fault, Invalid
from chalicelib.rules.house_file import HOUSE, contradictions

FOLDER = Path(__file__).parent.parent / "houses"


class BadHouseFile(Exception):
    """A house file cannot be used. Every line of the message names the file, the key and the remedy."""


class House(SimpleNamespace):
    """One house's rules by name (`house.trial.days`), with the few look-ups that everyone needs."""

    key: str

    def plan(self, key: str) -> SimpleNamespace:
        """The plan of that key. Raises KeyError where the house has none."""
        return next((plan for plan in self.plans if plan.key == key), None) or _missing(key)

    def price(self, plan: str, on: date) -> SimpleNamespace:
        """Fee (yen a month, tax included), calls included, yen a call over, as of the JST date `on`."""
        prices = self.plan(plan).prices
        return next((price for price in reversed(prices) if price.since <= on), prices[0])

    def call_row(self, call_class: str, declared: bool = False) -> SimpleNamespace:
        """What a class of call means here, from a number the client declared or not: the first row that fits (houses.md 8)."""
        fits = (row for row in self.calls if call_class in row.classes or "*" in row.classes)
        return next(row for row in fits if declared or not row.only)

    @property
    def keeps_declared(self) -> bool:
        """Whether clients may declare numbers whose calls are then neither reported nor counted."""
        return any(row.only for row in self.calls)

    def gate(self, key: str) -> SimpleNamespace | None:
        return next((gate for gate in self.gates if gate.key == key), None)

    def option(self, key: str) -> SimpleNamespace | None:
        return next((option for option in self.options if option.key == key), None)

    def sender(self, operator: str | None = None) -> str:
        """The address that mails come from: fixed, or with the operator's local part (S3 Q2)."""
        local = operator if operator and self.report.sender == "operator" else "report"
        return f"{local}@{self.brand.mail_domain}"


def _missing(key: str) -> NoReturn:
    raise KeyError(key)


def load(path: Path) -> House:
    """Read one house file. Raises BadHouseFile naming everything that is wrong with it."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadHouseFile(
            f"{path.name}: TOMLとして読み取れません({fault})。示された行を直してください。"
        ) from None
    try:
        rules = HOUSE.read(raw)
    except Invalid as wrong:
        raise BadHouseFile(_listed(path.name, wrong.errors)) from None
    house = House(key=path.stem, **{name: _named(value) for name, value in rules.items()})
    if faults := list(contradictions(house)):
        raise BadHouseFile(_listed(path.name, faults))
    return house


@cache
def all_houses() -> dict[str, House]:
    """Every house of this deployment by its key, which is its file's name."""
    return {path.stem: load(path) for path in sorted(FOLDER.glob("*.toml"))}


def digest() -> str:
    """Which version of the house files this is."""
    return hashlib.sha256(
        b"".join(path.read_bytes() for path in sorted(FOLDER.glob("*.toml")))
    ).hexdigest()[:16]


def find(key: str) -> House | None:
    return all_houses().get(key)


def _listed(file: str, faults: Iterable[Fault]) -> str:
    return "\n".join(f"{file}: {fault.field or 'file'}: {fault.message}" for fault in faults)


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return SimpleNamespace(**{name: _named(each) for name, each in value.items()})
    if isinstance(value, list):
        return [_named(each) for each in value]
    return value
