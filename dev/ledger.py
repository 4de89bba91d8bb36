"""What must hold after a load: nothing lost, doubled, mixed up or answered with an error.

The books are pure: facts in, sentences out.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dev.loopback import Mail
from dev.traffic import Answer, Request


class Stored(NamedTuple):
    """A memo as it was read back."""

    contract: str
    business: str
    answer: dict  # the operator's answer, made again from what is stored
    outbox: str | None
    taken_at: float  # seconds since 1970, as the next
    handed_over_at: float | None
    message_id: str | None
    unsure: int  # how often it may have been sent without our knowing


class Facts(NamedTuple):
    """All facts once the load is over."""

    answers: list[Answer]
    stored: dict[str, Stored]
    mails: list[Mail]
    usage: dict[tuple[str, str], dict]  # by contract and month


def broken(facts: Facts) -> list[str]:
    """A sentence for each thing that should not be; none if all is well."""
    accepted = accepted_memos(facts.answers)
    return [
        *_answers(facts.answers, accepted),
        *_store(facts.stored, accepted),
        *_mails(facts.stored, facts.mails),
        *_usage(facts.usage, accepted.values()),
    ]


def accepted_memos(answers: list[Answer]) -> dict[str, Request]:
    """The request of every memo that was accepted (201), by the memo's id."""
    successes = [each for each in answers if each.status == 201]
    return {json.loads(each.body)["id"]: each.attempt.request for each in successes}


def _answers(answers: list[Answer], accepted: dict[str, Request]) -> Iterator[str]:
    errors = Counter((each.status, each.problem) for each in answers if _is_wrong(each))
    for (status, problem), count in errors.items():
        yield f"{count} requests ended with {problem or status}"
    bodies: defaultdict[str, set[bytes]] = defaultdict(set)
    for each in answers:
        if each.status == 201:
            bodies[each.attempt.request.key].add(each.body)
    for key, different in bodies.items():
        if len(different) > 1:
            yield f"{key}: {len(different)} different answers for one key"
    keys = {each.attempt.request.key for each in answers}
    for key in sorted(keys - bodies.keys()):
        yield f"{key}: never accepted"
    if len(accepted) != len(bodies):
        yield f"{len(bodies)} keys were accepted as {len(accepted)} memos"


def _is_wrong(answer: Answer) -> bool:
    if answer.status == 201:
        return False
    return not answer.attempt.hangs_up or bool(answer.problem)


def _store(stored: dict[str, Stored], accepted: dict[str, Request]) -> Iterator[str]:
    for identity in sorted(accepted.keys() - stored.keys()):
        yield f"{identity}: accepted, but not stored"
    for identity in sorted(stored.keys() - accepted.keys()):
        yield f"{identity}: stored, but nobody was told"
    for identity in sorted(stored.keys() & accepted.keys()):
        for wrong in _differences(stored[identity], accepted[identity]):
            yield f"{identity}: {wrong}"


def _differences(memo: Stored, request: Request) -> Iterator[str]:
    if (memo.contract, memo.business) != (request.client.contract, request.body["business"]):
        yield "stored with another memo's words"
    if memo.handed_over_at is None or memo.outbox:
        yield "its report is not handed over"
    if _addresses(memo) != [request.client.address]:
        yield "reported to the wrong address"


def _addresses(memo: Stored) -> list[str]:
    """The addresses that the operator's answer names."""
    return [each["address"] for each in memo.answer["reported_to"]]


def _mails(stored: dict[str, Stored], mails: list[Mail]) -> Iterator[str]:
    by_item = defaultdict(list)
    for mail in mails:
        by_item[mail.item].append(mail)
    for identity, memo in stored.items():
        sent = by_item[identity]
        if len(sent) != 1:
            yield f"{identity}: {len(sent)} mails"
        elif sent[0].id != memo.message_id or sent[0].to != _addresses(memo):
            yield f"{identity}: its mail is not the one that is stored"


def _usage(
    usage: dict[tuple[str, str], dict[str, int]], requests: Iterable[Request]
) -> Iterator[str]:
    taken: Counter[tuple[str, str]] = Counter()
    counted: Counter[tuple[str, str]] = Counter()
    for request in requests:
        place = request.client.contract, request.month
        taken[place] += 1
        counted[place] += request.client.counts
    for place in sorted(taken.keys() | usage.keys()):
        month = usage.get(place, {"taken": 0, "counted": 0})
        if (month["taken"], month["counted"]) != (taken[place], counted[place]):
            in_store = f"{month['taken']} taken and {month['counted']} counted"
            yield f"{place}: {in_store}, not {taken[place]} and {counted[place]}"
