"""Random lives of contracts: every month is billed once, and all money adds up (money.md).

What is expected is worked out here, from what was done and what the contract says of its dates.
HISTORIES in the environment says how many lives.
"""

import os
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import moto
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import clock
from chalicelib.flows.access import keys
from chalicelib.models import Contract, Invoice, Payment, Payout, Statement
from chalicelib.rules import calendar
from tests import stores
from tests.desk import Desk
from tests.flows.money.bills import hires, takes_calls, wakes

HISTORIES = int(os.environ.get("HISTORIES", "4"))
PLANS = {  # fee, calls included, each call over
    "smile": {"light": (5500, 30, 165), "regular": (8800, 60, 154), "business": (16500, 120, 143)},
    "mk": {"small": (2960, 20, 148), "half": (5720, 40, 143), "standard": (11040, 80, 138)},
}
SECOND = "0367009001"
HARD = {"yen": 250, "reason": "長時間のお電話"}
WISHES = {
    "smile": ["plan", "plan_back", "option", "option_off", "use", "notice", "stay", "stop", "end"],
    "mk": ["plan", "plan_back", "number", "number_off", "person", "person_off", "notice", "stay"]
    + ["continue", "continue_paid", "end", "set_off"],
}
ALWAYS = ["calls", "decide", "pay", "pay_short", "pay_over", "pay_twice", "nothing"]


class Life:
    """One contract, and what was done to it."""

    def __init__(self, house: str, day: date, trial: bool, plan: int) -> None:
        self.desk = Desk(day.isoformat())
        self.keys_since = day
        self.house = house
        self.plans = list(PLANS[house])
        self.calls: dict[str, tuple[str, bool, int]] = {}  # id: month, counts, surcharge
        self.people: list[tuple[date, int]] = []  # how many are charged for, from which day on
        self.hired: list[str] = []
        self.payments = 0
        self._start(trial, self.plans[plan])

    def _start(self, trial: bool, plan: str) -> None:
        desk = self.desk
        desk.signs_up(self.house, trial="yes" if trial else "no", plan=plan)
        desk.presses("お申し込みを受け付けました")
        desk.presses("テストメール")
        if self.house == "mk" and trial:
            desk.passes("eligibility")
        desk.passes("identity")
        if self.house == "smile" or not trial:
            desk.passes("payment", yen=self._first_yen(plan))
        desk.passes("number")
        desk.has_line(SECOND)

    def _first_yen(self, plan: str) -> int:
        return PLANS[self.house][plan][0] * (2 if self.house == "mk" else 1)

    @property
    def contract(self) -> Contract:
        return Contract.find(self.desk.contract)

    def tries(self, part: str, body: Any = None, method: str = "POST") -> bool:
        """A wish: it may be refused, but never end in a fault."""
        answer = self.desk.office(part, body, method)
        assert answer.status < 500, (part, answer.text)
        return answer.status == 200

    def lives(self, days: int, clock_time: str = "10:00") -> None:
        """So many days go by, and only the last night of them is lived."""
        if self.desk.today > self.keys_since + timedelta(days=250):
            self.desk.keys.clear()  # a key does not last a whole life
            self.keys_since = self.desk.today
        wakes(self.desk, (self.desk.today + timedelta(days=days)).isoformat(), clock_time)

    def does(self, wish: str, size: int) -> None:
        getattr(self, f"_{wish}")(size)
        self.desk.look()
        self._note_people()

    def _nothing(self, _: int) -> None:
        pass

    def _plan(self, size: int) -> None:
        self.tries("plan", {"plan": self.plans[size % 3]})

    def _plan_back(self, _: int) -> None:
        self.tries("plan", method="DELETE")

    def _option(self, _: int) -> None:
        self.tries("options/guidance", {"script": "本日は終了しました。"})

    def _option_off(self, _: int) -> None:
        self.tries("options/guidance", method="DELETE")

    def _use(self, size: int) -> None:
        self.tries("lines/0367001234", {"use": ("listed", "forwarding")[size % 2]}, "PATCH")

    def _number(self, _: int) -> None:
        self.tries("lines", {"number": SECOND, "use": "forwarding"})

    def _number_off(self, _: int) -> None:
        self.tries(f"lines/{SECOND}", method="DELETE")

    def _person(self, _: int) -> None:
        if self.contract.status != "ended":
            self.hired += hires(self.desk, 3)

    def _person_off(self, _: int) -> None:
        if self.hired:
            self.tries(f"people/{self.hired.pop()}", method="DELETE")

    def _notice(self, _: int) -> None:
        self.tries("notice")

    def _stay(self, _: int) -> None:
        self.tries("notice", method="DELETE")

    def _stop(self, _: int) -> None:
        self.tries("stop")

    def _end(self, size: int) -> None:
        on = (self.desk.today + timedelta(days=size)).isoformat()
        self.tries("termination", {"on": on, "reason": "規約違反"})

    def _continue(self, _: int) -> None:
        self.tries("continuation")

    def _continue_paid(self, size: int) -> None:
        self._continue(size)
        self._pay(size)

    def _set_off(self, _: int) -> None:
        self.tries("set-off", {"reason": "未払いのため"})

    def _calls(self, size: int) -> None:
        if self.contract.status not in ("trial", "active"):
            return
        day = self.desk.today
        hard = self.house == "mk" and size % 2
        facts = {"surcharge": HARD} if hard else {}
        for memo in takes_calls(self.desk, size * 3, day.isoformat(), **facts):
            yen = HARD["yen"] if hard else 0
            self.calls[memo] = (calendar.month_of_day(day), not self._is_free(day), yen)

    def _is_free(self, day: date) -> bool:
        last = self.contract.trial_last_day
        return self.house == "mk" and last is not None and day <= last

    def _decide(self, size: int) -> None:
        """The next undecided call turns out to be sales, or a decided one business again."""
        if not self.calls:
            return
        memo = sorted(self.calls)[size % len(self.calls)]
        month, counts, yen = self.calls[memo]
        becomes = "sales" if counts else "business"
        answer = self.desk.decides(memo, becomes, f"判定 {self.desk.moment}")
        assert answer.status < 500, answer.text
        received = self._day_of(memo)
        if answer.status == 200:
            self.calls[memo] = (month, becomes == "business" and not self._is_free(received), yen)

    def _day_of(self, memo: str) -> date:
        return date.fromisoformat(self.desk.memo_screen(memo)["received_at"][:10])

    def _pay(self, _: int, more: int = 0) -> None:
        openly = [each.number for each in self.contract.open_invoices]
        yen = sum(each.open_yen for each in self.contract.open_invoices) + more
        if openly and yen > 0:
            self.payments += 1
            body = {"on": self.desk.today.isoformat(), "yen": yen, "invoices": openly}
            key = {"idempotency-key": f"transfer-{self.payments}"}
            for _ in range(2):  # whoever lost our answer asks again
                answer = self.desk.post("/v1/payments", body, **key)
                assert answer.status == 201, answer.text

    def _pay_short(self, size: int) -> None:
        self._pay(size, -440)

    def _pay_over(self, size: int) -> None:
        self._pay(size, 1000 * size)

    def _pay_twice(self, size: int) -> None:
        numbers = [each.number for each in self.contract.open_invoices]
        self._pay(size)
        if numbers:
            self.payments += 1
            body = {"on": self.desk.today.isoformat(), "yen": 5000, "invoices": numbers[:1]}
            key = {"idempotency-key": f"transfer-{self.payments}"}
            assert self.desk.post("/v1/payments", body, **key).status == 201

    def _note_people(self) -> None:
        receiving = sum(
            any(address.confirmed_at for address in person.addresses)
            for person in self.contract.people
        )
        count = max(0, receiving - 3) if self.house == "mk" else 0
        self.people = [each for each in self.people if each[0] != self.desk.today]
        self.people.append((self.desk.today, count))

    def ends(self) -> None:
        """Leave, and live until nothing more can follow."""
        self.tries("notice")
        for _ in range(9):
            self.lives(31)
            self.desk.look()
        assert self.contract.status == "ended"
        assert self.contract.parked_at is None


