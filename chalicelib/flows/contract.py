"""What people do to a contract: load it, pass its gates, date its start, continue or stop its trial."""

from collections.abc import Callable
from datetime import date, datetime

from chalicelib import log, phones
from chalicelib.errors import Busy, Fault, Invalid, NotFound, Refused
from chalicelib.flows import limits, outbox
from chalicelib.flows.case import DATES, Case
from chalicelib.flows.settle import LINK_DAYS, ask_confirmation, house_marks, service_facts, settle, stop_now
from chalicelib.models import Contract, Line, Mark
from chalicelib.models.contract import GatePassed
from chalicelib.models.line import LENT
from chalicelib.rules import calendar, gates, offer, trial
from chalicelib.rules import contract as life
from chalicelib.rules.house import USES


def load(house, contract_id: str, now: datetime) -> Contract:
    """A contract of this house as it stands today: what is overdue is settled first.

    Raises NotFound for an unknown id and for another house's alike.
    """
    for attempt in range(5):
        contract = Contract.find(contract_id)
        if contract is None or contract.house != house.key:
            raise NotFound("このご契約は見つかりません。番号をご確認ください。")
        if contract.due is None or contract.due > calendar.day_of(now):
            return contract
        case = Case(contract, house, now, DATES)
        settle(case)
        try:
            case.keep()
        except Busy:  # somebody settled it at the same moment: see what they left
            if attempt == 4:
                raise
            continue
        if case.deleted:
            raise NotFound("このお申し込みは、メールアドレスの確認がなかったため削除されました。")
        return contract
    raise AssertionError("unreachable")


def change(house, contract_id: str, now: datetime, by: str, story: Callable[[Case], None]) -> Contract:
    """Load, let `story` change the case, settle what that makes due, keep all of it, send what it wrote.

    A change at the same moment by somebody else is not overwritten: the story
    is told again on what they left. Raises Busy if that keeps happening.
    """
    for attempt in range(5):
        case = Case(load(house, contract_id, now), house, now, by)
        before = len(case.contract.history)
        story(case)
        if len(case.contract.history) == before:
            return case.contract
        settle(case)
        try:
            case.keep()
        except Busy:
            if attempt == 4:
                raise
            continue
        outbox.deliver_all(case.letters, now)
        return case.contract
    raise AssertionError("unreachable")


def proceed(case: Case, event: str) -> bool:
    """Move the contract by the lifecycle table; False where it changes nothing. Raises Refused with its sentence."""
    state, sentence = life.answer(case.contract, event)
    if state == life.NOTHING:
        return False
    if not state:
        raise Refused(sentence)
    case.contract.status = state
    return True


def confirm_mail(case: Case) -> None:
    """The applicant's address is theirs: guidance and the test mails of all report addresses go out."""
    if not proceed(case, "mail_confirmed"):
        return
    contract = case.contract
    contract.mail_confirmed_at = case.now
    case.note("mail_confirmed")
    waiting = [{"name": gate.name, "asks": gate.asks, "waits_on": gate.waits_on} for gate in gates.waiting(contract, case.house)]
    case.write("guidance", case.today, waiting=waiting, seen=contract.seen["offer"], receipt=contract.id)
    for person in contract.people:
        for address in person.addresses:
            send_test_mail(case, person, address)


def send_test_mail(case: Case, person, address) -> None:
    """Reports go to an address only after the button in this mail was pressed (houses.md 7)."""
    letter = case.write("test_mail", case.today, [address.mail], address.id, person=person.name, address=address.mail)
    case.give_link(letter, "address", LINK_DAYS, address.id)
    if not limits.spend(case.house, "recipient", address.mail.lower(), case.house.limits.per_recipient, case.now):
        log.alarm("too many mails to one address: test mail held", contract=case.contract.id)
        letter.hold("同じ宛先へのメールが集中しているため、テストメールの送信を保留しました。", case.now)


def confirm_address(case: Case, address_id: str, mail: str) -> None:
    """A report address has shown that it receives. Raises Refused if it is no longer registered."""
    address = case.contract.address(address_id)
    if address is None or address.mail != mail:
        raise Refused("このメールアドレスは、報告先の登録から外れています。")
    if address.confirmed_at or not proceed(case, "address_confirmed"):
        return
    address.confirmed_at = case.now
    case.note("address_confirmed", text=address_id)


