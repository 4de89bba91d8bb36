"""The seven kinds of fault, what each does to an attempt of a call, and which calls can meet it."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.wire import Attempt, Call, Killed

KINDS = ("failed", "lost", "slow", "throttled", "conflict", "stale", "killed")
_THROTTLED = {
    "dynamodb": (400, "ProvisionedThroughputExceededException"),
    "sesv2": (429, "TooManyRequestsException"),
    "chatwork": (429, "Rate limit exceeded"),
}
_SINGLE_WRITES = ("PutItem", "UpdateItem", "DeleteItem")


@dataclass(frozen=True)
class Fault:
    """`strikes` takes the place of an attempt, of every attempt if `lasting`.

    `misses` tells why a call cannot meet the fault. After a `plain` fault
    nothing is in doubt, and no mail may go out again.
    """

    kind: str
    name: str
    strikes: Callable[[Attempt], tuple]
    lasting: bool = False
    plain: bool = False
    misses: Callable[[Call], str] = lambda _: ""


def _unreached(attempt: Attempt) -> tuple:
    return attempt.unreached()


def _error(attempt: Attempt) -> tuple:
    return attempt.refused(500, "InternalServerError")


def _lost(attempt: Attempt) -> tuple:
    attempt.go()
    return attempt.unheard()


def _late(attempt: Attempt) -> tuple:
    attempt.wire.late.append(attempt)
    return attempt.unheard()


def _held_before(attempt: Attempt) -> tuple:
    attempt.wire.meanwhile.time_passes()
    return attempt.go()


def _held_after(attempt: Attempt) -> tuple:
    reply = attempt.go()
    attempt.wire.meanwhile.time_passes()
    return reply


def _throttled(attempt: Attempt) -> tuple:
    return attempt.refused(*_THROTTLED.get(attempt.call.service, (400, "ThrottlingException")))


def _conflict(attempt: Attempt) -> tuple:
    if attempt.call.operation == "TransactWriteItems":
        reasons = [
            {"Code": "TransactionConflict"}
            for _ in json.loads(attempt.request.body)["TransactItems"]
        ]
        return attempt.refused(400, "TransactionCanceledException", CancellationReasons=reasons)
    return attempt.refused(400, "TransactionConflictException")


def _rival_before(attempt: Attempt) -> tuple:
    attempt.wire.meanwhile.rival()
    return attempt.go()


def _rival_dies(attempt: Attempt) -> tuple:
    attempt.wire.meanwhile.rival_dies()
    return attempt.go()


def _rival_after(attempt: Attempt) -> tuple:
    reply = attempt.go()
    attempt.wire.meanwhile.rival()
    return reply


def _stale(attempt: Attempt) -> tuple:
    """The index, or an eventual read, knows of nothing yet."""
    (response, said), _ = attempt.go()
    bare = {
        name: value
        for name, value in said.items()
        if name not in ("Item", "Items", "LastEvaluatedKey")
    }
    return (response, bare | ({"Items": [], "Count": 0} if "Items" in said else {})), None


def _killed_before(attempt: Attempt) -> tuple:
    raise Killed


def _killed_after(attempt: Attempt) -> tuple:
    attempt.go()
    raise Killed


def _one_attempt(call: Call) -> str:
    return "the SDK makes one attempt only" if call.attempts == 1 else ""


def _no_effect(call: Call) -> str:
    return "a read that nobody waits for has no effect" if call.reads else ""


def _no_conflict(call: Call) -> str:
    is_write = call.operation in (*_SINGLE_WRITES, "TransactWriteItems")
    if call.service == "dynamodb" and is_write:
        return ""
    return "only a write of DynamoDB meets a transaction"


def _never_stale(call: Call) -> str:
    return "" if call.stale else "no index, no eventual read"


FAULTS = (
    Fault("failed", "never reached", _unreached, plain=True),
    Fault(
        "failed", "never reached, at every attempt", _unreached, lasting=True, misses=_one_attempt
    ),
    Fault("failed", "answered 500, nothing done", _error, plain=True),
    Fault(
        "failed",
        "answered 500, nothing done, at every attempt",
        _error,
        lasting=True,
        misses=_one_attempt,
    ),
    Fault("lost", "done, reply lost", _lost),
    Fault("lost", "done, reply lost, at every attempt", _lost, lasting=True, misses=_one_attempt),
    Fault("slow", "done after our time-out and the request's end", _late, misses=_no_effect),
    Fault(
        "slow",
        "done after our time-out and the request's end, at every attempt",
        _late,
        lasting=True,
        misses=lambda call: _no_effect(call) or _one_attempt(call),
    ),
    Fault("slow", "35 s pass, with a sweep, before it is done", _held_before),
    Fault("slow", "35 s pass, with a sweep, before its reply", _held_after),
    Fault("throttled", "throttled", _throttled, plain=True),
    Fault("throttled", "throttled at every attempt", _throttled, lasting=True, misses=_one_attempt),
    Fault("conflict", "a transaction is on the item", _conflict, misses=_no_conflict),
    Fault("conflict", "somebody does the same just before it", _rival_before, plain=True),
    Fault("conflict", "somebody does the same before its reply", _rival_after, plain=True),
    Fault(
        "conflict",
        "somebody does the same just before it, and is killed when its mail was taken",
        _rival_dies,
        misses=_no_effect,
    ),
    Fault("stale", "knows of nothing yet", _stale, plain=True, misses=_never_stale),
    Fault("killed", "killed before it leaves", _killed_before),
    Fault("killed", "killed after its effect", _killed_after),
)
