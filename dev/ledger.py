"""What must hold after a load: nothing lost, doubled, mixed up or answered with an error. Pure: facts in, sentences out."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from dev.loopback import Mail
from dev.traffic import Answer, Wanted


class Stored(NamedTuple):
    """A memo as it was read back."""

    contract: str
    business: str
    answer: dict  # what its operator was told, made again from what is stored
    outbox: str | None
    taken_at: float  # seconds since 1970, as the next
    handed_over_at: float | None
    message_id: str | None
    unsure: int  # how often it may have been sent without our knowing


class Facts(NamedTuple):
    """Everything that is known once the load is over."""

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


def accepted_memos(answers: list[Answer]) -> dict[str, Wanted]:
    """What was wanted of every memo that was answered with 201, by the memo's id."""
    return {
        json.loads(each.body)["id"]: each.attempt.wanted for each in answers if each.status == 201
    }


def _answers(answers: list[Answer], accepted: dict[str, Wanted]) -> Iterator[str]:
    for (status, problem), count in Counter(
        (each.status, each.problem) for each in answers if _is_wrong(each)
    ).items():
        yield f"{count} requests ended with {problem or status}"
    bodies: defaultdict[str, set[bytes]] = defaultdict(set)
    for each in answers:
        if each.status == 201:
            bodies[each.attempt.wanted.key].add(each.body)
    for key, told in bodies.items():
        if len(told) > 1:
            yield f"{key}: {len(told)} different answers for one key"
    wanted = {each.attempt.wanted.key for each in answers}
    for key in sorted(wanted - bodies.keys()):
        yield f"{key}: never accepted"
    if len(accepted) != len(bodies):
        yield f"{len(bodies)} keys were accepted as {len(accepted)} memos"


def _is_wrong(answer: Answer) -> bool:
    return answer.status != 201 and (not answer.attempt.hangs_up or bool(answer.problem))


def _store(stored: dict[str, Stored], accepted: dict[str, Wanted]) -> Iterator[str]:
    for identity in sorted(accepted.keys() - stored.keys()):
        yield f"{identity}: accepted, but not stored"
    for identity in sorted(stored.keys() - accepted.keys()):
        yield f"{identity}: stored, but nobody was told"
    for identity in sorted(stored.keys() & accepted.keys()):
        for wrong in _differences(stored[identity], accepted[identity]):
            yield f"{identity}: {wrong}"


def _differences(found: Stored, wanted: Wanted) -> Iterator[str]:
    if (found.contract, found.business) != (wanted.client.contract, wanted.body["business"]):
        yield "stored with another memo's words"
    if found.handed_over_at is None or found.outbox:
        yield "its report is not handed over"
    if [each["address"] for each in found.answer["reported_to"]] != [wanted.client.address]:
        yield "reported to the wrong address"


def _mails(stored: dict[str, Stored], mails: list[Mail]) -> Iterator[str]:
    by_item = defaultdict(list)
    for mail in mails:
        by_item[mail.item].append(mail)
    for identity, found in stored.items():
        sent = by_item[identity]
        if len(sent) != 1:
            yield f"{identity}: {len(sent)} mails"
        elif sent[0].id != found.message_id or sent[0].to != [
            each["address"] for each in found.answer["reported_to"]
        ]:
            yield f"{identity}: its mail is not the one that is stored"


def _usage(usage: dict[tuple[str, str], dict], wanted) -> Iterator[str]:
    taken = Counter((each.client.contract, each.month) for each in wanted)
    counted = Counter((each.client.contract, each.month) for each in wanted if each.client.counts)
    for place in sorted(taken.keys() | usage.keys()):
        told = usage.get(place, {"taken": 0, "counted": 0})
        if (told["taken"], told["counted"]) != (taken[place], counted[place]):
            yield f"{place}: {told['taken']} taken and {told['counted']} counted, not {taken[place]} and {counted[place]}"
