"""What several letters say of a contract: its service at the prices of a day, its number."""

from datetime import date, timedelta

from chalicelib.flows.change import Change
from chalicelib.models import Letter
from chalicelib.rules.contract import trial
from chalicelib.rules.money import charges, invoice
from chalicelib.words import letters


def service(change: Change, on: date) -> letters.Service:
    """The contract's service at the prices of the JST date `on`."""
    contract, house = change.contract, change.house
    lines = charges.first_payment(contract, house, change.today)
    return letters.Service(
        plan=house.plan(contract.plan).name,
        monthly=charges.monthly_yen(contract, house, on, change.today),
        line=contract.line,
        use=contract.use,
        greeting=contract.greeting,
        ends_on=contract.ends_on,
        last_day=contract.trial_last_day,
        first_lines=charges.spoken(lines),
        first_total=invoice.total(lines),
    )


def ask_confirmation(change: Change, reminder: bool = False) -> Letter:
    """Write the auto-reply whose link confirms the applicant's own address."""
    contract = change.contract
    days = change.house.application.delete_after_days
    contract.confirmations_sent += 1
    letter = change.write(
        letters.Confirm(
            reminder=reminder,
            seen=contract.seen["offer"],
            answer_by=contract.applied_on + timedelta(days=days - 1),
            receipt=contract.id,
        ),
        contract.applied_on,
    )
    letter.id = confirmation_id(contract.id, contract.confirmations_sent)
    change.give_link(letter, "mail", days)
    return letter


def confirmation_id(contract_id: str, count: int) -> str:
    """The id of an applicant's `count`-th confirmation mail."""
    return f"{contract_id}#confirm#{count}"


def say_number(change: Change) -> None:
    """Tell a number that is lent for a start on a later day, with the dates that follow from it."""
    contract = change.contract
    start = contract.start_on
    last_day = None
    if contract.wants_trial:
        last_day = trial.last_day(change.house, contract.applied_on, start)
    in_trial = last_day is not None and last_day >= start
    change.tell(
        letters.Number(
            service=service(change, start),
            trial_until=last_day if in_trial else None,
            day=start,
        )
    )
