"""Many at the same moment, on DynamoDB Local: one memo, one contract, one line, no change lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.errors import Busy, Invalid, Refused, StoreDown
from chalicelib.flows import night
from chalicelib.flows.access import links
from chalicelib.flows.calls import corrections as correct
from chalicelib.flows.calls import memos as memo
from chalicelib.flows.change import Change
from chalicelib.flows.contract import gates as gate
from chalicelib.flows.contract import leaving, plan, trial
from chalicelib.flows.contract import numbers as pool
from chalicelib.flows.contract import people as roster
from chalicelib.flows.engine import contracts
from chalicelib.flows.engine.settle import keep
from chalicelib.flows.post import act, events, repair
from chalicelib.flows.public import press, signup
from chalicelib.models import Contract, Line, Memo, Recount
from chalicelib.models.base import connection
from chalicelib.rules import houses
from chalicelib.rules.calls import metering
from dev import ses_events
from tests.desk import FORM

pytestmark = pytest.mark.truth
MK = houses.find("mk")


def at_once(*tasks) -> list:
    """Run all tasks in threads of their own; results or errors in their order."""
    with ThreadPoolExecutor(len(tasks)) as pool:
        running = [pool.submit(task) for task in tasks]
        return [task.exception() or task.result() for task in running]


def test_one_memo_from_eight_requests(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("mk")
    before, said = len(desk.mails()), desk.said()
    taken = at_once(
        *[lambda: memo.answer(memo.take(MK, "operator1", "key-1", said, desk.moment))] * 8
    )
    assert all(answer == taken[0] for answer in taken)
    assert len(list(Memo.scan())) == 1 and len(desk.mails()) == before + 1


def test_one_contract_from_a_form_sent_three_times_at_once(true_desk):
    given = {name: value for name, value in FORM.items() if not name.startswith("person1")}
    given |= {"people": [{"name": "髙橋", "addresses": ["pc@sakura.example"]}]}
    wish = signup.read(MK, given, true_desk.moment)
    made = at_once(
        *[
            lambda: signup.apply(
                MK, "one-form-key-of-its-own", given, wish, "127.0.0.1", true_desk.moment
            )
        ]
        * 3
    )
    assert {contract.id for contract, same in made if same} == {made[0][0].id}
    assert len(list(Contract.scan())) == 1 and len(true_desk.mails()) == 1


def test_one_number_for_two_contracts(true_desk):
    desk = true_desk
    both = []
    for name in ("one", "two"):
        desk.signs_up("mk", mail=f"{name}@a.example", person1_mail1=f"{name}.pc@a.example")
        desk.presses("お申し込みを受け付けました", to=f"{name}@a.example")
        desk.presses("テストメール", to=f"{name}.pc@a.example")
        desk.passes("eligibility", "identity")
        both.append(desk.contract)
    desk.has_line()
    facts = {"number": "03-6700-1234", "use": "forwarding", "ground": "割り当て"}

    def lend(contract):
        return lambda: act.on_contract(
            MK, contract, desk.moment, "office1", lambda case: gate.pass_gate(case, "number", facts)
        )

    ended = at_once(*[lend(contract) for contract in both])
    assert sorted(type(end) for end in ended if isinstance(end, Exception)) == [Refused]
    (line,) = Line.scan(consistent_read=True)
    assert Contract.find(line.contract).status == "trial"
    assert {Contract.find(contract).status for contract in both} == {"trial", "preparing"}


def test_the_night_and_a_person_at_the_same_moment_both_win(true_desk):
    desk = true_desk
    desk.on("2026-08-03").starts("mk")
    desk.at("2026-08-12", "23:59")
    contract = desk.contract

    def ask():
        return act.on_contract(MK, contract, desk.moment, "office1", trial.ask_to_continue)

    midnight = desk.moment.replace(hour=15, minute=5)  # 00:05 of the 13th in Japan

    def settle():
        return night.settle_batch("mk", [contract], midnight)

    ended = at_once(ask, settle, settle, settle)
    assert not [
        end for end in ended if isinstance(end, Exception) and not isinstance(end, (Busy, Refused))
    ]
    found = Contract.find(contract)
    events = [note.event for note in found.history]
    dated = [event for event in events if event != "gate_passed"]
    assert len(dated) == len(set(dated))
    assert (found.end_reason == "lapsed") is ("continuation_asked" not in events)


def test_one_number_as_the_second_of_two_contracts_and_nobody_has_it_twice(true_desk):
    desk = true_desk
    first = desk.on("2026-08-03").starts("mk")
    desk.contract = ""
    desk.has_line("03-6700-5678"), desk.has_line("03-6700-9999")
    desk.signs_up("mk", mail="two@a.example", person1_mail1="pc@two.example", phone="03-6800-5555")
    desk.presses("お申し込みを受け付けました", to="two@a.example")
    desk.presses("テストメール", to="pc@two.example")
    desk.passes("eligibility", "identity")
    desk.passes("number", number="03-6700-9999")

    def add(contract):
        def story(case):
            pool.add_extra(case, "03-6700-5678", "forwarding")

        return lambda: act.on_contract(MK, contract, desk.moment, "office1", story)

    ended = at_once(*[add(contract) for contract in (first, desk.contract)] * 3)
    assert {type(end) for end in ended if isinstance(end, Exception)} <= {Refused, Busy}
    holders = [each for each in (first, desk.contract) if Contract.find(each).extra_lines]
    assert [Line.find("0367005678").contract] == holders


def test_changes_by_eight_people_at_once_are_all_kept_or_asked_again(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("mk")

    def add(number):
        said = {
            "name": f"社員 {number}",
            "reading": None,
            "aliases": None,
            "position": None,
            "addresses": None,
        }
        return lambda: act.on_contract(
            MK,
            desk.contract,
            desk.moment,
            "office1",
            lambda case: roster.add_person(case, said | {"away_until": None, "deputy": None}),
        )

    ended = at_once(*[add(number) for number in range(8)])
    refused = [end for end in ended if isinstance(end, Exception)]
    assert all(isinstance(each, Busy) for each in refused)
    people = Contract.find(desk.contract).people
    assert len(people) == 9 - len(refused) and len({person.id for person in people}) == len(people)


def test_a_notice_taken_back_while_the_night_ends_the_contract(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    smile = houses.find("smile")
    desk.on("2026-10-01").does("notice")
    desk.on("2026-10-31").at("2026-10-31", "23:59")
    before, midnight = desk.moment, desk.moment.replace(hour=15, minute=5)

    def withdraw():
        return act.on_contract(smile, desk.contract, before, "office1", leaving.withdraw_notice)

    def settle():
        return night.settle_batch("smile", [desk.contract], midnight)

    ended = at_once(withdraw, settle, settle)
    assert not [
        end for end in ended if isinstance(end, Exception) and not isinstance(end, (Busy, Refused))
    ]
    found = Contract.find(desk.contract)
    events = [note.event for note in found.history]
    assert (found.status == "ended") is ("notice_withdrawn" not in events)
    assert events.count("left") <= 1


def test_a_plan_asked_while_the_night_changes_it(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    smile = houses.find("smile")
    desk.on("2026-10-01").does("plan", {"plan": "regular"})
    desk.on("2026-10-31").at("2026-10-31", "23:59")
    before, midnight = desk.moment, desk.moment.replace(hour=15, minute=5)
    ended = at_once(
        lambda: act.on_contract(
            smile, desk.contract, before, "office1", lambda case: plan.ask(case, "business")
        ),
        lambda: night.settle_batch("smile", [desk.contract], midnight),
    )
    assert not [
        end for end in ended if isinstance(end, Exception) and not isinstance(end, (Busy, Refused))
    ]
    found = Contract.find(desk.contract)
    # Asked on the evening of the 31st it counts from December; asked first, it has replaced November's change.
    assert (found.plan, found.next_plan) in {("regular", "business"), ("light", "business")}
    assert found.next_plan_on.isoformat() == "2026-12-01"


def test_a_night_run_many_times_writes_what_one_does(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    desk.at("2026-09-16", "00:05")
    at_once(*[lambda: night.settle_batch("smile", [desk.contract], desk.moment)] * 6)
    found = Contract.find(desk.contract)
    version, events = found.version, [note.event for note in found.history]
    assert events.count("continued") == 1
    night.settle_batch("smile", [desk.contract], desk.moment)
    assert Contract.find(desk.contract).version == version
    desk.at("2026-09-16", "09:00")
    at_once(*[lambda: repair.sweep(desk.moment)] * 4)
    assert len([subject for subject in desk.subjects() if "正式なご契約" in subject]) == 1


class Lost:
    """The next answer to an operation is lost after its effect, as often as told."""

    def __init__(self, operation: str):
        self.operation = operation

    def __enter__(self):
        connection.client.meta.events.register_last(
            f"after-call.dynamodb.{self.operation}", self._lose, unique_id="lose"
        )

    def __exit__(self, *_):
        connection.client.meta.events.unregister(
            f"after-call.dynamodb.{self.operation}", unique_id="lose"
        )

    def _lose(self, **_):
        raise ReadTimeoutError(endpoint_url="http://127.0.0.1")


def test_a_put_whose_answer_was_lost_is_found_again(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("mk")
    before = len(desk.mails())
    desk.get("/v1/lines/0367001234", role="operator")  # the key is made and noted before the fault
    with Lost("PutItem"):
        answer = desk.memo("key-1")
    assert (answer.status, answer.json["type"]) == (503, f"/problems/{StoreDown.slug}")
    assert len(list(Memo.scan())) == 1
    again = desk.memo("key-1", received_at=desk.said()["received_at"])
    assert again.status == 201 and len(desk.mails()) == before
    repair.sweep(desk.later(seconds=31).moment)
    assert len(desk.mails()) == before + 1
    assert len(list(Memo.scan())) == 1


def test_a_mark_whose_answer_was_lost_sends_nothing_twice(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("mk")
    before = len(desk.mails())
    desk.get("/v1/lines/0367001234", role="operator")
    with Lost("UpdateItem"):
        assert desk.memo("key-1").status == 201
    assert repair.sweep(desk.later(minutes=2).moment) == {}
    assert len(desk.mails()) == before + 1


def test_a_change_whose_answer_was_lost_can_be_asked_again(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    path = f"/v1/contracts/{desk.contract}/stop"
    with Lost("TransactWriteItems"):
        assert desk.post(path).status == 503
    assert desk.status == "ended"
    assert desk.post(path).status == 200
    repair.sweep(desk.later(seconds=31).moment)
    assert len([subject for subject in desk.subjects() if "停止しました" in subject]) == 1


def test_a_correction_and_the_clients_press_at_the_same_moment(true_desk):
    """Whichever comes first, the call counts once at most, and no change of its count goes unwritten."""
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    smile = houses.find("smile")
    for place in range(4):
        said = desk.said(caller={"company": "a", "name": "b", "phone": f"03-9999-000{place}"})
        first = memo.take(smile, "operator1", f"key-{place}", said, desk.moment)
        token = links.memo_token(first.id)
        body = {name: value for name, value in said.items() if name not in ("line", "received_at")}
        ended = at_once(
            lambda token=token: press.press(token, desk.moment, "wrong_number"),
            lambda first=first, body=body, place=place: correct.correct(
                smile,
                "operator1",
                f"correction-{place}",
                first.id,
                body | {"business": "別の件"},
                desk.moment,
            ),
        )
        assert all(
            isinstance(end, (Busy, Refused, Invalid)) for end in ended if isinstance(end, Exception)
        )
        memos = [each for each in Memo.scan() if each.caller_number == f"039999000{place}"]
        (last,) = [each for each in memos if not each.corrected_by]
        changes = [
            line
            for line in Recount.query(desk.contract)
            if line.memo in {each.id for each in memos}
        ]
        assert metering.counted(last)[0] is (len(changes) == 0)


def test_whoever_freezes_a_count_learns_of_a_correction_accepted_meanwhile(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("mk")
    first = desk.memo().json
    case = Change(contracts.load(MK, desk.contract, desk.moment), MK, desk.moment, "office1")
    body = {
        name: value
        for name, value in desk.said(business="納期の件").items()
        if name not in ("line", "received_at")
    }
    right = correct.correct(MK, "operator1", "correction-1", first["id"], body, desk.moment)
    with pytest.raises(Busy):
        keep(case)
    assert Memo.find(first["id"]).corrected_by == right.id
    keep(Change(contracts.load(MK, desk.contract, desk.moment), MK, desk.moment, "office1"))


def test_one_press_from_four_hands(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    smile = houses.find("smile")
    first = memo.take(
        smile,
        "operator1",
        "key",
        desk.said(caller={"company": "a", "name": "b", "phone": "03-9999-0001"}),
        desk.moment,
    )
    token = links.memo_token(first.id)
    ended = at_once(*[lambda: press.press(token, desk.moment, "sales")] * 4)
    assert not [end for end in ended if isinstance(end, Exception) and not isinstance(end, Busy)]
    assert len(list(Recount.query(desk.contract))) == 1
    assert [each.number for each in Contract.find(desk.contract).declared] == ["0399990001"]


def test_one_correction_from_four_requests(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    smile = houses.find("smile")
    first = memo.take(smile, "operator1", "key", desk.said(), desk.moment)
    body = {
        name: value
        for name, value in desk.said(business="別の件").items()
        if name not in ("line", "received_at")
    }
    before = len(desk.mails())
    ended = at_once(
        *[lambda: correct.correct(smile, "operator1", "correction", first.id, body, desk.moment)]
        * 4
    )
    answers = [memo.answer(end) for end in ended if not isinstance(end, Exception)]
    assert answers and all(answer == answers[0] for answer in answers)
    assert all(isinstance(end, Busy) for end in ended if isinstance(end, Exception))
    assert (
        len(list(Memo.scan())) == 2
        and len(desk.mails()) == before + 1
        and desk.counted("2026-09") == 1
    )


def test_events_of_one_mail_at_the_same_moment_are_all_kept(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("mk")
    first = memo.take(MK, "operator1", "key", desk.said(), desk.moment)
    tags = {"memo": first.id, "contract": desk.contract, "stage": "test"}
    mails = [
        ses_events.Mail(f"ses-{place}", tags, ["pc@sakura.example"], desk.moment)
        for place in range(6)
    ]
    told = [ses_events.delivery(mail, desk.moment) for mail in mails]
    at_once(*[lambda event=event: events.record(event, desk.moment) for event in told + told])
    assert len(Memo.find(first.id).mail_events) == 6


def test_one_bounce_told_four_times_at_once_is_told_on_once(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("mk")
    first = memo.take(MK, "operator1", "key", desk.said(), desk.moment)
    tags = {"memo": first.id, "contract": desk.contract, "stage": "test"}
    event = ses_events.bounce(
        ses_events.Mail("ses-1", tags, ["pc@sakura.example"], desk.moment), desk.moment
    )
    before = len(desk.mails())
    ended = at_once(*[lambda: events.record(event, desk.moment)] * 4)
    assert not [end for end in ended if isinstance(end, Exception) and not isinstance(end, Busy)]
    assert len(desk.mails()) == before + 2
