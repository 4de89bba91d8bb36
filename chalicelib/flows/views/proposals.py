"""What unmatched payments may be for: a page of proposals for the office (bank.md Matching)."""

from collections.abc import Sequence
from datetime import timedelta

from chalicelib.flows.money import notices
from chalicelib.flows.views import paging
from chalicelib.flows.views.payments import view
from chalicelib.models import Contract, Invoice, Payment
from chalicelib.models.payment import PaidIndex
from chalicelib.rules.houses import House
from chalicelib.rules.money import matching
from chalicelib.rules.money.matching import OpenInvoice

_PAGE = 50
_NAMES = ["id", "party", "contact_reading", "payer_kana", "payers"]
_BY_PEOPLE = ("hand", "gate")
_NEAR = timedelta(days=3)  # [D] how far the office's day may lie from the bank's


def list_proposals(house: House, cursor: str | None, limit: int | None) -> dict:
    """A page of the payments that nobody has matched, the oldest first, each with its proposal.

    Nothing is closed by it. Raises Invalid for a cursor not of ours.
    """
    names = {"id", "unmatched_of", "on"}
    place = paging.unseal(cursor, names, unmatched_of=house.key)
    page = Payment.unmatched.query(house.key, last_evaluated_key=place, limit=limit or _PAGE)
    ids = [key.id for key in page]
    stored = Payment.of_ids(ids)
    payments = [stored[each] for each in ids if each in stored and stored[each].unmatched_of]
    invoices = _open_invoices(house) if payments else []
    by_people = _recorded_by_people(house, payments)
    rows = [
        _row(house, payment, invoices) | {"recorded_before": _recorded_before(payment, by_people)}
        for payment in payments
    ]
    return {"proposals": rows, "cursor": paging.seal(page.last_evaluated_key)}


def _row(house: House, payment: Payment, invoices: Sequence[OpenInvoice]) -> dict:
    proposal = matching.propose(notices.as_entry(payment), invoices)
    taken_back = notices.candidates(house, payment) if payment.is_cancel else []
    return {
        "payment": view(payment),
        "strength": proposal.strength,
        "reason": proposal.reason,
        "sentence": proposal.sentence,
        "invoices": list(proposal.invoices),
        "fee_yen": proposal.fee_yen,
        "takes_back": [each.id for each in taken_back],
    }


def _open_invoices(house: House) -> list[OpenInvoice]:
    """What is open, by one index; the names come with a hundred contracts a request."""
    invoices = list(Invoice.by_open.query(house.key))
    ids = list({invoice.contract for invoice in invoices})
    contracts = {each.id: each for each in Contract.batch_get(ids, attributes_to_get=_NAMES)}
    return [_as_open(each, contracts.get(each.contract)) for each in invoices]


def _as_open(invoice: Invoice, contract: Contract | None) -> OpenInvoice:
    return OpenInvoice(
        number=invoice.number,
        contract=invoice.contract,
        client=invoice.client,
        kana=_kana(contract) if contract else None,
        payers=tuple(contract.payers) if contract else (),
        open_yen=invoice.open_yen,
        total_yen=invoice.total_yen,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on or invoice.issued_on,
    )


def _kana(contract: Contract) -> str | None:
    """The name for transfers; the reading of a person's name passes for one."""
    if contract.payer_kana or contract.party != "person":
        return contract.payer_kana
    return contract.contact_reading


def _recorded_by_people(house: House, payments: Sequence[Payment]) -> list[Payment]:
    """What the office has recorded itself in the days of these payments."""
    days = [payment.on for payment in payments if payment.source == "bank"]
    if not days:
        return []
    near = PaidIndex.on.between(min(days) - _NEAR, max(days) + _NEAR)
    page = Payment.by_on.query(house.key, near, filter_condition=Payment.source.is_in(*_BY_PEOPLE))
    return [payment for payment in page if not payment.cancelled_at]


def _recorded_before(payment: Payment, by_people: Sequence[Payment]) -> list[str]:
    """Payments that may be the same transfer, recorded before the bank's list told of it."""
    if payment.source != "bank" or payment.is_cancel:
        return []
    return [
        each.id
        for each in by_people
        if each.yen == payment.yen and abs(each.on - payment.on) <= _NEAR
    ]
