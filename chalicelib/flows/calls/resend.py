"""A mail that waits for the office, or that somebody wants once more, is sent again because a person said so."""

import hashlib
import time
from datetime import datetime, timedelta
from itertools import chain

from pynamodb.exceptions import UpdateError

from chalicelib.errors import NotFound, Refused
from chalicelib.flows.calls import memos
from chalicelib.flows.change import Change
from chalicelib.flows.engine import contracts
from chalicelib.flows.post import outbox
from chalicelib.models import Letter, Memo
from chalicelib.models.base import condition_failed
from chalicelib.models.outgoing import LEASE, Outgoing
from chalicelib.rules import calendar
from chalicelib.rules.calls import routing
from chalicelib.rules.houses import House

_LISTED = 200  # of each kind
_MOST = 10  # times one report is sent again [D]


def report_again(house: House, memo_id: str, idempotency_key: str, by: str, now: datetime) -> dict:
    """Send a memo's report again, to whom the house's rule names now: `{id, number, reported_to}`.

    One that never left takes its place in the outbox again; of one that did a
    copy is sent, which says so. The same key sends nothing more. Raises
    NotFound, Refused.
    """
    digest = hashlib.sha256(f"{memo_id}\n{by}\n{idempotency_key}".encode()).hexdigest()[:16]
    found, begun, ours = memos.find(house, memo_id), time.monotonic(), False

    def story(change: Change) -> None:
        nonlocal ours
        ours = _again(change, memo_id, digest)

    if digest not in _told(found):
        contracts.change(house, found.contract, now, by, story)
        found = memos.find(house, memo_id)
    # Where the same request came twice at once, the lease is the other one's.
    if ours and found.outbox == found.house and found.handed_over_at is None:
        outbox.deliver_all([found], now, begun)
    return {"id": found.id, "number": found.number, "reported_to": _told(found)[digest]}


def _told(found: Memo) -> dict[str, list[dict]]:
    """key's digest: who was told by it."""
    return {each["key"]: each["reported_to"] for each in found.resends or []}


def _again(change: Change, memo_id: str, digest: str) -> bool:
    """Put it into the change; False if that was done by this key before."""
    found = memos.find(change.house, memo_id)
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
    change.note("report_sent_again", text=found.number)
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
    change.judged.append(
        (found, actions, found.unchanged("corrected_by", "outbox", "next_try_at", "resends"))
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


def held(house: House) -> list[dict]:
    """A house's mails that do not leave without a person, the longest waiting first, so many as a person can look at."""
    waiting = chain(
        *(model.waiting.query(f"{house.key}:office", limit=_LISTED) for model in (Memo, Letter))
    )
    found = (type(each).find(each.id) for each in waiting)
    rows = [
        _row(each) for each in found if each is not None and each.outbox == f"{house.key}:office"
    ]
    return sorted(rows, key=lambda row: row["since"])


def _row(item: Outgoing) -> dict:
    kind = item.kind if isinstance(item, Letter) else "report"
    since = item.next_try_at.astimezone(calendar.JST).isoformat()
    return {
        "id": item.id,
        "kind": kind,
        "contract": item.contract,
        "problem": item.problem,
        "since": since,
    }


def release(house: House, letter_id: str, now: datetime) -> dict:
    """Let a letter that waits for the office leave as it is, with the next sweep. Raises NotFound, Refused."""
    letter = Letter.find(letter_id)
    if letter is None or letter.house != house.key:
        raise NotFound("このメールは見つかりません。番号をご確認ください。")
    if letter.outbox == house.key:
        return _row(letter)
    if letter.outbox is None:
        raise Refused("このメールは送信済みです。")
    try:
        out = [Letter.outbox.set(house.key), Letter.next_try_at.set(now)]
        letter.update(list(out), condition=letter.unchanged("outbox", "next_try_at"))
    except UpdateError as refused:
        if not condition_failed(refused):
            raise
        letter.refresh(consistent_read=True)
    return _row(letter)
