"""Who leaves, and when: before the start, by notice, or by the house's decision (houses.md 6)."""

from datetime import date

from chalicelib.errors import Fault, Invalid, Refused
from chalicelib.flows.change import Change
from chalicelib.flows.contract import ending
from chalicelib.rules import calendar
from chalicelib.rules.contract import life, lifecycle


def withdraw_application(change: Change) -> None:
    """The client gives up before the start; everything paid goes back."""
    if change.contract.end_reason == "withdrawn":
        return
    change.proceed("withdrawn")
    _end_before_the_start(change, "withdrawn")


def refuse_application(change: Change, reason: str) -> None:
    """The house declines before the start; the `reason` stays with the house, everything paid goes back."""
    if change.contract.end_reason == "refused":
        return
    change.proceed("refused")
    change.record("refusal_reason", text=reason)
    _end_before_the_start(change, "refused")


def _end_before_the_start(change: Change, reason: str) -> None:
    ending.end(change, change.today, reason, change.now)
    ending.say_ended(change, reason, change.today, change.today)


def give_notice(change: Change) -> None:
    """The client leaves: the first notice sets the day by the house's cut-off.

    Within a trial it means to continue and then to leave.
    """
    contract = change.contract
    change.proceed("notice_given")
    if contract.ends_on:
        return
    contract.ends_on, contract.notice_on = (
        life.ends_if_noticed(contract, change.house, change.today),
        change.today,
    )
    change.record("notice_given", contract.ends_on)
    in_trial = contract.status == lifecycle.TRIAL
    if in_trial and not contract.continuation_asked_on:
        contract.continuation_asked_on = change.today
    contract.stop_on = None
    change.tell(
        "notice",
        day=contract.ends_on.isoformat(),
        in_trial=in_trial,
        withdrawn=False,
        use=contract.use,
    )


def withdraw_notice(change: Change) -> None:
    """The client stays after all, until the day itself. Raises Refused where no notice was given."""
    contract = change.contract
    change.proceed("notice_withdrawn")
    if contract.ends_on is None:
        raise Refused(lifecycle.no_pending("notice_withdrawn"))
    ends_on = contract.ends_on
    contract.ends_on = contract.notice_on = None
    change.record("notice_withdrawn")
    change.tell(
        "notice",
        day=ends_on.isoformat(),
        in_trial=contract.status == lifecycle.TRIAL,
        withdrawn=True,
        use=contract.use,
    )


def terminate(change: Change, on: date, reason: str) -> None:
    """The house ends the service after the day `on`; the client is told the day and the `reason` at once."""
    change.proceed("terminated")
    if on < change.today:
        raise Invalid(
            [
                Fault(
                    "on",
                    f"最終日は本日({calendar.spoken_day(change.today)})以降の日付を指定してください。",
                )
            ]
        )
    contract = change.contract
    if contract.ends_on and on > contract.ends_on:
        last = calendar.spoken_day(contract.ends_on)
        raise Invalid(
            [
                Fault(
                    "on",
                    f"解約のお申し出により、{last}で終了する予定です。それ以前の日付を指定してください。",
                )
            ]
        )
    if (on, reason) == (contract.terminate_on, contract.terminate_why):
        return
    contract.terminate_on, contract.terminate_why = on, reason
    change.record("termination_decided", on, text=reason)
    change.tell("termination", day=on.isoformat(), reason=reason, withdrawn=False)


def withdraw_termination(change: Change) -> None:
    """The house does not end it after all. Raises Refused where nothing was decided."""
    contract = change.contract
    change.proceed("termination_withdrawn")
    if contract.terminate_on is None:
        raise Refused(lifecycle.no_pending("termination_withdrawn"))
    on, contract.terminate_on, contract.terminate_why = contract.terminate_on, None, None
    change.record("termination_withdrawn")
    change.tell("termination", day=on.isoformat(), reason=None, withdrawn=True)
