"""A mail that did not arrive is told every time: to another address, to the office (calls.md)."""

import hashlib
from datetime import date, datetime

from chalicelib import log
from chalicelib.flows.change import Change
from chalicelib.flows.post import letters
from chalicelib.models import Letter, Memo
from chalicelib.models.contract_parts import Address
from chalicelib.models.outgoing import Outgoing
from chalicelib.rules import calendar
from chalicelib.rules.calls import delivery, routing
from chalicelib.rules.calls.delivery import Event
from chalicelib.rules.houses import House
from chalicelib.words import call_letters

_NOTICES = {"bounced", "bounced_office"}


def was_to_the_office(item: Outgoing, house: House) -> bool:
    """Whether a mail went to the house's own office, which no notice would reach either."""
    return isinstance(item, Letter) and item.to == [house.brand.office_mail]


def write_notices(change: Change, item: Outgoing, event: Event, sent_at: datetime) -> None:
    """Write the notices of one bounce, complaint or rejection, once.

    An address that bounced hard leaves the routing. A notice that bounces
    itself is told to the office only, so that two dead addresses do not write
    to each other for ever.
    """
    on = calendar.day_of(event.at)
    part = hashlib.sha256(f"{item.id} {event.line}".encode()).hexdigest()[:12]
    if Letter.find(change.letter_id("bounced_office", on, part)):
        return
    change.record("mail_" + event.state, text=item.id)
    if event.state == "bounced_hard":
        _leave_the_routing(change, event, sent_at)
        _spare_the_reminders(change, event)
    bounce = _bounce(change, item, event, sent_at)
    another = None
    if event.state in delivery.BOUNCES:
        another = _another(change, item, event.address)
    if another and bounce.what not in _NOTICES:
        _write_to_another(change, item, bounce, another, on, part)
    notice = call_letters.BouncedOffice(bounce=bounce, words=event.words, told=another)
    change.tell_office(notice, on, part)


def _leave_the_routing(change: Change, event: Event, sent_at: datetime) -> None:
    """Until it is confirmed again.

    What an address could not take before it was last confirmed says nothing about it now.
    """
    dead = [
        address
        for address in _same(change, event.address)
        if address.confirmed_at and address.confirmed_at <= sent_at
    ]
    for address in dead:
        address.confirmed_at = None
        address.bounced_at = event.at
        address.reminded_on = change.today
        address.asked_in_vain = address.asked
        change.record("address_bounced", text=address.id)
    if dead and not routing.confirmed(change.contract.people):
        log.alarm("nobody left to tell", contract=change.contract.id)


def _spare_the_reminders(change: Change, event: Event) -> None:
    """An address that could not take its first mail needs no second one, but a person."""
    contract = change.contract
    for address in _same(change, event.address):
        if not address.confirmed_at:
            address.reminded_on = address.reminded_on or change.today
    is_applicants = contract.mail.casefold() == event.address.casefold()
    if is_applicants and not contract.mail_confirmed_at:
        contract.confirmation_reminded_on = contract.confirmation_reminded_on or change.today


def _same(change: Change, mail: str) -> list[Address]:
    """Where a mail address stands on the roster."""
    return [
        address
        for _, address in change.contract.addresses()
        if address.mail.casefold() == mail.casefold()
    ]


def _bounce(change: Change, item: Outgoing, event: Event, sent_at: datetime) -> call_letters.Bounce:
    is_hard = event.state == "bounced_hard"
    stopped = is_hard and any(each.bounced_at for each in _same(change, event.address))
    what, memo_id, content = _about(change, item)
    return call_letters.Bounce(
        address=event.address,
        state=event.state,
        sent_at=sent_at,
        stopped=stopped,
        nobody_left=stopped and not routing.confirmed(change.contract.people),
        what=what,
        memo=memo_id,
        content=content,
    )


def _about(change: Change, item: Outgoing) -> tuple[str, str | None, str]:
    """(kind, memo, name) of the mail: a report by its number, a letter by its subject."""
    if isinstance(item, Memo):
        return "report", item.id, f"受電の報告(受付番号 {item.number})"
    assert isinstance(item, Letter)
    memo_id = item.facts.get("memo")
    if item.kind == "report_again":
        return "report", memo_id, f"受電の報告の再送(受付番号 {item.facts['number']})"
    words, _, _ = letters.compose(item, change.house)
    return item.kind, memo_id, words.subject


def _another(change: Change, item: Outgoing, bounced: str) -> str | None:
    """Another confirmed address, or None.

    By the house's rule for that call, else from the top of the roster, else
    the applicant's own.
    """
    contract = change.contract
    wanted = item.text["for_"] if isinstance(item, Memo) and item.text else None
    routed = routing.route(change.house, contract.people, wanted, change.today).told
    confirmed = routing.confirmed(contract.people)
    others = [each["address"] for each in [*routed, *confirmed]]
    if contract.mail_confirmed_at:
        others.append(contract.mail)
    for other in others:
        if other.casefold() != bounced.casefold():
            return other
    return None


def _write_to_another(
    change: Change,
    item: Outgoing,
    bounce: call_letters.Bounce,
    another: str,
    on: date,
    part: str,
) -> None:
    """Tell another address of the client; a report that it has not had itself comes along."""
    contract = change.contract
    owner = {each["address"]: each["person"] for each in routing.confirmed(contract.people)}
    is_new_to_it = another in owner and another not in item.recipients
    notice = call_letters.Bounced(
        bounce=bounce,
        contact=owner.get(another, contract.contact_name),
        again=bounce.what == "report" and is_new_to_it,
    )
    change.write(notice, on, [another], part)
