"""The tables."""

from chalicelib.models.contract import Contract
from chalicelib.models.counter import Counter
from chalicelib.models.history import History
from chalicelib.models.key import Key
from chalicelib.models.letter import Letter
from chalicelib.models.line import Line
from chalicelib.models.mark import Mark
from chalicelib.models.memo import Memo
from chalicelib.models.progress import Progress
from chalicelib.models.recount import Recount
from chalicelib.models.token import Token

__all__ = [
    "TABLES",
    "Contract",
    "Counter",
    "History",
    "Key",
    "Letter",
    "Line",
    "Mark",
    "Memo",
    "Progress",
    "Recount",
    "Token",
]

TABLES = (Contract, Counter, History, Key, Letter, Line, Mark, Memo, Progress, Recount, Token)
