"""Invoices of a contract: issued, put right, taken back; each in the write of its cause.

A number is made of contract, month and part. The same close therefore makes the same invoice,
however often it is run (money.md Invoice).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from chalicelib.errors import NotFound, Refused
from chalicelib.flows import lookup
from chalicelib.flows.access import links
from chalicelib.flows.change import Change
from chalicelib.flows.contract import invoice_changes
from chalicelib.models import Contract, Invoice
from chalicelib.models.contract_parts import OpenInvoice
from chalicelib.rules import calendar
from chalicelib.rules.calls.memo import body_digest
from chalicelib.rules.houses import House
from chalicelib.rules.money import charges, closes
from chalicelib.rules.money import invoice as rules
from chalicelib.rules.money.invoice import Account, Issuer, Kind, Line, Recipient
from chalicelib.words import money_letters

PAPER_LINK_DAYS = 60  # [D] how long the link of an invoice's mail opens its paper


def issue(
    change: Change,
    kind: Kind,
    month: str,
    issued_on: date,
    due_on: date | None,
    lines: Sequence[Line],
    corrects: str | None = None,
) -> Invoice:
    """Make an invoice of these lines, dated `issued_on`, and tell the client.

    What credit there is pays of it. What it gives back beyond its charges becomes credit.
    """
    contract = change.contract
    part = contract.invoices.get(month, 0) + 1
    contract.invoices = contract.invoices | {month: part}
    credit = _use_credit(contract, kind, lines)
    facts = rules.Invoice(
        number=rules.number(contract.id, month, part),
        kind=kind,
        house=change.house.key,
        contract=contract.id,
        month=month,
        part=part,
        corrects=corrects,
        issued_on=issued_on,
        due_on=due_on,
        issuer=issuer(change.house),
        account=Account(change.house.account.text, change.house.account.holder),
        recipient=_recipient(contract),
        lines=tuple(lines),
        rounding=change.house.issuer.rounding,
        credit_yen=credit,
    )
    issued = Invoice.of(facts, change.now)
    change.put(issued, Invoice.number.does_not_exist())
    _keep_open(contract, issued)
    change.record("invoice_issued", issued_on, text=issued.number)
    _tell(change, facts)
    return issued


def _use_credit(contract: Contract, kind: Kind, lines: Sequence[Line]) -> int:
    """How much of an invoice is paid by credit; what it gives back is credit from then on.

    What a refund gives back was made credit when its invoice was withdrawn.
    """
    if kind == "refund":
        return 0
    total = rules.total(lines)
    credit = min(max(total, 0), contract.credit_yen)
    contract.credit_yen += max(-total, 0) - credit
    contract.deposit_yen += charges.deposit(lines)
    return credit


def issuer(house: House) -> Issuer:
    """Who issues a house's papers today."""
    return Issuer(
        name=house.issuer.name,
        registration_number=house.issuer.registration_number,
        address=house.issuer.address,
        phone=house.brand.phone,
        mail=house.brand.office_mail,
    )


def _recipient(contract: Contract) -> Recipient:
    """The name and address for invoices, where they differ from the contract's."""
    return Recipient(
        name=contract.invoice_name or contract.client,
        address=contract.invoice_address or contract.postal_address,
        contract=contract.id,
    )


def _keep_open(contract: Contract, issued: Invoice) -> None:
    """The contract knows what is open, so that its dates follow from it alone."""
    if not issued.open_yen:
        return
    contract.open_invoices.append(
        OpenInvoice(
            number=issued.number,
            issued_on=issued.issued_on,
            due_on=issued.due_on,
            total_yen=issued.total_yen,
            open_yen=issued.open_yen,
        )
    )


def _tell(change: Change, facts: rules.Invoice) -> None:
    letter = change.write(
        money_letters.Invoice(
            number=facts.number,
            kind=facts.kind,
            corrects=facts.corrects,
            issued_on=facts.issued_on,
            due_on=facts.due_on,
            lines=[_spoken(line) for line in facts.lines],
            sums=[[row.rate, row.yen, row.tax_yen] for row in facts.sums],
            total_yen=facts.total_yen,
            credit_yen=facts.credit_yen,
            payable_yen=facts.payable_yen,
            credit_left_yen=change.contract.credit_yen,
            registration_number=facts.issuer.registration_number,
            holder=facts.account.holder,
            reference=facts.contract,
        ),
        facts.issued_on,
        part=facts.number,
    )
    change.give_link(letter, links.PAPER, PAPER_LINK_DAYS, facts.number)


def _spoken(line: Line) -> dict[str, str | int | None]:
    """A line as the mail shows it."""
    return {
        "label": line.label,
        "month": calendar.spoken_month(line.month) if line.month else None,
        "quantity": line.quantity,
        "unit_yen": line.unit_yen,
        "yen": line.yen,
        "note": line.note,
    }


def correct(
    change: Change, number: str, reason: str, adjustments: Sequence[dict[str, Any]]
) -> None:
    """Put an invoice right by a new part: its lines, the adjustments, today's recipient.

    An adjustment has `label`, `yen` (negative for a credit) and `month` or None. The same asked
    again changes nothing. Raises NotFound, and Refused where another invoice stands in its place.
    """
    asked = body_digest({"reason": reason, "adjustments": adjustments})
    if _is_done(change, lookup.invoice(change.house, number), asked):
        return
    old = invoice_changes.withdraw(change, number)
    facts = old.as_facts()
    extra = [
        rules.line("adjustment", "", each["label"], each["month"], each["yen"], note=reason)
        for each in adjustments
    ]
    due_on = max(facts.due_on or change.today, closes.due_on(change.house, change.today))
    lines = [*facts.lines, *extra]
    new = issue(change, "correction", facts.month, change.today, due_on, lines, corrects=number)
    invoice_changes.mark_replaced(change, old, new)
    old.corrected_as = asked
    if change.contract.first_invoice == number:
        change.contract.first_invoice = new.number
    change.record("invoice_corrected", text=f"{number}: {reason}")


def _is_done(change: Change, old: Invoice, asked: str) -> bool:
    """Whether the invoice was put right just so: a request whose answer was lost comes again.

    Raises NotFound for an invoice of another contract, Refused where it was put right otherwise.
    """
    if old.contract != change.contract.id:
        raise NotFound("この請求書は、このご契約のものではありません。番号をご確認ください。")
    if old.replaced_by and old.corrected_as != asked:
        raise Refused(
            f"この請求書は {old.replaced_by} に差し替えられています。そちらを訂正してください。"
        )
    return old.replaced_by is not None


def take_back(change: Change, number: str, why: str) -> None:
    """Take an invoice back whole, by one with its lines negated; what was paid becomes credit."""
    old = invoice_changes.withdraw(change, number)
    lines = [_negated(line, why) for line in old.as_facts().lines]
    month = calendar.month_of_day(change.today)
    refund = issue(change, "refund", month, change.today, None, lines, corrects=number)
    invoice_changes.mark_replaced(change, old, refund)


def _negated(line: Line, why: str) -> Line:
    return line._replace(unit_yen=-line.unit_yen, yen=-line.yen, note=why)
