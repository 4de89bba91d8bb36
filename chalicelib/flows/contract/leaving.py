"""Who leaves, and when: before the start, by notice, or by the house's decision (houses.md 6)."""

from datetime import date

from chalicelib.errors import Fault, Invalid, Refused
from chalicelib.flows.change import Case
from chalicelib.flows.contract import ending
from chalicelib.rules import calendar
from chalicelib.rules.contract import life, lifecycle


def withdraw_application(case: Case) -> None:
    """The client gives up before the start; everything paid goes back."""
    if case.contract.end_reason == "withdrawn":
        return
    case.proceed("withdrawn")
    _end_before_the_start(case, "withdrawn")


def refuse_application(case: Case, reason: str) -> None:
    """The house declines before the start; the `reason` stays with the house, everything paid goes back."""
    if case.contract.end_reason == "refused":
        return
    case.proceed("refused")
    case.note("refusal_reason", text=reason)
    _end_before_the_start(case, "refused")


def _end_before_the_start(case: Case, reason: str) -> None:
    ending.end(case, case.today, reason, case.now)
    ending.say_ended(case, reason, case.today, case.today)


def give_notice(case: Case) -> None:
    """The client leaves: the first notice sets the day by the house's cut-off.

    Within a trial it means to continue and then to leave.
    """
    contract = case.contract
    case.proceed("notice_given")
    if contract.ends_on:
        return
    contract.ends_on, contract.notice_on = (
        life.ends_if_noticed(contract, case.house, case.today),
        case.today,
    )
    case.note("notice_given", contract.ends_on)
    in_trial = contract.status == lifecycle.TRIAL
    if in_trial and not contract.continuation_asked_on:
        contract.continuation_asked_on = case.today
    contract.stop_on = None
    case.tell(
        "notice",
        day=contract.ends_on.isoformat(),
        in_trial=in_trial,
        withdrawn=False,
        use=contract.use,
    )


def withdraw_notice(case: Case) -> None:
    """The client stays after all, until the day itself. Raises Refused where no notice was given."""
    contract = case.contract
    case.proceed("notice_withdrawn")
    if contract.ends_on is None:
        raise Refused(lifecycle.no_pending("notice_withdrawn"))
    ends_on = contract.ends_on
    contract.ends_on = contract.notice_on = None
    case.note("notice_withdrawn")
    case.tell(
        "notice",
        day=ends_on.isoformat(),
        in_trial=contract.status == lifecycle.TRIAL,
        withdrawn=True,
        use=contract.use,
    )


def terminate(case: Case, on: date, reason: str) -> None:
    """The house ends the service after the day `on`; the client is told the day and the `reason` at once."""
    case.proceed("terminated")
    if on < case.today:
        raise Invalid(
            [
                Fault(
                    "on",
                    f"最終日は本日({calendar.spoken_day(case.today)})以降の日付を指定してください。",
                )
            ]
        )
    contract = case.contract
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
    case.note("termination_decided", on, text=reason)
    case.tell("termination", day=on.isoformat(), reason=reason, withdrawn=False)


def withdraw_termination(case: Case) -> None:
    """The house does not end it after all. Raises Refused where nothing was decided."""
    contract = case.contract
    case.proceed("termination_withdrawn")
    if contract.terminate_on is None:
        raise Refused(lifecycle.no_pending("termination_withdrawn"))
    on, contract.terminate_on, contract.terminate_why = contract.terminate_on, None, None
    case.note("termination_withdrawn")
    case.tell("termination", day=on.isoformat(), reason=None, withdrawn=True)
