"""Who leaves, and when: before the start, by notice, or by the house's decision (houses.md 6)."""

from datetime import date

from chalicelib.errors import Refused, wrong
from chalicelib.flows.change import Change
from chalicelib.flows.contract import close, ending
from chalicelib.rules import calendar
from chalicelib.rules.contract import life, lifecycle
from chalicelib.words import letters


def withdraw_application(change: Change) -> None:
    """The client gives up before the start; everything paid goes back."""
    if change.contract.end_reason == "withdrawn":
        return
    change.proceed("withdrawn")
    ending.end(change, change.today, "withdrawn", change.now)
    ending.say_ended(change, letters.Withdrawn, change.today, change.today)


def refuse_application(change: Change, reason: str) -> None:
    """The house declines before the start; everything paid goes back.

    The `reason` stays with the house.
    """
    if change.contract.end_reason == "refused":
        return
    change.proceed("refused")
    change.record("refusal_reason", text=reason)
    ending.end(change, change.today, "refused", change.now)
    ending.say_ended(change, letters.Refused, change.today, change.today)


def give_notice(change: Change) -> None:
    """The client leaves: the first notice sets the day by the house's cut-off.

    Within a trial a notice means to continue and then to leave.
    """
    contract = change.contract
    change.proceed("notice_given")
    if contract.ends_on:
        return
    contract.ends_on = life.ends_if_noticed(contract, change.house, change.today)
    contract.notice_on = change.today
    change.record("notice_given", contract.ends_on)
    if contract.status == lifecycle.TRIAL and not contract.continuation_asked_on:
        contract.continuation_asked_on = change.today
    contract.stop_on = None
    _say_notice(change, contract.ends_on, withdrawn=False)


def withdraw_notice(change: Change) -> None:
    """The client stays after all, until the day itself. Raises Refused without a notice."""
    contract = change.contract
    change.proceed("notice_withdrawn")
    ends_on = contract.ends_on
    if ends_on is None:
        raise Refused(lifecycle.no_pending("notice_withdrawn"))
    contract.ends_on = contract.notice_on = None
    change.record("notice_withdrawn")
    close.bill_missed_months(change)
    _say_notice(change, ends_on, withdrawn=True)


def _say_notice(change: Change, ends_on: date, withdrawn: bool) -> None:
    contract = change.contract
    change.tell(
        letters.Notice(
            day=ends_on,
            in_trial=contract.status == lifecycle.TRIAL,
            withdrawn=withdrawn,
            use=contract.use,
        )
    )


def terminate(change: Change, on: date, reason: str) -> None:
    """The house ends the service after the day `on`; the client is told day and reason at once."""
    change.proceed("terminated")
    contract = change.contract
    if on < change.today:
        today = calendar.spoken_day(change.today)
        raise wrong("on", f"最終日は本日({today})以降の日付を指定してください。")
    if contract.ends_on and on > contract.ends_on:
        last = calendar.spoken_day(contract.ends_on)
        raise wrong(
            "on",
            f"解約のお申し出により、{last}で終了する予定です。それ以前の日付を指定してください。",
        )
    if (on, reason) == (contract.terminate_on, contract.terminate_why):
        return
    contract.terminate_on = on
    contract.terminate_why = reason
    change.record("termination_decided", on, text=reason)
    close.bill_missed_months(change)
    change.tell(letters.Termination(day=on, reason=reason, withdrawn=False))


def withdraw_termination(change: Change) -> None:
    """The house does not end the service after all. Raises Refused where nothing was decided."""
    contract = change.contract
    change.proceed("termination_withdrawn")
    on = contract.terminate_on
    if on is None:
        raise Refused(lifecycle.no_pending("termination_withdrawn"))
    contract.terminate_on = contract.terminate_why = None
    change.record("termination_withdrawn")
    close.bill_missed_months(change)
    change.tell(letters.Termination(day=on, reason=None, withdrawn=True))
