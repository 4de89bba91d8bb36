"""Notices of the bank that a transfer never was (取消), and what each takes back (bank.md)."""

from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from chalicelib.errors import Busy, Refused
from chalicelib.flows import lookup
from chalicelib.flows.money import payments
from chalicelib.models import Payment
from chalicelib.models.payment import PaidIndex
from chalicelib.rules.houses import House
from chalicelib.rules.money import matching
from chalicelib.rules.money.bank_lists import Entry

_EARLIER = timedelta(days=92)  # [D] how far back a bank takes a transfer back


def as_entry(payment: Payment) -> Entry:
    """A stored line of a list as the rules of matching read it; a payment by hand, too."""
    return Entry(
        account=payment.account or "",
        on=payment.on,
        yen=payment.yen,
        text=payment.payer or "",
        payer=payment.payer or "",
        key=payment.payer_key or "",
        balance_after=payment.balance_after,
        bank_number=payment.bank_number,
        is_transfer=payment.is_transfer,
        is_cancel=payment.is_cancel,
        line=0,
        copy=0,
    )


def candidates(house: House, notice: Payment) -> list[Payment]:
    """The payments that a notice may be about; a person says which one it is."""
    first = notice.on - _EARLIER
    page = Payment.by_on.query(
        house.key,
        PaidIndex.on.between(first, notice.on),
        filter_condition=(Payment.account == notice.account) & (Payment.yen == notice.yen),
    )
    earlier = [each for each in page if not each.cancelled_at and each.part_of is None]
    meant = matching.unmatches(as_entry(notice), [as_entry(each) for each in earlier])
    return [each for each in earlier if as_entry(each) in meant]


def take_back(house: House, notice_id: str, payment_id: str, by: str, now: datetime) -> Payment:
    """A person says which payment a notice is about: what that one paid is open again.

    Stopped half-way, it goes on when it is asked for again. Raises NotFound, Refused and Busy.
    """
    notice = lookup.payment(house, notice_id)
    if notice.takes_back == payment_id:
        return notice
    _check(notice, lookup.payment(house, payment_id))
    payments.cancel_whole(house, payment_id, _reason(notice), by, now)
    actions: list[Action] = [
        Payment.takes_back.set(payment_id),
        Payment.matched_at.set(now),
        Payment.matched_by.set(by),
        Payment.unmatched_of.remove(),
    ]
    if not notice.changed(actions, notice.unchanged("takes_back", "cancelled_at")):
        raise Busy("この通知は同時に変更されました。もう一度お試しください。")
    return lookup.payment(house, notice_id)


def _reason(notice: Payment) -> str:
    return f"銀行からの取消の通知({notice.id})"


def _check(notice: Payment, payment: Payment) -> None:
    if not notice.is_cancel or notice.cancelled_at:
        raise Refused("この明細は、銀行からの取消の通知ではありません。")
    if notice.takes_back:
        raise Refused("この取消の通知は、別の入金の取り消しに使われています。")
    is_same = (payment.account, payment.yen) == (notice.account, notice.yen)
    if payment.is_cancel or payment.part_of or not is_same:
        raise Refused(
            "この入金は、取消の通知と口座または金額が異なります。"
            "取り消された入金をご確認のうえ、指定し直してください。"
        )
    if payment.cancelled_at and payment.cancelled_why != _reason(notice):
        raise Refused(
            "この入金はすでに取り消されています。別の入金を指定するか、"
            "この通知を取り消して一覧から外してください。"
        )
