"""An e-invoice read back: what stands in it, and the arithmetic of the standard's own rules.

A test names the rule of PINT or JP PINT that it holds (e_invoice.md Rules).
"""

from datetime import date
from decimal import Decimal
from math import ceil, floor
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Refused
from chalicelib.rules.money import invoice, net
from chalicelib.rules.money.invoice import TAXED, UNTAXED
from chalicelib.words import e_invoice
from chalicelib.words.e_invoice import CORPORATE, QUALIFIED_ISSUER, Endpoint

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
NAMES = {
    "": f"{UBL}Invoice-2",
    "cac": f"{UBL}CommonAggregateComponents-2",
    "cbc": f"{UBL}CommonBasicComponents-2",
}
BUYER = Endpoint(CORPORATE, "3210987654321")
ISSUER = invoice.Issuer(
    "株式会社MK & 仲間", "T1234567890123", "東京都千代田区1-1", "0312345678", "mk@example.jp"
)
FACTS = {
    "number": "mk-7KQ2MAB3DE-202609-1",
    "kind": "monthly",
    "house": "mk",
    "contract": "mk-7KQ2MAB3DE",
    "month": "2026-09",
    "part": 1,
    "corrects": None,
    "issued_on": date(2026, 9, 10),
    "due_on": date(2026, 9, 30),
    "issuer": ISSUER,
    "account": invoice.Account("例銀行 本店 普通 1234567", "カ)エムケー"),
    "recipient": invoice.Recipient("𠮷田<商店>", "大阪府大阪市2-2", "mk-7KQ2MAB3DE"),
    "rounding": "half_up",
    "credit_yen": 0,
}
BASE = invoice.line("base", "small", "基本料金", "2026-10", 5_720)
DEPOSIT = invoice.line("deposit", "", "保証金", None, 5_720, rate=UNTAXED)
OVERAGE = invoice.line("overage", "small", "超過", "2026-09", 148, 3, note="23件\n− 20件")
CREDIT = invoice.line("credit", "small", "超過の訂正", "2026-08", -148, 2)


def bill(*lines: invoice.Line, **facts) -> invoice.Invoice:
    return invoice.Invoice(**FACTS | facts, lines=lines or (BASE,))


def tree(facts: invoice.Invoice, seller: Endpoint | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(e_invoice.xml(facts, BUYER, seller))


def words(root: ElementTree.Element, path: str) -> list[str]:
    return [each.text for each in root.findall(path, NAMES)]


def yen(root: ElementTree.Element, path: str) -> int:
    (value,) = words(root, path)
    return int(value)


def tag(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{NAMES[prefix]}}}{local}"


MONTHS = st.one_of(st.none(), st.dates(date(2023, 10, 1)).map(lambda day: f"{day:%Y-%m}"))
LINES = st.builds(
    lambda kind, month, unit, quantity, rate: invoice.line(
        kind, "key", "品目", month, unit, quantity, rate
    ),
    st.sampled_from(["base", "option", "overage", "credit", "deposit"]),
    MONTHS,
    st.integers(-9_000, 30_000),
    st.integers(0, 300),
    st.sampled_from([TAXED, net.REDUCED, UNTAXED]),
)


