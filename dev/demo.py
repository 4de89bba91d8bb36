"""Something to look at, for each house.

A client in trial with two reports, one in preparation, and one who just applied.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from chalicelib.flows.access import keys, links
from chalicelib.flows.calls import lines, memos
from chalicelib.flows.contract import addresses, gates
from chalicelib.flows.post import act
from chalicelib.flows.public import application, confirm, signup
from chalicelib.rules import calendar, houses
from dev import demo_months

_CLIENTS = [
    ("株式会社さくら商事", "髙橋 美咲", "たかはし みさき", "sakura"),
    ("みなと設計事務所", "山﨑 健一", "やまざき けんいち", "minato"),
    (None, "小林 由紀", "こばやし ゆき", "kobayashi"),
]
_LINES = {"mk": "03-6700-3001", "smile": "03-6700-3002"}
_GROUND = {"ground": "デモデータ"}


class Example(NamedTuple):
    """A client in trial: the house, its keys by role, the lent number, and the contract's id.

    `billed` is a contract of some months, with what there is of its invoices.
    """

    house: str
    keys: dict[str, str]
    line: str
    contract: str
    billed: str
    invoices: list[str]


def fill(now: datetime) -> list[Example]:
    """Fill both houses through the same flows that people use."""
    examples = []
    for key, line in _LINES.items():
        house = houses.find(key)
        examples.append(_fill_house(house, line, _last_open(house, now), now))
    return examples


def _last_open(house, now: datetime) -> datetime:
    """The last moment at which operators took calls: the demo's calls are of a working day."""
    past = (now - n * timedelta(minutes=30) for n in range(7 * 48))
    return next((moment for moment in past if calendar.is_open(moment, house)), now)


def _fill_house(house, line: str, called_at: datetime, now: datetime) -> Example:
    for further in range(5):  # the clients', and three to lend
        lines.add(house, f"{line[:-2]}{further}{line[-1]}")
    owners = {"operator": "operator1", "office": "office1", "admin": "admin1"}
    by_role = {role: keys.make(house.key, owner, role, now)[1] for role, owner in owners.items()}
    start = called_at - timedelta(hours=1)
    first = in_service(house, 0, _CLIENTS[0], line, start)
    second = _apply(house, 1, _CLIENTS[1], start)
    _apply(house, 2, _CLIENTS[2], start)
    _confirm(second, start)
    _call(house, line, called_at)
    billed = _billed(house, f"{line[:-2]}1{line[-1]}", now)
    return Example(house.key, by_role, line, first, billed, demo_months.invoices_of(billed))


def _billed(house, line: str, now: datetime) -> str:
    """A client of some months, on a further number of the pool."""
    start = demo_months.began_at(house, now)
    contract = in_service(house, 3, demo_months.CLIENT, line, start)
    demo_months.live(house, contract, line, start, now)
    return contract


def in_service(house, place: int, client: tuple, line: str, now: datetime) -> str:
    """The whole way of a client to a trial on a number of the pool; the contract's id.

    A client is (company or None, name, reading, mail box).
    """
    contract = _apply(house, place, client, now)
    _confirm(contract, now)
    _start(house, contract, line, now)
    return contract


def _confirm(contract: str, now: datetime) -> None:
    confirm.press(links.token(f"{contract}#confirm#1"), now)


def _apply(house, place: int, client: tuple, now: datetime) -> str:
    form = _form(house, place, client)
    wish = application.read(house, form, now)
    form_key = f"demo-{house.key}-{place}-form-key"
    contract, _ = signup.apply(house, form_key, form, wish, f"127.0.0.{place}", now)
    return contract.id


def _form(house, place: int, client: tuple) -> dict:
    company, name, reading, box = client
    domain = f"{house.key}-client.example"
    form = {
        "plan": house.plans[0].key,
        "party": "company" if company else "person",
        "contact_name": name,
        "contact_reading": reading,
        "mail": f"{box}@{domain}",
        "phone": f"03-6800-1{place:03}",
        "use": "forwarding",
        "trial": "yes",
        "people": [{"name": name, "reading": reading, "addresses": [f"{box}.pc@{domain}"]}],
        "agreed": True,
    }
    if company:
        form |= {"company": company, "greeting": company}
    return form


def _start(house, contract_id: str, line: str, now: datetime) -> None:
    def passes(key: str, **facts):
        def story(change):
            return gates.pass_gate(change, key, **facts, **_GROUND)

        act.on_contract(house, contract_id, now, "office1", story)

    today = calendar.day_of(now)
    if any(gates.key == "eligibility" and gates.only == "trial" for gates in house.gates):
        passes("eligibility", eligible=True)
    papers = {"document": "履歴事項全部証明書", "person_document": "運転免許証"}
    passes(
        "identity",
        method="ic_chip",
        checked_on=today,
        corporate_number=None,
        postal_address=None,
        **papers,
    )
    if house.first_payment.when == "before_start":
        passes("payment", yen=house.plans[0].prices[-1].fee, paid_on=today)
    by_word = partial(
        addresses.confirm_by_word, person="p1", address="p1a1", ground="お電話で受信を確認"
    )
    act.on_contract(house, contract_id, now, "office1", by_word)
    passes("number", number=line, use="forwarding")


def _call(house, line: str, now: datetime) -> None:
    business = (
        "先日のお見積りの件で、至急ご連絡をいただきたいとのことです。\n"
        "本日18時まで会社にいらっしゃいます。"
    )
    report = {
        "line": line,
        "received_at": now.isoformat(),
        "caller": {"company": "㈱青葉電機", "name": "佐藤", "phone": "090-1234-5678"},
        "for": "髙橋",
        "business": business,
        "mood": ["hurry"],
        "class": "business",
        "wants_call_back": True,
    }
    memos.take(house, "operator1", "demo-memo-1", report, now)
    hangup = {
        "line": line,
        "received_at": now.isoformat(),
        "class": "hangup",
        "caller": {"phone": "090-1234-5678"},
    }
    memos.take(house, "operator1", "demo-memo-2", hangup, now)
