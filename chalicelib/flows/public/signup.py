"""Signing up: the final screen's offer, and one contract from a form however often it is sent."""

import hashlib
import ipaddress
import json
import time
from base64 import b32encode
from datetime import datetime

from chalicelib import log
from chalicelib.errors import Busy, TooMany
from chalicelib.flows.access import limits
from chalicelib.flows.change import CLIENT, Change
from chalicelib.flows.contract.recognise import recognise
from chalicelib.flows.contract.wording import ask_confirmation
from chalicelib.flows.engine.settle import keep
from chalicelib.flows.post import act
from chalicelib.input import phones
from chalicelib.models import Contract
from chalicelib.models.contract_parts import Address, GatePassed, Person
from chalicelib.rules import calendar
from chalicelib.rules.contract import lifecycle, trial
from chalicelib.rules.contract.offer import offer
from chalicelib.rules.houses import House

# What the contract takes over from the form as it is.
_COPIED = (
    "plan",
    "party",
    "company",
    "contact_name",
    "contact_reading",
    "mail",
    "phone",
    "postal_address",
    "corporate_number",
    "payer_kana",
    "use",
    "wants_trial",
    "start_on",
    "wishes",
    "greeting",
)


def offered(house: House, wish: dict, now: datetime) -> dict:
    """What the final screen says for this wish."""
    return offer(house, wish, calendar.day_of(now))


def contract_id(house: House, form_key: str) -> str:
    """One form, one contract: the id follows from the key that an opened form was given."""
    raw = hashlib.sha256(f"{house.key}\n{form_key}".encode()).digest()
    letters = b32encode(raw)[:10].decode()
    return f"{house.key}-{letters}"


def find(house: House, form_key: str, words: dict) -> tuple[Contract, bool] | None:
    """(the contract that this form has made, whether from the very same words), or None."""
    contract = Contract.find(contract_id(house, form_key))
    if contract is None:
        return None
    return contract, contract.form_digest == _digest(words)


def apply(
    house: House, form_key: str, words: dict, wish: dict, network: str, now: datetime
) -> tuple[Contract, bool]:
    """(the contract, whether it is this very application). Sent twice, a form makes one contract.

    `words` are the form's as sent, `wish` is what they mean.

    Raises TooMany where one network or one recipient has caused too many mails
    this hour. Too many in total holds the mail, not the application.
    """
    earlier = find(house, form_key, words)
    if earlier:
        return earlier
    begun = time.monotonic()
    is_too_much = _spend_allowances(house, wish["mail"], network, now)
    contract = _new_contract(house, contract_id(house, form_key), _digest(words), wish, now)
    change = Change(contract, house, now, CLIENT)
    change.record("signed_up")
    recognise(change)
    letter = ask_confirmation(change)
    if is_too_much:
        log.alarm("too many signups: confirmation held", contract=contract.id)
        letter.hold("お申し込みが集中しているため、確認メールの送信を保留しました。", now)
    try:
        keep(change)
    except Busy:
        earlier = find(house, form_key, words)
        if earlier:  # the same form, sent twice at the same moment
            return earlier
        raise
    act.send(change.letters, now, begun)
    return contract, True


def _new_contract(house: House, identity: str, digest: str, wish: dict, now: datetime) -> Contract:
    today = calendar.day_of(now)
    last_day = trial.last_day(house, today, None) if wish["wants_trial"] else None
    contract = Contract(
        id=identity,
        house=house.key,
        status=lifecycle.APPLIED,
        applied_at=now,
        applied_on=today,
        form_digest=digest,
        seen={"offer": offered(house, wish, now), "at": now.isoformat()},
        phone_number=phones.normalise(wish["phone"]),
        people=[_person(place, person) for place, person in enumerate(wish["people"], 1)],
        trial_last_day=last_day,
        **{name: wish[name] for name in _COPIED},
    )
    if contract.greeting:
        contract.gates.append(_greeting_gate(contract.greeting, now))
    return contract


def _greeting_gate(greeting: str, now: datetime) -> GatePassed:
    return GatePassed(
        gate="greeting",
        at=now,
        by=CLIENT,
        ground="お申し込みフォームでのご記入",
        facts={"greeting": greeting},
    )


def _person(place: int, person: dict) -> Person:
    """One of the roster's people; `place` counts from 1. An address that was typed twice is one."""
    mails = dict.fromkeys(person["addresses"])
    addresses = [
        Address(id=f"p{place}a{number}", mail=mail) for number, mail in enumerate(mails, 1)
    ]
    return Person(
        id=f"p{place}", name=person["name"], reading=person["reading"], addresses=addresses
    )


def _spend_allowances(house: House, mail: str, network: str, now: datetime) -> bool:
    """Spend the hour's allowances. True if the total is used up.

    Raises TooMany for one sender or recipient.
    """
    per_network = house.limits.per_network
    if not (
        limits.spend(house, "network", _network(network), per_network, now)
        and limits.spend_on_recipient(house, mail, now)
    ):
        raise TooMany(
            "お申し込みの回数が上限に達しました。しばらくしてから、もう一度お試しください。",
            retry_after=limits.seconds_left(now),
        )
    return not limits.spend(house, "total", "all", house.limits.in_total, now)


def _network(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one, which is what one household holds."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if ip.version == 4:
        return str(ip)
    return str(ipaddress.ip_network(f"{ip}/64", strict=False))


def _digest(words: dict) -> str:
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()
