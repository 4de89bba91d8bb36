"""Payments and payouts as the office sees them. Yen include tax, dates are JST dates."""

from datetime import date

from chalicelib.flows.views import paging
from chalicelib.flows.views.days import iso_day
from chalicelib.models import Payment, Payout
from chalicelib.models.payment import PaidIndex
from chalicelib.rules import calendar
from chalicelib.rules.houses import House

_PAGE = 50


def list_payments(
    house: House, first: date | None, last: date | None, cursor: str | None, limit: int | None
) -> dict:
    """A page of a house's payments by their day, the newest first. Raises Invalid."""
    place = paging.unseal(cursor, {"id", "house", "on"}, house=house.key)
    least, most = first or date.min, last or date.max
    page = Payment.by_on.query(
        house.key,
        PaidIndex.on.between(least, most),
        scan_index_forward=False,
        last_evaluated_key=place,
        limit=limit or _PAGE,
    )
    rows = [view(payment) for payment in page]
    return {"payments": rows, "cursor": paging.seal(page.last_evaluated_key)}


def view(payment: Payment) -> dict:
    """One payment, and what it paid."""
    return {
        "id": payment.id,
        "on": iso_day(payment.on),
        "yen": payment.yen,
        "payer": payment.payer,
        "source": payment.source,
        "is_cancel": payment.is_cancel,
        "takes_back": payment.takes_back,
        "contract": payment.contract,
        "taken": payment.taken,
        "credit_yen": payment.credit_yen,
        "parts": payment.parts,
        "part_of": payment.part_of,
        "recorded_at": calendar.clock_of(payment.recorded_at),
        "by": payment.by,
        "matched_at": calendar.clock_of(payment.matched_at),
        "matched_by": payment.matched_by,
        "cancelled_at": calendar.clock_of(payment.cancelled_at),
        "cancelled_why": payment.cancelled_why,
    }


def list_payouts(house: House, open_only: bool, cursor: str | None, limit: int | None) -> dict:
    """A page of a house's payouts, the newest first. Raises Invalid for a cursor not of ours."""
    place = paging.unseal(cursor, {"id", "house", "on"}, house=house.key)
    page = Payout.by_on.query(
        house.key,
        filter_condition=Payout.paid_on.does_not_exist() if open_only else None,
        scan_index_forward=False,
        last_evaluated_key=place,
        limit=limit or _PAGE,
    )
    rows = [payout(each) for each in page]
    return {"payouts": rows, "cursor": paging.seal(page.last_evaluated_key)}


def payout(made: Payout) -> dict:
    """One payout, and of what it is made."""
    return {
        "id": made.id,
        "contract": made.contract,
        "client": made.client,
        "on": iso_day(made.on),
        "parts": made.parts,
        "yen": made.yen,
        "fee_yen": made.fee_yen,
        "net_yen": made.net_yen,
        "paid_on": iso_day(made.paid_on),
        "paid_by": made.paid_by,
    }
