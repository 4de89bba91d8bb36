"""An invoice as JP PINT, the Japanese e-invoice of Peppol in UBL 2.1 (e_invoice.md).

The tree below reads like the document, from its head to its lines.
"""

from chalicelib.record import Record
from chalicelib.rules import calendar
from chalicelib.rules.money import net
from chalicelib.rules.money.invoice import TAXED, UNTAXED, Invoice, Issuer, Line, Recipient, Sum
from chalicelib.words import ubl
from chalicelib.words.ubl import Element, node, text, yen

CORPORATE = "0188"  # 法人番号: 13 digits
QUALIFIED_ISSUER = "0221"  # 適格請求書発行事業者の登録番号: T and 13 digits

_SPECIFICATION = "urn:peppol:pint:billing-1@jp-1"
_PROCESS = "urn:peppol:bis:billing"
_INVOICE = "380"  # also for a negative sum: JP PINT knows no credit note (aligned-ibrp-cl-02-jp)
_CREDIT_TRANSFER = "30"
_CATEGORIES = {TAXED: "S", net.REDUCED: "AA", UNTAXED: "O"}  # a deposit is outside the tax
_MONTHLY = {"base", "option", "number", "person"}
_MONTH, _ONE = "MON", "C62"  # units of UN/ECE Recommendation 20


class Endpoint(Record):
    """Where a party is reached in the network: a number in a scheme such as `CORPORATE`."""

    scheme: str
    number: str


def xml(invoice: Invoice, buyer: Endpoint, seller: Endpoint | None = None) -> bytes:
    """The invoice as UTF-8 bytes of JP PINT, the same bytes for the same facts.

    Without a seller's endpoint the registration number is one. Raises Refused where the standard
    asks for what the invoice does not have, or its sums do not pass (e_invoice.md Net).
    """
    net.check(invoice)
    own = Endpoint(QUALIFIED_ISSUER, _registration(invoice))
    return ubl.document("Invoice", _parts(invoice, buyer, seller or own))


def _registration(invoice: Invoice) -> str:
    assert invoice.issuer.registration_number is not None  # `check` has asked
    return invoice.issuer.registration_number


def _parts(invoice: Invoice, buyer: Endpoint, seller: Endpoint) -> list[Element | None]:
    return [
        *_head(invoice),
        node("cac:AccountingSupplierParty", _seller(invoice.issuer, seller)),
        node("cac:AccountingCustomerParty", _buyer(invoice.recipient, buyer)),
        _payment(invoice),
        _taxes(invoice.sums),
        _totals(invoice),
        *_lines(invoice),
    ]


def _head(invoice: Invoice) -> list[Element | None]:
    months = [each.month for each in invoice.lines if each.month] or [invoice.month]
    return [
        text("cbc:CustomizationID", _SPECIFICATION),
        text("cbc:ProfileID", _PROCESS),
        text("cbc:ID", invoice.number),
        text("cbc:IssueDate", invoice.issued_on),
        text("cbc:DueDate", invoice.due_on),
        text("cbc:InvoiceTypeCode", _INVOICE),
        text("cbc:DocumentCurrencyCode", ubl.CURRENCY),
        text("cbc:BuyerReference", invoice.recipient.contract),
        _period(min(months), max(months)),
        _corrected(invoice.corrects),
        node("cac:ContractDocumentReference", text("cbc:ID", invoice.contract)),
    ]


def _period(first: str, last: str) -> Element:
    """From the first day of one month to the last day of another."""
    return node(
        "cac:InvoicePeriod",
        text("cbc:StartDate", f"{first}-01"),
        text("cbc:EndDate", calendar.last_day_of(last)),
    )


def _corrected(number: str | None) -> Element | None:
    if number is None:
        return None
    reference = node("cac:InvoiceDocumentReference", text("cbc:ID", number))
    return node("cac:BillingReference", reference)


def _seller(issuer: Issuer, endpoint: Endpoint) -> Element:
    corporate = endpoint.number if endpoint.scheme == CORPORATE else None
    return node(
        "cac:Party",
        text("cbc:EndpointID", endpoint.number, schemeID=endpoint.scheme),
        _address(issuer.address),
        node(
            "cac:PartyTaxScheme", text("cbc:CompanyID", issuer.registration_number), _tax_scheme()
        ),
        node(
            "cac:PartyLegalEntity",
            text("cbc:RegistrationName", issuer.name),
            text("cbc:CompanyID", corporate, schemeID=CORPORATE),
        ),
        node(
            "cac:Contact",
            text("cbc:Telephone", issuer.phone),
            text("cbc:ElectronicMail", issuer.mail),
        ),
    )


