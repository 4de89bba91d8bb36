"""Whether a client has been here before: a finding with its grounds, which a person decides upon (houses.md 3)."""

from chalicelib.flows.case import Case
from chalicelib.models import Mark
from chalicelib.rules import trial


def recognise(case: Case) -> None:
    """Note what this client is recognised by, and which earlier contracts bear the same marks.

    An applicant's slip is forgotten when it is corrected; what a client was
    once known by stays, since an old telephone number still tells who it is.
    """
    contract = case.contract
    marks, known = _marks(case), list(contract.marks)
    if contract.mail_confirmed_at is None:
        case.dropped_marks = [Mark(mark, contract.id) for mark in known if mark not in marks]
        contract.matches, known = [], []
    grounds = {each["contract"]: set(each["by"]) for each in contract.matches}
    for mark in marks:
        kind = mark.partition("#")[2].partition(":")[0]
        for other in Mark.query(mark):
            if other.contract != contract.id:
                grounds.setdefault(other.contract, set()).add(kind)
    case.marks = [Mark(mark, contract.id) for mark in marks]
    contract.marks = known + [mark for mark in marks if mark not in known]
    contract.matches = [{"contract": other, "by": sorted(by)} for other, by in sorted(grounds.items())]


def forget(case: Case) -> None:
    """Whoever never confirmed an application is not remembered."""
    case.dropped_marks = [Mark(mark, case.contract.id) for mark in case.contract.marks]


def _marks(case: Case) -> list[str]:
    contract = case.contract
    found = trial.marks(
        phone=contract.phone_number,
        mail=contract.mail,
        corporate_number=contract.corporate_number,
        name=contract.company or contract.contact_name,
        address=contract.postal_address,
    )
    return [f"{case.house.key}#{mark}" for mark in found]
