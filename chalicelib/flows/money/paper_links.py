"""Links to papers, which live five minutes. A paper that is not made yet is asked for at once."""

from typing import NoReturn

from chalicelib.channels import files, queue
from chalicelib.errors import NotYet, Refused
from chalicelib.flows import lookup
from chalicelib.flows.money import papers
from chalicelib.models import Invoice, Statement
from chalicelib.rules.houses import House

SECONDS = 10  # after which a paper that was asked for is usually there


def invoice(house: House, number: str) -> str:
    """A link to an invoice's paper. Raises NotFound, and NotYet while it is being made."""
    return of_invoice(lookup.invoice(house, number))


def of_invoice(item: Invoice) -> str:
    """A link to the paper of an invoice at hand. Raises NotYet."""
    if item.paper_at is None:
        ask(papers.wish_of(item))
    return files.link(papers.invoice_key(item.house, item.number), f"請求書_{item.number}.pdf")


def xml(house: House, number: str) -> bytes:
    """An invoice as JP PINT, the very bytes that lie in its paper.

    Raises NotFound, Refused where it was not issued so, and NotYet.
    """
    item = lookup.invoice(house, number)
    if item.paper_at is None and house.issuer.e_invoice:
        ask(papers.wish_of(item))
    kept = files.read(papers.invoice_key(house.key, number, "xml"))
    if kept is None:
        raise Refused(
            "この請求書は、電子インボイス(JP PINT)として発行していません。"
            "ご契約に法人番号(13桁)を登録すると、以後の請求書から発行します。"
            if house.issuer.e_invoice
            else "この事業者は、電子インボイス(JP PINT)を発行していません。PDFをご利用ください。"
        )
    return kept


def receipt(house: House, number: str) -> str:
    """A link to the receipt for an invoice. Raises NotFound, NotYet, and Refused while unpaid."""
    item = lookup.invoice(house, number)
    if item.paid_on is None or item.replaced_by:
        raise Refused(
            "領収書は、お支払いが済んだ請求書にだけ発行できます。"
            "ご入金を確認し、消し込みのあとでもう一度お試しください。"
        )
    if item.receipt_of != item.paid_on:
        ask(papers.wish(house.key, "receipt", number=number))
    return files.link(papers.receipt_key(item), f"領収書_{number}.pdf")


def statement(house: House, item: Statement) -> str:
    """A link to the statement of a month of this house. Raises NotYet."""
    if item.paper_at is None:
        ask(papers.wish_of(item))
    key = papers.statement_key(house.key, item.contract, item.month)
    return files.link(key, f"作業明細_{item.contract}_{item.month}.pdf")


def origin() -> str:
    """Where all links lead: a browser follows a button only to what its page has named."""
    return files.origin()


def ask(message: papers.Message) -> NoReturn:
    """Ask for a paper, and for the visitor's patience."""
    queue.ask_for_papers([message])
    raise NotYet(
        f"書類を作成しています。{SECONDS}秒ほど待ってから、もう一度お試しください。",
        retry_after=SECONDS,
    )