@st.composite
def bills(draw):
    facts = bill(*draw(st.lists(LINES, min_size=1, max_size=12)))
    return facts._replace(credit_yen=draw(st.integers(0, max(0, facts.total_yen))))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("cbc:CustomizationID", "urn:peppol:pint:billing-1@jp-1"),  # aligned-ibrp-001-jp
        ("cbc:ProfileID", "urn:peppol:bis:billing"),  # aligned-ibrp-002-jp
        ("cbc:ID", "mk-7KQ2MAB3DE-202609-1"),
        ("cbc:IssueDate", "2026-09-10"),
        ("cbc:DueDate", "2026-09-30"),
        ("cbc:InvoiceTypeCode", "380"),
        ("cbc:DocumentCurrencyCode", "JPY"),
        ("cbc:BuyerReference", "mk-7KQ2MAB3DE"),
        ("cac:InvoicePeriod/cbc:StartDate", "2026-09-01"),
        ("cac:InvoicePeriod/cbc:EndDate", "2026-10-31"),
        ("cac:ContractDocumentReference/cbc:ID", "mk-7KQ2MAB3DE"),
        ("cac:PaymentMeans/cbc:PaymentMeansCode", "30"),
        ("cac:PaymentMeans/cbc:PaymentID", "mk-7KQ2MAB3DE"),
        ("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", "例銀行 本店 普通 1234567"),
        ("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:Name", "カ)エムケー"),
        ("cac:LegalMonetaryTotal/cbc:LineExtensionAmount", "11324"),
        ("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", "11884"),
        ("cac:LegalMonetaryTotal/cbc:PrepaidAmount", "1000"),
        ("cac:LegalMonetaryTotal/cbc:PayableAmount", "10884"),
    ],
)
def test_a_fact_stands_in_its_place(path, expected):
    assert words(tree(bill(BASE, DEPOSIT, OVERAGE, credit_yen=1_000)), path) == [expected]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("cbc:EndpointID", "T1234567890123"),
        ("cac:PostalAddress/cbc:StreetName", "東京都千代田区1-1"),
        ("cac:PostalAddress/cac:Country/cbc:IdentificationCode", "JP"),
        ("cac:PartyTaxScheme/cbc:CompanyID", "T1234567890123"),
        ("cac:PartyTaxScheme/cac:TaxScheme/cbc:ID", "VAT"),
        ("cac:PartyLegalEntity/cbc:RegistrationName", "株式会社MK & 仲間"),
        ("cac:Contact/cbc:Telephone", "0312345678"),
        ("cac:Contact/cbc:ElectronicMail", "mk@example.jp"),
    ],
)
def test_the_seller_stands_with_name_address_and_registration(path, expected):
    assert words(tree(bill()), f"cac:AccountingSupplierParty/cac:Party/{path}") == [expected]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("cbc:EndpointID", "3210987654321"),
        ("cac:PostalAddress/cbc:StreetName", "大阪府大阪市2-2"),
        ("cac:PostalAddress/cac:Country/cbc:IdentificationCode", "JP"),
        ("cac:PartyLegalEntity/cbc:RegistrationName", "𠮷田<商店>"),
    ],
)
def test_the_buyer_stands_with_name_and_address(path, expected):
    assert words(tree(bill()), f"cac:AccountingCustomerParty/cac:Party/{path}") == [expected]


def test_a_buyer_without_an_address_has_a_country():
    """ibr-010 and ibr-011"""
    nobody = tree(bill(recipient=FACTS["recipient"]._replace(address=None)))
    address = nobody.find("cac:AccountingCustomerParty/cac:Party/cac:PostalAddress", NAMES)
    assert [each.tag for each in address] == [tag("cac:Country")]


def test_only_a_corporate_number_is_a_legal_registration():
    path = "cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID"
    assert words(tree(bill()), path) == []
    corporate = tree(bill(), Endpoint(CORPORATE, "1234567890123"))
    assert words(corporate, path) == ["1234567890123"]


def test_an_endpoint_names_its_scheme():
    """ibr-062 and ibr-063"""
    schemes = [each.get("schemeID") for each in tree(bill()).iter(tag("cbc:EndpointID"))]
    assert schemes == [QUALIFIED_ISSUER, CORPORATE]


def test_a_correction_names_the_old_number():
    """ibr-055"""
    path = "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"
    assert words(tree(bill(corrects="mk-7KQ2MAB3DE-202608-1")), path) == ["mk-7KQ2MAB3DE-202608-1"]
    assert words(tree(bill()), path) == []


