"""The tables."""

from chalicelib.models.book import Book
from chalicelib.models.contract import Contract
from chalicelib.models.counter import Counter
from chalicelib.models.history import History
from chalicelib.models.invoice import Invoice
from chalicelib.models.key import Key
from chalicelib.models.letter import Letter
from chalicelib.models.line import Line
from chalicelib.models.mark import Mark
from chalicelib.models.memo import Memo
from chalicelib.models.payment import Payment
from chalicelib.models.payout import Payout
from chalicelib.models.progress import Progress
from chalicelib.models.recount import Recount
from chalicelib.models.statement import Statement
from chalicelib.models.token import Token

__all__ = [
    "TABLES",
    "Book",
    "Contract",
    "Counter",
    "History",
    "Invoice",
    "Key",
    "Letter",
    "Line",
    "Mark",
    "Memo",
    "Payment",
    "Payout",
    "Progress",
    "Recount",
    "Statement",
    "Token",
]

TABLES = (
    Book,
    Contract,
    Counter,
    History,
    Invoice,
    Key,
    Letter,
    Line,
    Mark,
    Memo,
    Payment,
    Payout,
    Progress,
    Recount,
    Statement,
    Token,
)
