"""Many at the same moment, on DynamoDB Local: one memo, one contract, one line, no change lost."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.errors import Busy, Invalid, Refused, StoreDown
from chalicelib.flows import night
from chalicelib.flows.access import keys, links
from chalicelib.flows.calls import corrections
from chalicelib.flows.calls import memos as memo
from chalicelib.flows.change import Change
from chalicelib.flows.contract import gates, leaving, numbers, plan, trial
from chalicelib.flows.contract import people as roster
from chalicelib.flows.engine import contracts
from chalicelib.flows.engine.settle import keep
from chalicelib.flows.post import act, events, repair
from chalicelib.flows.public import application, press, signup
from chalicelib.models import Contract, Key, Line, Memo, Recount
from chalicelib.models.base import connection
from chalicelib.rules import houses
from chalicelib.rules.calls import metering
from dev import ses_events
from tests.desk import FORM

pytestmark = pytest.mark.truth
MK = houses.find("mk")


def at_once(*tasks) -> list:
    """Run all tasks in threads of their own; results or errors in their order."""
    with ThreadPoolExecutor(len(tasks)) as numbers:
        futures = [numbers.submit(task) for task in tasks]
        return [future.exception() or future.result() for future in futures]


def errors_of(ends: list) -> list[Exception]:
    return [end for end in ends if isinstance(end, Exception)]


def are_all(errors: list[Exception], *kinds: type[Exception]) -> bool:
    return all(isinstance(error, kinds) for error in errors)


def change(desk, contract: str, story, house=MK):
    """A task: the office changes a contract, at the desk's moment."""
    now = desk.moment
    return lambda: act.on_contract(house, contract, now, "office1", story)


def correction_of(memo_body: dict, **changes) -> dict:
    """What a correction may say: a memo's body without the line and the call's moment."""
    body = {**memo_body}
    del body["line"], body["received_at"]
    return body | changes


