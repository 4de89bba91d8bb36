"""The world of the histories: two houses with a few clients each, who went in by the public doors.

Each history begins with copies of its own: what the last one wrote is
deleted by its keys and the prepared items are put back, in one write or two.
Nothing in the copies depends on chance, so the same choices lead through the
same history.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import moto

from chalicelib import clock
from chalicelib.channels import aws, queue, ses
from chalicelib.flows.access import keys
from chalicelib.models import TABLES, Contract, Invoice, Key, Line, Payment, Progress
from chalicelib.models.base import connection
from chalicelib.rules import houses
from dev.topic import Topic
from tests import stores
from tests.desk import Desk
from tests.soak import wire as wires
from tests.soak.oracle import JST, Address, Client, Person

OPERATORS = ("tanaka", "suzuki")


@dataclass
class Prepared:
    """A client in service."""

    house: str
    contract: str
    line: str
    trial_last: date
    paid_on: date | None


class World:
    """`clients` by name, and a `desk` with keys in it.

    Each house has two keys of the operator tanaka's (they rotate), one of
    suzuki's, and one office key.
    """

    def __init__(self, address: str):
        self.address = address
        self.desk = Desk("2026-08-10")
        self.clients: dict[str, Prepared] = {}
        self.wire = wires.Wire(address)
        self.topic: Topic
        self._items: dict[str, list[tuple[str, dict]]] = {}
        self._keys: list[tuple[str, dict]] = []

    def prepare(self) -> None:
        """Live the clients' first weeks, under moto's SES and SQS.

        Then keep what stands in the tables and empty them.
        """
        desk = self.desk
        self._start("smile active", "smile", "2026-08-10", "03-6700-1001")
        self._start("mk active", "mk", "2026-08-17", "03-6700-2001")
        desk.does("continuation")
        desk.passes("payment")
        desk.on("2026-08-31")
        self._start("smile trial", "smile", "2026-09-01", "03-6700-1002")
        self._start("mk trial", "mk", "2026-09-01", "03-6700-2002")
        desk.on("2026-09-08")
        desk.keys.clear()
        for house in ("smile", "mk"):
            for owner in (*OPERATORS, OPERATORS[0]):
                self._issue(house, owner, "operator")
            self._issue(house, "office1", "office")
        self._keep()

    def _issue(self, house: str, owner: str, role: str) -> None:
        place = sum(each[:2] == (house, owner) for each in self.desk.keys)
        _, key = keys.make(house, owner, role, self.desk.moment)
        self.desk.keys[house, owner, place] = key

    def _start(self, name: str, house: str, day: str, line: str) -> None:
        desk, at = self.desk.on(day), f"{len(self.clients)}.example"
        own = {
            "company": f"株式会社{name}",
            "greeting": name,
            "phone": f"03-6800-{1000 + len(self.clients)}",
        }
        people = {"person1_mail1": f"pc@{at}", "person1_mail2": f"mobile@{at}"}
        desk.signs_up(house, mail=f"apply@{at}", **own, **people)
        desk.presses("お申し込みを受け付けました", to=f"apply@{at}")
        desk.presses("テストメール", to=f"pc@{at}")
        desk.presses("テストメール", to=f"mobile@{at}")
        self._add_colleagues(at)
        if house == "mk":
            desk.passes("eligibility")
        desk.passes("identity")
        if house == "smile":
            desk.passes("payment")
        desk.passes("number", number=line)
        last = date.fromisoformat(desk.look()["trial_last_day"])
        paid_on = desk.today if name == "mk active" else None
        self.clients[name] = Prepared(house, desk.contract, line, last, paid_on)

    def _add_colleagues(self, at: str) -> None:
        """Two more people, of whom one is never confirmed."""
        sato = {"name": "佐藤 一郎", "reading": "さとう いちろう", "aliases": ["部長"]}
        suzuki = {"name": "鈴木 花子", "reading": "すずき はなこ"}
        self.desk.does("people", sato | {"addresses": [f"sato@{at}"]})
        self.desk.does("people/p2/addresses/p2a1/confirmation", {"ground": "お電話で確認"})
        self.desk.does("people", suzuki | {"addresses": [f"suzuki@{at}"]})

    def _keep(self) -> None:
        lines = {each.contract: each for each in Line.scan(consistent_read=True)}
        contracts = {each.id: each for each in Contract.scan(consistent_read=True)}
        for name, client in self.clients.items():
            contract, line = contracts[client.contract], lines[client.contract]
            # As if it stood on older pages: each read is quicker.
            contract.history, contract.history_before = [], len(contract.history)
            identity = f"{client.house}-{name.split()[1].upper():0>10}"
            items = [_put(contract), _put(line), *_money(client.contract)]
            self._items[name] = [
                (table, _renamed(item, client.contract, identity)) for table, item in items
            ]
            client.contract = identity
        key_ids = {key.split("_")[1] for key in self.desk.keys.values()}
        self._keys = [_put(each) for each in Key.scan(consistent_read=True) if each.id in key_ids]
        for model in TABLES:
            if model is not Progress:  # without it each night would date every contract anew
                _clear(model)

    def client(self, name: str) -> Client:
        """How a client stands at the beginning of every history."""
        prepared, at = self.clients[name], f"{list(self.clients).index(name)}.example"
        people = [
            Person("髙橋 美咲", [Address(f"pc@{at}", True), Address(f"mobile@{at}", True)]),
            Person("佐藤 一郎", [Address(f"sato@{at}", True)]),
            Person("鈴木 花子", [Address(f"suzuki@{at}", False)]),
        ]
        return Client(
            house=prepared.house,
            contract=prepared.contract,
            line=prepared.line,
            status=name.split()[1],
            trial_last=prepared.trial_last,
            people=people,
            on=[[datetime(2026, 9, 1, tzinfo=JST), None]],
            paid_on=prepared.paid_on,
        )

    @staticmethod
    def paths(client: Client) -> dict[str, str]:
        """Where the API has a prepared client's people, by name, and their addresses, by mail."""
        paths = {}
        for n, person in enumerate(client.people, 1):
            paths[person.name] = f"people/p{n}"
            for m, address in enumerate(person.addresses, 1):
                paths[address.mail] = f"people/p{n}/addresses/p{n}a{m}"
        return paths

    def applicant(self, contract: str) -> str:
        places = [each.contract for each in self.clients.values()]
        return f"apply@{places.index(contract)}.example"

    @staticmethod
    def office(house: str) -> str:
        return houses.all_houses()[house].brand.office_mail

    def begin(self, names: tuple[str, ...]) -> None:
        """Put the world back as it was prepared, with these clients only."""
        wire = self.wire
        wire.plan(None)
        wire.ses_is = "well"
        items = [each for name in names for each in self._items[name]] + self._keys
        still_there = {_key_of(table, item) for table, item in items}
        requests = [(table, {"PutRequest": {"Item": item}}) for table, item in items]
        for table, key in sorted(wire.written - still_there):
            requests.append((table, {"DeleteRequest": {"Key": json.loads(key)}}))
        for place in range(0, len(requests), 25):
            _write(requests[place : place + 25])
        wire.written = still_there
        for record in (wire.taken, wire.last_word, wire.queued):
            record.clear()
        keys.forget()


