"""The closings of a history: whatever went wrong, what counts is billed once."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

import app
from chalicelib.flows.money import books
from chalicelib.models import Statement
from chalicelib.rules import houses
from tests.soak.aftermath import Aftermath
from tests.soak.history import FAULTS
from tests.soak.oracle import JST, Client, day_of

CLOSINGS = [date(2026, 10, 14), date(2026, 11, 13), date(2026, 12, 15)]  # days after the closing's


class Months(Aftermath):
    @precondition(lambda self: day_of(self.now) < CLOSINGS[0])
    @rule(fault=FAULTS, twice=st.booleans())
    def closing(self, fault, twice):
        """The night after the closing that counts September; what is left of it comes again."""
        self.desk.moment = datetime.combine(CLOSINGS[0], time(0, 5), JST)
        self.step("closing")
        self.hand_out(app.nightly, fault, twice)
        self.hand_out(app.close, None, twice)

    def hand_out(self, job, fault=None, twice=False) -> None:
        """A job of the night, and the worker on all that it has queued."""
        self.run(lambda: job({"time": self.now.isoformat()}, None), fault)
        self.work(fault, twice)

    def check_money(self) -> None:
        """Every history lives on until all it did is billed, a closing after the last change."""
        ahead = [day for day in CLOSINGS if day > day_of(self.now)][:2]
        for day in ahead:
            self.desk.moment = datetime.combine(day, time(0, 5), JST)
            for job in (app.nightly, app.close):
                self.hand_out(job)
            self.desk.moment += timedelta(hours=9)
            app.sweep({}, None)
        for client in self.clients:
            self.check_books(client)
            self.check_statement(client)

    def check_books(self, client: Client) -> None:
        result = books.Result()
        house = houses.all_houses()[client.house]
        books.check(house, client.contract, self.now, result)
        assert not result.findings, result.findings
        assert not result.differences, result.differences
        self.stats["invoice"] += result.invoices

    def check_statement(self, client: Client) -> None:
        """What was billed of September is what its memos count by now."""
        statement = Statement.of(client.contract, "2026-09")
        if statement is not None:
            counted = self.ask_usage(client, "2026-09")["counted"]
            assert statement.settled_calls == counted, (statement.settled_calls, counted)
            self.stats["statement"] += 1


__all__ = ["Months"]
