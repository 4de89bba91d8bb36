"""Money that goes back to a client: a trial's refund, the deposit, credit at the end (money.md)."""

from datetime import date
from typing import Any

from chalicelib import log
from chalicelib.errors import Refused, wrong
from chalicelib.flows import lookup
from chalicelib.flows.change import DATES, Change
from chalicelib.flows.contract import payment
from chalicelib.models import Payment, Payout
from chalicelib.rules.money import payouts
from chalicelib.words import money_letters


def pay_out(change: Change, on: date) -> None:
    """All that the house still has of a client goes back, less the bank's fee by the house's rule.

    The deposit goes back as it was paid; a later plan does not change it.
    """
    contract, house = change.contract, change.house
    parts = payouts.parts(contract)
    yen = sum(part["yen"] for part in parts)
    fee = min(payouts.fee(contract, house), yen)
    contract.payouts += 1
    arose_on = on if change.by == DATES else change.today
    made = Payout(
        id=f"{contract.id}-p{contract.payouts}",
        house=house.key,
        contract=contract.id,
        client=contract.client,
        on=arose_on,
        parts=parts,
        yen=yen,
        fee_yen=fee,
        net_yen=yen - fee,
        paid_on=None if yen > fee else arose_on,  # nothing is left to send
    )
    contract.credit_yen = contract.deposit_yen = 0
    change.put(made, Payout.id.does_not_exist())
    change.record("payout_made", arose_on, text=f"{yen:,}円")
    log.alarm("money goes back", contract=contract.id, payout=made.id)


def mark_paid(change: Change, payout_id: str, on: date) -> None:
    """The office has sent the money on the JST date `on`; the client is told. Said twice, once."""
    made = lookup.payout(change.house, payout_id)
    if made.paid_on:
        return
    if not made.on <= on <= change.today:
        raise wrong("on", "振込日は、返金が生じた日から本日までの日付を入力してください。")
    actions = [
        Payout.paid_on.set(on),
        Payout.paid_at.set(change.now),
        Payout.paid_by.set(change.by),
    ]
    change.update(made, actions, Payout.paid_on.does_not_exist())
    change.record("payout_paid", on, text=f"{made.net_yen:,}円")
    change.tell(
        money_letters.PaidOut(
            parts=made.parts, yen=made.yen, fee_yen=made.fee_yen, net_yen=made.net_yen, day=on
        )
    )


def note_bank_account(change: Change, **account: Any) -> None:
    """Where the client wants to be paid back."""
    if change.contract.bank_account == account:
        return
    change.contract.bank_account = account
    change.record("bank_account_noted")


def set_off(change: Change, reason: str) -> None:
    """The office pays what is open of what the house still has: credit first, then the deposit.

    Said twice with the same words, it is done once. Raises Refused where there is nothing to set
    off.
    """
    contract = change.contract
    if contract.active_from is None:
        raise Refused("有料のご契約が始まるまでは、お預かり金を充当できません。")
    open_yen = sum(each.open_yen for each in contract.open_invoices)
    yen = min(open_yen, contract.credit_yen + contract.deposit_yen)
    if not yen:
        if _was_set_off(change, reason):
            return
        raise Refused("充当できるお預かり金、または未払いの請求書がありません。")
    from_credit = min(yen, contract.credit_yen)
    contract.credit_yen -= from_credit
    contract.deposit_yen -= yen - from_credit
    made = Payment(
        id=f"{contract.id}-s{change.recorded}",
        house=change.house.key,
        on=change.today,
        yen=yen,
        source="set_off",
        from_credit_yen=from_credit,
        recorded_at=change.now,
        by=change.by,
    )
    payment.pay_all(change, made)
    change.put(made, Payment.id.does_not_exist())
    change.record("set_off", text=f"{yen:,}円: {reason}")


def _was_set_off(change: Change, reason: str) -> bool:
    """Whether it was done today with these words: a request whose answer was lost comes again."""
    return any(
        note.event == "set_off" and note.on == change.today and note.text.endswith(f"円: {reason}")
        for note in change.contract.history
    )
