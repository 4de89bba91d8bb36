"""A client of some months: closed months, a paid, an open and an overdue invoice."""

from datetime import datetime, time, timedelta
from functools import partial

from chalicelib.flows.calls import memos
from chalicelib.flows.contract import gates, payment, trial
from chalicelib.flows.engine import contracts
from chalicelib.flows.post import act
from chalicelib.models import Invoice, Payment
from chalicelib.rules import calendar

MONTHS_AGO = 100  # days: two closings lie behind the first one that is paid
CLIENT = ("有限会社あさひ工務店", "中村 拓也", "なかむら たくや", "asahi")
BUSY, QUIET = 24, 3  # calls of a month: more than the plan has, and fewer


def began_at(house, now: datetime) -> datetime:
    """When such a client's service began."""
    day = calendar.day_of(now) - timedelta(days=MONTHS_AGO)
    return calendar.at(calendar.add_business_days(day, 1, house), time(10))


def live(house, contract: str, line: str, start: datetime, now: datetime) -> None:
    """The months of a contract that began then: calls, closings, and one payment."""
    if house.first_payment.when == "at_continuation":
        _continue(house, contract, start + timedelta(days=1))
    for month, calls in enumerate((BUSY, QUIET), 1):
        _call(house, line, start + timedelta(days=30 * month), calls)
    contracts.load(house, contract, now)
    _pay_the_oldest(house, contract, now)


def _continue(house, contract: str, now: datetime) -> None:
    act.on_contract(house, contract, now, "office1", trial.ask_to_continue)
    asked = contracts.load(house, contract, now).open_invoices[0]
    paid = partial(
        gates.pass_gate,
        gate="payment",
        ground="デモデータ",
        yen=asked.open_yen,
        paid_on=calendar.day_of(now),
        short=None,
    )
    act.on_contract(house, contract, now, "office1", paid)


def _call(house, line: str, near: datetime, calls: int) -> None:
    """A month's calls, all on one day."""
    day = calendar.add_business_days(calendar.day_of(near), 1, house)
    evening = calendar.at(day, time(18))
    for place in range(calls):
        report = {
            "line": line,
            "received_at": calendar.at(day, time(9 + place // 6, place % 6 * 10)).isoformat(),
            "caller": {"company": "㈱青葉電機", "name": "佐藤", "phone": "090-1234-5678"},
            "business": "お見積りの件",
            "class": "business",
        }
        memos.take(house, "operator1", f"demo-{day}-{place}", report, evening)


def _pay_the_oldest(house, contract: str, now: datetime) -> None:
    """The oldest invoice is paid; of the others one is overdue and one is still open."""
    oldest = contracts.load(house, contract, now).open_invoices[0]
    paid = partial(_record, house=house, number=oldest.number, yen=oldest.open_yen)
    act.on_contract(house, contract, now, "office1", paid)


def _record(change, house, number: str, yen: int) -> None:
    made = Payment(
        id=f"{change.contract.id}-demo",
        house=house.key,
        on=change.today,
        yen=yen,
        payer="ﾕ)ｱｻﾋｺｳﾑﾃﾝ",
        source="hand",
        recorded_at=change.now,
        by=change.by,
    )
    payment.take_part(change, made, [number])


def invoices_of(contract: str) -> list[str]:
    """What `make run` prints of its invoices, the oldest first."""
    rows = list(Invoice.scan(Invoice.contract == contract))
    rows.sort(key=lambda each: (each.issued_on, each.number))
    return [f"{each.number}  {_state(each)}  {each.total_yen:,}円" for each in rows]


def _state(invoice: Invoice) -> str:
    if invoice.replaced_by:
        return "replaced"
    if not invoice.open_yen:
        return "paid"
    return f"open, due {invoice.due_on}"
