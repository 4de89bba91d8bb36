"""A mail that did not arrive is told every time: to another confirmed address of the client, and to the office (calls.md)."""

import hashlib
from datetime import date, datetime

from chalicelib import log
from chalicelib.flows.change import Change
from chalicelib.flows.post import letters
from chalicelib.models import Letter, Memo
from chalicelib.models.outgoing import Outgoing
from chalicelib.rules import calendar
from chalicelib.rules.calls import delivery, routing
from chalicelib.rules.houses import House

_NOTICES = {"bounced", "bounced_office"}


def was_to_the_office(item: Outgoing, house: House) -> bool:
    """Whether a mail went to the house's own office, which no notice would reach either."""
    return isinstance(item, Letter) and item.to == [house.brand.office_mail]


def write_notices(change: Change, item: Outgoing, told: delivery.Told, sent_at: datetime) -> None:
    """Write the notices of one bounce, complaint or rejection, once.

    An address that bounced hard leaves the routing. A notice that bounces
    itself is told to the office only, so that two dead addresses do not write
    to each other for ever.
    """
    on = calendar.day_of(told.at)
    part = hashlib.sha256(f"{item.id} {told.line}".encode()).hexdigest()[:12]
    if Letter.find(change.letter_id("bounced_office", on, part)):
        return
    change.record("mail_" + told.state, text=item.id)
    is_hard = told.state == "bounced_hard"
    if is_hard:
        _leave_the_routing(change, told, sent_at)
    stopped = is_hard and any(each.bounced_at for each in _addresses(change, told.address))
    facts = {
        "address": told.address,
        "state": told.state,
        "sent_at": sent_at.isoformat(),
        "stopped": stopped,
        "nobody_left": stopped and not routing.confirmed(change.contract.people),
    }
    facts |= _about(change, item)
    another = _another(change, item, told.address) if told.state in delivery.BOUNCES else None
    if another and facts["what"] not in _NOTICES:
        _write_to_another(change, item, another, on, part, facts)
    change.tell_office("bounced_office", on, part, **facts, words=told.words, told=another)


def _write_to_another(
    change: Change, item: Outgoing, another: str, on: date, part: str, facts: dict
) -> None:
    """Tell another address of the client; a report that it has not had itself comes along."""
    contract = change.contract
    confirmed = routing.confirmed(contract.people)
    owner = {each["address"]: each["person"] for each in confirmed}
    contact = owner.get(another, contract.contact_name)
    is_new_to_it = another in owner and another not in item.recipients
    again = facts["what"] == "report" and is_new_to_it
    change.write("bounced", on, [another], part, **facts | {"contact": contact}, again=again)


def _leave_the_routing(change: Change, told: delivery.Told, sent_at: datetime) -> None:
    """Until it is confirmed again. What it could not take before it was last confirmed says nothing about it now."""
    same = [
        each
        for each in _addresses(change, told.address)
        if each.confirmed_at and each.confirmed_at <= sent_at
    ]
    for address in same:
        address.confirmed_at, address.bounced_at, address.reminded_on = None, told.at, change.today
        address.asked_in_vain = address.asked
        change.record("address_bounced", text=address.id)
    if same and not any(
        each.confirmed_at for person in change.contract.people for each in person.addresses
    ):
        log.alarm("nobody left to tell", contract=change.contract.id)


def _addresses(change: Change, mail: str) -> list:
    """Where a mail address stands on the roster."""
    return [
        each
        for person in change.contract.people
        for each in person.addresses
        if each.mail.casefold() == mail.casefold()
    ]


def _about(change: Change, item: Outgoing) -> dict:
    """What the notices say of the mail: a report by its number, a letter by its subject, which the office alone is shown."""
    if isinstance(item, Memo):
        return {"what": "report", "memo": item.id, "content": f"受電の報告(受付番号 {item.number})"}
    assert isinstance(item, Letter)
    if item.kind == "report_again":
        return {
            "what": "report",
            "memo": item.facts["memo"],
            "content": f"受電の報告の再送(受付番号 {item.facts['number']})",
        }
    return {
        "what": item.kind,
        "memo": item.facts.get("memo"),
        "content": letters.compose(item, change.house)[0].subject,
    }


def _another(change: Change, item: Outgoing, bounced: str) -> str | None:
    """Another confirmed address: by the house's rule for that call, else from the top of the roster, else the applicant's."""
    contract = change.contract
    wanted = item.text["for_"] if isinstance(item, Memo) and item.text else None
    routed = routing.route(change.house, contract.people, wanted, change.today).told
    confirmed = [each["address"] for each in routing.confirmed(contract.people)]
    own = [contract.mail] if contract.mail_confirmed_at else []
    others = [*(each["address"] for each in routed), *confirmed, *own]
    return next((each for each in others if each.casefold() != bounced.casefold()), None)