def test_one_memo_from_eight_requests(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("mk")
    before, body = len(desk.mails()), desk.said()

    def take():
        return memo.answer(memo.take(MK, "operator1", "key-1", body, desk.moment))

    answers = at_once(*[take] * 8)
    assert all(answer == answers[0] for answer in answers)
    assert len(list(Memo.scan())) == 1
    assert len(desk.mails()) == before + 1


def test_an_owner_has_two_live_keys_however_many_are_asked_for_at_once(true_desk):
    def asks():
        return keys.make("mk", "tanaka", "office", true_desk.moment)

    ends = at_once(*[asks] * 10)
    made = [end for end in ends if isinstance(end, tuple)]
    assert are_all(errors_of(ends), Refused)
    assert len(made) == 2
    assert len([key for key in Key.scan() if key.owner == "tanaka"]) == 2
    keys.revoke(MK, made[0][0].id, true_desk.moment)
    keys.make("mk", "tanaka", "office", true_desk.moment)
    with pytest.raises(Refused):
        keys.make("mk", "tanaka", "office", true_desk.moment)


def test_one_contract_from_a_form_sent_three_times_at_once(true_desk):
    form = {name: value for name, value in FORM.items() if not name.startswith("person1")}
    form |= {"people": [{"name": "髙橋", "addresses": ["pc@sakura.example"]}]}
    now = true_desk.moment
    wish = application.read(MK, form, now)

    def apply():
        return signup.apply(MK, "one-form-key-of-its-own", form, wish, "127.0.0.1", now)

    ends = at_once(*[apply] * 3)
    assert {contract.id for contract, same in ends if same} == {ends[0][0].id}
    assert len(list(Contract.scan())) == 1
    assert len(true_desk.mails()) == 1


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

    def story(change):
        return gates.pass_gate(change, "number", **facts)

    ends = at_once(*[change(desk, contract, story) for contract in both])
    assert [type(error) for error in errors_of(ends)] == [Refused]
    (line,) = Line.scan(consistent_read=True)
    assert Contract.find(line.contract).status == "trial"
    assert {Contract.find(contract).status for contract in both} == {"trial", "preparing"}


def test_the_night_and_a_person_at_the_same_moment_both_win(true_desk):
    desk = true_desk
    desk.on("2026-08-03").starts("mk")
    desk.at("2026-08-12", "23:59")
    contract = desk.contract
    ask = change(desk, contract, trial.ask_to_continue)
    midnight = desk.moment.replace(hour=15, minute=5)  # 00:05 of the 13th in Japan

    def settle():
        return night.settle_batch("mk", [contract], midnight)

    ends = at_once(ask, settle, settle, settle)
    assert are_all(errors_of(ends), Busy, Refused)
    contract_now = Contract.find(contract)
    events = [note.event for note in contract_now.history]
    dated = [event for event in events if event != "gate_passed"]
    assert len(dated) == len(set(dated))
    assert (contract_now.end_reason == "lapsed") is ("continuation_asked" not in events)


def test_one_number_as_the_second_of_two_contracts_and_nobody_has_it_twice(true_desk):
    desk = true_desk
    first = desk.on("2026-08-03").starts("mk")
    desk.contract = ""
    desk.has_line("03-6700-5678")
    desk.has_line("03-6700-9999")
    desk.signs_up("mk", mail="two@a.example", person1_mail1="pc@two.example", phone="03-6800-5555")
    desk.presses("お申し込みを受け付けました", to="two@a.example")
    desk.presses("テストメール", to="pc@two.example")
    desk.passes("eligibility", "identity")
    desk.passes("number", number="03-6700-9999")

    def story(change):
        numbers.add_extra(change, "03-6700-5678", "forwarding")

    ends = at_once(*[change(desk, contract, story) for contract in (first, desk.contract)] * 3)
    assert are_all(errors_of(ends), Refused, Busy)
    holders = [each for each in (first, desk.contract) if Contract.find(each).extra_lines]
    assert [Line.find("0367005678").contract] == holders


def test_changes_by_eight_people_at_once_are_all_kept_or_asked_again(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("mk")

    def add(number):
        story = partial(roster.add_person, name=f"社員 {number}")
        return change(desk, desk.contract, story)

    ends = at_once(*[add(number) for number in range(8)])
    errors = errors_of(ends)
    assert are_all(errors, Busy)
    people = Contract.find(desk.contract).people
    assert len(people) == 9 - len(errors)
    assert len({person.id for person in people}) == len(people)


def test_a_notice_taken_back_while_the_night_ends_the_contract(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    smile = houses.find("smile")
    desk.on("2026-10-01").does("notice")
    desk.on("2026-10-31").at("2026-10-31", "23:59")
    midnight = desk.moment.replace(hour=15, minute=5)
    withdraw = change(desk, desk.contract, leaving.withdraw_notice, smile)

    def settle():
        return night.settle_batch("smile", [desk.contract], midnight)

    ends = at_once(withdraw, settle, settle)
    assert are_all(errors_of(ends), Busy, Refused)
    contract_now = Contract.find(desk.contract)
    events = [note.event for note in contract_now.history]
    assert (contract_now.status == "ended") is ("notice_withdrawn" not in events)
    assert events.count("left") <= 1


def test_a_plan_asked_while_the_night_changes_it(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    smile = houses.find("smile")
    desk.on("2026-10-01").does("plan", {"plan": "regular"})
    desk.on("2026-10-31").at("2026-10-31", "23:59")
    midnight = desk.moment.replace(hour=15, minute=5)

    def settle():
        return night.settle_batch("smile", [desk.contract], midnight)

    ask = change(desk, desk.contract, lambda change: plan.ask(change, "business"), smile)
    ends = at_once(ask, settle)
    assert are_all(errors_of(ends), Busy, Refused)
    contract_now = Contract.find(desk.contract)
    # Asked on the evening of the 31st it counts from December; asked first, it has replaced
    # November's change.
    assert (contract_now.plan, contract_now.next_plan) in {
        ("regular", "business"),
        ("light", "business"),
    }
    assert contract_now.next_plan_on.isoformat() == "2026-12-01"


def test_a_night_run_many_times_writes_what_one_does(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    desk.at("2026-09-16", "00:05")
    at_once(*[lambda: night.settle_batch("smile", [desk.contract], desk.moment)] * 6)
    contract_now = Contract.find(desk.contract)
    version, events = contract_now.version, [note.event for note in contract_now.history]
    assert events.count("continued") == 1
    night.settle_batch("smile", [desk.contract], desk.moment)
    assert Contract.find(desk.contract).version == version
    desk.at("2026-09-16", "09:00")
    at_once(*[lambda: repair.sweep(desk.moment)] * 4)
    assert len([subject for subject in desk.subjects() if "正式なご契約" in subject]) == 1


class Lost:
    """Every answer to an operation is lost after its effect, while the block runs."""

    def __init__(self, operation: str):
        self.operation = operation

    def __enter__(self):
        event = f"after-call.dynamodb.{self.operation}"
        connection.client.meta.events.register_last(event, self._lose, unique_id="lose")

    def __exit__(self, *_):
        event = f"after-call.dynamodb.{self.operation}"
        connection.client.meta.events.unregister(event, unique_id="lose")

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
    assert again.status == 201
    assert len(desk.mails()) == before
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
    """Whichever comes first, the call counts once at most, and each change of it is kept."""
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    smile = houses.find("smile")
    for place in range(4):
        body = desk.said(caller={"company": "a", "name": "b", "phone": f"03-9999-000{place}"})
        first = memo.take(smile, "operator1", f"key-{place}", body, desk.moment)
        right, key = correction_of(body, business="別の件"), f"correction-{place}"
        token = links.memo_token(first.id)
        ends = at_once(
            partial(press.press, token, desk.moment, "wrong_number"),
            partial(corrections.correct, smile, "operator1", key, first.id, right, desk.moment),
        )
        assert are_all(errors_of(ends), Busy, Refused, Invalid)
        memos = [each for each in Memo.scan() if each.caller_number == f"039999000{place}"]
        (last,) = [each for each in memos if not each.corrected_by]
        identities = {each.id for each in memos}
        changes = [line for line in Recount.query(desk.contract) if line.memo in identities]
        assert metering.counted(last)[0] is (len(changes) == 0)


def test_whoever_freezes_a_count_learns_of_a_correction_accepted_meanwhile(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("mk")
    first = desk.memo().json
    change = Change(contracts.load(MK, desk.contract, desk.moment), MK, desk.moment, "office1")
    body = correction_of(desk.said(business="納期の件"))
    right = corrections.correct(MK, "operator1", "correction-1", first["id"], body, desk.moment)
    with pytest.raises(Busy):
        keep(change)
    assert Memo.find(first["id"]).corrected_by == right.id
    keep(Change(contracts.load(MK, desk.contract, desk.moment), MK, desk.moment, "office1"))


def test_one_press_from_four_hands(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    smile = houses.find("smile")
    caller = {"company": "a", "name": "b", "phone": "03-9999-0001"}
    first = memo.take(smile, "operator1", "key", desk.said(caller=caller), desk.moment)
    token = links.memo_token(first.id)
    ends = at_once(*[partial(press.press, token, desk.moment, "sales")] * 4)
    assert are_all(errors_of(ends), Busy)
    assert len(list(Recount.query(desk.contract))) == 1
    assert [each.number for each in Contract.find(desk.contract).declared] == ["0399990001"]


def test_one_correction_from_four_requests(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("smile")
    smile = houses.find("smile")
    first = memo.take(smile, "operator1", "key", desk.said(), desk.moment)
    body = correction_of(desk.said(business="別の件"))
    before = len(desk.mails())
    task = partial(
        corrections.correct, smile, "operator1", "correction", first.id, body, desk.moment
    )
    ends = at_once(*[task] * 4)
    answers = [memo.answer(end) for end in ends if not isinstance(end, Exception)]
    assert answers
    assert all(answer == answers[0] for answer in answers)
    assert are_all(errors_of(ends), Busy)
    assert len(list(Memo.scan())) == 2
    assert len(desk.mails()) == before + 1
    assert desk.counted("2026-09") == 1


def test_events_of_one_mail_at_the_same_moment_are_all_kept(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("mk")
    first = memo.take(MK, "operator1", "key", desk.said(), desk.moment)
    tags = {"memo": first.id, "contract": desk.contract, "stage": "test"}
    mails = [
        ses_events.Mail(f"ses-{place}", tags, ["pc@sakura.example"], desk.moment)
        for place in range(6)
    ]
    deliveries = [ses_events.delivery(mail, desk.moment) for mail in mails]
    at_once(*[partial(events.record, event, desk.moment) for event in deliveries * 2])
    assert len(Memo.find(first.id).mail_events) == 6


def test_one_bounce_told_four_times_at_once_is_told_on_once(true_desk):
    desk = true_desk
    desk.on("2026-09-01").starts("mk")
    first = memo.take(MK, "operator1", "key", desk.said(), desk.moment)
    tags = {"memo": first.id, "contract": desk.contract, "stage": "test"}
    mail = ses_events.Mail("ses-1", tags, ["pc@sakura.example"], desk.moment)
    event = ses_events.bounce(mail, desk.moment)
    before = len(desk.mails())
    ends = at_once(*[partial(events.record, event, desk.moment)] * 4)
    assert are_all(errors_of(ends), Busy)
    assert len(desk.mails()) == before + 2
