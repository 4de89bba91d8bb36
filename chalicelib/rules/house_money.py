"""What a house file says of money: when it bills, who issues the invoices, where clients pay.

Yen include tax; a part's record stands here beside the shape that reads it (houses.md 11).
"""

from typing import Literal

from chalicelib.input.shapes import Choice, Flag, Number, Shape, Text
from chalicelib.record import Record


class Billing(Record):
    """When and for which months invoices are made, and what follows if they stay unpaid.

    The closing of month N bills the base fee up to N + `advance_months`. An invoice is due on the
    `due_day` of its month or the next business day, or on the month's last business day where
    that is None; never sooner than so many business days after its issue.
    """

    advance_months: int
    due_day: int | None
    due_business_days_after_issue: int
    remind_every_days: int
    transfer_fee_yen: int
    payout_less_transfer_fee: bool
    statement: bool


class Issuer(Record):
    """Who issues the invoices, and how their tax is rounded (money.md Invoice)."""

    name: str
    registration_number: str | None
    address: str
    rounding: Literal["down", "half_up"]
    e_invoice: bool


class Account(Record):
    """The house's own bank account: where clients pay, and from where payouts leave.

    `holder` is in kana as the bank has it; `client_code` is the bank's for files of payouts.
    """

    bank: str
    bank_code: str
    branch: str
    branch_code: str
    kind: Literal["ordinary", "current"]
    number: str
    holder: str
    client_code: str | None

    @property
    def text(self) -> str:
        """The account in words for people: みほん銀行 本店 普通 1234567."""
        return f"{self.bank} {self.branch} {ACCOUNT_KINDS[self.kind]} {self.number}"

    @property
    def kind_code(self) -> str:
        """The kind as banks' files have it (預金種目)."""
        return _KIND_CODES[self.kind]


ACCOUNT_KINDS = {"ordinary": "普通", "current": "当座"}
_KIND_CODES = {"ordinary": "1", "current": "2"}


_DIGITS_4 = (r"[0-9]{4}", "4桁の数字で書いてください。")
_DIGITS_3 = (r"[0-9]{3}", "3桁の数字で書いてください。")
_DIGITS_7 = (r"[0-9]{7}", "7桁の数字で書いてください。")
_DIGITS_10 = (r"[0-9]{10}", "10桁の数字で書いてください。")
_REGISTRATION = (r"T[0-9]{13}", "T と13桁の数字で書いてください(例: T1234567890123)。")

BILLING = Shape(
    "billing",
    advance_months=Number("advance_months", max=1),
    due_day=Number("due_day", min=1, max=28, required=False),
    due_business_days_after_issue=Number("due_business_days_after_issue", max=60),
    remind_every_days=Number("remind_every_days", min=1, max=60),
    transfer_fee_yen=Number("transfer_fee_yen", max=2000),
    payout_less_transfer_fee=Flag("payout_less_transfer_fee"),
    statement=Flag("statement"),
)
ISSUER = Shape(
    "issuer",
    name=Text("name", max=60),
    registration_number=Text("registration_number", pattern=_REGISTRATION, required=False),
    address=Text("address", max=120),
    rounding=Choice("rounding", {"down": "yen are cut off", "half_up": "yen are rounded"}),
    e_invoice=Flag("e_invoice"),
)
ACCOUNT = Shape(
    "account",
    bank=Text("bank", max=30),
    bank_code=Text("bank_code", pattern=_DIGITS_4),
    branch=Text("branch", max=30),
    branch_code=Text("branch_code", pattern=_DIGITS_3),
    kind=Choice("kind", ACCOUNT_KINDS),
    number=Text("number", pattern=_DIGITS_7),
    holder=Text("holder", max=40),
    client_code=Text("client_code", pattern=_DIGITS_10, required=False),
)