# what is expected


def paid_months(life: Life) -> list[str]:
    contract = life.contract
    if contract.active_from is None:
        return []
    first = contract.active_from if life.house == "mk" else contract.started_on
    last = contract.service[-1].until - timedelta(microseconds=1)
    return calendar.months(calendar.month_of_day(first), calendar.month_of(last))


def plan_of(life: Life, month: str) -> tuple[int, int, int]:
    contract = life.contract
    later = [c.was for c in contract.plans if c.on > calendar.last_day_of(month)]
    return PLANS[life.house][later[0] if later else contract.plan]


def touched(periods: list[tuple[date, date | None]], months: list[str]) -> set[str]:
    """The months of service in which a day of a period lies."""
    return {
        month
        for month in months
        for since, until in periods
        if calendar.month_of_day(since) <= month
        and (until is None or calendar.month_of_day(until) >= month)
    }


def expected(life: Life) -> dict[tuple[str, str], int]:
    """(what, month): yen of everything that a life is charged for."""
    yen: dict[tuple[str, str], int] = defaultdict(int)
    months = paid_months(life)
    for month in months:
        yen["base", month] = plan_of(life, month)[0]
    contract = life.contract
    lent = [(extra.since, extra.until) for extra in contract.extra_lines]
    for month in touched(lent, months):
        yen["number", month] = 1100
    for month in months:
        yen["person", month] = 210 * most_people(life, month)
    if months:
        expect_calls(life, yen)
    return {what: amount for what, amount in yen.items() if amount}


def expect_calls(life: Life, yen: dict[tuple[str, str], int]) -> None:
    counted = Counter(month for month, counts, _ in life.calls.values() if counts)
    for month, count in counted.items():
        _, included, over = plan_of(life, month)
        yen["calls", month] = over * max(0, count - included)
    for month, counts, surcharge in life.calls.values():
        if counts and surcharge:
            yen["surcharge", month] += surcharge


