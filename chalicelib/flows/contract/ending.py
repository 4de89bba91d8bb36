"""How a contract ends: the service goes off, its numbers rest, money goes back (life.md)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from chalicelib.flows.change import Change
from chalicelib.flows.contract import first_payment
from chalicelib.flows.contract.numbers import take_back
from chalicelib.models import Contract
from chalicelib.rules import calendar
from chalicelib.rules.contract import lifecycle
from chalicelib.words import letters

_DAY = timedelta(days=1)


def end(change: Change, on: date, reason: str, off_from: datetime) -> None:
    """Ended as of the JST date `on`, off from an instant; the numbers go into quarantine."""
    contract = change.contract
    contract.status = lifecycle.ENDED
    contract.ended_on = on
    contract.end_reason = reason
    contract.stop_on = contract.paused_on = contract.terminate_on = None
    contract.next_plan = contract.next_plan_on = None
    contract.fixed_plan = contract.fixed_plan_on = None
    contract.turn_off(off_from)
    change.record(reason, on)
    last_day = calendar.day_of(off_from - timedelta(microseconds=1))
    for number in numbers_of(contract):
        take_back(change, number, last_day)
    if contract.active_from is None:
        contract.refund_yen = contract.paid_yen
        first_payment.give_back(change, "有料のご契約に至らなかったため")


def numbers_of(contract: Contract) -> list[str]:
    """The numbers that are lent to the contract, its first one in front."""
    further = [extra.number for extra in contract.extra_lines if extra.until is None]
    return [contract.line, *further] if contract.line else further


def end_at_midnight(change: Change, on: date, reason: str) -> None:
    """Ended with the end of the day before `on`."""
    end(change, on, reason, calendar.at(on, calendar.MIDNIGHT))


def stop(change: Change, on: date) -> None:
    """The day after the last one that the client asked for."""
    end_at_midnight(change, on, "stopped")
    say_ended(change, letters.Stopped, on, on - _DAY)


def stop_now(change: Change) -> None:
    """The client stopped: the service is off from this moment (houses.md 3)."""
    paused_on = change.contract.paused_on
    last_day = paused_on - _DAY if paused_on else change.today
    end(change, change.today, "stopped", change.now)
    say_ended(change, letters.Stopped, change.today, last_day)


def leave(change: Change, on: date) -> None:
    """The day after the last one by the client's notice."""
    end_at_midnight(change, on, "left")
    say_ended(change, letters.Left, on, on - _DAY)


def terminate(change: Change, on: date) -> None:
    """The day after the last one by the house's decision, of which the client was told then."""
    end_at_midnight(change, on, "terminated")
    say_ended(change, letters.Left, on, on - _DAY)


def say_ended(
    change: Change,
    letter: Callable[[letters.Ending], letters.AnyLetter],
    on: date,
    last_service_day: date,
) -> None:
    """Tell the client that it is over, what goes back, and what to do about the numbers."""
    contract = change.contract
    facts = letters.Ending(
        day=last_service_day,
        was_active=contract.active_from is not None,
        paid_yen=contract.refund_yen,
        use=contract.use,
        line=contract.line,
        numbers=numbers_of(contract),
    )
    change.write(letter(facts), on)
