"""A mail that did not arrive is told every time: to another confirmed address of the client, and to the office (calls.md)."""

import hashlib
from datetime import datetime

from chalicelib import log
from chalicelib.errors import NotFound, Parked
from chalicelib.flows.change import MAIL, Change
from chalicelib.flows.engine import contracts
from chalicelib.flows.post import letters
from chalicelib.models import Letter, Memo
from chalicelib.models.outgoing import Outgoing
from chalicelib.rules import calendar, houses
from chalicelib.rules.calls import delivery, routing

_NOTICES = {"bounced", "bounced_office"}


def tell(item: Outgoing, told: delivery.Told, sent_at: datetime, now: datetime) -> None:
    """Write the notices of one bounce, complaint or rejection, once; an address that bounced hard leaves the routing.

    A notice that bounces itself is told to the office only, so that two dead
    addresses do not write to each other for ever.
    """
    house = houses.all_houses()[item.house]
    if isinstance(item, Letter) and item.to == [house.brand.office_mail]:
        log.alarm("mail to the office did not arrive", item=item.id, state=told.state)
        return
    try:
        contracts.change(
            house, item.contract, now, MAIL, lambda change: _tell(change, item, told, sent_at)
        )
    except NotFound:
        log.info("bounce of a contract that is gone", contract=item.contract)
    except Parked:
        log.alarm(
            "bounce of a parked contract", item=item.id, contract=item.contract, state=told.state
        )


def _tell(change: Change, item: Outgoing, told: delivery.Told, sent_at: datetime) -> None:
    on, part = (
        calendar.day_of(told.at),
        hashlib.sha256(f"{item.id} {told.line}".encode()).hexdigest()[:12],
    )
    if Letter.find(change.letter_id("bounced_office", on, part)):
        return
    change.note("mail_" + told.state, text=item.id)
    if told.state == "bounced_hard":
        _leave_the_routing(change, told, sent_at)
    stopped = told.state == "bounced_hard" and any(
        each.bounced_at for each in _addresses(change, told.address)
    )
    facts = {
        "address": told.address,
        "state": told.state,
        "sent_at": sent_at.isoformat(),
        "stopped": stopped,
    } | _about(change, item)
    facts["nobody_left"] = stopped and not routing.confirmed(change.contract.people)
    another = _another(change, item, told.address) if told.state in delivery.BOUNCES else None
    if another and facts["what"] not in _NOTICES:
        known = another in item.recipients
        owner = {
            each["address"]: each["person"] for each in routing.confirmed(change.contract.people)
        }
        contact = owner.get(another, change.contract.contact_name)
        again = facts["what"] == "report" and not known and another in owner
        change.write("bounced", on, [another], part, **facts | {"contact": contact}, again=again)
    change.tell_office("bounced_office", on, part, **facts, words=told.words, told=another)


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
        change.note("address_bounced", text=address.id)
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
