"""What people do to a contract: load it, confirm its addresses, date its start, continue or stop its trial."""

from collections.abc import Callable
from datetime import date, datetime

from chalicelib import log
from chalicelib.errors import Busy, Fault, Invalid, NotFound, Refused
from chalicelib.flows import limits, outbox
from chalicelib.flows.case import DATES, Case
from chalicelib.flows.settle import LINK_DAYS, ask_confirmation, house_marks, settle, stop_now
from chalicelib.models import Contract, Mark
from chalicelib.models.contract import Address, Person
from chalicelib.rules import calendar, gates
from chalicelib.rules import contract as life
from chalicelib.rules.house import House


def load(house: House, contract_id: str, now: datetime) -> Contract:
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


def during_a_call(house: House, contract_id: str, now: datetime) -> Contract:
    """A contract as it stands today with what a call needs of it, to read only. Raises NotFound."""
    contract = Contract.during_a_call(contract_id)
    if contract is None or contract.house != house.key or (contract.due and contract.due <= calendar.day_of(now)):
        return load(house, contract_id, now)
    return contract


def change(house: House, contract_id: str, now: datetime, by: str, story: Callable[[Case], None]) -> Contract:
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
    mails = [each.mail for person in contract.people for each in person.addresses]
    case.write("guidance", case.today, waiting=waiting, seen=contract.seen["offer"], receipt=contract.id, addresses=mails)
    for person in contract.people:
        for address in person.addresses:
            send_test_mail(case, person, address)


def send_test_mail(case: Case, person: Person, address: Address) -> None:
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
