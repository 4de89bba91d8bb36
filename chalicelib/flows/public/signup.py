"""Signing up: the final screen's offer, and one contract from a form however often it is sent."""

import hashlib
import ipaddress
import json
import time
from base64 import b32encode
from datetime import datetime

from chalicelib import log
from chalicelib.errors import Busy, Fault, Invalid, TooMany
from chalicelib.flows.access import limits
from chalicelib.flows.change import CLIENT, Change
from chalicelib.flows.contract.recognise import recognise
from chalicelib.flows.contract.wording import ask_confirmation
from chalicelib.flows.engine.settle import keep
from chalicelib.flows.post import act
from chalicelib.input import phones
from chalicelib.input.kinds import CorporateNumber, Day, Mail, Phone
from chalicelib.input.shapes import Choice, Flag, Many, Shape, Text, Ticked
from chalicelib.models import Contract
from chalicelib.models.contract_parts import Address, GatePassed, Person
from chalicelib.rules import calendar
from chalicelib.rules.contract import lifecycle, trial
from chalicelib.rules.contract.offer import offer
from chalicelib.rules.house_file import PARTIES
from chalicelib.rules.houses import House

TRIALS = {"yes": "無料お試しから始める", "no": "お試しなしで契約する"}
PEOPLE_ON_FORM = 3


def form(house: House) -> Shape:
    """The fields of a house's signup form; only what is needed to begin is required."""
    return Shape(
        "Signup",
        plan=Choice("ご希望のプラン", {plan.key: plan.name for plan in house.plans}),
        trial=Choice(
            "無料お試し",
            TRIALS if house.trial.skippable else {"yes": TRIALS["yes"]},
            required=house.trial.skippable,
        ),
        party=Choice("ご契約者", PARTIES),
        company=Text("会社名・団体名", required=False),
        contact_name=Text("ご担当者のお名前"),
        contact_reading=Text("お名前のふりがな", required=False),
        mail=Mail("メールアドレス"),
        phone=Phone("お電話番号"),
        postal_address=Text("ご住所", required=False, max=200),
        corporate_number=CorporateNumber("法人番号", required=False),
        campaign=Flag("イベント・キャンペーン・採用募集など、期間の決まったご利用", required=False),
        use=Choice("番号の使い方", {use: use for use in house.line.uses}),
        start_on=Day("ご利用開始希望日", required=False),
        greeting=Text("電話応対時の名乗り", required=False, max=60),
        people=Many("報告を受け取る方", _person(house), min=1, max=PEOPLE_ON_FORM),
        wishes=Text("ご要望・ご質問", required=False, max=1000, lines=True),
        agreed=Ticked("お申込み内容"),
    )


def _person(house: House) -> Shape:
    addresses = Many(
        "報告先のメールアドレス",
        Mail("報告先のメールアドレス"),
        min=1,
        max=house.roster.addresses_per_person,
    )
    return Shape(
        "Recipient",
        name=Text("報告を受け取る方のお名前"),
        reading=Text("ふりがな", required=False),
        addresses=addresses,
    )


def read(house: House, given: dict, now: datetime) -> dict:
    """A form's values in their types. Raises Invalid with every fault, those between fields included."""
    shape = form(house)
    try:
        wish, faults = shape.read(given), []
    except Invalid as wrong:
        wish, faults = shape.sound(given), list(wrong.errors)
    named = {fault.field for fault in faults}
    if wish["party"] == "company" and not wish["company"] and "company" not in named:
        faults.append(
            Fault("company", "法人でお申し込みの場合は、会社名・団体名を入力してください。")
        )
    if wish["start_on"] and wish["start_on"] < calendar.day_of(now):
        faults.append(Fault("start_on", "ご利用開始希望日は、本日以降の日付を入力してください。"))
    if wish["campaign"] and wish["trial"] == "yes" and not house.trial.campaigns:
        faults.append(
            Fault(
                "trial",
                "期間の決まったご利用(催事や採用募集など)は、お試しの対象外です。「お試しなし」をお選びください。",
            )
        )
    if faults:
        order = list(shape.fields)
        raise Invalid(
            sorted(
                faults,
                key=lambda fault: (
                    order.index(top) if (top := fault.field.split(".")[0]) in order else -1
                ),
            )
        )
    return wish | {"wants_trial": wish["trial"] != "no"}


