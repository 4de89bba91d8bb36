"""Whether a call counts after all: the client's press, the office's decision, declared numbers (calls.md Corrections).

Every change of a count is a line of the ledger, in the same write as the change.
"""

from datetime import datetime

from chalicelib import log
from chalicelib.errors import Fault, Invalid, NotFound, Refused
from chalicelib.flows import lookup
from chalicelib.flows.change import Change
from chalicelib.input import phones
from chalicelib.models import Memo, Recount
from chalicelib.models.contract_parts import Declared
from chalicelib.rules.calls import memo, metering, routing
from chalicelib.rules.house_file import CLASSES

MOST_DECLARED = 200  # numbers: every memo reads them
OBJECTIONS = {"sales": "営業電話でした", "wrong_number": "間違い電話でした"}


def ledger_line(
    found: Memo, was_class: str, was: bool, becomes: bool, by: str, why: str, now: datetime
) -> Recount:
    """The ledger's line of a changed count; `found` is of the class that it becomes."""
    month = found.contract_month.rpartition("#")[2]
    return Recount(
        contract=found.contract, place=f"{now.isoformat(timespec='microseconds')}#{found.id}", memo=found.id, month=month, at=now,
        by=by, was=was, was_class=was_class, becomes=becomes, becomes_class=found.class_of_now, why=why,
    )  # fmt: skip


def object_to(change: Change, memo_id: str, call_class: str) -> None:
    """The client says of a reported call that it was `call_class`: smile takes it off at once, at mk the office decides.

    Where the operator had said so already, smile's client still declares the
    number by it. Raises Refused where it was settled before.
    """
    found = _last_version(change, memo_id)
    decides = change.house.objections.decided_by == "client"
    if found.class_now == call_class or (
        found.call_class == call_class and not found.class_now and not decides
    ):
        return
    if found.class_now:
        raise Refused(
            "このお電話の取り扱いは判定済みです。ご不明な点は、メールに記載の窓口までお問い合わせください。"
        )
    if decides:
        _take_off(change, found, call_class)
    elif not found.disputed:
        _dispute(change, found, call_class)


def _take_off(change: Change, found: Memo, call_class: str) -> None:
    judge(change, found, call_class, f"お客様のお申し出({OBJECTIONS[call_class]})")
    if call_class == "sales" and why_not_declared(change, found.caller_number) is None:
        declare(change, found.caller_number, found.id)


def _dispute(change: Change, found: Memo, call_class: str) -> None:
    actions = [
        Memo.disputed.set(found.house),
        Memo.disputed_at.set(change.now),
        Memo.disputed_as.set(call_class),
    ]
    change.update(found, actions, found.unchanged("corrected_by", "class_now", "disputed"))
    change.record("call_disputed", text=f"{found.number}: {OBJECTIONS[call_class]}")
    change.tell_office(
        "objection",
        memo=found.id,
        number=found.number,
        received_at=found.received_at.isoformat(),
        call_class=CLASSES[found.class_of_now],
        said=OBJECTIONS[call_class],
    )


def decide(
    change: Change, memo_id: str, call_class: str, reason: str, declares: bool = False
) -> None:
    """The office says, with its reason, of which class a call was; who objected is told. Said again, it changes nothing.

    Raises NotFound, Refused.
    """
    found = _last_version(change, memo_id)
    if declares and call_class != "sales":
        raise Invalid(
            [Fault("declares", "番号の申告は、分類が営業(sales)のときだけ指定できます。")]
        )
    if declares:
        declare(change, found.caller_number, found.id, "declares")
    if _is_decided(change, found, call_class, reason):
        return
    counts, why = judge(change, found, call_class, reason)
    if found.disputed:
        asked, granted = OBJECTIONS[found.disputed_as], call_class == found.disputed_as
        change.tell(
            "decision",
            number=found.number,
            said=asked,
            counts=counts,
            granted=granted,
            why=why,
            reason=reason,
        )


def _is_decided(change: Change, found: Memo, call_class: str, reason: str) -> bool:
    """Whether that is the last decision already: whoever lost our answer sends it once more."""
    noted = any(
        note.event == "call_judged" and note.text == f"{found.number}: {reason}"
        for note in change.contract.history
    )
    return noted and found.class_now == call_class and not found.disputed


