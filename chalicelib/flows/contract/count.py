"""Whether a call counts after all: a press, a decision, declared numbers (calls.md Corrections).

Every change of a count is a line of the ledger, in the same write as the change.
"""

from datetime import datetime

from pynamodb.expressions.update import Action

from chalicelib import log
from chalicelib.errors import NotFound, Refused, wrong
from chalicelib.flows import lookup
from chalicelib.flows.change import Change
from chalicelib.input import phones
from chalicelib.models import Memo, Recount
from chalicelib.models.contract_parts import Declared
from chalicelib.rules.calls import metering, routing
from chalicelib.rules.calls.memo import in_free_trial, verdict
from chalicelib.rules.house_file import CLASSES
from chalicelib.words import call_letters

MOST_DECLARED = 200  # numbers: every memo reads them
OBJECTIONS = {"sales": "営業電話でした", "wrong_number": "間違い電話でした"}


def ledger_line(
    memo: Memo, was_class: str, was: bool, becomes: bool, by: str, why: str, now: datetime
) -> Recount:
    """The ledger's line of a changed count; `memo` is of the class that it becomes."""
    return Recount(
        contract=memo.contract,
        place=f"{now.isoformat(timespec='microseconds')}#{memo.id}",
        memo=memo.id,
        month=memo.contract_month.rpartition("#")[2],
        at=now,
        by=by,
        was=was,
        was_class=was_class,
        becomes=becomes,
        becomes_class=memo.class_of_now,
        why=why,
    )


def object_to(change: Change, memo_id: str, call_class: str) -> None:
    """The client says of a reported call that it was `call_class`.

    smile takes the call off at once, at mk the office decides. Where the
    operator had said so already, smile's client still declares the number by
    it. Raises Refused where the call was settled before.
    """
    memo = _last_version(change, memo_id)
    decides = change.house.objections.decided_by == "client"
    is_known = memo.call_class == call_class and not memo.class_now
    if memo.class_now == call_class or (is_known and not decides):
        return
    if memo.class_now:
        raise Refused(
            "このお電話の取り扱いは判定済みです。"
            "ご不明な点は、メールに記載の窓口までお問い合わせください。"
        )
    if decides:
        _take_call_off(change, memo, call_class)
    elif not memo.disputed:
        _dispute(change, memo, call_class)


def _take_call_off(change: Change, memo: Memo, call_class: str) -> None:
    judge(change, memo, call_class, f"お客様のお申し出({OBJECTIONS[call_class]})")
    if call_class == "sales" and why_not_declared(change, memo.caller_number) is None:
        declare(change, memo.caller_number, memo.id)


def _dispute(change: Change, memo: Memo, call_class: str) -> None:
    actions = [
        Memo.disputed.set(memo.house),
        Memo.disputed_at.set(change.now),
        Memo.disputed_as.set(call_class),
    ]
    change.update(memo, actions, memo.unchanged("corrected_by", "class_now", "disputed"))
    change.record("call_disputed", text=f"{memo.number}: {OBJECTIONS[call_class]}")
    change.tell_office(
        call_letters.Objection(
            memo=memo.id,
            number=memo.number,
            received_at=memo.received_at,
            call_class=CLASSES[memo.class_of_now],
            said=OBJECTIONS[call_class],
        )
    )


def decide(
    change: Change, memo_id: str, class_: str, reason: str, declares: bool | None = None
) -> None:
    """The office says, with its reason, of which class a call was; who objected is told.

    Said again, it changes nothing. Raises NotFound, Refused, Invalid.
    """
    memo = _last_version(change, memo_id)
    if declares and class_ != "sales":
        raise wrong("declares", "番号の申告は、分類が営業(sales)のときだけ指定できます。")
    if declares:
        declare(change, memo.caller_number, memo.id, "declares")
    if _is_decided(change, memo, class_, reason):
        return
    counts, why = judge(change, memo, class_, reason)
    if memo.disputed:
        change.tell(
            call_letters.Decision(
                number=memo.number,
                said=OBJECTIONS[memo.disputed_as],
                counts=counts,
                granted=class_ == memo.disputed_as,
                why=why,
                reason=reason,
            )
        )


def _is_decided(change: Change, memo: Memo, call_class: str, reason: str) -> bool:
    """Whether that is the last decision already: whoever lost our answer sends it once more."""
    text = f"{memo.number}: {reason}"
    history = change.contract.history
    is_recorded = any(line.event == "call_judged" and line.text == text for line in history)
    return is_recorded and memo.class_now == call_class and not memo.disputed


