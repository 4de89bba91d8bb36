"""What operators may say and must know about a client (houses.md 1 and 12, calls.md The line)."""

from chalicelib.errors import Fault, Invalid
from chalicelib.flows.case import Case
from chalicelib.models import Contract

FIELDS = ("answers", "disclosable", "notes", "exception", "former")


def change(case: Case, said: dict) -> None:
    """Put the given lists in the place of the old ones: an empty list or text clears.

    `answers` are questions that may be answered, `disclosable` what may be
    told when a call warrants it, `notes` look-alikes, VIPs and words to avoid,
    `exception` why two firms share the number (特認), `former` the contract of
    a client who came back. Raises Invalid for a former contract that is not this house's.
    """
    contract = case.contract
    case.proceed("names_changed")
    if said["former"]:
        _check_former(case, said["former"])
    for name in FIELDS:
        if said[name] is not None and said[name] != getattr(contract, name):
            setattr(contract, name, said[name])
            case.note("instructions_changed", text=name)


def tell(contract: Contract) -> dict:
    return {name: getattr(contract, name) for name in FIELDS}


def _check_former(case: Case, former: str) -> None:
    found = Contract.find(former)
    if found is None or found.house != case.house.key or found.id == case.contract.id:
        raise Invalid([Fault("former", "以前のご契約の番号が見つかりません。番号をご確認ください。")])
