"""What a client decides about the trial: to go on, or to stop (houses.md 3)."""

from datetime import date, timedelta

from chalicelib.errors import Refused, wrong
from chalicelib.flows.change import Change
from chalicelib.flows.contract import ending, first_payment
from chalicelib.flows.contract.wording import service
from chalicelib.rules import calendar
from chalicelib.rules.contract import lifecycle
from chalicelib.words import letters


def ask_to_continue(change: Change) -> None:
    """The client wishes to go on after the trial; a stop asked for before is withdrawn by it."""
    contract = change.contract
    if not change.proceed("continuation_asked"):
        return
    if contract.continuation_asked_on and not contract.stop_on:
        return
    contract.continuation_asked_on = change.today
    contract.stop_on = None
    change.record("continuation_asked")
    _say_continuation(change, withdrawn=False)


def withdraw_continuation(change: Change) -> None:
    """Take back the wish to go on.

    Raises Refused where none is pending, or where the trial goes on by itself.
    """
    contract = change.contract
    change.proceed("continuation_withdrawn")
    if change.house.trial.at_end == "continues":
        raise Refused(
            "お試し期間の後は自動的に継続となります。"
            "お試しだけで終えられる場合は、停止のお手続きをお願いいたします。"
        )
    if contract.ends_on:
        raise Refused("解約のお申し出を承っています。先に解約のお申し出をお取り消しください。")
    if contract.continuation_asked_on is None:
        raise Refused(lifecycle.no_pending("continuation_withdrawn"))
    contract.continuation_asked_on = None
    change.record("continuation_withdrawn")
    first_payment.give_back(change, "継続のお申し出のお取り消し")
    _say_continuation(change, withdrawn=True)


def _say_continuation(change: Change, withdrawn: bool) -> None:
    contract = change.contract
    paid_from = contract.trial_last_day + timedelta(days=1)
    change.tell(
        letters.Continuation(
            service=service(change, paid_from),
            paid_yen=contract.paid_yen,
            withdrawn=withdrawn,
        )
    )


def stop(change: Change, on: date | None) -> None:
    """End a trial at once (`on` None), or after its day `on`, which lies within the trial."""
    contract = change.contract
    if on is None and contract.end_reason == "stopped":
        return
    change.proceed("stop_asked")
    if on is None:
        contract.stop_on = None
        change.record("stop_asked")
        ending.stop_now(change)
        return
    if on == contract.stop_on:
        return
    _check_day(change, on)
    contract.stop_on = on
    change.record("stop_asked", on)
    change.tell(letters.Stop(day=on, withdrawn=False))


def _check_day(change: Change, on: date) -> None:
    contract = change.contract
    if contract.paused_on:
        raise wrong(
            "on",
            "サービスは一時停止しています。停止日は指定せず、このままお手続きください。",
        )
    if not change.today <= on <= contract.trial_last_day:
        last = calendar.spoken_day(contract.trial_last_day)
        raise wrong(
            "on", f"停止日は、本日からお試し期間の最終日({last})までの日付を指定してください。"
        )


def withdraw_stop(change: Change) -> None:
    """The trial goes on after all, until the day of the stop. Raises Refused without one."""
    change.proceed("stop_withdrawn")
    on = change.contract.stop_on
    if on is None:
        raise Refused(lifecycle.no_pending("stop_withdrawn"))
    change.contract.stop_on = None
    change.record("stop_withdrawn")
    change.tell(letters.Stop(day=on, withdrawn=True))
