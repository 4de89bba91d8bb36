"""What letters say of a contract: its service at the prices of a day, its number, the auto-reply."""

from datetime import date, timedelta

from chalicelib.flows.change import Change
from chalicelib.models import Letter
from chalicelib.rules.contract import offer, trial


def ask_confirmation(change: Change, reminder: bool = False) -> Letter:
    """Write the auto-reply whose link confirms the applicant's own address."""
    contract = change.contract
    contract.confirmations_sent += 1
    letter = change.write(
        "confirm",
        contract.applied_on,
        reminder=reminder,
        seen=contract.seen["offer"],
        answer_by=(
            contract.applied_on + timedelta(days=change.house.application.delete_after_days - 1)
        ).isoformat(),
        receipt=contract.id,
    )
    letter.id = confirmation_id(contract.id, contract.confirmations_sent)
    change.give_link(letter, "mail", change.house.application.delete_after_days)
    return letter


def confirmation_id(contract: str, count: int) -> str:
    return f"{contract}#confirm#{count}"


def service_facts(change: Change, on: date) -> dict:
    """What most letters need to say about a contract, at the prices of the JST date `on`."""
    contract, house = change.contract, change.house
    lines = offer.first_charge(house, contract.plan, contract.use, on)
    return {
        "plan": house.plan(contract.plan).name,
        "monthly": offer.monthly(house, contract.plan, contract.use, on),
        "line": contract.line,
        "use": contract.use,
        "greeting": contract.greeting,
        "ends_on": contract.ends_on.isoformat() if contract.ends_on else None,
        "last_day": contract.trial_last_day.isoformat() if contract.trial_last_day else None,
        "first_lines": [list(line) for line in lines],
        "first_total": offer.total(lines),
    }


def say_number(change: Change) -> None:
    """Tell a number that is lent for a start on a later day, with the dates that follow from it."""
    contract, house = change.contract, change.house
    last = (
        trial.last_day(house, contract.applied_on, contract.start_on)
        if contract.wants_trial
        else None
    )
    trial_until = last.isoformat() if last and last >= contract.start_on else None
    facts = service_facts(change, contract.start_on) | {"trial_until": trial_until}
    change.tell("number", **facts, day=contract.start_on.isoformat())