def _money(contract: str) -> list[tuple[str, dict]]:
    """The contract's invoices and payments."""
    kept = [each for model in (Invoice, Payment) for each in model.scan(consistent_read=True)]
    return [_put(each) for each in kept if each.contract == contract]


def _put(item) -> tuple[str, dict]:
    return item.Meta.table_name, item.serialize()


def _renamed(item: dict, old: str, new: str) -> dict:
    return json.loads(json.dumps(item).replace(old, new))


def _key_of(table: str, item: dict) -> tuple[str, str]:
    names = wires._KEYS[table]
    return table, json.dumps({name: item[name] for name in names})


def _write(requests: list[tuple[str, dict]]) -> None:
    by_table: dict[str, list] = {}
    for table, request in requests:
        by_table.setdefault(table, []).append(request)
    left = connection.client.batch_write_item(RequestItems=by_table)["UnprocessedItems"]
    assert not left


def _clear(model) -> None:
    with model.batch_write() as batch:
        for item in list(model.scan(consistent_read=True)):
            batch.delete(item)


@contextmanager
def opened(address: str) -> Iterator[World]:
    """A world on the DynamoDB Local at `address`, prepared and on its own wire.

    Its tables are emptied at the end.
    """

    topic = None
    try:
        with moto.mock_aws():
            stores.furnish(address)
            world = World(address)
            world.topic = topic = Topic()
            os.environ |= topic.environment
            wires.connect(world.wire, connection.client)
            keys.forget()
            world.prepare()
        aws.forget()
        for name in ("settle", "papers"):
            queue_url = f"https://sqs.ap-northeast-1.amazonaws.com/123456789012/denwaban-{name}"
            os.environ[f"{name.upper()}_QUEUE_URL"] = queue_url
        wires.connect(world.wire, ses.client(), queue.client())
        yield world
    finally:
        clock.use(None)
        wires.disconnect()
        keys.forget()
        stores.empty()
        stores.use(None)
        if topic:
            topic.close()
