"""What an applicant is shown before pressing the last button: dates and yen, by the house file.

The Act on Specified Commercial Transactions asks for quantity, price, time and
way of payment, time of provision, period of the offer, and how to cancel; for
a trial that turns paid also the day and the amount.
"""

import hashlib
import json
from datetime import date, timedelta
from typing import Any

from chalicelib.rules import calendar
from chalicelib.rules.contract import life, trial
from chalicelib.rules.houses import House
from chalicelib.rules.money import charges, invoice
from chalicelib.rules.money.prospect import Prospect


def offer(house: House, wish: dict[str, Any], today: date) -> dict[str, Any]:
    """The facts of the final screen for an application made on the JST date `today`.

    `wish` has `plan`, `use`, `start_on` (date or None), `wants_trial`. The
    result is plain JSON (dates as text), kept on the contract as what the
    applicant saw.
    """
    plan, start, wants_trial = wish["plan"], wish["start_on"], wish["wants_trial"]
    last = trial.last_day(house, today, start) if wants_trial else None
    late = bool(last and start and start > last)
    tries = wants_trial and not late
    costs = _costs(house, wish, today)
    return costs | {
        "plan": house.plan(plan).name,
        "how": house.first_payment.how,
        "trial": _trial_words(house, last, wants_trial, late),
        "trial_last_day": last.isoformat() if last else None,
        "pay_when": _pay_words(house, last, tries, costs["total"]),
        "turns_paid": _turns_paid_words(house, last, tries, costs["monthly"]),
        "provision": house.terms.provision,
        "start": calendar.spoken_day(start) or "手続きの完了後すぐ",
        "target": None if start else _target(house, today),
        "later": house.terms.later,
        "cancel": (house.terms.cancel_in_trial if tries else "") + house.terms.cancel,
        "only_to_continue": tries and house.first_payment.when == "at_continuation",
        "closed_start": _closed_words(house, start),
    }


def digest(facts: dict[str, Any]) -> str:
    """Which version of the facts a visitor has seen."""
    text = json.dumps(facts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _costs(house: House, wish: dict[str, Any], today: date) -> dict[str, Any]:
    """What the screen says in yen, and the calls that the fee includes."""
    prospect = Prospect(wish, today)
    first = life.paid_from(prospect, house, today)
    price = house.price(wish["plan"], first.replace(day=1))
    lines = charges.first_payment(prospect, house, today)
    return {
        "monthly": charges.monthly_yen(prospect, house, first, today),
        "included": price.included,
        "over": price.over,
        "lines": [list(line) for line in charges.spoken(lines)],
        "total": invoice.total(lines),
    }


def _trial_words(house: House, last: date | None, wants_trial: bool, late: bool) -> str:
    if not wants_trial:
        return "無料お試しなし(最初から正式なご契約)"
    if last and late:
        return (
            f"お試し期間は{calendar.spoken_day(last)}までのため、"
            "ご希望の開始日からはお試しをご利用いただけません。"
        )
    if last:
        return f"{house.trial.days}日間、最終日は{calendar.spoken_day(last)}"
    return (
        f"ご利用開始日を1日目として{house.trial.days}日間"
        "(開始日が決まり次第、最終日をメールでお知らせします)"
    )


def _pay_words(house: House, last: date | None, wants_trial: bool, yen: int) -> str:
    if not wants_trial or house.first_payment.when == "before_start":
        return (
            f"サービスの開始前に{yen:,}円をお支払いください。ご入金の確認後に電話番号を発行します。"
        )
    until = f"お試し最終日の{calendar.spoken_day(last)}まで" if last else "お試し期間の最終日まで"
    return f"お試しの後も継続される場合のみ、{until}に{yen:,}円をお支払いください。"


def _turns_paid_words(house: House, last: date | None, wants_trial: bool, yen: int) -> str:
    if not wants_trial:
        return "ご利用開始日から有料です。"
    if house.trial.at_end == "lapses":
        return (
            "自動的に有料になることはありません。"
            "継続のお申し出とご入金がなければ、お試し期間の終わりに終了します。"
        )
    first_paid = calendar.spoken_day(last + timedelta(days=1)) if last else "お試し最終日の翌日"
    return (
        f"お試し期間中に停止のご連絡がなければ、{first_paid}から有料の正式なご契約になります"
        f"(月額{yen:,}円。"
        "開始前にお支払いいただいた1か月分は、サービスを開始した月の料金です)。"
    )


def _target(house: House, today: date) -> str | None:
    """About when the service runs, where the house sets itself a day."""
    days = house.start.target_business_days
    if not days:
        return None
    return f"{calendar.spoken_day(calendar.add_business_days(today, days, house))}ごろ"


def _closed_words(house: House, start: date | None) -> str | None:
    """A start on a day without operators is possible, but nobody should be surprised by it."""
    if start is None or calendar.is_business_day(start, house):
        return None
    first = calendar.spoken_day(calendar.add_business_days(start, 1, house))
    return (
        f"ご希望の開始日は休業日です。お電話の受付は{first}からとなります"
        "(お試しの日数には休業日も含まれます)。"
    )
