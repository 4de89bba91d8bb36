"""When an invoice that stays open is reminded of (houses.md 11). All dates are JST dates."""

from datetime import date, timedelta

from chalicelib.rules.houses import House
from chalicelib.rules.money.facts import Billable, OpenInvoice

_DAY = timedelta(days=1)


def due(contract: Billable, house: House) -> date | None:
    """The first day on which one of the open invoices is to be reminded of."""
    dates = [remind_on(each, house) for each in contract.open_invoices]
    return min(filter(None, dates), default=None)


def remind_on(invoice: OpenInvoice, house: House) -> date | None:
    """The first day overdue, then every so many days."""
    if invoice.due_on is None:
        return None
    if invoice.reminded_on is None:
        return invoice.due_on + _DAY
    return invoice.reminded_on + timedelta(days=house.billing.remind_every_days)


def last_before(invoice: OpenInvoice, house: House, today: date) -> date:
    """The last of its reminder days up to today: those that were missed are not made up."""
    on = remind_on(invoice, house)
    assert on is not None  # it is due
    every = house.billing.remind_every_days
    return on + timedelta(days=(today - on).days // every * every)