def correct_mail(case: Case, mail: str | None) -> None:
    """Correct the applicant's own address, or not, and send the confirmation again (S0)."""
    proceed(case, "mail_corrected")
    contract = case.contract
    if contract.confirmations_sent >= 10:
        raise Refused("確認メールの送信が10回に達しました。お電話などでご本人にご確認ください。")
    if mail and mail != contract.mail:
        before = house_marks(case)
        contract.mail = mail
        recognise(case)
        case.dropped_marks = [mark for mark in before if mark.mark not in {each.mark for each in case.marks}]
    ask_confirmation(case)
    case.note("confirmation_sent_again")


def recognise(case: Case) -> None:
    """Note what this client is recognised by, and which earlier contracts bear the same marks."""
    case.marks = house_marks(case)
    found = {other.contract for mark in case.marks for other in Mark.query(mark.mark)}
    case.contract.matches = sorted(found - {case.contract.id})


def pass_gate(case: Case, key: str, facts: dict) -> None:
    """The office passes one of the contract's gates on a ground; passing it again changes nothing.

    `facts` is the body that handlers read for that gate. Raises NotFound for a
    gate this contract does not have, Refused where it is not the office's to pass.
    """
    contract, house = case.contract, case.house
    gate = house.gate(key)
    if gate is None or (key not in {each.key for each in gates.needed(contract, house)} and key != "payment"):
        names = "、".join(each.key for each in gates.needed(contract, house))
        raise NotFound(f"このご契約に「{key}」という確認項目はありません。確認項目: {names}")
    if key in gates.BY_PRESS:
        raise Refused(f"「{gate.name}」は、届いたメールのボタンをご本人に押していただくことで完了します。")
    kept = {name: str(value) for name, value in facts.items() if value is not None and name != "ground"}
    if gates.passed(contract, key):
        _refuse_other_facts(contract, gate, kept)
        return
    proceed(case, "payment_seen" if key == "payment" else "gate_passed")
    _STORIES[key](case, facts)
    contract.gates.append(GatePassed(gate=key, at=case.now, by=case.by, ground=facts["ground"], facts=kept))
    case.note("gate_passed", text=key)


def _refuse_other_facts(contract: Contract, gate, kept: dict) -> None:
    """A gate passed before: the same facts change nothing, other facts are not swallowed."""
    entry = next(entry for entry in contract.gates if entry.gate == gate.key)
    if entry.facts != kept:
        known = "、".join(f"{name}: {value}" for name, value in (entry.facts or {}).items())
        raise Refused(f"「{gate.name}」は完了済みです({known})。訂正する場合は、先にこの項目の完了を取り消してください。")


def reopen_gate(case: Case, key: str) -> None:
    """Take a passed gate back before the start, to correct it. Raises NotFound where it was not passed."""
    contract = case.contract
    proceed(case, "gate_reopened")
    if key in gates.BY_PRESS or key not in contract.passed_gates():
        raise NotFound("この確認項目は、事務で完了したものではありません。")
    if key == "number":
        raise Refused("発行した番号は取り消せません。")
    contract.gates = [entry for entry in contract.gates if entry.gate != key]
    contract.ready_on = None
    for name in _WRITES.get(key, ()):
        setattr(contract, name, None)
    case.note("gate_reopened", text=key)


def _note_greeting(case: Case, facts: dict) -> None:
    case.contract.greeting = facts["greeting"]


def _note_identity(case: Case, facts: dict) -> None:
    """The method must be one that the law accepts on the day of the check (law.md)."""
    day = facts["checked_on"]
    if not case.contract.applied_on <= day <= case.today:
        raise Invalid([Fault("checked_on", "確認した日は、お申し込みの日から本日までの日付を入力してください。")])
    accepted = {row.key: row.name for row in case.house.identity if _is_valid(row, day)}
    if facts["method"] not in accepted:
        listed = "、".join(f"{key}({name})" for key, name in accepted.items())
        raise Invalid([Fault("method", f"{calendar.spoken_day(day)}に使える確認方法を指定してください: {listed}")])


def _is_valid(row, day: date) -> bool:
    return (row.valid_from or day) <= day <= (row.valid_until or day)


