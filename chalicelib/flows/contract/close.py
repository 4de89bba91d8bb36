"""The monthly close of one contract: freeze the count, make statement and invoice (money.md).

All of it goes into one write under the contract's version, so that it happens once. What is
counted was handed over before the closing was due: a close that runs late gives the same invoice.
"""

from datetime import date, datetime, timedelta

from chalicelib.flows.change import Change
from chalicelib.flows.contract import advice, count_month, invoices
from chalicelib.flows.contract.count_month import Month
from chalicelib.models import Recount, Statement
from chalicelib.models.statement import pack
from chalicelib.rules import calendar
from chalicelib.rules.contract import life
from chalicelib.rules.money import charges, closes, counts
from chalicelib.rules.money.closes import Close
from chalicelib.rules.money.counts import Count
from chalicelib.rules.money.invoice import Kind, Line
from chalicelib.rules.money.things import BASE

_DAY = timedelta(days=1)


def close(change: Change, on: date) -> None:
    """The closing that is due on the JST date `on`."""
    contract, house = change.contract, change.house
    closing = closes.ahead(contract, house)
    assert closing is not None  # the engine has just asked for its date
    ledger = _ledger(contract.id, contract.frozen_at)
    through = closes.billed_through(house, closing.month)
    monthly = charges.unbilled(contract, house, through, on)
    calls = [*_freeze(change, closing, ledger), *_settle_again(change, closing, ledger)]
    contract.closed_through = closing.month
    contract.frozen_at = closing.frozen_at
    change.record("closed", closing.dated, text=closing.month)
    _bill(change, "monthly", closing.month, closing.dated, [*monthly, *calls])
    change.is_complete = True


def bill_missed_months(change: Change) -> None:
    """A month became due whose closing has passed: it is billed today (money.md).

    So it is when a notice is withdrawn after the closing had left its next month out.
    """
    contract, house = change.contract, change.house
    if contract.closed_through is None:
        return
    through = closes.billed_through(house, contract.closed_through)
    lines = charges.unbilled(contract, house, through, change.today)
    if any(line.kind == BASE for line in lines):
        _bill(change, "at_once", contract.closed_through, change.today, lines)


def _bill(change: Change, kind: Kind, month: str, dated: date, lines: list[Line]) -> None:
    """An invoice of these lines; none where there are none."""
    if not lines:
        return
    contract = change.contract
    contract.billed = charges.note(lines, contract)
    due_on = closes.due_on(change.house, dated)
    invoices.issue(change, kind, month, dated, due_on, lines)


def _ledger(contract_id: str, since: datetime | None) -> list[Recount]:
    """The changes of counts since the last closing, read strongly."""
    # A day more: a decision that was told again over midnight bears the time of its first try.
    later = Recount.place >= (since - _DAY).isoformat(timespec="microseconds") if since else None
    return list(Recount.query(contract_id, later, consistent_read=True))


def _freeze(change: Change, closing: Close, ledger: list[Recount]) -> list[Line]:
    """Freeze the count of the month before the closing; the lines of its calls."""
    contract, house, month = change.contract, change.house, closing.freezes
    if not _was_served(change, month):
        return []
    counted = count_month.count(contract.id, month, closing.frozen_at, ledger)
    plan = life.plan_on(contract, calendar.last_day_of(month))
    price = house.price(plan, calendar.first_day_of(month))
    statement = Statement(
        contract=contract.id,
        month=month,
        house=house.key,
        frozen_at=closing.frozen_at,
        plan=plan,
        included=price.included,
        over_yen=price.over,
        calls=counted.count.calls,
        surcharge_yen=counted.count.surcharge_yen,
        digest=counted.digest,
        packed=pack(counted.rows),
        settled_calls=counted.count.calls,
        settled_surcharge_yen=counted.count.surcharge_yen,
    )
    if house.billing.statement:
        statement.want_paper(change.now)
    change.put(statement, Statement.contract.does_not_exist())
    if month in contract.billed.get(BASE, {}):  # not in a free trial
        advice.note_month(change, month, plan, counted.count.calls)
    return counts.billed(statement, counted.count.calls, counted.surcharges)


def _was_served(change: Change, month: str) -> bool:
    """Whether the service was on in a month, its free trial included."""
    contract = change.contract
    last = life.last_service_day(contract)
    first_month = calendar.month_of_day(contract.started_on)
    return first_month <= month and (last is None or month <= calendar.month_of_day(last))


def _settle_again(change: Change, closing: Close, ledger: list[Recount]) -> list[Line]:
    """What has changed in months that were frozen before, in their order.

    All that can still be objected to are counted again: a report may have come late, or been taken
    back, without anybody's decision.
    """
    since = calendar.day_of(closing.frozen_at) - timedelta(days=change.house.objections.days)
    oldest = min([calendar.month_of_day(since), *(line.month for line in ledger)])
    within = Statement.month.between(oldest, calendar.month_after(closing.freezes, -1))
    lines = []
    for statement in Statement.query(change.contract.id, within, consistent_read=True):
        counted = count_month.count(
            change.contract.id, statement.month, closing.frozen_at, ledger, statement.frozen_at
        )
        lines += _settle(change, statement, counted)
    return lines


def _settle(change: Change, statement: Statement, counted: Month) -> list[Line]:
    """The lines of what a frozen month differs by from what the client was billed last."""
    was = Count(statement.settled_calls, statement.settled_surcharge_yen)
    if counted.count == was:
        return []
    actions = [
        Statement.settled_calls.set(counted.count.calls),
        Statement.settled_surcharge_yen.set(counted.count.surcharge_yen),
    ]
    untouched = statement.unchanged("settled_calls", "settled_surcharge_yen")
    change.update(statement, actions, untouched)
    return counts.corrected(statement, was, counted.count, _why(counted))


def _why(counted: Month) -> str:
    """Which calls were reported too late for their own closing."""
    days = "、".join(dict.fromkeys(calendar.spoken_day(day) for day in counted.late_days))
    return f"{days}のお電話(締め日の後に報告したもの)を含みます" if days else ""
