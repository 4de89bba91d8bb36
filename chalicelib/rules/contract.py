"""A contract's life (life.md): its states, what may happen in each, and when something falls due.

All dates are JST dates; "today" is handed in.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace

from chalicelib.rules import gates, trial
from chalicelib.rules.house import House

APPLIED, PREPARING, TRIAL, ACTIVE, ENDED = "applied", "preparing", "trial", "active", "ended"
STATES = {APPLIED: "お申込み受付", PREPARING: "開始準備中", TRIAL: "お試し期間中", ACTIVE: "ご契約中", ENDED: "終了"}

_ENDED = "このご契約は終了しています。再度のご利用は、新しいお申し込みとして承ります。"
_NOT_CONFIRMED = (
    "お申込み者様のメールアドレスがまだ確認されていません。確認メールのボタンを押していただくか、確認メールを送り直してください。"
)
_NOT_STARTED = "サービスの開始前です。"
_STARTED = "サービスはすでに開始しています。"
_CONTRACTED = "お試し期間は終了し、正式なご契約になっています。"

_PAUSED = "無料お試し期間が終わり、継続のご入金をお待ちしています。"

NOTHING = "nothing changes"
PAUSED = "paused"  # preparing again, after an unpaid trial: it has answers of its own
SKEW = timedelta(minutes=2)

# What a person's wish does in each state: the state it leads to (the same one
# where only facts change), NOTHING where it has happened already, or the
# sentence that refuses it. Dates move a contract through `dues` alone.
LIFE: dict[tuple[str, str], tuple[str, str]] = {
    (APPLIED, "mail_confirmed"): (PREPARING, ""),
    (PREPARING, "mail_confirmed"): (NOTHING, "confirmed before"),
    (TRIAL, "mail_confirmed"): (NOTHING, "confirmed before"),
    (ACTIVE, "mail_confirmed"): (NOTHING, "confirmed before"),
    (ENDED, "mail_confirmed"): ("", _ENDED),
    (APPLIED, "mail_corrected"): (APPLIED, ""),
    (PREPARING, "mail_corrected"): ("", "お申込み者様のメールアドレスは確認済みです。"),
    (TRIAL, "mail_corrected"): ("", "お申込み者様のメールアドレスは確認済みです。"),
    (ACTIVE, "mail_corrected"): ("", "お申込み者様のメールアドレスは確認済みです。"),
    (ENDED, "mail_corrected"): ("", _ENDED),
    (APPLIED, "gate_passed"): ("", _NOT_CONFIRMED),
    (PREPARING, "gate_passed"): (PREPARING, ""),
    (TRIAL, "gate_passed"): ("", _STARTED),
    (ACTIVE, "gate_passed"): ("", _STARTED),
    (ENDED, "gate_passed"): ("", _ENDED),
    (APPLIED, "payment_seen"): ("", _NOT_CONFIRMED),
    (PREPARING, "payment_seen"): (PREPARING, ""),
    (TRIAL, "payment_seen"): (TRIAL, ""),
    (ACTIVE, "payment_seen"): ("", "初回のお支払いは確認済みです。"),
    (ENDED, "payment_seen"): ("", _ENDED),
    (APPLIED, "start_dated"): ("", _NOT_CONFIRMED),
    (PREPARING, "start_dated"): (PREPARING, ""),
    (TRIAL, "start_dated"): ("", _STARTED),
    (ACTIVE, "start_dated"): ("", _STARTED),
    (ENDED, "start_dated"): ("", _ENDED),
    (APPLIED, "continuation_asked"): ("", _NOT_STARTED + "継続のお申し出は、お試し期間中に承ります。"),
    (PREPARING, "continuation_asked"): ("", _NOT_STARTED + "継続のお申し出は、お試し期間中に承ります。"),
    (TRIAL, "continuation_asked"): (TRIAL, ""),
    (ACTIVE, "continuation_asked"): (NOTHING, "it continues already"),
    (ENDED, "continuation_asked"): ("", _ENDED),
    (APPLIED, "stopped_in_trial"): ("", _NOT_STARTED + "お取りやめは、サービス開始前のお取り下げとして承ります。"),
    (PREPARING, "stopped_in_trial"): ("", _NOT_STARTED + "お取りやめは、サービス開始前のお取り下げとして承ります。"),
    (TRIAL, "stopped_in_trial"): (TRIAL, ""),
    (ACTIVE, "stopped_in_trial"): ("", _CONTRACTED + "ご利用を終えられる場合は、解約のお手続きをお願いいたします。"),
    (ENDED, "stopped_in_trial"): ("", _ENDED),
    (APPLIED, "gate_reopened"): ("", _NOT_CONFIRMED),
    (PREPARING, "gate_reopened"): (PREPARING, ""),
    (PAUSED, "gate_reopened"): ("", _PAUSED + "確認項目の変更はできません。"),
    (TRIAL, "gate_reopened"): ("", _STARTED),
    (ACTIVE, "gate_reopened"): ("", _STARTED),
    (ENDED, "gate_reopened"): ("", _ENDED),
    (PAUSED, "mail_confirmed"): (NOTHING, "confirmed before"),
    (PAUSED, "mail_corrected"): ("", "お申込み者様のメールアドレスは確認済みです。"),
    (PAUSED, "gate_passed"): ("", _PAUSED + "確認項目の変更はできません。"),
    (PAUSED, "payment_seen"): (PREPARING, ""),
    (PAUSED, "start_dated"): ("", _PAUSED + "ご入金の日から再開します。開始日は変更できません。"),
    (PAUSED, "continuation_asked"): (NOTHING, "asked before"),
    (PAUSED, "stopped_in_trial"): (PREPARING, ""),
    (PAUSED, "address_confirmed"): (PREPARING, ""),
    (APPLIED, "address_confirmed"): ("", _NOT_CONFIRMED),
    (PREPARING, "address_confirmed"): (PREPARING, ""),
    (TRIAL, "address_confirmed"): (TRIAL, ""),
    (ACTIVE, "address_confirmed"): (ACTIVE, ""),
    (ENDED, "address_confirmed"): ("", _ENDED),
}

EVENTS = sorted({event for _, event in LIFE})


def answer(contract, event: str) -> tuple[str, str]:
    """(next state, ""), (NOTHING, reason) or ("", refusal) for a wish in the contract's present state."""
    return LIFE[PAUSED if contract.paused_on else contract.status, event]


