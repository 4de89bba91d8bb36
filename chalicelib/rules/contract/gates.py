"""What has to be passed before a service may start: the house's list in order (houses.md 10)."""

from chalicelib.rules.contract.facts import Application
from chalicelib.rules.house_types import Gate
from chalicelib.rules.houses import House

BY_PRESS = ("mail", "address")  # passed by the press of a button in a mail, never by hand
_DECISIONS = {"eligibility"}  # once taken they stay in sight, to be taken back


def needed(contract: Application, house: House) -> list[Gate]:
    """The gates that apply to this contract, in the house's order; the number comes last."""
    conditions = {
        None: True,
        "match": bool(contract.matches),
        "trial": contract.wants_trial,
        "no_trial": not contract.wants_trial,
    }
    decisions = contract.passed_gates() & _DECISIONS
    return [gate for gate in house.gates if conditions[gate.only] or gate.key in decisions]


def passed(contract: Application, key: str) -> bool:
    """Whether the gate of that key is passed."""
    if key == "mail":
        return contract.mail_confirmed_at is not None
    if key == "address":
        return any(
            address.confirmed_at for person in contract.people for address in person.addresses
        )
    return key in contract.passed_gates()


def waiting(contract: Application, house: House) -> list[Gate]:
    """The gates still to be passed."""
    return [gate for gate in needed(contract, house) if not passed(contract, gate.key)]