def most_people(life: Life, month: str) -> int:
    """The most at any time of a month of service; who leaves on its first day was there."""
    first, last = calendar.first_day_of(month), calendar.last_day_of(month)
    paid_from = life.contract.active_from
    before = [count for day, count in life.people if day < max(first, paid_from)]
    within = [count for day, count in life.people if max(first, paid_from) <= day <= last]
    return max([*before[-1:], *within], default=0)


NAMES = {
    "plan_difference": "base",
    "overage": "calls",
    "count_changed": "calls",
    "surcharge_changed": "surcharge",
}
AS_BILLED = ("option", "listed")  # end with the last month billed: looked at by months alone


def billed(life: Life) -> tuple[dict[tuple[str, str], int], Counter]:
    """The yen of all lines that stand, by (what, month); and how often each month has a line."""
    yen: dict[tuple[str, str], int] = defaultdict(int)
    times: Counter = Counter()
    for invoice in standing(life):
        for line in invoice.as_facts().lines:
            month = line.month or first_month(life)
            if line.kind != "deposit":
                yen[NAMES.get(line.kind, line.kind), month] += line.yen
                times[line.kind, line.key, month] += 1
    return {what: amount for what, amount in yen.items() if amount}, times


def first_month(life: Life) -> str:
    return (paid_months(life) or ["-"])[0]


def standing(life: Life) -> list[Invoice]:
    """Every invoice but those that a new part has put right."""
    invoices = list(Invoice.scan())
    kinds = {invoice.number: invoice.kind for invoice in invoices}
    return [
        invoice
        for invoice in invoices
        if invoice.replaced_by is None or kinds[invoice.replaced_by] == "refund"
    ]


def check(life: Life) -> None:
    charged, times = billed(life)
    options = {what: charged.pop(what) for what in list(charged) if what[0] in AS_BILLED}
    assert charged == expected(life)
    assert set(options.values()) <= {1100}
    ordered = [(each.since, each.until) for each in life.contract.options]
    assert touched(ordered, paid_months(life)) <= {
        month for kind, month in options if kind == "option"
    }
    if life.contract.active_from:  # what is taken back stands twice
        once = ("base", "option", "listed", "number", "person", "overage")
        assert not [what for what, count in times.items() if what[0] in once and count > 1]
    check_sums(life)
    check_balance(life)


def check_sums(life: Life) -> None:
    for invoice in Invoice.scan():
        facts = invoice.as_facts()
        assert sum(line.yen for line in facts.lines) == invoice.total_yen
        assert sum(row.yen for row in facts.sums) == invoice.total_yen
        assert facts.payable_yen >= 0
        assert invoice.open_yen >= 0


def check_balance(life: Life) -> None:
    """Invoices less payments, and what went back, are what is open less what is held."""
    contract = life.contract
    asked = sum(
        line.yen
        for invoice in standing(life)
        for line in invoice.as_facts().lines
        if line.kind != "deposit"
    )
    real = [each for each in Payment.scan() if each.source != "set_off" and not each.cancelled_at]
    paid = sum(each.yen for each in real)
    back = sum(each.yen for each in Payout.scan())
    open_yen = sum(each.open_yen for each in contract.open_invoices)
    assert asked - paid + back == open_yen - contract.credit_yen - contract.deposit_yen
    assert open_yen == sum(invoice.open_yen for invoice in Invoice.scan())
    assert contract.credit_yen >= 0
    assert contract.deposit_yen >= 0


def stored() -> list[dict]:
    rows = [*Invoice.scan(), *Statement.scan()]
    return sorted((row.serialize() for row in rows), key=str)


STEPS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 12), st.integers(0, 62)),  # days that go by, their nights missed
        st.integers(0, 100),  # which wish
        st.integers(0, 9),  # how much of it
        st.booleans(),  # whether its night runs twice
    ),
    min_size=2,
    max_size=10,
)


@settings(
    max_examples=HISTORIES,
    derandomize="HISTORIES" not in os.environ,  # a short run is the same everywhere
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=False,
)
@given(
    house=st.sampled_from(sorted(PLANS)),
    day=st.dates(date(2026, 8, 1), date(2027, 2, 28)),
    trial=st.booleans(),
    plan=st.integers(0, 2),
    steps=STEPS,
)
def test_a_life_is_billed_for_what_it_was(house, day, trial, plan, steps):
    with moto.mock_aws():
        stores.use(None)
        stores.fill_moto()
        keys.forget()
        try:
            live(house, day, trial or house == "smile", plan, steps)
        finally:
            clock.use(None)


def live(house: str, day: date, trial: bool, plan: int, steps: list[tuple]) -> None:
    life = Life(house, day, trial, plan)
    wishes = WISHES[house] + ALWAYS
    for days, which, size, twice in steps:
        life.lives(days)
        if twice:
            life.lives(0)
        life.does(wishes[which % len(wishes)], size)
        life.lives(0, "18:00")
    life.ends()
    before = stored()
    for back in (60, 30, 1, 0):
        wakes(life.desk, (life.desk.today - timedelta(days=back)).isoformat())
        life.desk.look()
    assert stored() == before
    check(life)
