"""A mail that waits for the office, or that somebody wants once more, is sent again because a person said so."""

import hashlib
import time
from datetime import datetime, timedelta

from chalicelib.errors import Refused
from chalicelib.flows import lookup
from chalicelib.flows.change import Change
from chalicelib.flows.post import act
from chalicelib.models import Memo
from chalicelib.models.outgoing import LEASE
from chalicelib.rules.calls import routing
from chalicelib.rules.houses import House

_MOST = 10  # times one report is sent again [D]


def report_again(house: House, memo_id: str, idempotency_key: str, by: str, now: datetime) -> dict:
    """Send a memo's report again, to whom the house's rule names now: `{id, number, reported_to}`.

    One that never left takes its place in the outbox again; of one that did a
    copy is sent, which says so. The same key sends nothing more. Raises
    NotFound, Refused.
    """
    digest = hashlib.sha256(f"{memo_id}\n{by}\n{idempotency_key}".encode()).hexdigest()[:16]
    found, begun, ours = lookup.memo(house, memo_id), time.monotonic(), False

    def story(change: Change) -> None:
        nonlocal ours
        ours = _again(change, memo_id, digest)

    if digest not in _told(found):
        act.on_contract(house, found.contract, now, by, story)
        found = lookup.memo(house, memo_id)
    # Where the same request came twice at once, the lease is the other one's.
    if ours and found.outbox == found.house and found.handed_over_at is None:
        act.send([found], now, begun)
    return {"id": found.id, "number": found.number, "reported_to": _told(found)[digest]}


def _told(found: Memo) -> dict[str, list[dict]]:
    """key's digest: who was told by it."""
    return {each["key"]: each["reported_to"] for each in found.resends or []}


def _again(change: Change, memo_id: str, digest: str) -> bool:
    """Put it into the change; False if that was done by this key before."""
    found = lookup.memo(change.house, memo_id)
    if digest in _told(found):
        return False
    _refuse(found, change)
    chosen = routing.route(change.house, change.contract.people, found.text["for_"], change.today)
    if not chosen.told:
        raise Refused("確認済みの報告先がありません。先に報告先の確認を済ませてください。")
    entry = {
        "key": digest,
        "at": change.now.isoformat(),
        "by": change.by,
        "reported_to": chosen.told,
    }
    actions = [Memo.resends.set([*(found.resends or []), entry])]
    change.record("report_sent_again", text=found.number)
    if found.handed_over_at is None:
        lease = [
            Memo.outbox.set(found.house),
            Memo.next_try_at.set(change.now + LEASE),
            Memo.attempt_since.set(change.now),
        ]
        actions += [*Memo.tell_instead(*chosen), Memo.tries.set(found.tries + 1), *lease]
    else:
        to = list(dict.fromkeys(each["address"] for each in chosen.told))
        actions += [Memo.outbox.remove(), Memo.next_try_at.remove()] if found.outbox else []
        facts = {
            "memo": found.id,
            "number": found.number,
            "again": True,
            "sent_at": found.handed_over_at.isoformat(),
        }
        facts |= {"asked_for": chosen.asked_for, "route_note": chosen.note}
        change.write("report_again", change.today, to, digest, **facts)
    change.update(
        *(found, actions, found.unchanged("corrected_by", "outbox", "next_try_at", "resends"))
    )
    return True


def _refuse(found: Memo, change: Change) -> None:
    if found.text is None or change.now > found.taken_at + timedelta(
        days=change.house.objections.days
    ):
        raise Refused(
            f"報告の再送は、受電メモの登録から{change.house.objections.days}日以内に限ります。"
        )
    if found.corrected_by:
        raise Refused("この受電メモは訂正されています。訂正後のメモを送り直してください。")
    if not found.reported and not found.told_now:
        raise Refused(
            "このお電話は報告の対象ではありません。報告する場合は、先に分類を変更してください。"
        )
    if found.outbox == found.house:
        raise Refused("この報告は送信の途中です。自動で送信されますので、少しお待ちください。")
    if len(found.resends or []) >= _MOST:
        raise Refused(f"同じ報告の再送は{_MOST}回までです。報告先のアドレスをご確認ください。")
