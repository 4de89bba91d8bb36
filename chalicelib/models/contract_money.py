"""What a contract keeps of its money, within its own item (money.md)."""

from pynamodb.attributes import JSONAttribute

from chalicelib.models.attributes import (
    ListOf,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    WholeAttribute,
    list_of,
)
from chalicelib.models.base import Table
from chalicelib.models.contract_parts import ExtraPeople, OpenInvoice


class Billed(Table):
    """A part of the contract: what was billed and paid, what is open, what goes back."""

    class Meta:
        abstract = True

    # How many people are charged for, from which day on.
    extra_people = ListOf(of=ExtraPeople, default=list)
    # Which months were billed of what, at which plan or for how many yen:
    # {"base": {"2026-09": "small"}, "listed": {"2026-09": "550"}, …}.
    billed = JSONAttribute(default=dict)
    closed_through = UnicodeAttribute(null=True)  # the last month whose closing was done
    frozen_at = UTCDateTimeAttribute(null=True)  # up to which instant the last closing counted
    invoices = JSONAttribute(default=dict)  # how many there are of each month: {"2026-09": 1}
    open_invoices = ListOf(of=OpenInvoice, default=list)
    credit_yen = WholeAttribute(default=0)  # what the client has paid or got back beyond invoices
    deposit_yen = WholeAttribute(default=0)  # what the house keeps of it
    payouts = WholeAttribute(default=0)  # how many there were
    # Where payouts go: bank_code, branch_code, kind, number, holder.
    bank_account = JSONAttribute(null=True)
    payer_kana = UnicodeAttribute(null=True)  # the name under which the client's bank sends money
    payers = list_of(UnicodeAttribute)  # names that have paid for it before, as they are compared
    first_payments = WholeAttribute(default=0)  # how often its gate was passed by the office
    first_invoice = UnicodeAttribute(null=True)  # the number of the invoice of the first payment
    first_asked = UnicodeAttribute(null=True)  # what that invoice asks for, in one word
    # Calls of the last closed months, for advice: [["2026-09", "small", 23], …].
    recent_counts = JSONAttribute(default=list)
