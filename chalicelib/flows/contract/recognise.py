"""Whether a client has been here before: grounds on which a person decides (houses.md 3)."""

from chalicelib.flows.change import Change
from chalicelib.models import Contract, Mark
from chalicelib.rules.contract import trial
from chalicelib.rules.contract.lifecycle import PREPARING


def recognise(change: Change) -> None:
    """Note what this client is recognised by, and which earlier contracts bear the same marks.

    An applicant's slip is forgotten when it is corrected. What a client was
    once known by stays: an old telephone number still tells who it is.
    """
    contract = change.contract
    marks = _marks(change)
    known = list(contract.marks)
    if contract.mail_confirmed_at is None:
        _drop(change, [mark for mark in known if mark not in marks])
        contract.matches = []
        known = []
    contract.marks = known + [mark for mark in marks if mark not in known]
    contract.matches = _matches(contract, marks)
    for mark in marks:
        change.put(Mark(mark, contract.id))


def _matches(contract: Contract, marks: list[str]) -> list[dict]:
    """Earlier contracts that bear one of the marks, each with the kinds of mark it is known by."""
    grounds = {match["contract"]: set(match["by"]) for match in contract.matches}
    for mark in marks:
        kind = mark.partition("#")[2].partition(":")[0]
        for bearer in Mark.query(mark):
            if bearer.contract != contract.id:
                grounds.setdefault(bearer.contract, set()).add(kind)
    return [{"contract": other, "by": sorted(kinds)} for other, kinds in sorted(grounds.items())]


def look_again(change: Change) -> None:
    """Recognise once more before the start.

    An earlier client found only now is decided upon, even if the trial was allowed.
    """
    contract = change.contract
    before = len(contract.matches)
    recognise(change)
    is_new = len(contract.matches) > before
    if is_new and contract.status == PREPARING and "eligibility" in contract.passed_gates():
        contract.gates = [passed for passed in contract.gates if passed.gate != "eligibility"]
        change.record("gate_reopened", text="eligibility")


def forget(change: Change) -> None:
    """Whoever never confirmed an application is not remembered."""
    _drop(change, change.contract.marks)


def _drop(change: Change, marks: list[str]) -> None:
    for mark in marks:
        change.delete(Mark(mark, change.contract.id))


def _marks(change: Change) -> list[str]:
    contract = change.contract
    marks = trial.marks(
        phone=contract.phone_number,
        mail=contract.mail,
        corporate_number=contract.corporate_number,
        name=contract.company or contract.contact_name,
        address=contract.postal_address,
    )
    return [f"{change.house.key}#{mark}" for mark in marks]
