"""A report is sent again because a person said so."""

import hashlib
import time
from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.update import Action

from chalicelib.errors import Refused
from chalicelib.flows import lookup
from chalicelib.flows.change import Change
from chalicelib.flows.post import act
from chalicelib.models import Memo
from chalicelib.rules.calls import routing
from chalicelib.rules.calls.outbox import TRYING, WAITING
from chalicelib.rules.houses import House
from chalicelib.words import call_letters

_MOST = 10  # times one report is sent again [D]


def report_again(
    house: House, memo_id: str, idempotency_key: str, by: str, now: datetime
) -> dict[str, Any]:
    """Send a memo's report again, to whom the house's rule names now: `{id, number, reported_to}`.

    One that never left takes its place in the outbox again; of one that did a
    copy is sent, which says so. The same key sends nothing more. Raises
    NotFound, Refused.
    """
    digest = hashlib.sha256(f"{memo_id}\n{by}\n{idempotency_key}".encode()).hexdigest()[:16]
    begun = time.monotonic()
    memo = lookup.memo(house, memo_id)
    ours = False

    def story(change: Change) -> None:
        nonlocal ours
        ours = _again(change, memo_id, digest)

    if digest not in _resends(memo):
        act.on_contract(house, memo.contract, now, by, story)
        memo = lookup.memo(house, memo_id)
    # Where the same request came twice at once, the lease is the other one's.
    if ours and memo.state == TRYING:
        act.send([memo], now, begun)
    return {"id": memo.id, "number": memo.number, "reported_to": _resends(memo)[digest]}


def _resends(memo: Memo) -> dict[str, list[dict]]:
    """Who was told by each key's digest."""
    return {each["key"]: each["reported_to"] for each in memo.resends or []}


def _again(change: Change, memo_id: str, digest: str) -> bool:
    """Put it into the change; False if that was done by this key before."""
    memo = lookup.memo(change.house, memo_id)
    if digest in _resends(memo):
        return False
    _refuse(memo, change)
    people = change.contract.people
    route = routing.route(change.house, people, memo.text["for_"], change.today)
    if not route.told:
        raise Refused("確認済みの報告先がありません。先に報告先の確認を済ませてください。")
    entry = {
        "key": digest,
        "at": change.now.isoformat(),
        "by": change.by,
        "reported_to": route.told,
    }
    change.record("report_sent_again", text=memo.number)
    actions: list[Action] = []
    if memo.handed_over_at is None:
        actions += _take_its_place(change, memo, route)
    else:
        _write_copy(change, memo, route, digest)
        actions += memo.after("copied") or []
    actions.append(Memo.resends.set([*(memo.resends or []), entry]))
    untouched = memo.unchanged("corrected_by", "outbox", "next_try_at", "resends")
    change.update(memo, actions, untouched)
    return True


def _take_its_place(change: Change, memo: Memo, route: routing.Route) -> list[Action]:
    """A report that never left is in the outbox again, under this request's lease."""
    return [*Memo.tell_instead(*route), *(memo.after("sent_again", change.now) or [])]


def _write_copy(change: Change, memo: Memo, route: routing.Route, digest: str) -> None:
    addresses = list(dict.fromkeys(each["address"] for each in route.told))
    copy = call_letters.ReportAgain(
        memo=memo.id,
        number=memo.number,
        again=True,
        sent_at=memo.handed_over_at,
        asked_for=route.asked_for,
        route_note=route.note,
    )
    change.write(copy, change.today, addresses, digest)


def _refuse(memo: Memo, change: Change) -> None:
    days = change.house.objections.days
    if memo.text is None or change.now > memo.taken_at + timedelta(days=days):
        raise Refused(f"報告の再送は、受電メモの登録から{days}日以内に限ります。")
    if memo.corrected_by:
        raise Refused("この受電メモは訂正されています。訂正後のメモを送り直してください。")
    if not memo.reported and not memo.told_now:
        raise Refused(
            "このお電話は報告の対象ではありません。報告する場合は、先に分類を変更してください。"
        )
    if memo.state in (WAITING, TRYING):
        raise Refused("この報告は送信の途中です。自動で送信されますので、少しお待ちください。")
    if len(memo.resends or []) >= _MOST:
        raise Refused(f"同じ報告の再送は{_MOST}回までです。報告先のアドレスをご確認ください。")