def _buyer(recipient: Recipient, endpoint: Endpoint) -> Element:
    return node(
        "cac:Party",
        text("cbc:EndpointID", endpoint.number, schemeID=endpoint.scheme),
        _address(recipient.address),
        node("cac:PartyLegalEntity", text("cbc:RegistrationName", recipient.name)),
    )


def _address(words: str | None) -> Element:
    """An address as one line: we keep it as it was typed, and the standard takes that."""
    country = node("cac:Country", text("cbc:IdentificationCode", "JP"))
    return node("cac:PostalAddress", text("cbc:StreetName", words), country)


def _payment(invoice: Invoice) -> Element:
    return node(
        "cac:PaymentMeans",
        text("cbc:PaymentMeansCode", _CREDIT_TRANSFER),
        text("cbc:PaymentID", invoice.recipient.contract),
        node(
            "cac:PayeeFinancialAccount",
            text("cbc:ID", invoice.account.text),
            text("cbc:Name", invoice.account.holder),
        ),
    )


def _taxes(sums: tuple[Sum, ...]) -> Element:
    return node(
        "cac:TaxTotal",
        yen("cbc:TaxAmount", sum(each.tax_yen for each in sums)),
        *(_tax_of_a_rate(each) for each in sums),
    )


def _tax_of_a_rate(row: Sum) -> Element:
    return node(
        "cac:TaxSubtotal",
        yen("cbc:TaxableAmount", row.yen - row.tax_yen),
        yen("cbc:TaxAmount", row.tax_yen),
        _category("cac:TaxCategory", row.rate),
    )


def _category(tag: str, rate: int) -> Element:
    """A rate's category; outside the tax there is no rate, not even 0 (aligned-ibrp-o-05)."""
    percent = None if rate == UNTAXED else rate
    return node(tag, text("cbc:ID", _CATEGORIES[rate]), text("cbc:Percent", percent), _tax_scheme())


def _tax_scheme() -> Element:
    """The consumption tax, which the standard calls VAT (aligned-ibr-jp-03)."""
    return node("cac:TaxScheme", text("cbc:ID", "VAT"))


def _totals(invoice: Invoice) -> Element:
    """What a negative sum leaves to the client is a negative amount due (ibr-co-16)."""
    without_tax = invoice.total_yen - sum(each.tax_yen for each in invoice.sums)
    prepaid = invoice.credit_yen
    return node(
        "cac:LegalMonetaryTotal",
        yen("cbc:LineExtensionAmount", without_tax),
        yen("cbc:TaxExclusiveAmount", without_tax),
        yen("cbc:TaxInclusiveAmount", invoice.total_yen),
        yen("cbc:PrepaidAmount", prepaid) if prepaid else None,
        yen("cbc:PayableAmount", invoice.total_yen - prepaid),
    )


def _lines(invoice: Invoice) -> list[Element]:
    amounts = net.nets(invoice.lines, invoice.rounding)
    return [
        _line(place, line, net_yen)
        for place, (line, net_yen) in enumerate(zip(invoice.lines, amounts, strict=True), start=1)
    ]


def _line(place: int, line: Line, net_yen: int) -> Element:
    """A line whose price is its whole net for its whole quantity, so that nothing is rounded.

    A price is never negative (ibr-027): a credit takes back a quantity.
    """
    unit = _MONTH if line.kind in _MONTHLY else _ONE
    count = abs(line.quantity) or 1
    quantity = -abs(line.quantity) if line.yen < 0 else abs(line.quantity)
    return node(
        "cac:InvoiceLine",
        text("cbc:ID", place),
        text("cbc:Note", line.note),
        text("cbc:InvoicedQuantity", quantity, unitCode=unit),
        yen("cbc:LineExtensionAmount", net_yen),
        _period(line.month, line.month) if line.month else None,
        node(
            "cac:Item",
            text("cbc:Name", line.label),
            _category("cac:ClassifiedTaxCategory", line.rate),
        ),
        node(
            "cac:Price",
            yen("cbc:PriceAmount", abs(net_yen)),
            text("cbc:BaseQuantity", count, unitCode=unit),
        ),
    )
