"""What has to be passed before a service may start: the house's list, in its order (houses.md 10)."""

from chalicelib.rules.house_types import Gate
from chalicelib.rules.houses import House

BY_PRESS = ("mail", "address")  # passed by the press of a button in a mail, never by hand


def needed(contract, house: House) -> list[Gate]:
    """The gates that apply to this contract, in the house's order; the number comes last."""
    conditions = {
        None: True,
        "match": bool(contract.matches),
        "trial": contract.wants_trial,
        "no_trial": not contract.wants_trial,
    }
    decided = contract.passed_gates() & {
        "eligibility"
    }  # a decision taken stays in sight, to be taken back
    return [gate for gate in house.gates if conditions[gate.only] or gate.key in decided]


def passed(contract, key: str) -> bool:
    if key == "mail":
        return contract.mail_confirmed_at is not None
    if key == "address":
        return any(
            address.confirmed_at for person in contract.people for address in person.addresses
        )
    return key in contract.passed_gates()


def waiting(contract, house: House) -> list[Gate]:
    """The gates still to be passed."""
    return [gate for gate in needed(contract, house) if not passed(contract, gate.key)]
