"""The office passes a contract's gates, each on a ground, the number last (houses.md 10)."""

from collections.abc import Callable
from typing import Any

from chalicelib.errors import NotFound, Refused, wrong
from chalicelib.flows.change import Change
from chalicelib.flows.contract import numbers, payment, payment_undone
from chalicelib.flows.contract.recognise import look_again
from chalicelib.flows.contract.wording import say_number, service
from chalicelib.input import phones
from chalicelib.models import Contract
from chalicelib.models.contract_parts import GatePassed
from chalicelib.rules import calendar
from chalicelib.rules.contract import gates, trial
from chalicelib.rules.house_file import USES
from chalicelib.rules.house_types import Gate
from chalicelib.rules.money import charges, invoice
from chalicelib.words import letters

Facts = dict[str, Any]


def pass_gate(change: Change, gate: str, ground: str, **facts: Any) -> None:
    """The office passes one of the contract's gates on a ground; passed again, nothing changes.

    `facts` are what that gate's story reads. Raises NotFound for a gate that
    this contract does not have, Refused where it is not the office's to pass.
    """
    contract = change.contract
    row = _find_gate(change, gate)
    if gate in gates.BY_PRESS:
        raise Refused(
            f"「{row.name}」は、届いたメールのボタンをご本人に押していただくことで完了します。"
        )
    kept = _kept(facts)
    if gates.passed(contract, gate):
        _refuse_other_facts(contract, row, kept)
        return
    change.proceed("payment_seen" if gate == "payment" else "gate_passed")
    _STORIES[gate](change, facts)
    contract.gates.append(
        GatePassed(gate=gate, at=change.now, by=change.by, ground=ground, facts=kept)
    )
    change.record("gate_passed", text=gate)


def _find_gate(change: Change, key: str) -> Gate:
    """The house's gate, if the contract needs it; a payment may come before it is needed."""
    needed = gates.needed(change.contract, change.house)
    gate = change.house.gate(key)
    if gate is None or (key != "payment" and key not in {each.key for each in needed}):
        names = "、".join(each.key for each in needed)
        raise NotFound(f"このご契約に「{key}」という確認項目はありません。確認項目: {names}")
    return gate


def _kept(facts: Facts) -> dict[str, str]:
    """What is stored of the facts, as text."""
    kept = {name: str(value) for name, value in facts.items() if value is not None}
    if "number" in kept:
        kept["number"] = phones.normalise(kept["number"]) or kept["number"]
    return kept


def _refuse_other_facts(contract: Contract, gate: Gate, kept: dict[str, str]) -> None:
    """A gate passed before: the same facts change nothing, other facts are not swallowed."""
    entry = next(entry for entry in contract.gates if entry.gate == gate.key)
    if entry.facts == kept:
        return
    stored = "、".join(f"{name}: {value}" for name, value in (entry.facts or {}).items())
    raise Refused(
        f"「{gate.name}」は完了済みです({stored})。"
        "訂正する場合は、先にこの項目の完了を取り消してください。"
    )


def reopen_gate(change: Change, gate: str) -> None:
    """Take a passed gate back, to correct it, before the start.

    A payment for going on may also be taken back after it. Raises NotFound
    where the gate was not passed.
    """
    contract = change.contract
    to_continue = gate == "payment" and change.house.first_payment.when == "at_continuation"
    change.proceed("payment_reopened" if to_continue else "gate_reopened")
    if gate in gates.BY_PRESS or gate not in contract.passed_gates():
        raise NotFound("この確認項目は、事務で完了したものではありません。")
    if gate == "number":
        raise Refused("発行した番号は取り消せません。")
    facts = next(entry.facts or {} for entry in contract.gates if entry.gate == gate)
    contract.gates = [entry for entry in contract.gates if entry.gate != gate]
    contract.ready_on = None
    for name in _WRITES.get(gate, ()):
        setattr(contract, name, None)
    if gate == "eligibility":
        _forget_eligibility(change)
    if gate == "payment":
        payment_undone.undo_gate(change, facts.get("payment"))
    change.record("gate_reopened", text=gate)


