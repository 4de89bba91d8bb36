"""Invoices as the office sees them, found by day, amount and client (law.md).

Yen include tax, dates are JST dates.
"""

from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex

from chalicelib.flows.views import paging
from chalicelib.flows.views.days import iso_day
from chalicelib.models import Invoice
from chalicelib.models.invoice import IssuedIndex, OpenIndex, TotalIndex
from chalicelib.rules.houses import House
from chalicelib.rules.money.invoice import Line

_PAGE = 50
_LOOKED_AT = 1000  # invoices for one page of a list; a rarer one is found behind its cursor
Query = dict[str, Any]


def list_invoices(house: House, query: Query) -> dict:
    """A page of a house's invoices, the newest first.

    Ranges of day and amount, both ends included, a part of the client's name, a contract, and
    whether they are open, all of them combined. Raises Invalid for a cursor not of ours.
    """
    index, key, within, names = _index(house, query)
    place = paging.unseal(query["cursor"], names, **{key: house.key})
    page = index.query(
        house.key,
        range_key_condition=within,
        filter_condition=_filter(query, index),
        scan_index_forward=False,
        last_evaluated_key=place,
        limit=query["limit"] or _PAGE,
        page_size=_LOOKED_AT,
    )
    rows = [_row(invoice) for invoice in page]
    return {"invoices": rows, "cursor": paging.seal(page.last_evaluated_key)}


def _index(
    house: House, query: Query
) -> tuple[GlobalSecondaryIndex, str, Condition | None, set[str]]:
    """The index that a search goes by: what is open, a range of amounts alone, or the days."""
    days = (query["from_"], query["to"])
    amounts = (query["min_yen"], query["max_yen"])
    if query["open_"]:
        within = _within(OpenIndex.issued_on, *days)
        return Invoice.by_open, "open_of", within, {"number", "open_of", "issued_on"}
    if any(each is not None for each in amounts) and not any(days):
        within = _within(TotalIndex.total_yen, *amounts)
        return Invoice.by_total, "house", within, {"number", "house", "total_yen"}
    within = _within(IssuedIndex.issued_on, *days)
    return Invoice.by_issued_on, "house", within, {"number", "house", "issued_on"}


def _within(attribute: Any, least: Any, most: Any) -> Condition | None:
    if least is not None and most is not None:
        return attribute.between(least, most)
    if least is not None:
        return attribute >= least
    return attribute <= most if most is not None else None


def _filter(query: Query, index: GlobalSecondaryIndex) -> Condition | None:
    """What the index does not look for itself."""
    conditions = []
    if index is not Invoice.by_total:
        conditions.append(_within(Invoice.total_yen, query["min_yen"], query["max_yen"]))
    if query["client"]:
        conditions.append(Invoice.client.contains(query["client"]))
    if query["contract"]:
        conditions.append(Invoice.contract == query["contract"])
    found = None
    for condition in filter(lambda each: each is not None, conditions):
        found = condition if found is None else found & condition
    return found


def _row(invoice: Invoice) -> dict:
    return {
        "number": invoice.number,
        "contract": invoice.contract,
        "client": invoice.client,
        "kind": invoice.kind,
        "issued_on": iso_day(invoice.issued_on),
        "due_on": iso_day(invoice.due_on),
        "total_yen": invoice.total_yen,
        "open_yen": invoice.open_yen,
        "replaced_by": invoice.replaced_by,
    }


def view(invoice: Invoice) -> dict:
    """An invoice with its lines and sums, and what became of it."""
    facts = invoice.as_facts()
    return _row(invoice) | {
        "month": invoice.month,
        "corrects": facts.corrects,
        "recipient": {"name": facts.recipient.name, "address": facts.recipient.address},
        "issuer": {
            "name": facts.issuer.name,
            "registration_number": facts.issuer.registration_number,
        },
        "lines": [_line(line) for line in facts.lines],
        "sums": [{"rate": row.rate, "yen": row.yen, "tax_yen": row.tax_yen} for row in facts.sums],
        "credit_yen": facts.credit_yen,
        "payable_yen": facts.payable_yen,
        "paid_on": iso_day(invoice.paid_on),
        "account": {"text": facts.account.text, "holder": facts.account.holder},
    }


def _line(line: Line) -> dict:
    return {
        "kind": line.kind,
        "key": line.key,
        "label": line.label,
        "month": line.month,
        "quantity": line.quantity,
        "unit_yen": line.unit_yen,
        "yen": line.yen,
        "rate": line.rate,
        "note": line.note,
    }