# Of two things on one day, what is lost for good comes last.
_FIRST = {"lapse_unpaid": 1, "delete_unconfirmed": 1}


def dues(contract, house: House) -> list[tuple[date, str]]:
    """Every date-bound thing ahead of a contract as (its own date, what), the earliest first."""
    ahead = {APPLIED: _ahead_applied, PREPARING: _ahead_preparing, TRIAL: _ahead_trial}.get(contract.status)
    return sorted(ahead(contract, house), key=lambda due: (due[0], _FIRST.get(due[1], 0))) if ahead else []


def next_due(contract, house: House) -> date | None:
    """The earliest date on which anything will happen; None when nothing is ahead."""
    ahead = dues(contract, house)
    return ahead[0][0] if ahead else None


def _ahead_applied(contract, house: House) -> Iterator[tuple[date, str]]:
    yield contract.applied_on + timedelta(days=house.application.delete_after_days), "delete_unconfirmed"
    if contract.confirmation_reminded_on is None:
        yield contract.applied_on + timedelta(days=house.application.remind_after_days), "remind_confirmation"


def _ahead_preparing(contract, house: House) -> Iterator[tuple[date, str]]:
    if contract.paused_on:
        if paid := contract.paid_on:
            yield max(paid, contract.trial_last_day + timedelta(days=1)), "resume_paid"
        yield contract.paused_on + timedelta(days=house.trial.pause_days), "lapse_unpaid"
    elif contract.ready_on:
        yield max(contract.ready_on, contract.start_on or contract.ready_on), "start"


def _ahead_trial(contract, house: House) -> Iterator[tuple[date, str]]:
    last = contract.trial_last_day
    if contract.stop_on:
        yield contract.stop_on + timedelta(days=1), "stop"
        return
    if contract.trial_reminded_on is None:
        yield max(trial.remind_on(house, last), contract.started_on), "remind_trial"
    yield last + timedelta(days=1), "end_trial"


def trial_outcome(contract, house: House) -> str:
    """What becomes of a trial on the day after its last: continues, waits_for_payment or lapses (houses.md 3)."""
    if house.trial.at_end == "continues":
        return "continues"
    if contract.continuation_asked_on is None:
        return "lapses"
    paid_in_time = contract.paid_on is not None and contract.paid_on <= contract.trial_last_day
    return "continues" if paid_in_time else "waits_for_payment"


def missing_to_start(contract, house: House) -> list[SimpleNamespace]:
    """The gates still waited for; a service with none missing has a `ready_on` date."""
    return gates.waiting(contract, house)


def in_service(contract) -> bool:
    return contract.status in (TRIAL, ACTIVE)


def served_at(contract, moment: datetime) -> bool:
    """Whether the service was on at an instant; each period is half-open. Operators' clocks may run a little ahead."""
    return any(period.since - SKEW <= moment and (period.until is None or moment < period.until) for period in contract.service)


def why_no_service(contract) -> str:
    """What an operator is told on a line whose contract is not in service."""
    if contract.status == PREPARING and contract.paused_on:
        return "継続のご入金待ちのため、サービスを一時停止しています。"
    if contract.status == ENDED:
        return "ご契約が終了しています。"
    return "サービスの開始前です。"
