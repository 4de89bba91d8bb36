"""Calls, repeats, SES on bad days, the sweep, the night and the clock."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

import app
from tests.soak.history import FAULTS, History
from tests.soak.oracle import CLASSES, JST, NAMES, day_of, midnight
from tests.soak.request import Request
from tests.soak.world import OPERATORS

CLIENT = st.integers(0, 1)
CALLERS = [
    {"company": "青葉電機", "name": "佐藤", "phone": "090-1234-5678"},
    {"company": "青葉電機", "name": "佐藤様", "phone": "０９０－１２３４－５６７８"},
    {"company": "みどり商会", "name": "𠮷野", "phone": "非通知"},
]
AGO = [timedelta(hours=hours) for hours in (0, 0, 0, 1, 5, 26, 71.9, 72.1)]
AGO.append(timedelta(minutes=-3))
SPANS = [timedelta(seconds=seconds) for seconds in (0, 1, 29, 31, 31, 61, 130, 1000, 3 * 3600)]
OTHER = {"business": "ほかの用件", "class": "test", "wants_call_back": True}
MOODS = st.sampled_from([None, ["angry"], ["hurry", "trouble"]])
SES = ["well", "well", "throttled", "error", "error_after", "reset", "lost", "lost"]
SES += ["unreached", "rejected"]
SOMETHING_TAKEN = precondition(lambda self: any(each.answer for each in self.requests))


def at_once(tasks: list) -> list:
    """What the tasks return, each in a thread of its own."""
    with ThreadPoolExecutor(len(tasks)) as pool:
        futures = [pool.submit(task) for task in tasks]
        return [future.result() for future in futures]


class Calls(History):
    @rule(
        which=CLIENT,
        call=st.sampled_from(CLASSES + ["business", "business"]),
        name=st.sampled_from(list(NAMES)),
        caller=st.sampled_from(CALLERS),
        ago=st.sampled_from(AGO),
        mood=MOODS,
        owner=st.sampled_from(OPERATORS),
        fault=FAULTS,
    )
    def memo(self, which, call, name, caller, ago, mood, owner, fault):
        self.step("memo")
        request = self.request(which, owner, call, name, caller, ago, mood)
        self.send(request, fault)

    @rule(name=st.sampled_from(list(NAMES)), many=st.integers(1, 3), fault=FAULTS)
    def calls_for_smile(self, name, many, fault):
        self.calls(0, name, many, fault)

    @rule(name=st.sampled_from(list(NAMES)), many=st.integers(1, 3), fault=FAULTS)
    def calls_for_mk(self, name, many, fault):
        self.calls(1, name, many, fault)

    def calls(self, which, name, many, fault):
        """Calls of just now, a few seconds apart: the likeliest thing to happen."""
        for place in range(many):
            self.step("memo")
            request = self.plain_request(which, name)
            self.send(request, None if place else fault)
            self.desk.moment += timedelta(seconds=7)

    def plain_request(self, which, name=None) -> Request:
        """A business call of just now."""
        return self.request(which, OPERATORS[0], "business", name, CALLERS[0], AGO[0], None)

    def request(self, which, owner, call, name, caller, ago, mood) -> Request:
        """Keys are the same for every owner, whose memos they must not mix up."""
        client = self.clients[which]
        body = {
            "line": client.line,
            "received_at": (self.now - ago).astimezone(JST).isoformat(),
            "caller": caller,
            "class": call,
        }
        body["business"] = f"用件 {len(self.requests)}"
        if name:
            body["for"] = name
        if mood:
            body["mood"] = mood
        if call == "doubtful" and client.house == "mk":
            body["surcharge"] = {"yen": 250, "reason": "長時間のお電話"}
        number = len(
            [each for each in self.requests if (each.client, each.owner) == (client, owner)]
        )
        self.requests.append(Request(client, owner, f"call-{number}", body))
        return self.requests[-1]

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), key=st.integers(0, 1), fault=FAULTS)
    def repeat(self, data, key, fault):
        """The same request at any later time, by another key of its owner too."""
        self.step("repeat")
        place = data.draw(st.integers(0, len(self.requests) - 1))
        request = self.requests[place]
        self.send(request, fault, key if request.owner == OPERATORS[0] else 0)

    @SOMETHING_TAKEN
    @rule(data=st.data(), field=st.sampled_from(list(OTHER)), fault=FAULTS)
    def other_body(self, data, field, fault):
        self.step("other body")
        request = data.draw(st.sampled_from([each for each in self.requests if each.answer]))
        other = request.body | {field: OTHER[field]}
        if other == request.body:
            return
        by, house = (request.owner, 0), request.client.house
        headers = {"idempotency-key": request.key}
        answer = self.ask("POST", request.path, other, house, by, fault, **headers)
        if answer is not None and answer.status != 422:
            assert answer.status == 503, answer.text
            assert self.hit, answer.text
        assert answer is None or answer.status == 422 or (self.hit and answer.status == 503), (
            answer.text
        )

    @rule(which=CLIENT, others=st.sampled_from(["same", "same", "sweep", "other"]))
    def together(self, which, others):
        """Two or three things at the same moment."""
        self.step("at once")
        request = self.plain_request(which)
        if request.client.verdict(request.received_at, self.now) != 201:
            return
        request.possible += request.outcomes(self.now)
        other = request
        if others == "other":
            other = self.request(1 - which, OPERATORS[1], "test", None, CALLERS[2], AGO[0], None)
            if other.client.verdict(other.received_at, self.now) != 201:
                return
            other.possible += other.outcomes(self.now)
        tasks = [partial(self.take_memo, request), partial(self.take_memo, other)]
        if others == "sweep":
            tasks.append(sweep)
        self.before_sweep()
        answers = at_once(tasks)
        self.note(request, answers[0])
        self.note(other, answers[1])

    @rule(ending=st.sampled_from(SES))
    def ses_turns(self, ending):
        """SES is well again, or every mail ends like this until it is."""
        self.step(f"ses {'well' if ending == 'well' else 'ill'}")
        self.wire.ses_is = ending

    @precondition(lambda self: self.requests or self.mails_made)
    @rule(span=st.sampled_from(SPANS), fault=FAULTS, twice=st.booleans())
    def sweep(self, span, fault, twice):
        """As the minute does: the clock has moved on, and the sweep runs.

        The sweep may be killed on its way, or run twice at the same moment.
        """
        self.desk.moment += span
        self.step("two sweeps" if twice else "sweep")
        before = self.before_sweep()
        if twice:
            at_once([sweep, sweep])
        else:
            self.run(sweep, fault)
        self.after_sweep(before)

    @precondition(lambda self: self.requests)
    @rule(fault=FAULTS)
    def next_minute(self, fault):
        self.sweep(timedelta(minutes=1), fault, False)

    @rule(span=st.sampled_from([*SPANS, None]))
    def wait(self, span):
        """Until then, or until a moment before midnight."""
        self.step("wait")
        midnight_to_come = midnight(day_of(self.now) + timedelta(days=1))
        if span is None:
            self.desk.moment = midnight_to_come - timedelta(seconds=2)
        else:
            self.desk.moment += span

    @rule(days=st.sampled_from([1, 1, 2, 5]), fault=FAULTS, twice=st.booleans())
    def night(self, days, fault, twice):
        """Some midnights on, at 00:05: what is due is handed out."""
        night = midnight(day_of(self.now) + timedelta(days=days))
        self.desk.moment = night + timedelta(minutes=5)
        self.step("night")
        self.run(lambda: app.nightly({"time": self.now.isoformat()}, None), fault)
        self.work(fault, twice)

    def work(self, fault, twice) -> None:
        """The worker on what is queued, once or twice, in any order."""
        messages = list(enumerate(self.wire.queued))
        records = [{"messageId": str(place), "body": body} for place, body in messages]
        self.wire.queued.clear()
        self.run(partial(app.settle, {"Records": records}, None), fault)
        if twice:
            self.run(partial(app.settle, {"Records": records[::-1]}, None))

    # looking

    @rule(
        which=CLIENT,
        kind=st.sampled_from(["usage", "list", "memo", "routing"]),
        name=st.sampled_from(list(NAMES)),
        data=st.data(),
    )
    def look_at(self, which, kind, name, data):
        self.step("look")
        client, month = self.clients[which], f"{day_of(self.now):%Y-%m}"
        of_client = [each for each in self.requests if each.client is client]
        requests = [each for each in of_client if f"{day_of(each.received_at):%Y-%m}" == month]
        accepted = [each for each in requests if each.answer]
        unknown = len([each for each in requests if each.answer is None and each.possible])
        match kind:
            case "usage":
                self.look_at_usage(client, month, requests, unknown)
            case "list":
                self.look_at_list(client, month, accepted, unknown)
            case "memo" if accepted:
                self.look_at_memo(data.draw(st.sampled_from(accepted)))
            case "routing":
                self.look_at_routing(client, name)

    def look_at_list(self, client, month, accepted, unknown) -> None:
        path = f"/v1/memos?contract={client.contract}&month={month}"
        memos = self.ask("GET", path, house=client.house).json["memos"]
        assert {each.id for each in accepted} <= {each["id"] for each in memos}
        assert len(memos) <= len(accepted) + unknown

    def look_at_routing(self, client, name) -> None:
        query = f"?for={quote(name)}" if name else ""
        path = f"/v1/contracts/{client.contract}/routing{query}"
        routing = self.ask("GET", path, house=client.house).json
        assert routing["reported_to"] == client.recipients(name, day_of(self.now))

    def look_at_usage(self, client, month, requests, unknown) -> None:
        """Counted are those whose hand-over is known, at most those that SES has."""
        last = [each for each in requests if each.judged and not each.corrected_by]
        surely_sent = [each for each in last if any(one.surely_sent for one in each.versions)]
        with_ses = [each for each in last if self.is_with_ses(each)]
        least, most = len(surely_sent), len(with_ses) + unknown
        assert least <= self.ask_usage(client, month)["counted"] <= most, (least, most)

    def is_with_ses(self, request) -> bool:
        """SES has taken the mail of one of its versions."""
        items = {each.item for each in self.wire.taken}
        return any(each.id in items for each in request.versions)

    def look_at_memo(self, request) -> None:
        memo = self.ask_memo(request, by=(OPERATORS[1], 0))
        assert json.loads(request.answer).items() <= memo.items()
        state = memo["report"]["state"]
        if not request.tellings:
            is_held = request.reported and not request.corrected_by
            assert state == ("with_office" if is_held else "none")
        elif not request.corrected_by:
            assert state in ["handed_over", "on_its_way", "with_office"]
        self.look_at_lines(request, memo)
        if memo["counted"]:
            assert request.judged
            assert self.is_with_ses(request)


def sweep() -> dict:
    return app.sweep({}, None)
