"""What every history shares: its beginning, asking the app under a fault, repairing, the end.

Rules stand in classes of their own beside this one (`calls.py`, `office.py`);
a new kind of event is a new class of rules and its lines in `oracle.py`.
"""

import json
import sys
from collections import Counter
from datetime import datetime, timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

import app
from chalicelib import clock
from chalicelib.flows.access import keys
from chalicelib.flows.calls import memos
from chalicelib.models import Letter, Memo
from chalicelib.rules import houses
from tests.desk import Answer
from tests.soak.checks import Checks
from tests.soak.oracle import Client, day_of, facts_of
from tests.soak.request import Request
from tests.soak.wire import ENDINGS, Fault, Killed
from tests.soak.world import World

# While the trials run, and at their ends.
EARLY = ["2026-09-08T10:00", "2026-09-10T17:30", "2026-09-10T23:59", "2026-09-15T23:58"]
LATE = ["2026-09-16T12:00", "2026-09-30T09:30", "2026-09-30T23:59"]
BEGINNINGS = [(moment, name) for moment in EARLY for name in ("trial", "active")]
BEGINNINGS += [(moment, "active") for moment in LATE]
FAULTS = st.one_of(
    st.none(),
    st.none(),
    st.builds(Fault, st.integers(0, 6), st.sampled_from(ENDINGS), st.sampled_from([1, 1, 3])),
    st.builds(Fault, st.just(0), st.sampled_from(ENDINGS), st.just(1), st.just("sesv2")),
)


