"""Names and addresses of the party, on papers, on invoices; every change is kept (life.md)."""

from typing import Any

from chalicelib.errors import Fault, Invalid
from chalicelib.flows.change import Change
from chalicelib.flows.contract.recognise import look_again
from chalicelib.input import phones
from chalicelib.models import Contract
from chalicelib.rules.contract import lifecycle

# Beside these, the greeting may only change in service: before the start it is a gate.
FIELDS = (
    "party",
    "company",
    "contact_name",
    "contact_reading",
    "phone",
    "mail",
    "postal_address",
    "corporate_number",
    "payer_kana",
    "papers_name",
    "papers_address",
    "invoice_name",
    "invoice_address",
    "greeting",
)
_MAY_BE_EMPTY = {
    "payer_kana",
    "papers_name",
    "papers_address",
    "invoice_name",
    "invoice_address",
    "contact_reading",
    "corporate_number",
}


def change_names(change: Change, clear: list[str] | None = None, **names: Any) -> None:
    """Change what is given of FIELDS; the fields that `clear` names are emptied.

    Each change is a line of history: who, when, from, to. Raises Invalid.
    """
    contract = change.contract
    change.proceed("names_changed")
    cleared = set(clear or [])
    _check(contract, names, cleared)
    if names["party"] == "person" and contract.company:
        names["company"] = None
        cleared.add("company")
    before = change.recorded
    for name in FIELDS:
        becomes, was = names[name], getattr(contract, name)
        is_given = becomes is not None or name in cleared
        if is_given and becomes != was:
            setattr(contract, name, becomes)
            change.record("name_changed", text=name, was=was, becomes=becomes)
    if change.recorded > before and contract.status != lifecycle.ENDED:
        contract.phone_number = phones.normalise(contract.phone)
        look_again(change)


def _check(contract: Contract, names: dict[str, Any], cleared: set[str]) -> None:
    needed = cleared - _MAY_BE_EMPTY
    if names["party"] == "person":
        needed -= {"company"}
    faults = [Fault(name, "この項目は空にできません。") for name in sorted(needed)]
    is_new_mail = names["mail"] and names["mail"] != contract.mail
    if is_new_mail and contract.mail_confirmed_at is None:
        faults.append(
            Fault(
                "mail",
                "確認前のメールアドレスは、確認メールの送り直し(confirmation)で訂正してください。",
            )
        )
    if names["greeting"] and contract.started_on is None:
        faults.append(
            Fault("greeting", "開始前の名乗りは、確認項目(gates/greeting)で登録してください。")
        )
    party = names["party"] or contract.party
    if party == "company" and not (names["company"] or contract.company):
        faults.append(Fault("company", "法人のご契約には会社名が必要です。"))
    if faults:
        raise Invalid(faults)
