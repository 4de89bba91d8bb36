"""The office passes a contract's gates, each on a ground, the number last (houses.md 10)."""

from datetime import date

from chalicelib.errors import Fault, Invalid, NotFound, Refused
from chalicelib.flows.change import Change
from chalicelib.flows.contract import numbers
from chalicelib.flows.contract.recognise import look_again
from chalicelib.flows.contract.wording import say_number, service_facts
from chalicelib.input import phones
from chalicelib.models import Contract
from chalicelib.models.contract_parts import GatePassed
from chalicelib.rules import calendar
from chalicelib.rules.contract import gates, offer, trial
from chalicelib.rules.house_file import USES
from chalicelib.rules.house_types import Gate, IdentityMethod


def pass_gate(change: Change, key: str, facts: dict) -> None:
    """The office passes one of the contract's gates on a ground; passing it again changes nothing.

    `facts` is the body that handlers read for that gate. Raises NotFound for a
    gate this contract does not have, Refused where it is not the office's to pass.
    """
    contract, house = change.contract, change.house
    gate = house.gate(key)
    if gate is None or (
        key not in {each.key for each in gates.needed(contract, house)} and key != "payment"
    ):
        names = "、".join(each.key for each in gates.needed(contract, house))
        raise NotFound(f"このご契約に「{key}」という確認項目はありません。確認項目: {names}")
    if key in gates.BY_PRESS:
        raise Refused(
            f"「{gate.name}」は、届いたメールのボタンをご本人に押していただくことで完了します。"
        )
    kept = {
        name: str(value) for name, value in facts.items() if value is not None and name != "ground"
    }
    if "number" in kept:
        kept["number"] = phones.normalise(kept["number"]) or kept["number"]
    if gates.passed(contract, key):
        _refuse_other_facts(contract, gate, kept)
        return
    change.proceed("payment_seen" if key == "payment" else "gate_passed")
    _STORIES[key](change, facts)
    contract.gates.append(
        GatePassed(gate=key, at=change.now, by=change.by, ground=facts["ground"], facts=kept)
    )
    change.record("gate_passed", text=key)


def _refuse_other_facts(contract: Contract, gate: Gate, kept: dict) -> None:
    """A gate passed before: the same facts change nothing, other facts are not swallowed."""
    entry = next(entry for entry in contract.gates if entry.gate == gate.key)
    if entry.facts != kept:
        known = "、".join(f"{name}: {value}" for name, value in (entry.facts or {}).items())
        raise Refused(
            f"「{gate.name}」は完了済みです({known})。訂正する場合は、先にこの項目の完了を取り消してください。"
        )


def reopen_gate(change: Change, key: str) -> None:
    """Take a passed gate back, to correct it: before the start, and a payment for going on also after it.

    Raises NotFound where it was not passed.
    """
    contract = change.contract
    to_continue = key == "payment" and change.house.first_payment.when == "at_continuation"
    change.proceed("payment_reopened" if to_continue else "gate_reopened")
    if key in gates.BY_PRESS or key not in contract.passed_gates():
        raise NotFound("この確認項目は、事務で完了したものではありません。")
    if key == "number":
        raise Refused("発行した番号は取り消せません。")
    contract.gates = [entry for entry in contract.gates if entry.gate != key]
    contract.ready_on = None
    for name in _WRITES.get(key, ()):
        setattr(contract, name, None)
    if key == "eligibility":
        _forget_eligibility(change)
    change.record("gate_reopened", text=key)


def _note_greeting(change: Change, facts: dict) -> None:
    change.contract.greeting = facts["greeting"]


def _note_identity(change: Change, facts: dict) -> None:
    """The method must be one that the law accepts on the day of the check (law.md); a company needs two documents.

    What the papers say of the client is looked up among earlier clients once more.
    """
    contract, day = change.contract, facts["checked_on"]
    if not contract.applied_on <= day <= change.today:
        raise Invalid(
            [
                Fault(
                    "checked_on",
                    "確認した日は、お申し込みの日から本日までの日付を入力してください。",
                )
            ]
        )
    accepted = {row.key: row.name for row in change.house.identity if _is_valid(row, day)}
    if facts["method"] not in accepted:
        listed = "、".join(f"{key}({name})" for key, name in accepted.items())
        raise Invalid(
            [
                Fault(
                    "method",
                    f"{calendar.spoken_day(day)}に使える確認方法を指定してください: {listed}",
                )
            ]
        )
    if contract.party == "company" and not facts["person_document"]:
        message = "法人のお客様は、会社の書類(document)に加えて、ご担当者様の本人確認書類を入力してください。"
        raise Invalid([Fault("person_document", message)])
    for name in ("corporate_number", "postal_address"):
        if facts[name] and facts[name] != getattr(contract, name):
            change.record(
                "name_changed", text=name, was=getattr(contract, name), becomes=facts[name]
            )
            setattr(contract, name, facts[name])
    look_again(change)


def _is_valid(row: IdentityMethod, day: date) -> bool:
    return (row.valid_from or day) <= day <= (row.valid_until or day)


def _note_payment(change: Change, facts: dict) -> None:
    if not change.contract.applied_on <= facts["paid_on"] <= change.today:
        raise Invalid(
            [Fault("paid_on", "入金日は、お申し込みの日から本日までの日付を入力してください。")]
        )
    due = offer.total(
        offer.first_charge(
            change.house, change.contract.plan, change.contract.use, facts["paid_on"]
        )
    )
    if facts["yen"] < due and not facts["short"]:
        message = f"初回のお支払いは{due:,}円です。金額をご確認ください(不足を承知で進める場合は short を true にしてください)。"
        raise Invalid([Fault("yen", message)])
    change.contract.paid_on, change.contract.paid_yen = facts["paid_on"], facts["yen"]
    if change.contract.continuation_asked_on:
        change.record("paid_to_continue")


def _note_eligibility(change: Change, facts: dict) -> None:
    """A client who may not try again goes on without a trial, and pays first."""
    if not facts["eligible"]:
        change.contract.wants_trial = False
        change.contract.trial_last_day = None
        change.record("trial_refused")
        change.tell(
            "no_trial", **service_facts(change, change.today), paid_yen=change.contract.paid_yen
        )


def _forget_eligibility(change: Change) -> None:
    """The decision is open again, and with it the trial that was asked for."""
    contract = change.contract
    contract.wants_trial = True
    contract.trial_last_day = trial.last_day(change.house, contract.applied_on, None)


def _lend_number(change: Change, facts: dict) -> None:
    contract, house = change.contract, change.house
    if missing := [gate.name for gate in gates.waiting(contract, house) if gate.key != "number"]:
        raise Refused("番号の発行は最後です。先に次の項目を完了してください: " + "、".join(missing))
    if facts["use"] != contract.use:
        asked = f"お申し込みは「{USES[contract.use]}」です。お申し込みのとおりに指定してください。"
        raise Invalid([Fault("use", asked)])
    contract.line = numbers.check_free(change, facts["number"], facts["use"])
    numbers.lend(change, contract.line, facts["use"])
    if contract.start_on and contract.start_on > change.today:
        say_number(change)


# What passing a gate writes beside the gate itself, and taking it back clears.
_WRITES = {"greeting": ("greeting",), "payment": ("paid_on", "paid_yen")}
_STORIES = {
    "greeting": _note_greeting,
    "identity": _note_identity,
    "payment": _note_payment,
    "eligibility": _note_eligibility,
    "number": _lend_number,
}
