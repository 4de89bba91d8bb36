"""Papers: each is made of what is stored, kept in the bucket, and then noted (money.md Papers).

Whatever is killed in between is made good by doing it all again: the first file of a key is the
paper, and a note that is missing is made up. Only the function `papers` has what `make` needs; it
alone loads the words of papers, for which a memo must not wait.
"""

import json
from collections.abc import Callable
from datetime import datetime

from chalicelib.channels import files
from chalicelib.errors import Refused
from chalicelib.flows import lookup
from chalicelib.models import Invoice, Statement
from chalicelib.rules import houses
from chalicelib.rules.houses import House

PDF = "application/pdf"
XML = "application/xml"
JSON = "application/json"
Message = dict[str, str]


def invoice_key(house: str, number: str, kind: str = "pdf") -> str:
    """Where the paper of an invoice lies, or its `xml`."""
    return f"{house}/invoices/{number}.{kind}"


def statement_key(house: str, contract: str, month: str) -> str:
    return f"{house}/statements/{contract}-{month.replace('-', '')}.pdf"


def receipt_key(invoice: Invoice) -> str:
    """Where a receipt lies. An invoice that was paid anew has one more."""
    return f"{invoice.house}/receipts/{invoice.number}-{invoice.paid_on:%Y%m%d}.pdf"


def estimate_key(house: str, number: str, kind: str = "pdf") -> str:
    """Where the paper of an estimate lies, or its facts as `json`."""
    return f"{house}/estimates/{number}.{kind}"


def make(message: Message, now: datetime) -> None:
    """Make the paper that a message asks for, unless it is there.

    Raises NotFound for what is not the house's, and what store, bucket and typesetter raise.
    """
    parts = dict(message)
    house = houses.all_houses()[parts.pop("house")]
    _MAKERS[parts.pop("what")](house, now, **parts)


def _make_invoice(house: House, now: datetime, number: str) -> None:
    invoice = lookup.invoice(house, number)
    if invoice.paper_at:
        return
    from chalicelib.words import papers

    xml = _keep_xml(house, invoice)
    paper = papers.invoice(invoice.as_facts(), xml)
    files.keep(invoice_key(house.key, number), paper, PDF)
    invoice.note_paper(now)


def _keep_xml(house: House, invoice: Invoice) -> bytes | None:
    """The invoice as JP PINT, as it was kept first; None where it is not issued so.

    The network needs the buyer's address. Only a corporate number is one that we know [D].
    """
    from chalicelib.words import e_invoice

    key = invoice_key(house.key, invoice.number, "xml")
    kept = files.read(key)
    buyer = lookup.contract(house, invoice.contract).corporate_number
    if kept or not house.issuer.e_invoice or not buyer:
        return kept
    try:
        endpoint = e_invoice.Endpoint(e_invoice.CORPORATE, buyer)
        made = e_invoice.xml(invoice.as_facts(), endpoint)
    except Refused:  # sums that the standard does not take: the paper alone is the invoice
        return None
    files.keep(key, made, XML)
    return files.read(key)


def _make_statement(house: House, now: datetime, contract: str, month: str) -> None:
    from chalicelib.flows.money import paper_facts
    from chalicelib.words import papers

    owner = lookup.contract(house, contract)
    statement = Statement.of(contract, month)
    if statement is None or statement.paper_at:
        return
    paper = papers.statement(paper_facts.statement(house, owner, statement))
    files.keep(statement_key(house.key, contract, month), paper, PDF)
    statement.note_paper(now)


def _make_receipt(house: House, now: datetime, number: str) -> None:
    from chalicelib.flows.money import paper_facts
    from chalicelib.words import papers

    invoice = lookup.invoice(house, number)
    if invoice.paid_on is None or invoice.receipt_of == invoice.paid_on:
        return
    paper = papers.receipt(paper_facts.receipt(invoice))
    files.keep(receipt_key(invoice), paper, PDF)
    invoice.changed([Invoice.receipt_of.set(invoice.paid_on)], Invoice.paid_on == invoice.paid_on)


def _make_estimate(house: House, now: datetime, number: str) -> None:
    from chalicelib.flows.money import paper_facts
    from chalicelib.words import papers

    facts = files.read(estimate_key(house.key, number, "json"))
    key = estimate_key(house.key, number)
    if facts and not files.has(key):
        files.keep(key, papers.estimate(paper_facts.estimate(json.loads(facts))), PDF)


_MAKERS: dict[str, Callable[..., None]] = {
    "invoice": _make_invoice,
    "statement": _make_statement,
    "receipt": _make_receipt,
    "estimate": _make_estimate,
}


def wish(house: str, what: str, **of: str) -> Message:
    """The message that asks for a paper: of which house, what, and under which number or month."""
    return {"house": house, "what": what, **of}


def wish_of(item: Invoice | Statement) -> Message:
    """The message that asks for the paper of an invoice or a statement."""
    if isinstance(item, Statement):
        return wish(item.house, "statement", contract=item.contract, month=item.month)
    return wish(item.house, "invoice", number=item.number)
