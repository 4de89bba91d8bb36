"""What becomes of a call after it was taken: put right, objected to, decided, sent again."""

import json
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib.errors import Problem
from chalicelib.flows.access import links
from chalicelib.flows.calls import corrections as correct
from chalicelib.flows.calls import memos as memo
from chalicelib.rules import houses
from tests.soak.asked import Correction, Request
from tests.soak.calls import at_once
from tests.soak.events import Events
from tests.soak.history import FAULTS
from tests.soak.oracle import CLASSES, NUMBERS, day_of
from tests.soak.world import OPERATORS

PLACE = st.integers(0, 9)
PRESSES = ["sales", "sales", "wrong_number", "received"]
TIMES = ["once", "once", "twice", "at once"]


class Aftermath(Events):
    def some(self, place: int) -> Request | None:
        """One of the accepted memos, the last ones first."""
        accepted = [each for each in self.requests if each.answer]
        self.desk.moment += timedelta(
            seconds=1
        )  # no two changes of a count are at the same microsecond
        return accepted[-1 - place % len(accepted)] if accepted else None

    # corrections

    @precondition(lambda self: any(each.answer for each in self.requests))
    @rule(
        place=PLACE,
        call=st.sampled_from([None, *CLASSES]),
        others=st.sampled_from(["nobody", "nobody", "nobody", "same", "rival"]),
        fault=FAULTS,
    )
    def correction(self, place, call, others, fault):
        """Alone, or at the same moment as its own repeat or as somebody else's correction of the same memo."""
        wrong = self.some(place)
        self.step("correction" if others == "nobody" else "corrections at once")
        rivals = [self.corrects(wrong, call, OPERATORS[0])]
        if others == "nobody":
            self.send(rivals[0], fault)
        else:
            rivals.append(
                self.corrects(wrong, "business", OPERATORS[1]) if others == "rival" else rivals[0]
            )
            self.correct_at_once(rivals)
        for each in dict.fromkeys(rivals):
            if each.answer is None:
                self.send(each)

    def corrects(self, wrong: Request, call: str | None, owner: str) -> Correction:
        body = {
            name: value
            for name, value in wrong.body.items()
            if name not in ("line", "received_at", "surcharge")
        }
        body |= {"class": call or wrong.call_class, "business": f"訂正 {len(self.requests)}"}
        request = Correction(
            wrong.client, owner, f"correction-{len(self.requests)}", body, wrong=wrong
        )
        self.requests.append(request)
        return request

    def correct_at_once(self, rivals: list[Correction]) -> None:
        tries = [each for each in rivals if each.expected(self.now) == 201]
        for each in tries:
            each.decided += each.outcomes(self.now)
        ended = (
            at_once([lambda each=each: self.take_correction(each) for each in tries])
            if tries
            else []
        )
        for request, raw in zip(tries, ended, strict=True):
            if raw:
                self.note(request, raw)
        for request in tries:
            if request.answer is None:
                request.decided.clear()

    def take_correction(self, request: Correction) -> bytes | None:
        house = houses.find(request.client.house)
        try:
            taken = correct.correct(
                house, request.owner, request.key, request.wrong.id, request.body, self.now
            )
        except Problem:
            return None
        return json.dumps(memo.answer(taken), ensure_ascii=False).encode()

    # the count

    @precondition(lambda self: any(each.answer for each in self.requests))
    @rule(place=PLACE, said=st.sampled_from(PRESSES), times=st.sampled_from(TIMES), fault=FAULTS)
    def report_pressed(self, place, said, times, fault):
        """The client's press in a report that has arrived."""
        request = self.some(place)
        if not any(each.item == request.id for each in self.wire.taken):
            return
        self.step(f"press {said}")
        expected = self.pressed(request, said)
        if times == "at once":
            answers = at_once([lambda: self.press(request, said)] * 2)
            answers = [each for each in answers if each.status != 409 or expected == 409] or [
                self.press(request, said)
            ]
        else:
            answers = [self.press(request, said, fault)]
            if times == "twice" or answers[0] is None or answers[0].status == 503:
                answers.append(self.press(request, said))
        statuses = [each.status for each in answers if each is not None and each.status != 503]
        assert set(statuses) == {expected}, (statuses, expected, answers[-1].text)
        self.look_at_lines(request, self.told_of(request))

    def press(self, request: Request, said: str, fault=None):
        self.wire.plan(fault)
        answer = self.run(
            lambda: self.desk.send(f"/confirm/{links.memo_token(request.id)}", {"press": said}),
            fault,
        )
        assert (
            answer is None
            or answer.status in (200, 409)
            or (answer.status == 503 and self.wire.hit)
        ), answer.text
        return answer

    def pressed(self, request: Request, said: str) -> int:
        """What a press brings by the oracle, and how it is answered."""
        if request.corrected_by:
            return 409
        client = request.client
        if said == "received":
            return 200
        if client.house == "smile":
            if request.class_now not in (None, said):
                return 409
            if request.class_now != said:
                request.becomes(said, [])
                number = NUMBERS.get(request.body["caller"]["phone"])
                client.declared |= {number} if said == "sales" and number else set()
        elif request.call_class != said:
            if request.class_now:
                return 409
            if not request.disputed:
                request.disputed = said
                self.notices[client.contract, "objection"] += 1
        return 200

    @precondition(lambda self: any(each.answer for each in self.requests))
    @rule(place=PLACE, call=st.sampled_from(CLASSES), fault=FAULTS)
    def office_decides(self, place, call, fault):
        """With a reason; whoever has no answer asks again."""
        request = (
            next((each for each in self.requests if each.disputed and not each.corrected_by), None)
            if place % 2
            else None
        )
        request = request or self.some(place)
        self.desk.moment += timedelta(seconds=1)
        self.step("office decides")
        self.decisions = getattr(self, "decisions", 0) + 1
        body, client = {"class": call, "reason": f"録音を確認 {self.decisions}"}, request.client
        path = f"/v1/memos/{request.id}/class"
        answer = self.ask("POST", path, body, client.house, fault=fault)
        if answer is None or answer.status == 503:
            answer = self.ask("POST", path, body, client.house)
        assert answer.status == self.decided(request, call), answer.text
        self.look_at_lines(request, self.told_of(request))

    def decided(self, request: Request, call: str) -> int:
        if request.corrected_by:
            return 409
        now_told, client = [], request.client
        if (
            client.worth(call, request.received_at)[0]
            and not request.reported
            and not request.tellings
        ):
            now_told = client.told(request.body.get("for"), day_of(self.now))
            if not now_told:
                return 409
        if request.disputed:
            self.notices[client.contract, "decision"] += 1
        request.becomes(call, now_told)
        return 200

    # sent again

    @precondition(lambda self: any(each.answer for each in self.requests))
    @rule(place=PLACE, key=st.integers(0, 2), fault=FAULTS)
    def resend(self, place, key, fault):
        """Once for each key: a copy of what has left, or the report itself where it waits for the office."""
        request = self.some(place)
        self.step("resend")
        state = self.told_of(request)["report"]["state"]
        expected, to = self.sent_again(request, f"again-{key}", state)
        answer = self.ask_again(request, key, fault)
        if answer is None or answer.status == 503:
            answer = self.ask_again(request, key)
        assert answer.status == expected, (answer.text, state)
        if expected == 200:
            assert answer.json["reported_to"] == to
            assert self.ask_again(request, key).body == answer.body

    def ask_again(self, request: Request, key: int, fault=None):
        by, path = (OPERATORS[0], 0), f"/v1/memos/{request.id}/resend"
        return self.ask(
            "POST", path, {}, request.client.house, by, fault, **{"idempotency-key": f"again-{key}"}
        )

    def sent_again(self, request: Request, key: str, state: str) -> tuple[int, list[dict]]:
        """(status, who is told) by the oracle."""
        client = request.client
        if key in request.resends:
            return 200, request.resends[key]
        to = client.told(request.body.get("for"), day_of(self.now))
        if (
            request.corrected_by
            or not (request.reported or request.tellings)
            or state == "on_its_way"
            or not to
        ):
            return 409, []
        request.resends[key] = to
        if state == "handed_over":
            self.notices[client.contract, "report_again"] += 1
        else:
            request.is_told(to)
        return 200, to


__all__ = ["Aftermath"]
