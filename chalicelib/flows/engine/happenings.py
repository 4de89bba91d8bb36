"""Everything that a date brings to a contract: one row each (life.md).

A row is all that a new date-bound thing needs beside its rule and its story:
the engine, the night and the office's page read this list alone.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from chalicelib.flows.change import Change
from chalicelib.flows.contract import (
    close,
    dated,
    ending,
    first_payment,
    overdue,
    payout,
    plan,
    start,
    test_mail,
)
from chalicelib.models import Contract
from chalicelib.rules.contract import dues, lifecycle
from chalicelib.rules.contract.lifecycle import ACTIVE, APPLIED, ENDED, PAUSED, PREPARING, TRIAL
from chalicelib.rules.houses import House
from chalicelib.rules.money import first, payouts, reminders

_SERVED = (TRIAL, ACTIVE)
_KEPT = (PREPARING, PAUSED, TRIAL, ACTIVE)


class Happening(NamedTuple):
    """`when` says its JST date, `story` does it; nothing follows after one that `ends`."""

    name: str
    title: str  # what the office reads
    states: tuple[str, ...]
    when: Callable[[Contract, House], date | None]
    story: Callable[[Change, date], object]
    ends: bool = False


# Of several things on one day the upper row comes first: what ends a contract before what would
# change it, a payment before what the lack of it would lose, and a reminder after everything else.
HAPPENINGS = (
    Happening(
        "terminate", "当方からの終了", (PAUSED, *_SERVED), dues.termination, ending.terminate, True
    ),
    Happening("stop", "お試しの停止", _SERVED, dues.stop, ending.stop, True),
    Happening("leave", "解約による終了", _SERVED, dues.leave, ending.leave, True),
    Happening(
        "test_addresses",
        "報告先へのテストメール",
        _KEPT,
        dues.test_mails,
        test_mail.send_first,
    ),
    Happening(
        "resume_paid", "ご入金によるサービス再開", (PAUSED,), dues.resumption, dated.resume_paid
    ),
    Happening("start", "サービス開始", (PREPARING,), dues.start, start.start),
    Happening("close", "月次の締め", (ACTIVE, ENDED), dues.close, close.close),
    Happening("change_plan", "プランの変更", _SERVED, dues.plan_change, plan.change_when_due),
    Happening(
        "ask_declared",
        "営業電話の番号の年次確認",
        _SERVED,
        dues.declared_question,
        dated.ask_declared,
    ),
    Happening(
        "remind_start_check",
        "開始確認のお願い",
        _SERVED,
        dues.start_check_reminder,
        start.remind_start_check,
    ),
    Happening(
        "remind_trial", "お試し終了前のお知らせ", (TRIAL,), dues.trial_reminder, dated.remind_trial
    ),
    Happening("end_trial", "お試し期間の終了", (TRIAL,), dues.trial_end, dated.end_trial),
    Happening(
        "ask_first_payment",
        "初回のご請求",
        (PREPARING, PAUSED, TRIAL),
        first.due,
        first_payment.ask,
    ),
    Happening(
        "remind_payment",
        "お支払いのお願い",
        (*_KEPT, ENDED),
        reminders.due,
        overdue.remind,
    ),
    Happening("pay_out", "ご返金", (ENDED,), payouts.due, payout.pay_out),
    Happening(
        "remind_confirmation",
        "確認メールの再送",
        (APPLIED,),
        dues.confirmation_reminder,
        start.remind_confirmation,
    ),
    Happening("lapse_unpaid", "未入金による終了", (PAUSED,), dues.lapse, dated.lapse_unpaid, True),
    Happening(
        "delete_unconfirmed",
        "未確認のお申し込みの削除",
        (APPLIED,),
        dues.deletion,
        start.delete_unconfirmed,
    ),
    Happening(
        "remind_addresses",
        "報告先の確認の再送",
        _KEPT,
        dues.address_reminder,
        test_mail.remind,
    ),
)


class Due(NamedTuple):
    on: date
    happening: Happening


def ahead(contract: Contract, house: House) -> list[Due]:
    """Everything date-bound that lies ahead of a contract, the earliest first, up to its end."""
    state = lifecycle.column(contract)
    rows = [row for row in HAPPENINGS if state in row.states]
    dates = [(row.when(contract, house), row) for row in rows]
    happening = [Due(on, row) for on, row in dates if on]
    in_order = sorted(happening, key=lambda due: due.on)  # a stable sort: rows keep their order
    for place, due in enumerate(in_order, 1):
        if due.happening.ends:
            return in_order[:place]
    return in_order


def next_due(contract: Contract, house: House) -> date | None:
    """The earliest JST date on which anything will happen; None where nothing lies ahead."""
    first = ahead(contract, house)[:1]
    return first[0].on if first else None