def judge(change: Change, found: Memo, call_class: str, reason: str) -> tuple[bool, str]:
    """Let a call be of another class, with what that means for its report and its count: (counts, why)."""
    free = memo.in_free_trial(change.house, change.contract, found.received_at)
    reported, counts, why = memo.verdict(change.house, call_class, free)
    was_class, was = found.class_of_now, metering.judged(found)[0]
    actions = [Memo.class_now.set(call_class), Memo.counts_now.set(counts), Memo.why_now.set(why)]
    actions += (
        [each.remove() for each in (Memo.disputed, Memo.disputed_at, Memo.disputed_as)]
        if found.disputed
        else []
    )
    if reported and not found.reported and not found.told_now:
        actions += _report_now(change, found)
    elif not reported and found.told_now and not found.reported and found.tries == 0:
        actions += [each.remove() for each in (Memo.told_now, Memo.outbox, Memo.next_try_at)]
    untouched = found.unchanged(
        "corrected_by", "class_now", "counts_now", "disputed", "outbox", "next_try_at"
    )
    change.update(found, actions, untouched)
    found.class_now = call_class
    change.record(
        "call_judged",
        text=f"{found.number}: {reason}",
        was=CLASSES[was_class],
        becomes=CLASSES[call_class],
    )
    if was != counts:
        change.put(ledger_line(found, was_class, was, counts, change.by, reason, change.now))
    return counts, why


def _report_now(change: Change, found: Memo) -> list:
    """A call that was not to be reported is, after all: the sweep sends it."""
    chosen = routing.route(change.house, change.contract.people, found.text["for_"], change.today)
    if not chosen.told:
        log.alarm("nobody left to tell", memo=found.id, contract=change.contract.id)
        raise Refused(
            "確認済みの報告先がないため、報告できません。先に報告先の確認を済ませてください。"
        )
    earlier = Memo.earlier.set(Memo.of_the_same_day(found))
    return [
        *Memo.tell_instead(*chosen),
        earlier,
        Memo.outbox.set(found.house),
        Memo.next_try_at.set(change.now),
    ]


def declare(
    change: Change, number: str | None, memo_id: str | None = None, field: str = "number"
) -> None:
    """From now on calls from a normalised number are neither reported nor counted for this client. Raises Invalid for `field`."""
    if why_not := why_not_declared(change, number):
        raise Invalid([Fault(field, why_not)])
    if number and not change.contract.has_declared(number):
        change.contract.declared.append(
            Declared(number=number, at=change.now, by=change.by, memo=memo_id)
        )
        change.record("number_declared", text=phones.display(number))


def why_not_declared(change: Change, number: str | None) -> str | None:
    """Why a number cannot be declared: the client's own may be what a forwarding phone shows as the caller's."""
    contract = change.contract
    if not change.house.keeps_declared:
        return "この事業者では、番号による営業電話の登録は行っていません。"
    if number is None:
        return "電話番号が分からないお電話のため、番号の登録はできません。"
    if number in contract.own_numbers or number == phones.normalise(change.house.brand.phone):
        return "お客様ご自身の番号や受付の番号は、営業電話として登録できません。"
    if len(contract.declared) >= MOST_DECLARED and not contract.has_declared(number):
        return f"登録できる番号は{MOST_DECLARED:,}件までです。不要な番号を先に削除してください。"
    return None


def take_off(change: Change, number: str | None) -> None:
    """Calls from a declared number are reported and counted again. Raises NotFound."""
    if number not in [each.number for each in change.contract.declared]:
        raise NotFound("この番号は登録されていません。番号をご確認ください。")
    change.contract.declared = [each for each in change.contract.declared if each.number != number]
    change.record("number_taken_off", text=phones.display(number))


def _last_version(change: Change, memo_id: str) -> Memo:
    memo = lookup.memo(change.house, memo_id)
    if memo.contract != change.contract.id:
        raise NotFound("この受電メモは見つかりません。番号をご確認ください。")
    if memo.corrected_by:
        raise Refused("この受電メモは訂正されています。訂正後のメモについてお申し出ください。")
    return memo