def _note_greeting(change: Change, facts: Facts) -> None:
    change.contract.greeting = facts["greeting"]


def _note_identity(change: Change, facts: Facts) -> None:
    """The law must accept the method on the day of the check; a company needs two papers.

    What the papers say of the client is looked up among earlier clients once more (law.md).
    """
    contract = change.contract
    _check_identity(change, facts)
    for name in ("corporate_number", "postal_address"):
        was = getattr(contract, name)
        if facts[name] and facts[name] != was:
            change.record("name_changed", text=name, was=was, becomes=facts[name])
            setattr(contract, name, facts[name])
    look_again(change)


def _check_identity(change: Change, facts: Facts) -> None:
    contract, day = change.contract, facts["checked_on"]
    if not contract.applied_on <= day <= change.today:
        raise wrong(
            "checked_on",
            "確認した日は、お申し込みの日から本日までの日付を入力してください。",
        )
    accepted = {
        row.key: row.name
        for row in change.house.identity
        if (row.valid_from or day) <= day <= (row.valid_until or day)
    }
    if facts["method"] not in accepted:
        listed = "、".join(f"{key}({name})" for key, name in accepted.items())
        spoken = calendar.spoken_day(day)
        raise wrong("method", f"{spoken}に使える確認方法を指定してください: {listed}")
    if contract.party == "company" and not facts["person_document"]:
        raise wrong(
            "person_document",
            "法人のお客様は、会社の書類(document)に加えて、"
            "ご担当者様の本人確認書類を入力してください。",
        )


def _note_payment(change: Change, facts: Facts) -> None:
    contract, paid_on = change.contract, facts["paid_on"]
    if not contract.applied_on <= paid_on <= change.today:
        raise wrong("paid_on", "入金日は、お申し込みの日から本日までの日付を入力してください。")
    day = paid_on if contract.paused_on else change.today  # a late payment counts by its own date
    due = invoice.total(charges.first_payment(contract, change.house, day))
    if facts["yen"] < due and not facts["short"]:
        raise wrong(
            "yen",
            f"初回のお支払いは{due:,}円です。金額をご確認ください"
            "(不足を承知で進める場合は short を true にしてください)。",
        )
    contract.paid_on = paid_on
    contract.paid_yen = facts["yen"]
    payment.by_gate(change, facts["yen"], paid_on)
    if contract.continuation_asked_on:
        change.record("paid_to_continue")


def _note_eligibility(change: Change, facts: Facts) -> None:
    """A client who may not try again goes on without a trial, and pays first."""
    if facts["eligible"]:
        return
    contract = change.contract
    contract.wants_trial = False
    contract.trial_last_day = None
    change.record("trial_refused")
    change.tell(letters.NoTrial(service=service(change, change.today), paid_yen=contract.paid_yen))


def _forget_eligibility(change: Change) -> None:
    """The decision is open again, and with it the trial that was asked for."""
    contract = change.contract
    contract.wants_trial = True
    contract.trial_last_day = trial.last_day(change.house, contract.applied_on, None)


def _lend_number(change: Change, facts: Facts) -> None:
    contract = change.contract
    waiting = gates.waiting(contract, change.house)
    missing = [gate.name for gate in waiting if gate.key != "number"]
    if missing:
        raise Refused("番号の発行は最後です。先に次の項目を完了してください: " + "、".join(missing))
    if facts["use"] != contract.use:
        use = USES[contract.use]
        raise wrong("use", f"お申し込みは「{use}」です。お申し込みのとおりに指定してください。")
    contract.line = numbers.check_free(change, facts["number"], facts["use"])
    numbers.lend(change, contract.line, facts["use"])
    if contract.start_on and contract.start_on > change.today:
        say_number(change)


# What passing a gate writes beside the gate itself, and taking it back clears.
_WRITES = {"greeting": ("greeting",), "payment": ("paid_on", "paid_yen")}
_STORIES: dict[str, Callable[[Change, Facts], None]] = {
    "greeting": _note_greeting,
    "identity": _note_identity,
    "payment": _note_payment,
    "eligibility": _note_eligibility,
    "number": _lend_number,
}
