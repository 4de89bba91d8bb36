"""A contract's lifecycle: every wish in every state has an answer (life.md).

A wish moves the contract, changes nothing because it has happened already, or
is refused with a sentence that its client understands. What dates bring about
is not here: flows/engine/happenings.py lists it.
"""

from typing import NamedTuple

from chalicelib.rules.contract.facts import State

APPLIED, PREPARING, TRIAL, ACTIVE, ENDED = "applied", "preparing", "trial", "active", "ended"
STATES = {
    APPLIED: "お申込み受付",
    PREPARING: "開始準備中",
    TRIAL: "お試し期間中",
    ACTIVE: "ご契約中",
    ENDED: "終了",
}
PAUSED = "paused"  # preparing again, after an unpaid trial: it has answers of its own
COLUMNS = (APPLIED, PREPARING, PAUSED, TRIAL, ACTIVE, ENDED)


class Moves(NamedTuple):
    """It happens; `to` is the next state, None for the present one."""

    to: str | None = None


class Unchanged(NamedTuple):
    """It has happened before, or changes nothing: `why`, for whoever reads the table."""

    why: str


class Refusal(NamedTuple):
    """It cannot happen now.

    `{ends_on}` and `{last_day}` in the sentence stand for dates that follow from today.
    """

    sentence: str


Answer = Moves | Unchanged | Refusal

STAYS = Moves()
_BEFORE = Unchanged("confirmed before")
_ASKED = Unchanged("asked before")
_CONTINUES = Unchanged("it continues already")
_NONE_PENDING = "取り消しの対象になるお申し出はありません。"

_ENDED = Refusal("このご契約は終了しています。再度のご利用は、新しいお申し込みとして承ります。")
_NOT_CONFIRMED = Refusal(
    "お申込み者様のメールアドレスがまだ確認されていません。"
    "確認メールのボタンを押していただくか、確認メールを送り直してください。"
)
_CONFIRMED = Refusal("お申込み者様のメールアドレスは確認済みです。")
_NOT_STARTED = Refusal("サービスの開始前です。このお手続きは、サービスの開始後に承ります。")
_STARTED = Refusal("サービスはすでに開始しています。")
_PAID = Refusal("初回のお支払いは確認済みです。")
_PAUSED = "無料お試し期間が終わり、継続のご入金をお待ちしています。"
_PAUSED_GATES = Refusal(_PAUSED + "確認項目の変更はできません。")
_PAUSED_START = Refusal(_PAUSED + "ご入金の日から再開します。開始日は変更できません。")
_PAUSED_LATER = Refusal(_PAUSED + "このお手続きは、ご入金による再開の後に承ります。")
_PAUSED_STOP = Refusal(
    _PAUSED + "ご利用を終えられる場合は、お試しの停止のお手続きをお願いいたします。"
)
_CONTINUE_LATER = Refusal("サービスの開始前です。継続のお申し出は、お試し期間中に承ります。")
_WITHDRAW = Refusal(
    "サービスの開始前です。お取りやめは、サービス開始前のお取り下げとして承ります。"
)
_GIVE_NOTICE = Refusal(
    "お試し期間は終了し、正式なご契約になっています。"
    "ご利用を終えられる場合は、解約のお手続きをお願いいたします"
    "(本日のお申し出では{ends_on}での解約となります)。"
)
_STOP = Refusal(
    "サービスはすでに開始しています。"
    "お試し期間中({last_day}まで)のお取りやめは、お試しの停止として承ります。"
)
_NO_CONTINUATION = Refusal("継続のお申し出はありません。" + _NONE_PENDING)
_NO_STOP = Refusal("停止のお申し出はありません。" + _NONE_PENDING)
_NO_NOTICE = Refusal("解約のお申し出はありません。" + _NONE_PENDING)
_NO_PLAN = Refusal("予約されているプランの変更はありません。" + _NONE_PENDING)
_NO_TERMINATION = Refusal("当方からの終了の予定はありません。" + _NONE_PENDING)
_HOUSE_REFUSES = Refusal(
    "サービスの開始前です。お断りする場合は、お申し込みのお断りとして処理してください。"
)
_HOUSE_TERMINATES = Refusal(
    "サービスはすでに開始しています。当方から終了する場合は、終了のお手続きで処理してください。"
)

_NOT_ENDED = Refusal("このご契約は終了していません。ご入金は、請求書を指定して消し込んでください。")
_PAUSED_PAID = Refusal(
    _PAUSED + "終了していませんので、ご入金を請求書に消し込むとサービスが再開します。"
)