def offered(house: House, wish: dict, now: datetime) -> dict:
    """What the final screen says for this wish."""
    return offer(house, wish, calendar.day_of(now))


def contract_id(house: House, form_key: str) -> str:
    """One form, one contract: the id follows from the key that the form was given when it was opened."""
    return (
        f"{house.key}-"
        + b32encode(hashlib.sha256(f"{house.key}\n{form_key}".encode()).digest())[:10].decode()
    )


def find(house: House, form_key: str, given: dict) -> tuple[Contract, bool] | None:
    """(the contract that this form has made, whether from the very same words), or None."""
    known = Contract.find(contract_id(house, form_key))
    return (known, known.form_digest == _digest(given)) if known else None


def apply(
    house: House, form_key: str, given: dict, wish: dict, network: str, now: datetime
) -> tuple[Contract, bool]:
    """(the contract, whether it is this very application). Sent twice, a form makes one contract.

    `given` are the form's words as sent, `wish` what they mean.

    Raises TooMany where one network or one recipient has caused too many mails
    this hour. Too many in total holds the mail, not the application.
    """
    if known := find(house, form_key, given):
        return known
    begun, identity, digest = time.monotonic(), contract_id(house, form_key), _digest(given)
    held = _within_limits(house, wish["mail"], network, now)
    contract = _new_contract(house, identity, digest, wish, now)
    change = Change(contract, house, now, CLIENT)
    change.record("signed_up")
    recognise(change)
    letter = ask_confirmation(change)
    if held:
        log.alarm("too many signups: confirmation held", contract=identity)
        letter.hold("お申し込みが集中しているため、確認メールの送信を保留しました。", now)
    try:
        keep(change)
    except Busy:  # the same form, sent twice at the same moment
        if known := find(house, form_key, given):
            return known
        raise
    act.send(change.letters, now, begun)
    return contract, True


def _new_contract(house: House, identity: str, digest: str, wish: dict, now: datetime) -> Contract:
    today = calendar.day_of(now)
    copied = (
        "plan",
        "party",
        "company",
        "contact_name",
        "contact_reading",
        "mail",
        "phone",
        "postal_address",
        "corporate_number",
    )
    contract = Contract(
        id=identity,
        house=house.key,
        status=lifecycle.APPLIED,
        applied_at=now,
        applied_on=today,
        form_digest=digest,
        seen={"offer": offered(house, wish, now), "at": now.isoformat()},
        phone_number=phones.normalise(wish["phone"]),
        people=[_roster_person(place + 1, person) for place, person in enumerate(wish["people"])],
        trial_last_day=trial.last_day(house, today, None) if wish["wants_trial"] else None,
        **{
            name: wish[name]
            for name in (*copied, "use", "wants_trial", "start_on", "wishes", "greeting")
        },
    )
    if contract.greeting:
        ground = "お申し込みフォームでのご記入"
        contract.gates.append(
            GatePassed(
                gate="greeting",
                at=now,
                by=CLIENT,
                ground=ground,
                facts={"greeting": contract.greeting},
            )
        )
    return contract


def _roster_person(place: int, person: dict) -> Person:
    mails = list(dict.fromkeys(person["addresses"]))
    addresses = [
        Address(id=f"p{place}a{number + 1}", mail=mail) for number, mail in enumerate(mails)
    ]
    return Person(
        id=f"p{place}", name=person["name"], reading=person["reading"], addresses=addresses
    )


def _within_limits(house: House, mail: str, network: str, now: datetime) -> bool:
    """Spend the hour's allowances. True if the total is used up; raises TooMany for one sender or recipient."""
    later = limits.seconds_left(now)
    if not limits.spend(house, "network", _network(network), house.limits.per_network, now):
        raise TooMany(
            "お申し込みの回数が上限に達しました。しばらくしてから、もう一度お試しください。",
            retry_after=later,
        )
    if not limits.spend(house, "recipient", mail.lower(), house.limits.per_recipient, now):
        raise TooMany(
            "お申し込みの回数が上限に達しました。しばらくしてから、もう一度お試しください。",
            retry_after=later,
        )
    return not limits.spend(house, "total", "all", house.limits.in_total, now)


def _network(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one, which is what one household holds."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return (
        str(found) if found.version == 4 else str(ipaddress.ip_network(f"{found}/64", strict=False))
    )


def _digest(given: dict) -> str:
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
