"""What becomes of a call once it is taken: put right, objected to, decided, sent again."""

import json
from datetime import timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import rule

from chalicelib.errors import Problem
from chalicelib.flows.access import links
from chalicelib.flows.calls import corrections, memos
from chalicelib.rules import houses
from tests.soak.calls import SOMETHING_TAKEN, at_once
from tests.soak.events import Events
from tests.soak.history import FAULTS
from tests.soak.oracle import CLASSES, NUMBERS, day_of
from tests.soak.request import Correction, Request
from tests.soak.world import OPERATORS

PLACE = st.integers(0, 9)
PRESSES = ["sales", "sales", "wrong_number", "received"]
TIMES = ["once", "once", "twice", "at once"]


class Aftermath(Events):
    def some(self, place: int) -> Request | None:
        """One of the accepted memos, the last ones first."""
        accepted = [each for each in self.requests if each.answer]
        # No two changes of a count are at the same microsecond.
        self.desk.moment += timedelta(seconds=1)
        return accepted[-1 - place % len(accepted)] if accepted else None

    # corrections

    @SOMETHING_TAKEN
    @rule(
        place=PLACE,
        call=st.sampled_from([None, *CLASSES]),
        others=st.sampled_from(["nobody", "nobody", "nobody", "same", "rival"]),
        fault=FAULTS,
    )
    def correction(self, place, call, others, fault):
        """Alone, or at the same moment as its own repeat or as somebody else's correction."""
        wrong = self.some(place)
        self.step("correction" if others == "nobody" else "corrections at once")
        first = self.corrects(wrong, call, OPERATORS[0])
        rivals = [first]
        if others == "nobody":
            self.send(first, fault)
        else:
            second = first
            if others == "rival":
                second = self.corrects(wrong, "business", OPERATORS[1])
            rivals.append(second)
            self.correct_at_once(rivals)
        for each in dict.fromkeys(rivals):
            if each.answer is None:
                self.send(each)

    def corrects(self, wrong: Request, call: str | None, owner: str) -> Correction:
        body = {**wrong.body}
        for name in ("line", "received_at", "surcharge"):
            body.pop(name, None)
        body |= {"class": call or wrong.call_class, "business": f"訂正 {len(self.requests)}"}
        key = f"correction-{len(self.requests)}"
        request = Correction(wrong.client, owner, key, body, wrong=wrong)
        self.requests.append(request)
        return request

    def correct_at_once(self, rivals: list[Correction]) -> None:
        tries = [each for each in rivals if each.expected(self.now) == 201]
        if not tries:
            return
        for request in tries:
            request.possible += request.outcomes(self.now)
        ends = at_once([partial(self.take_correction, request) for request in tries])
        for request, raw in zip(tries, ends, strict=True):
            if raw:
                self.note(request, raw)
        for request in tries:
            if request.answer is None:
                request.possible.clear()

    def take_correction(self, request: Correction) -> bytes | None:
        house = houses.find(request.client.house)
        try:
            right = corrections.correct(
                house, request.owner, request.key, request.wrong.id, request.body, self.now
            )
        except Problem:
            return None
        return json.dumps(memos.answer(right), ensure_ascii=False).encode()

    # the count

    @SOMETHING_TAKEN
    @rule(place=PLACE, word=st.sampled_from(PRESSES), times=st.sampled_from(TIMES), fault=FAULTS)
    def press_in_report(self, place, word, times, fault):
        """The client's press in a report that has arrived."""
        request = self.some(place)
        if not any(each.item == request.id for each in self.wire.taken):
            return
        self.step(f"press {word}")
        expected = self.outcome_of_press(request, word)
        if times == "at once":
            answers = self.press_at_once(request, word, expected)
        else:
            answers = [self.press(request, word, fault)]
            if times == "twice" or answers[0] is None or answers[0].status == 503:
                answers.append(self.press(request, word))
        statuses = {each.status for each in answers if each is not None and each.status != 503}
        assert statuses == {expected}, (statuses, expected, answers[-1].text)
        self.look_at_lines(request, self.ask_memo(request))

    def press_at_once(self, request: Request, word: str, expected: int) -> list:
        """Two presses at the same moment; if each hindered the other, one more."""
        answers = at_once([partial(self.press, request, word)] * 2)
        if expected != 409:
            answers = [each for each in answers if each.status != 409]
        return answers or [self.press(request, word)]

    def press(self, request: Request, word: str, fault=None):
        self.wire.plan(fault)
        path = f"/confirm/{links.memo_token(request.id)}"
        answer = self.run(partial(self.desk.send, path, {"press": word}), fault)
        if answer is not None and answer.status not in (200, 409):
            assert answer.status == 503, answer.text
            assert self.wire.hit, answer.text
        return answer

    def outcome_of_press(self, request: Request, word: str) -> int:
        """What a press brings by the oracle, and how it is answered."""
        if request.corrected_by:
            return 409
        client = request.client
        if word == "received":
            return 200
        if client.house == "smile":
            return self.declaration(request, word)
        if request.call_class != word:
            if request.class_now:
                return 409
            if not request.disputed:
                request.disputed = word
                self.notices[client.contract, "objection"] += 1
        return 200

    def declaration(self, request: Request, word: str) -> int:
        """At smile a press decides at once; a caller declared to be sales is not reported again."""
        if request.class_now not in (None, word):
            return 409
        if request.class_now != word:
            request.becomes(word, [])
            number = NUMBERS.get(request.body["caller"]["phone"])
            if word == "sales" and number:
                request.client.declared.add(number)
        return 200

    @SOMETHING_TAKEN
    @rule(place=PLACE, call=st.sampled_from(CLASSES), fault=FAULTS)
    def office_decides(self, place, call, fault):
        """With a reason; whoever has no answer asks again."""
        request = self.objection() if place % 2 else None
        request = request or self.some(place)
        self.desk.moment += timedelta(seconds=1)
        self.step("office decides")
        self.decisions = getattr(self, "decisions", 0) + 1
        client = request.client
        body = {"class": call, "reason": f"録音を確認 {self.decisions}"}
        path = f"/v1/memos/{request.id}/class"
        answer = self.ask("POST", path, body, client.house, fault=fault)
        if answer is None or answer.status == 503:
            answer = self.ask("POST", path, body, client.house)
        assert answer.status == self.outcome_of_decision(request, call), answer.text
        self.look_at_lines(request, self.ask_memo(request))

    def objection(self) -> Request | None:
        """A memo whose client objects."""
        open_ones = [each for each in self.requests if each.disputed and not each.corrected_by]
        return open_ones[0] if open_ones else None

    def outcome_of_decision(self, request: Request, call: str) -> int:
        """How a decision is answered by the oracle, and what it brings."""
        if request.corrected_by:
            return 409
        client = request.client
        to = []
        is_to_report = client.worth(call, request.received_at)[0]
        if is_to_report and not request.reported and not request.tellings:
            to = client.recipients(request.body.get("for"), day_of(self.now))
            if not to:
                return 409
        if request.disputed:
            self.notices[client.contract, "decision"] += 1
        request.becomes(call, to)
        return 200

    # sent again

    @SOMETHING_TAKEN
    @rule(place=PLACE, key=st.integers(0, 2), fault=FAULTS)
    def resend(self, place, key, fault):
        """Once for each key: a copy of what has left.

        Where the report waits for the office, it is the report itself.
        """
        request = self.some(place)
        self.step("resend")
        state = self.ask_memo(request)["report"]["state"]
        expected, to = self.outcome_of_resend(request, f"again-{key}", state)
        answer = self.ask_again(request, key, fault)
        if answer is None or answer.status == 503:
            answer = self.ask_again(request, key)
        assert answer.status == expected, (answer.text, state)
        if expected == 200:
            assert answer.json["reported_to"] == to
            assert self.ask_again(request, key).body == answer.body

    def ask_again(self, request: Request, key: int, fault=None):
        path, house = f"/v1/memos/{request.id}/resend", request.client.house
        headers = {"idempotency-key": f"again-{key}"}
        return self.ask("POST", path, {}, house, (OPERATORS[0], 0), fault, **headers)

    def outcome_of_resend(self, request: Request, key: str, state: str) -> tuple[int, list[dict]]:
        """(status, who is told) by the oracle."""
        client = request.client
        if key in request.resends:
            return 200, request.resends[key]
        to = client.recipients(request.body.get("for"), day_of(self.now))
        is_for_somebody = to and (request.reported or request.tellings)
        if request.corrected_by or state == "on_its_way" or not is_for_somebody:
            return 409, []
        request.resends[key] = to
        if state == "handed_over":
            self.notices[client.contract, "report_again"] += 1
        else:
            request.tell(to)

        return 200, to


__all__ = ["Aftermath"]
