"""When money goes back, of what it is made, and what the transfer costs (money.md Payments)."""

from datetime import date
from typing import Any

from chalicelib.rules import calendar
from chalicelib.rules.contract import life
from chalicelib.rules.houses import House
from chalicelib.rules.money.facts import Ended

DEPOSIT = "deposit"
CREDIT = "credit"
TRIAL = "trial"


def due(contract: Ended, house: House) -> date | None:
    """The JST day from which a payout is due; None where nothing goes back, or something is open.

    Whoever had a paid contract is paid out once its last calls are billed.
    """
    if contract.open_invoices or not contract.credit_yen + contract.deposit_yen:
        return None
    if contract.active_from is None:
        return contract.ended_on
    last = life.last_service_day(contract)
    assert last is not None  # whoever has ended had a last day
    last_bill = calendar.month_after(calendar.month_of_day(last))
    if contract.closed_through is None or contract.closed_through < last_bill:
        return None
    assert contract.frozen_at is not None  # a closing was done
    return calendar.day_of(contract.frozen_at)


def parts(contract: Ended) -> list[dict[str, Any]]:
    """What the money is: the deposit, and credit or what was paid for a trial."""
    paid = CREDIT if contract.active_from else TRIAL
    amounts = [(DEPOSIT, contract.deposit_yen), (paid, contract.credit_yen)]
    return [{"reason": reason, "yen": yen} for reason, yen in amounts if yen]


def fee(contract: Ended, house: House) -> int:
    """The bank's fee that the payout is less by, in yen.

    A refusal by the house costs the client nothing (houses.md 3).
    """
    if contract.active_from:
        is_less = house.billing.payout_less_transfer_fee
    else:
        is_less = house.trial.money_back_less_transfer_fee and contract.end_reason != "refused"
    return house.billing.transfer_fee_yen if is_less else 0