_TABLE: dict[str, tuple[Answer, ...]] = {
    # wish            applied, preparing, paused, trial, active, ended
    "mail_confirmed": (Moves(PREPARING), _BEFORE, _BEFORE, _BEFORE, _BEFORE, _ENDED),
    "mail_corrected": (STAYS, _CONFIRMED, _CONFIRMED, _CONFIRMED, _CONFIRMED, _ENDED),
    "address_confirmed": (_NOT_CONFIRMED, STAYS, STAYS, STAYS, STAYS, _ENDED),
    "people_changed": (STAYS, STAYS, STAYS, STAYS, STAYS, _ENDED),
    "names_changed": (STAYS, STAYS, STAYS, STAYS, STAYS, STAYS),
    "gate_passed": (_NOT_CONFIRMED, STAYS, _PAUSED_GATES, _STARTED, _STARTED, _ENDED),
    "gate_reopened": (_NOT_CONFIRMED, STAYS, _PAUSED_GATES, _STARTED, _STARTED, _ENDED),
    "payment_reopened": (_NOT_CONFIRMED, STAYS, STAYS, STAYS, _PAID, _ENDED),
    "payment_seen": (_NOT_CONFIRMED, STAYS, STAYS, STAYS, _PAID, _ENDED),
    "start_dated": (_NOT_CONFIRMED, STAYS, _PAUSED_START, _STARTED, _STARTED, _ENDED),
    "refused": (
        Moves(ENDED), Moves(ENDED), _PAUSED_STOP, _HOUSE_TERMINATES, _HOUSE_TERMINATES, _ENDED,
    ),
    "withdrawn": (Moves(ENDED), Moves(ENDED), _PAUSED_STOP, _STOP, _GIVE_NOTICE, _ENDED),
    "start_checked": (_NOT_STARTED, _NOT_STARTED, STAYS, STAYS, STAYS, _ENDED),
    "continuation_asked": (
        _CONTINUE_LATER, _CONTINUE_LATER, _ASKED, STAYS, _CONTINUES, _ENDED,
    ),
    "continuation_withdrawn": (
        _NO_CONTINUATION, _NO_CONTINUATION, _PAUSED_STOP, STAYS, _GIVE_NOTICE, _ENDED,
    ),
    "stop_asked": (_WITHDRAW, _WITHDRAW, STAYS, STAYS, _GIVE_NOTICE, _ENDED),
    "stop_withdrawn": (_NO_STOP, _NO_STOP, _NO_STOP, STAYS, _NO_STOP, _ENDED),
    "plan_asked": (_NOT_CONFIRMED, STAYS, _PAUSED_LATER, STAYS, STAYS, _ENDED),
    "plan_withdrawn": (_NO_PLAN, _NO_PLAN, STAYS, STAYS, STAYS, _ENDED),
    "option_asked": (_NOT_STARTED, _NOT_STARTED, _PAUSED_LATER, STAYS, STAYS, _ENDED),
    "option_dropped": (_NOT_STARTED, _NOT_STARTED, _PAUSED_LATER, STAYS, STAYS, _ENDED),
    "line_changed": (_NOT_STARTED, _NOT_STARTED, _PAUSED_LATER, STAYS, STAYS, _ENDED),
    "notice_given": (_WITHDRAW, _WITHDRAW, _PAUSED_STOP, STAYS, STAYS, _ENDED),
    "notice_withdrawn": (_NO_NOTICE, _NO_NOTICE, STAYS, STAYS, STAYS, _ENDED),
    "terminated": (_HOUSE_REFUSES, _HOUSE_REFUSES, STAYS, STAYS, STAYS, _ENDED),
    "termination_withdrawn": (_NO_TERMINATION, _NO_TERMINATION, STAYS, STAYS, STAYS, _ENDED),
    "revived": (_NOT_ENDED, _NOT_ENDED, _PAUSED_PAID, _NOT_ENDED, _NOT_ENDED, Moves(ACTIVE)),
}  # fmt: skip

LIFE: dict[tuple[str, str], Answer] = {
    (state, event): answer
    for event, row in _TABLE.items()
    for state, answer in zip(COLUMNS, row, strict=True)
}
EVENTS = sorted(_TABLE)


def column(contract: State) -> str:
    """The contract's state in the table's words: a paused contract is in a state of its own."""
    return PAUSED if contract.paused_on else contract.status


def answer(contract: State, event: str) -> Answer:
    """What a wish does in the contract's present state."""
    return LIFE[column(contract), event]


def no_pending(event: str) -> str:
    """What is said where there is nothing to withdraw: as before the start, when nothing is."""
    before_start = LIFE[APPLIED, event]
    return before_start.sentence if isinstance(before_start, Refusal) else _NONE_PENDING
