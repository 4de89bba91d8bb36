"""The world of the histories: two houses with a few clients each, lived once through the public doors.

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
from chalicelib.models import TABLES, Contract, Key, Line, Progress
from chalicelib.models.base import connection
from chalicelib.rules import houses
from dev import cloud
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
    """`clients` by name, `desk` with keys in it: two of the operator tanaka's (they rotate), one of suzuki's, one office key a house."""

    def __init__(self, address: str):
        self.address = address
        self.desk = Desk("2026-08-10")
        self.clients: dict[str, Prepared] = {}
        self.wire = wires.Wire(address)
        self.topic: Topic
        self._items: dict[str, list[tuple[str, dict]]] = {}
        self._keys: list[tuple[str, dict]] = []

    def prepare(self) -> None:
        """Live the clients' first weeks, under moto's SES and SQS; then keep what stands in the tables and empty them."""
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
        place = len([each for each in self.desk.keys if each[:2] == (house, owner)])
        self.desk.keys[house, owner, place] = keys.make(house, owner, role, self.desk.moment)[1]

    def _start(self, name: str, house: str, day: str, line: str) -> None:
        desk, at = self.desk.on(day), f"{len(self.clients)}.example"
        own = {
            "company": f"株式会社{name}",
            "greeting": name,
            "phone": f"03-6800-{1000 + len(self.clients)}",
        }
        people = {"person1_mail1": f"pc@{at}", "person1_mail2": f"mobile@{at}"}
        desk.signs_up(house, mail=f"apply@{at}", **own, **people)
        for subject, to in (
            ("お申し込みを受け付けました", f"apply@{at}"),
            ("テストメール", f"pc@{at}"),
            ("テストメール", f"mobile@{at}"),
        ):
            desk.presses(subject, to=to)
        desk.does(
            "people",
            {
                "name": "佐藤 一郎",
                "reading": "さとう いちろう",
                "aliases": ["部長"],
                "addresses": [f"sato@{at}"],
            },
        )
        desk.does("people/p2/addresses/p2a1/confirmation", {"ground": "お電話で確認"})
        desk.does(
            "people",
            {"name": "鈴木 花子", "reading": "すずき はなこ", "addresses": [f"suzuki@{at}"]},
        )
        desk.passes(
            *(["eligibility"] if house == "mk" else []),
            "identity",
            *(["payment"] if house == "smile" else []),
        )
        desk.passes("number", number=line)
        last = date.fromisoformat(desk.look()["trial_last_day"])
        self.clients[name] = Prepared(
            house, desk.contract, line, last, desk.today if name == "mk active" else None
        )

    def _keep(self) -> None:
        lines = {each.contract: each for each in Line.scan(consistent_read=True)}
        stored = {each.id: each for each in Contract.scan(consistent_read=True)}
        for name, client in self.clients.items():
            contract = stored[client.contract]
            contract.history, contract.history_before = (
                [],
                len(contract.history),
            )  # as on older pages: each read is quicker
            made, client.contract = (
                client.contract,
                f"{client.house}-{name.split()[1].upper():0>10}",
            )
            items = [_put(stored[made]), _put(lines[made])]
            self._items[name] = [
                (table, json.loads(json.dumps(item).replace(made, client.contract)))
                for table, item in items
            ]
        known = {key.split("_")[1] for key in self.desk.keys.values()}
        self._keys = [_put(each) for each in Key.scan(consistent_read=True) if each.id in known]
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
        """Where the API has a prepared client's people, by their name, and their addresses, by their mail."""
        people = list(enumerate(client.people, 1))
        addresses = {
            one.mail: f"people/p{n}/addresses/p{n}a{m}"
            for n, each in people
            for m, one in enumerate(each.addresses, 1)
        }
        return {each.name: f"people/p{n}" for n, each in people} | addresses

    def applicant(self, contract: str) -> str:
        return next(
            f"apply@{place}.example"
            for place, each in enumerate(self.clients.values())
            if each.contract == contract
        )

    @staticmethod
    def office(house: str) -> str:
        return houses.all_houses()[house].brand.office_mail

    def begin(self, names: tuple[str, ...]) -> None:
        """Put the world back as it was prepared, with these clients only."""
        wire = self.wire
        wire.plan(None)
        wire.ses_is = "well"
        put = [each for name in names for each in self._items[name]] + self._keys
        kept = {_key_of(table, item) for table, item in put}
        requests = [(table, {"PutRequest": {"Item": item}}) for table, item in put]
        requests += [
            (table, {"DeleteRequest": {"Key": json.loads(key)}})
            for table, key in sorted(wire.written - kept)
        ]
        for place in range(0, len(requests), 25):
            _write(requests[place : place + 25])
        wire.written = kept
        for record in (wire.taken, wire.last_word, wire.queued):
            record.clear()
        keys.forget()


def _put(item) -> tuple[str, dict]:
    return item.Meta.table_name, item.serialize()


def _key_of(table: str, item: dict) -> tuple[str, str]:
    return table, json.dumps({name: item[name] for name in wires._KEYS[table]})


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
    """A world on the DynamoDB Local at `address`, prepared and on its own wire; its tables are dropped at the end."""
    topic = None
    try:
        with moto.mock_aws():
            stores.use(address)
            world = World(address)
            world.topic = topic = Topic()
            os.environ |= topic.environment
            wires.connect(world.wire, connection.client)
            cloud.furnish()
            stores.keep_expired()
            keys.forget()
            world.prepare()
        aws.forget()
        os.environ["SETTLE_QUEUE_URL"] = (
            "https://sqs.ap-northeast-1.amazonaws.com/123456789012/denwaban-settle"
        )
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