class History(Checks, RuleBasedStateMachine):
    world: ClassVar[World]
    stats: ClassVar[Counter] = Counter()

    @initialize(smile=st.sampled_from(["trial", "active"]), mk=st.sampled_from(BEGINNINGS))
    def begin(self, smile, mk):
        """Both houses' clients on some day, the mk client's trial before its end or behind it."""
        names = f"smile {smile}", f"mk {mk[1]}"
        self.world.begin(names)
        self.desk, self.wire = self.world.desk, self.world.wire
        self.desk.moment = datetime.fromisoformat(mk[0] + "+09:00")
        clock.use(lambda: self.desk.moment)
        self.clients = [self.world.client(name) for name in names]
        self.requests: list[Request] = []
        self.paths = {each.contract: self.world.paths(each) for each in self.clients}
        self.mails_made = 0
        self.begin_checks()

    @property
    def now(self) -> datetime:
        return self.desk.moment

    def step(self, kind: str) -> None:
        """Every rule begins with it: dates have done their work before anything else happens."""
        self.stats[f"step {kind}"] += 1
        for client in self.clients:
            client.live(day_of(self.now))

    # asking

    def ask(
        self,
        method: str,
        path: str,
        body=None,
        house="mk",
        by=("office1", 0),
        fault: Fault | None = None,
        **headers,
    ) -> Answer | None:
        """The app's answer, None where its process was killed.

        It is never a 500, and a 503 only for a fault, with its Retry-After.
        """
        self.wire.plan(fault)
        headers["authorization"] = f"Bearer {self.desk.keys[house, *by]}"
        try:
            answer = self.desk.call(method, path, body, role=None, **headers)
        except Killed:
            keys.forget()
            answer = None
        self.hit, self.wire.fault = self.wire.hit, None
        assert answer is None or answer.status != 500, answer.text
        if answer is not None and answer.status == 503:
            assert self.hit, answer.text
            assert answer.headers.get("Retry-After"), answer.text
        return answer

    def send(self, request: Request, fault: Fault | None = None, key: int = 0) -> None:
        """Ask for a memo, for the first time or again."""
        expected, is_first = request.expected(self.now), not request.possible
        if request.answer is None and expected == 201:
            request.possible += request.outcomes(self.now)
        by, house = (request.owner, key), request.client.house
        headers = {"idempotency-key": request.key}
        answer = self.ask("POST", request.path, request.body, house, by, fault, **headers)
        if answer is None or answer.status == 503:
            return
        if answer.status == 201:
            self.note(request, answer.body)
            if is_first and not self.hit and self.wire.ses_is == "well" and request.recipients:
                request.surely_sent = True
            return
        problem = f"accepted, and refused when it was repeated: {answer.text}"
        assert request.answer is None, problem
        assert answer.status == expected, answer.text
        request.possible.clear()  # whatever was tried before has not been stored

    def note(self, request: Request, raw: bytes) -> None:
        """A 201: as the oracle would have decided in one of the attempts.

        Ever after it is the same bytes.
        """
        if request.answer is None:
            answer = json.loads(raw)
            request.accept(raw, answer, self.ought_to_be_reported(request, answer))
            assert request.id not in [each.id for each in self.requests if each is not request]
        assert raw == request.answer

    @staticmethod
    def ought_to_be_reported(request: Request, answer: dict) -> bool:
        """Whether somebody ought to be told of what was stored.

        Where the answer cannot tell two attempts apart, what is stored can.
        """
        judgement = answer["reported_to"], answer["counts"]
        outcomes = [each for each in request.possible if each[:2] == judgement]
        assert outcomes, (answer, request.possible)
        reported = {each[2] for each in outcomes}
        return reported.pop() if len(reported) == 1 else Memo.find(answer["id"]).reported

    def change(
        self,
        client: Client,
        method: str,
        path: str,
        story,
        body=None,
        fault: Fault | None = None,
        status: int = 200,
    ) -> None:
        """The office changes a contract: it looks then as `story` makes the model, or as before.

        Nothing may have happened only where a fault was in the way. `status` is
        what the change is answered with.
        """
        before = client.copy()
        path = f"/v1/contracts/{client.contract}/{path}"
        answer = self.ask(method, path, body, client.house, fault=fault)
        hit = self.hit
        if answer is not None and answer.status != status:
            assert answer.status == 503, answer.text
            assert hit, answer.text
        if answer is not None and answer.status == 200:
            contract = answer.json
        else:
            contract = self.ask_contract(client)
        self.note_paths(client, contract)
        if status == 200:
            story(client)
            client.live(day_of(self.now))
        if hit and facts_of(contract) == before.facts() != client.facts():
            self.clients[self.clients.index(client)].__dict__.update(before.__dict__)
        assert facts_of(contract) == client.facts(), (facts_of(contract), client.facts())

    def ask_contract(self, client: Client) -> dict:
        return self.ask("GET", f"/v1/contracts/{client.contract}", house=client.house).json

    def note_paths(self, client: Client, contract: dict) -> None:
        """Remember where a contract's people are, by name, and their addresses, by mail."""
        paths = self.paths[client.contract] = {}
        for person in contract["people"]:
            path = paths[person["name"]] = f"people/{person['id']}"
            for address in person["addresses"]:
                paths[address["mail"]] = f"{path}/addresses/{address['id']}"

    def run(self, job, fault: Fault | None = None):
        """A job of the cloud's own; its answer, or None.

        A job that a fault stops is simply run again later.
        """
        self.wire.plan(fault)
        try:
            return job()
        except Killed:
            keys.forget()
        except Exception:
            if not self.wire.hit:
                raise
        finally:
            self.wire.fault = None
        return None

    def take_memo(self, request: Request) -> bytes:
        """As the door does, for threads: the test client knows one request at a time."""
        house = houses.find(request.client.house)
        stored = memos.take(house, request.owner, request.key, request.body, self.now)
        return json.dumps(memos.answer(stored), ensure_ascii=False).encode()

    # the end

    def teardown(self):
        if sys.exc_info()[0] is None and hasattr(self, "clients"):
            self.step("end")
            self.repair()
            self.check_mails()
            self.check_notices()
            self.check_counts()
            self.check_money()
            for request in [each for each in self.requests if each.answer][:1]:
                self.send(request)
            self.stats["history"] += 1
        self.stats.update({f"fault {name}": many for name, many in self.wire.faults.items()})
        self.wire.faults.clear()

    def repair(self) -> None:
        """SES is well, whoever had no answer asks again, and the sweep goes on.

        It goes on past every lease, and past the next morning.
        """
        self.wire.ses_is = "well"
        for request in self.requests:
            if request.answer is None and request.possible:
                self.send(request)
        for span in (timedelta(minutes=20), timedelta(hours=26), timedelta(hours=26)):
            self.desk.moment += span
            before = self.before_sweep()
            app.sweep({}, None)
            self.after_sweep(before)
            self.memos = {each.id: each for each in Memo.scan(consistent_read=True)}
            self.letters = {each.id: each for each in Letter.scan(consistent_read=True)}
            items = (*self.memos.values(), *self.letters.values())
            if not any(item.outbox == item.house for item in items):
                return
        raise AssertionError("mails are left in the outbox")


__all__ = ["FAULTS", "History"]