def judge(change: Change, memo: Memo, call_class: str, reason: str) -> tuple[bool, str]:
    """Let a call be of another class, with what that means for report and count: (counts, why)."""
    house = change.house
    free = in_free_trial(house, change.contract, memo.received_at)
    reported, counts, why = verdict(house, call_class, free)
    was_class, was = memo.class_of_now, metering.judged(memo)[0]
    actions: list[Action] = [
        Memo.class_now.set(call_class),
        Memo.counts_now.set(counts),
        Memo.why_now.set(why),
    ]
    if memo.disputed:
        actions += [Memo.disputed.remove(), Memo.disputed_at.remove(), Memo.disputed_as.remove()]
    actions += _report_follows(change, memo, reported)
    untouched = memo.unchanged(
        "corrected_by", "class_now", "counts_now", "disputed", "outbox", "next_try_at"
    )
    change.update(memo, actions, untouched)
    memo.class_now = call_class
    change.record(
        "call_judged",
        text=f"{memo.number}: {reason}",
        was=CLASSES[was_class],
        becomes=CLASSES[call_class],
    )
    if was != counts:
        line = ledger_line(memo, was_class, was, counts, change.by, reason, change.now)
        change.put(line)
    return counts, why


def _report_follows(change: Change, memo: Memo, reported: bool) -> list[Action]:
    """A call that was not reported may be, after all; one that waits to be may be no longer."""
    if reported and not memo.reported and not memo.told_now:
        return _report_now(change, memo)
    never_tried = memo.told_now and not memo.reported and memo.tries == 0
    if not reported and never_tried:
        return [Memo.told_now.remove(), *(memo.after("not_to_be_reported") or [])]
    return []


def _report_now(change: Change, memo: Memo) -> list[Action]:
    """A call that was not to be reported is, after all: the sweep sends it."""
    contract = change.contract
    route = routing.route(change.house, contract.people, memo.text["for_"], change.today)
    if not route.told:
        log.alarm("nobody left to tell", memo=memo.id, contract=contract.id)
        raise Refused(
            "確認済みの報告先がないため、報告できません。先に報告先の確認を済ませてください。"
        )
    return [
        *Memo.tell_instead(*route),
        Memo.earlier.set(Memo.of_the_same_day(memo)),
        *(memo.after("to_be_reported", change.now) or []),
    ]


def declare(
    change: Change, number: str | None, memo_id: str | None = None, field: str = "number"
) -> None:
    """From now on calls from a number are neither reported nor counted for this client.

    Raises Invalid for `field`.
    """
    normal = phones.normalise(number) or number
    why_not = why_not_declared(change, normal)
    if why_not:
        raise wrong(field, why_not)
    if normal and not change.contract.has_declared(normal):
        declared = Declared(number=normal, at=change.now, by=change.by, memo=memo_id)
        change.contract.declared.append(declared)
        change.record("number_declared", text=phones.display(normal))


def why_not_declared(change: Change, number: str | None) -> str | None:
    """Why a number cannot be declared, or None.

    The client's own number may be what a forwarding phone shows as the caller's.
    """
    contract, house = change.contract, change.house
    if not house.keeps_declared:
        return "この事業者では、番号による営業電話の登録は行っていません。"
    if number is None:
        return "電話番号が分からないお電話のため、番号の登録はできません。"
    if number in contract.own_numbers or number == phones.normalise(house.brand.phone):
        return "お客様ご自身の番号や受付の番号は、営業電話として登録できません。"
    if len(contract.declared) >= MOST_DECLARED and not contract.has_declared(number):
        return f"登録できる番号は{MOST_DECLARED:,}件までです。不要な番号を先に削除してください。"
    return None


def take_off(change: Change, number: str | None) -> None:
    """Calls from a declared number are reported and counted again. Raises NotFound."""
    contract = change.contract
    normal = phones.normalise(number) or number
    if normal not in [declared.number for declared in contract.declared]:
        raise NotFound("この番号は登録されていません。番号をご確認ください。")
    contract.declared = [each for each in contract.declared if each.number != normal]
    change.record("number_taken_off", text=phones.display(normal))


def _last_version(change: Change, memo_id: str) -> Memo:
    memo = lookup.memo(change.house, memo_id)
    if memo.contract != change.contract.id:
        raise NotFound("この受電メモは見つかりません。番号をご確認ください。")
    if memo.corrected_by:
        raise Refused("この受電メモは訂正されています。訂正後のメモについてお申し出ください。")
    return memo
