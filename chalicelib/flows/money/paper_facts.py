"""What papers say beside the facts of an invoice, made of what is stored."""

from datetime import date, datetime
from typing import Any

from chalicelib.flows.contract import invoices
from chalicelib.models import Contract, Invoice, Statement
from chalicelib.rules import calendar
from chalicelib.rules.houses import House
from chalicelib.rules.money import counts
from chalicelib.rules.money.invoice import Issuer, Line
from chalicelib.words import papers


def statement(house: House, contract: Contract, item: Statement) -> papers.Statement:
    """A closed month as it was frozen, dated the day of the freeze."""
    return papers.Statement(
        contract=contract.id,
        client=contract.client,
        month=item.month,
        issued_on=calendar.day_of(item.frozen_at),
        issuer=invoices.issuer(house),
        plan=house.plan(item.plan).name,
        included=item.included,
        counted=item.calls,
        over=counts.calls_over(item, item.calls),
        calls=tuple(_call(row) for row in item.rows),
    )


def _call(row: dict[str, Any]) -> papers.Call:
    at = datetime.fromisoformat(row["at"])
    caller = row["from"] or "お名前の記録なし"
    return papers.Call(at.date(), at.time(), caller, row["class"], row["counted"], row["why"])


def receipt(invoice: Invoice) -> papers.Receipt:
    """A receipt for the whole invoice: what credit has paid of it was money once too.

    It is dated the day of the payment, so that it is the same whenever it is made.
    """
    facts = invoice.as_facts()
    return papers.Receipt(
        number=f"{facts.number}-R",
        client=facts.recipient.name,
        issued_on=invoice.paid_on,
        paid_on=invoice.paid_on,
        issuer=facts.issuer,
        yen=facts.total_yen,
        purpose=_purpose(invoice, facts.credit_yen),
        sums=facts.sums,
    )


def _purpose(invoice: Invoice, credit_yen: int) -> str:
    month = calendar.spoken_month(invoice.month)
    words = f"電話代行サービス {month}ご請求分(請求書番号 {invoice.number})"
    return f"{words}、うちお預かり金の充当 {credit_yen:,}円" if credit_yen else words


def estimate(stored: dict[str, Any]) -> papers.Estimate:
    """The facts of an estimate as they were kept: see flows/money/estimates.py."""
    return papers.Estimate(
        **stored
        | {
            "issued_on": date.fromisoformat(stored["issued_on"]),
            "valid_until": date.fromisoformat(stored["valid_until"]),
            "issuer": Issuer(**stored["issuer"]),
            "lines": tuple(Line(*line) for line in stored["lines"]),
            "once": tuple(Line(*line) for line in stored["once"]),
            "notes": tuple(stored["notes"]),
        }
    )
