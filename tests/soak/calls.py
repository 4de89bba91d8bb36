"""Calls, repeats, SES on bad days, the sweep, the night and the clock."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

import app
from tests.soak.history import FAULTS, History, Request
from tests.soak.oracle import CLASSES, JST, WANTED, day_of, midnight
from tests.soak.world import OPERATORS

CLIENT = st.integers(0, 1)
CALLERS = [
    {"company": "青葉電機", "name": "佐藤", "phone": "090-1234-5678"},
    {"company": "青葉電機", "name": "佐藤様", "phone": "０９０－１２３４－５６７８"},
    {"company": "みどり商会", "name": "𠮷野", "phone": "非通知"},
]
AGO = [timedelta(hours=hours) for hours in (0, 0, 0, 1, 5, 26, 71.9, 72.1)] + [
    timedelta(minutes=-3)
]
SPANS = [timedelta(seconds=seconds) for seconds in (0, 1, 29, 31, 31, 61, 130, 1000, 3 * 3600)]
MOODS = st.sampled_from([None, ["angry"], ["hurry", "trouble"]])
SES = [
    "well",
    "well",
    "throttled",
    "error",
    "error_after",
    "reset",
    "lost",
    "lost",
    "unreached",
    "rejected",
]


def at_once(tasks: list) -> list:
    """What the tasks return, each in a thread of its own."""
    with ThreadPoolExecutor(len(tasks)) as pool:
        return [each.result() for each in [pool.submit(task) for task in tasks]]


class Calls(History):
    @rule(
        which=CLIENT,
        call=st.sampled_from(CLASSES + ["business", "business"]),
        wanted=st.sampled_from(list(WANTED)),
        caller=st.sampled_from(CALLERS),
        ago=st.sampled_from(AGO),
        mood=MOODS,
        owner=st.sampled_from(OPERATORS),
        fault=FAULTS,
    )
    def memo(self, which, call, wanted, caller, ago, mood, owner, fault):
        self.step("memo")
        self.send(self.request(which, owner, call, wanted, caller, ago, mood), fault)

    @rule(wanted=st.sampled_from(list(WANTED)), many=st.integers(1, 3), fault=FAULTS)
    def calls_for_smile(self, wanted, many, fault):
        self.calls(0, wanted, many, fault)

    @rule(wanted=st.sampled_from(list(WANTED)), many=st.integers(1, 3), fault=FAULTS)
    def calls_for_mk(self, wanted, many, fault):
        self.calls(1, wanted, many, fault)

    def calls(self, which, wanted, many, fault):
        """Calls of just now, a few seconds apart: the likeliest thing to happen."""
        for place in range(many):
            self.step("memo")
            request = self.request(
                which, OPERATORS[0], "business", wanted, CALLERS[0], AGO[0], None
            )
            self.send(request, None if place else fault)
            self.desk.moment += timedelta(seconds=7)

    def request(self, which, owner, call, wanted, caller, ago, mood) -> Request:
        """Keys are the same for every owner, whose memos they must not mix up."""
        client = self.clients[which]
        body = {
            "line": client.line,
            "received_at": (self.now - ago).astimezone(JST).isoformat(),
            "caller": caller,
            "class": call,
        }
        body |= {"business": f"用件 {len(self.requests)}"}
        body |= {name: value for name, value in (("for", wanted), ("mood", mood)) if value}
        if call == "doubtful" and client.house == "mk":
            body["surcharge"] = {"yen": 250, "reason": "長時間のお電話"}
        number = sum((each.client, each.owner) == (client, owner) for each in self.requests)
        self.requests.append(Request(client, owner, f"call-{number}", body))
        return self.requests[-1]

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), key=st.integers(0, 1), fault=FAULTS)
    def repeat(self, data, key, fault):
        """The same request at any later time, by another key of its owner too."""
        self.step("repeat")
        request = self.requests[data.draw(st.integers(0, len(self.requests) - 1))]
        self.send(request, fault, key if request.owner == OPERATORS[0] else 0)

    @precondition(lambda self: any(each.answer for each in self.requests))
    @rule(
        data=st.data(),
        field=st.sampled_from(["business", "class", "wants_call_back"]),
        fault=FAULTS,
    )
    def other_body(self, data, field, fault):
        self.step("other body")
        request = data.draw(st.sampled_from([each for each in self.requests if each.answer]))
        other = request.body | {
            field: {"business": "ほかの用件", "class": "test", "wants_call_back": True}[field]
        }
        if other == request.body:
            return
        by, house = (request.owner, 0), request.client.house
        answer = self.ask(
            "POST", request.path, other, house, by, fault, **{"idempotency-key": request.key}
        )
        assert answer is None or answer.status == 422 or (self.hit and answer.status == 503), (
            answer.text
        )

    @rule(which=CLIENT, others=st.sampled_from(["same", "same", "sweep", "other"]))
    def together(self, which, others):
        """Two or three things at the same moment."""
        self.step("at once")
        request = self.request(which, OPERATORS[0], "business", None, CALLERS[0], AGO[0], None)
        if request.client.verdict(request.received_at, self.now) != 201:
            return
        request.decided += request.outcomes(self.now)
        other = request
        if others == "other":
            other = self.request(1 - which, OPERATORS[1], "test", None, CALLERS[2], AGO[0], None)
            if other.client.verdict(other.received_at, self.now) != 201:
                return
            other.decided += other.outcomes(self.now)
        tasks = [
            lambda: self.take_memo(request),
            lambda: self.take_memo(other),
            *[lambda: app.sweep({}, None)] * (others == "sweep"),
        ]
        self.before_sweep()
        done = at_once(tasks)
        self.note(request, done[0])
        self.note(other, done[1])

    @rule(ending=st.sampled_from(SES))
    def ses_turns(self, ending):
        """SES is well again, or every mail ends like this until it is."""
        self.step(f"ses {'well' if ending == 'well' else 'ill'}")
        self.wire.ses_is = ending

    @precondition(lambda self: self.requests or self.mails_made)
    @rule(span=st.sampled_from(SPANS), fault=FAULTS, twice=st.booleans())
    def sweep(self, span, fault, twice):
        """As the minute does: the clock has moved on, and the sweep runs, killed on its way or twice at the same moment."""
        self.desk.moment += span
        self.step("two sweeps" if twice else "sweep")
        before = self.before_sweep()
        if twice:
            at_once([lambda: app.sweep({}, None)] * 2)
        else:
            self.run(lambda: app.sweep({}, None), fault)
        self.after_sweep(before)

    @precondition(lambda self: self.requests)
    @rule(fault=FAULTS)
    def next_minute(self, fault):
        self.sweep(timedelta(minutes=1), fault, False)

    @rule(span=st.sampled_from([*SPANS, None]))
    def wait(self, span):
        """Until then, or until a moment before midnight."""
        self.step("wait")
        self.desk.moment = (
            self.now + span
            if span
            else midnight(day_of(self.now) + timedelta(days=1)) - timedelta(seconds=2)
        )

    @rule(days=st.sampled_from([1, 1, 2, 5]), fault=FAULTS, twice=st.booleans())
    def night(self, days, fault, twice):
        """Some midnights on, at 00:05: what is due is handed out, and comes from the queue once or twice, in any order."""
        self.desk.moment = midnight(day_of(self.now) + timedelta(days=days)) + timedelta(minutes=5)
        self.step("night")
        self.run(lambda: app.nightly({"time": self.now.isoformat()}, None), fault)
        records = [
            {"messageId": str(place), "body": body} for place, body in enumerate(self.wire.queued)
        ]
        self.wire.queued.clear()
        self.run(lambda: app.settle({"Records": records}, None), fault)
        if twice:
            self.run(lambda: app.settle({"Records": records[::-1]}, None))

    # looking

    @rule(
        which=CLIENT,
        kind=st.sampled_from(["usage", "list", "memo", "routing"]),
        wanted=st.sampled_from(list(WANTED)),
        data=st.data(),
    )
    def look_at(self, which, kind, wanted, data):
        self.step("look")
        client, month = self.clients[which], f"{day_of(self.now):%Y-%m}"
        these = [
            each
            for each in self.requests
            if each.client is client and f"{day_of(each.received_at):%Y-%m}" == month
        ]
        accepted = [each for each in these if each.answer]
        unknown = sum(each.answer is None and bool(each.decided) for each in these)
        match kind:
            case "usage":
                self.look_at_usage(client, month, these, unknown)
            case "list":
                told = self.ask(
                    "GET", f"/v1/memos?contract={client.contract}&month={month}", house=client.house
                ).json["memos"]
                assert {each.id for each in accepted} <= {each["id"] for each in told} and len(
                    told
                ) <= len(accepted) + unknown
            case "memo" if accepted:
                self.look_at_memo(data.draw(st.sampled_from(accepted)))
            case "routing":
                asked = f"?for={quote(wanted)}" if wanted else ""
                told = self.ask(
                    "GET", f"/v1/contracts/{client.contract}/routing{asked}", house=client.house
                ).json
                assert told["reported_to"] == client.told(wanted, day_of(self.now))

    def look_at_usage(self, client, month, these, unknown) -> None:
        """Counted are those whose hand-over is known, at most those that SES has."""
        sent = {each.item for each in self.wire.taken}
        last = [each for each in these if each.judged and not each.corrected_by]
        least = sum(any(one.surely_sent for one in each.versions) for each in last)
        most = sum(any(one.id in sent for one in each.versions) for each in last) + unknown
        assert least <= self.usage(client, month)["counted"] <= most, (least, most)

    def look_at_memo(self, request) -> None:
        told = self.ask(
            "GET", f"/v1/memos/{request.id}", house=request.client.house, by=(OPERATORS[1], 0)
        ).json
        assert json.loads(request.answer).items() <= told.items()
        state = told["report"]["state"]
        if not request.tellings:
            assert state == (
                "with_office" if request.reported and not request.corrected_by else "none"
            )
        else:
            assert state in ["handed_over", "on_its_way", "with_office"] or request.corrected_by
        self.look_at_lines(request, told)
        sent = {each.item for each in self.wire.taken}
        assert not told["counted"] or (
            request.judged and any(each.id in sent for each in request.versions)
        )
