"""Whether a client has been here before: a finding with its grounds, which a person decides upon (houses.md 3)."""

from chalicelib.flows.change import Change
from chalicelib.models import Mark
from chalicelib.rules.contract import trial
from chalicelib.rules.contract.lifecycle import PREPARING


def recognise(change: Change) -> None:
    """Note what this client is recognised by, and which earlier contracts bear the same marks.

    An applicant's slip is forgotten when it is corrected; what a client was
    once known by stays, since an old telephone number still tells who it is.
    """
    contract = change.contract
    marks, known = _marks(change), list(contract.marks)
    if contract.mail_confirmed_at is None:
        change.dropped_marks = [Mark(mark, contract.id) for mark in known if mark not in marks]
        contract.matches, known = [], []
    grounds = {each["contract"]: set(each["by"]) for each in contract.matches}
    for mark in marks:
        kind = mark.partition("#")[2].partition(":")[0]
        for other in Mark.query(mark):
            if other.contract != contract.id:
                grounds.setdefault(other.contract, set()).add(kind)
    change.marks = [Mark(mark, contract.id) for mark in marks]
    contract.marks = known + [mark for mark in marks if mark not in known]
    contract.matches = [
        {"contract": other, "by": sorted(by)} for other, by in sorted(grounds.items())
    ]


def look_again(change: Change) -> None:
    """Recognise once more before the start: an earlier client found only now is decided upon, even if the trial was allowed."""
    contract, before = change.contract, len(change.contract.matches)
    recognise(change)
    if (
        len(contract.matches) > before
        and contract.status == PREPARING
        and "eligibility" in contract.passed_gates()
    ):
        contract.gates = [entry for entry in contract.gates if entry.gate != "eligibility"]
        change.note("gate_reopened", text="eligibility")


def forget(change: Change) -> None:
    """Whoever never confirmed an application is not remembered."""
    change.dropped_marks = [Mark(mark, change.contract.id) for mark in change.contract.marks]


def _marks(change: Change) -> list[str]:
    contract = change.contract
    found = trial.marks(
        phone=contract.phone_number,
        mail=contract.mail,
        corporate_number=contract.corporate_number,
        name=contract.company or contract.contact_name,
        address=contract.postal_address,
    )
    return [f"{change.house.key}#{mark}" for mark in found]