def test_a_negative_sum_is_an_invoice_with_negative_quantities():
    """aligned-ibrp-cl-02-jp, ibr-027 and ibr-co-16"""
    root = tree(bill(CREDIT, due_on=None))
    assert root.tag == tag("Invoice")
    assert words(root, "cbc:InvoiceTypeCode") == ["380"]
    assert words(root, "cbc:DueDate") == []
    assert words(root, "cac:InvoiceLine/cbc:InvoicedQuantity") == ["-2"]
    assert words(root, "cac:InvoiceLine/cbc:LineExtensionAmount") == ["-269"]
    assert words(root, "cac:InvoiceLine/cac:Price/cbc:PriceAmount") == ["269"]
    assert words(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["-296"]


def test_a_line_has_period_unit_and_note():
    line = tree(bill(BASE, OVERAGE)).findall("cac:InvoiceLine", NAMES)[1]
    assert words(line, "cbc:ID") == ["2"]
    assert words(line, "cbc:Note") == ["23件 − 20件"]
    assert line.find("cbc:InvoicedQuantity", NAMES).attrib == {"unitCode": "C62"}
    assert words(line, "cac:InvoicePeriod/cbc:StartDate") == ["2026-09-01"]
    assert words(line, "cac:InvoicePeriod/cbc:EndDate") == ["2026-09-30"]
    assert words(line, "cac:Item/cbc:Name") == ["超過"]


def test_what_is_billed_by_the_month_is_counted_in_months():
    (line,) = tree(bill(BASE)).findall("cac:InvoiceLine", NAMES)
    assert line.find("cbc:InvoicedQuantity", NAMES).attrib == {"unitCode": "MON"}


def test_an_invoice_for_no_month_is_for_the_month_of_its_closing():
    """aligned-ibrp-052"""
    root = tree(bill(DEPOSIT))
    assert words(root, "cac:InvoicePeriod/cbc:StartDate") == ["2026-09-01"]
    assert words(root, "cac:InvoiceLine/cac:InvoicePeriod") == []


@pytest.mark.parametrize(
    ("rate", "category", "percent"),
    [(TAXED, "S", ["10"]), (net.REDUCED, "AA", ["8"]), (UNTAXED, "O", [])],
)
def test_a_rate_has_its_category(rate, category, percent):
    """aligned-ibrp-cl-01-jp and aligned-ibrp-o-05: a deposit has no rate, not even 0"""
    root = tree(bill(invoice.line("base", "", "品目", None, 1_000, rate=rate)))
    for path in (".//cac:ClassifiedTaxCategory", ".//cac:TaxCategory"):
        assert words(root, f"{path}/cbc:ID") == [category]
        assert words(root, f"{path}/cbc:Percent") == percent


def test_characters_that_xml_cannot_hold_are_left_out():
    root = tree(bill(BASE._replace(label="基本\x00料金\ud800", note=" \x1f\n")))
    assert words(root, "cac:InvoiceLine/cac:Item/cbc:Name") == ["基本料金"]
    assert words(root, "cac:InvoiceLine/cbc:Note") == []


@pytest.mark.parametrize(
    "unfit",
    [
        bill(issuer=ISSUER._replace(registration_number=None)),  # aligned-ibr-jp-04
        bill(BASE._replace(yen=5_719), rounding="down"),  # aligned-ibrp-051-jp
    ],
)
def test_what_the_standard_does_not_take_is_refused(unfit):
    with pytest.raises(Refused):
        e_invoice.xml(unfit, BUYER)


@given(bills())
def test_the_same_facts_give_the_same_bytes(facts):
    assert e_invoice.xml(facts, BUYER) == e_invoice.xml(facts._replace(), BUYER)


@given(bills())
def test_no_element_is_empty(facts):
    """ibr-079"""
    for element in tree(facts).iter():
        assert len(element) or element.text.strip()


@given(bills())
def test_yen_are_whole_and_say_their_currency(facts):
    """aligned-ibr-jp-06 and ibr-126"""
    amounts = [each for each in tree(facts).iter() if each.tag.endswith("Amount")]
    assert {each.get("currencyID") for each in amounts} == {"JPY"}
    assert all(each.text.removeprefix("-").isdecimal() for each in amounts)


@given(bills())
def test_net_lines_add_up_to_the_sum_without_tax(facts):
    """ibr-co-10 and ibr-co-13"""
    root = tree(facts)
    lines = words(root, "cac:InvoiceLine/cbc:LineExtensionAmount")
    total = yen(root, "cac:LegalMonetaryTotal/cbc:LineExtensionAmount")
    assert sum(int(each) for each in lines) == total
    assert yen(root, "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount") == total


@given(bills())
def test_the_taxes_of_all_rates_are_the_tax(facts):
    """ibr-co-14"""
    root = tree(facts)
    taxes = words(root, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount")
    assert sum(int(each) for each in taxes) == yen(root, "cac:TaxTotal/cbc:TaxAmount")


@given(bills())
def test_totals_follow_from_each_other_and_from_the_invoice(facts):
    """ibr-co-15 and ibr-co-16"""
    root = tree(facts)
    totals = root.find("cac:LegalMonetaryTotal", NAMES)
    with_tax = yen(totals, "cbc:TaxInclusiveAmount")
    without_tax = yen(totals, "cbc:TaxExclusiveAmount")
    paid = sum(int(each) for each in words(totals, "cbc:PrepaidAmount"))
    assert with_tax == without_tax + yen(root, "cac:TaxTotal/cbc:TaxAmount")
    assert yen(totals, "cbc:PayableAmount") == with_tax - paid
    assert with_tax == facts.total_yen
    assert max(0, yen(totals, "cbc:PayableAmount")) == facts.payable_yen


@given(bills())
def test_a_tax_is_its_net_times_its_rate_between_floor_and_ceiling(facts):
    """aligned-ibrp-051-jp and aligned-ibrp-o-09"""
    for row in tree(facts).findall("cac:TaxTotal/cac:TaxSubtotal", NAMES):
        (percent,) = words(row, "cac:TaxCategory/cbc:Percent") or ["0"]
        exact = Decimal(yen(row, "cbc:TaxableAmount")) * int(percent) / 100
        assert floor(exact) <= yen(row, "cbc:TaxAmount") <= ceil(exact)


@given(bills())
def test_each_category_of_a_line_stands_once_in_the_taxes_with_its_lines_sum(facts):
    """aligned-ibrp-o-01, aligned-ibrp-047 and the sums of ibt-116"""
    root = tree(facts)
    rows = root.findall("cac:TaxTotal/cac:TaxSubtotal", NAMES)
    taxable = {
        words(row, "cac:TaxCategory/cbc:ID")[0]: yen(row, "cbc:TaxableAmount") for row in rows
    }
    sums = dict.fromkeys(taxable, 0)
    for line in root.findall("cac:InvoiceLine", NAMES):
        (category,) = words(line, "cac:Item/cac:ClassifiedTaxCategory/cbc:ID")
        sums[category] += yen(line, "cbc:LineExtensionAmount")
    assert len(taxable) == len(rows)
    assert sums == taxable


@given(bills())
def test_a_line_is_its_quantity_times_its_price(facts):
    """ibr-027 and ibr-087"""
    for line in tree(facts).findall("cac:InvoiceLine", NAMES):
        quantity = yen(line, "cbc:InvoicedQuantity")
        price = yen(line, "cac:Price/cbc:PriceAmount")
        count = yen(line, "cac:Price/cbc:BaseQuantity")
        assert price >= 0
        assert count > 0
        assert quantity * price == yen(line, "cbc:LineExtensionAmount") * count


@given(bills())
def test_the_period_of_a_line_lies_within_that_of_the_invoice(facts):
    """ibr-029, ibr-030, ibr-085 and ibr-086"""
    root = tree(facts)
    (first,) = words(root, "cac:InvoicePeriod/cbc:StartDate")
    (last,) = words(root, "cac:InvoicePeriod/cbc:EndDate")
    for period in root.findall("cac:InvoiceLine/cac:InvoicePeriod", NAMES):
        (begins,), (ends,) = words(period, "cbc:StartDate"), words(period, "cbc:EndDate")
        assert first <= begins <= ends <= last
