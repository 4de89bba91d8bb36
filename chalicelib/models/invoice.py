"""Invoices: facts that never change, and beside them what became of the money (money.md)."""

from datetime import datetime
from typing import Any, cast

from pynamodb.attributes import JSONAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.models.attributes import DayAttribute, UnicodeAttribute, WholeAttribute
from chalicelib.models.base import table
from chalicelib.models.paper import HasPaper, PaperIndex
from chalicelib.rules.money import invoice as rules
from chalicelib.rules.money.invoice import Account, Issuer, Line, Recipient

_LISTED = IncludeProjection(
    ["contract", "kind", "client", "issued_on", "due_on", "total_yen", "open_yen", "replaced_by"]
)


class IssuedIndex(GlobalSecondaryIndex):
    """A house's invoices by their date."""

    class Meta:
        index_name = "by_issued_on"
        projection = _LISTED

    house = UnicodeAttribute(hash_key=True)
    issued_on = DayAttribute(range_key=True)
    client = UnicodeAttribute()
    total_yen = WholeAttribute()


class TotalIndex(GlobalSecondaryIndex):
    """A house's invoices by their amount."""

    class Meta:
        index_name = "by_total"
        projection = _LISTED

    house = UnicodeAttribute(hash_key=True)
    total_yen = WholeAttribute(range_key=True)
    client = UnicodeAttribute()
    issued_on = DayAttribute()


class OpenIndex(GlobalSecondaryIndex):
    """A house's invoices that are not paid in full, the oldest first: sparse."""

    class Meta:
        index_name = "by_open"
        projection = _LISTED

    open_of = UnicodeAttribute(hash_key=True)
    issued_on = DayAttribute(range_key=True)


class InvoicePapers(PaperIndex):
    class Meta(PaperIndex.Meta):
        pass


class Invoice(HasPaper):
    """One invoice under its number, which is made of its facts."""

    class Meta:
        table_name = table("invoices")
        billing_mode = "PAY_PER_REQUEST"

    number = UnicodeAttribute(hash_key=True)
    contract = UnicodeAttribute()
    client = UnicodeAttribute()
    kind = UnicodeAttribute()
    month = UnicodeAttribute()
    issued_on = DayAttribute()
    due_on = DayAttribute(null=True)
    total_yen = WholeAttribute()
    facts = JSONAttribute()

    open_yen = WholeAttribute(default=0)  # what is still to be paid
    open_of = UnicodeAttribute(null=True)  # the house, while something is
    paid_on = DayAttribute(null=True)  # the day of the payment that made it whole
    replaced_by = UnicodeAttribute(null=True)  # the number of the invoice that puts it right
    corrected_as = UnicodeAttribute(null=True)  # what was asked of that one, in one word
    receipt_of = DayAttribute(null=True)  # the `paid_on` of which a receipt is kept
    given_back_yen = WholeAttribute(null=True)  # what had been paid of it then, which is credit

    by_issued_on = IssuedIndex()
    by_total = TotalIndex()
    by_open = OpenIndex()
    by_paper_due = InvoicePapers()

    @classmethod
    def of(cls, invoice: rules.Invoice, now: datetime) -> "Invoice":
        """An invoice as it is stored; nothing of it is paid yet, and its paper is due at once."""
        issued = cls(
            number=invoice.number,
            house=invoice.house,
            contract=invoice.contract,
            client=invoice.recipient.name,
            kind=invoice.kind,
            month=invoice.month,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            total_yen=invoice.total_yen,
            facts=_as_stored(invoice),
            open_yen=invoice.payable_yen,
            open_of=invoice.house if invoice.payable_yen else None,
        )
        issued.want_paper(now)
        return issued

    def as_facts(self) -> rules.Invoice:
        """The invoice as the rules know it."""
        facts = self.facts
        return rules.Invoice(
            number=self.number,
            kind=cast(rules.Kind, self.kind),
            house=self.house,
            contract=self.contract,
            month=self.month,
            part=facts["part"],
            corrects=facts["corrects"],
            issued_on=self.issued_on,
            due_on=self.due_on,
            issuer=Issuer(**facts["issuer"]),
            account=Account(**facts["account"]),
            recipient=Recipient(**facts["recipient"]),
            lines=tuple(Line(*line) for line in facts["lines"]),
            rounding=facts["rounding"],
            credit_yen=facts["credit_yen"],
        )


def _as_stored(invoice: rules.Invoice) -> dict[str, Any]:
    """What stands in no attribute of its own; a line is the list of its fields."""
    return {
        "part": invoice.part,
        "corrects": invoice.corrects,
        "issuer": vars(invoice.issuer),
        "account": vars(invoice.account),
        "recipient": vars(invoice.recipient),
        "lines": [[vars(line)[name] for name in Line._fields] for line in invoice.lines],
        "rounding": invoice.rounding,
        "credit_yen": invoice.credit_yen,
    }
