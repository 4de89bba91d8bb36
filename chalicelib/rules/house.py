"""A house: one provider of the service, its rules by name, and the look-ups that everyone needs."""

from datetime import date

from chalicelib.record import Record
from chalicelib.rules.house_money import Account, Billing, Issuer
from chalicelib.rules.house_types import (
    Answer,
    Application,
    Brand,
    CallRow,
    Closing,
    FirstPayment,
    Gate,
    Hours,
    IdentityMethod,
    Item,
    Leaving,
    Limits,
    LineRules,
    Objections,
    Option,
    Plan,
    PlanChanges,
    Price,
    Report,
    Roster,
    Start,
    Surcharge,
    Terms,
    Trial,
)


class House(Record):
    """One house's rules (`house.trial.days`); `key` is the name of its file."""

    key: str
    brand: Brand
    hours: Hours
    line: LineRules
    trial: Trial
    first_payment: FirstPayment
    billing: Billing
    issuer: Issuer
    account: Account
    start: Start
    closing: Closing
    plan_change: PlanChanges
    leaving: Leaving
    options: tuple[Option, ...]
    application: Application
    roster: Roster
    report: Report
    plans: tuple[Plan, ...]
    items: tuple[Item, ...]
    gates: tuple[Gate, ...]
    identity: tuple[IdentityMethod, ...]
    calls: tuple[CallRow, ...]
    objections: Objections
    surcharge: Surcharge
    limits: Limits
    answers: tuple[Answer, ...]
    terms: Terms

    def plan(self, key: str) -> Plan:
        """The plan of that key. Raises KeyError where the house has none."""
        for plan in self.plans:
            if plan.key == key:
                return plan
        raise KeyError(key)

    def price(self, plan: str, on: date) -> Price:
        """The price of a plan on a JST date; before the first price, the first. Raises KeyError."""
        prices = self.plan(plan).prices
        until_then = [price for price in prices if price.since <= on]
        return until_then[-1] if until_then else prices[0]

    def call_row(self, call_class: str, declared: bool = False) -> CallRow:
        """What a class of call means here: the first row that fits (houses.md 8).

        `declared`: the call came from a number that the client declared as sales.
        """
        fits = [row for row in self.calls if call_class in row.classes or "*" in row.classes]
        return next(row for row in fits if declared or not row.only)

    @property
    def keeps_declared(self) -> bool:
        """Whether clients may declare numbers whose calls are neither reported nor counted."""
        return any(row.only for row in self.calls)

    def gate(self, key: str) -> Gate | None:
        """The gate of that key, or None where the house has none."""
        return next((gate for gate in self.gates if gate.key == key), None)

    def option(self, key: str) -> Option | None:
        """The option of that key, or None where the house has none."""
        return next((option for option in self.options if option.key == key), None)

    def sender(self, operator: str | None = None) -> str:
        """The address that mails come from: fixed, or with the operator's local part (S3 Q2)."""
        differs = self.report.sender == "operator"
        local = operator if operator and differs else "report"
        return f"{local}@{self.brand.mail_domain}"