def _note_payment(case: Case, facts: dict) -> None:
    if not case.contract.applied_on <= facts["paid_on"] <= case.today:
        raise Invalid([Fault("paid_on", "入金日は、お申し込みの日から本日までの日付を入力してください。")])
    due = offer.total(offer.first_charge(case.house, case.contract.plan, case.contract.use, facts["paid_on"]))
    if facts["yen"] < due and not facts["short"]:
        message = f"初回のお支払いは{due:,}円です。金額をご確認ください(不足を承知で進める場合は short を true にしてください)。"
        raise Invalid([Fault("yen", message)])
    case.contract.paid_on, case.contract.paid_yen = facts["paid_on"], facts["yen"]
    if case.contract.continuation_asked_on:
        case.note("paid_to_continue")


def _note_eligibility(case: Case, facts: dict) -> None:
    """A client who may not try again goes on without a trial, and pays first."""
    if not facts["eligible"]:
        case.contract.wants_trial = False
        case.contract.trial_last_day = None
        case.write("no_trial", case.today, **service_facts(case, case.today), paid_yen=case.contract.paid_yen)


def _lend_number(case: Case, facts: dict) -> None:
    contract, house = case.contract, case.house
    if missing := [gate.name for gate in gates.waiting(contract, house) if gate.key != "number"]:
        raise Refused("番号の発行は最後です。先に次の項目を完了してください: " + "、".join(missing))
    number = phones.normalise(facts["number"])
    prefixes = house.line.listed_prefixes if facts["use"] == "listed" else house.line.prefixes
    if not number.startswith(tuple(prefixes)):
        raise Invalid([Fault("number", "この使い方で貸し出せる番号ではありません。先頭: " + "、".join(prefixes))])
    if facts["use"] != contract.use:
        asked = f"お申し込みは「{USES[contract.use]}」です。お申し込みのとおりに指定してください。"
        raise Invalid([Fault("use", asked)])
    line = Line.find(number)
    if line and line.state == LENT:
        raise Refused("この番号は、ほかのご契約で使われています。別の番号をお選びください。")
    if line and line.quarantined_until >= case.today:
        until = calendar.spoken_day(line.quarantined_until)
        raise Refused(f"この番号は{until}まで貸し出しを休止しています。別の番号をお選びください。")
    case.lend(number, facts["use"])
    if contract.start_on and contract.start_on > case.today:
        last = trial.last_day(house, contract.applied_on, contract.start_on) if contract.wants_trial else None
        trial_until = last.isoformat() if last and last >= contract.start_on else None
        facts_then = service_facts(case, contract.start_on) | {"trial_until": trial_until}
        case.write("number", case.today, **facts_then, day=contract.start_on.isoformat())


# What passing a gate writes beside the gate itself, and taking it back clears.
_WRITES = {"greeting": ("greeting",), "payment": ("paid_on", "paid_yen")}
_STORIES = {
    "greeting": _note_greeting,
    "identity": _note_identity,
    "payment": _note_payment,
    "eligibility": _note_eligibility,
    "number": _lend_number,
}


def date_start(case: Case, on: date) -> None:
    """Set the day of the start. Raises Invalid for a day gone by, Refused once the service runs."""
    proceed(case, "start_dated")
    if case.contract.ready_on:
        raise Refused("手続きが完了しているため、開始日は変更できません。")
    if on < case.today:
        raise Invalid([Fault("on", f"開始日は本日({calendar.spoken_day(case.today)})以降の日付を指定してください。")])
    case.contract.start_on = on
    case.note("start_dated", on)


def ask_to_continue(case: Case) -> None:
    """The client wishes to go on after the trial; a stop asked for before is withdrawn by it."""
    contract = case.contract
    if not proceed(case, "continuation_asked") or (contract.continuation_asked_on and not contract.stop_on):
        return
    contract.continuation_asked_on, contract.stop_on = case.today, None
    case.note("continuation_asked")


def stop_in_trial(case: Case, on: date | None) -> None:
    """End a trial at once (`on` None), or after its day `on`, which lies within the trial."""
    contract = case.contract
    if on is None and contract.end_reason == "stopped":
        return
    proceed(case, "stopped_in_trial")
    if on is not None and on == contract.stop_on:
        return
    if on is not None and not case.today <= on <= contract.trial_last_day:
        last = calendar.spoken_day(contract.trial_last_day)
        raise Invalid([Fault("on", f"停止日は、本日からお試し期間の最終日({last})までの日付を指定してください。")])
    contract.stop_on = on
    case.note("stop_asked", on)
    if on is None:
        stop_now(case)
