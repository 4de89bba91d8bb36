"""Where the process believes to be changes no yen, no date and no byte of a paper."""

import time

import pytest

from chalicelib.channels import files
from chalicelib.flows.access import keys
from chalicelib.flows.money import papers
from chalicelib.models import Statement
from dev import days
from tests import stores
from tests.desk import Desk
from tests.flows.money.bills import bills, number, takes_calls

ZONES = ("UTC", "Pacific/Kiritimati", "America/Los_Angeles")  # JST is 5 h behind, 17 h ahead


def served(desk: Desk) -> None:
    """A month with calls around its midnights, up to the day before the closing."""
    desk.on("2026-08-25").starts("smile")
    takes_calls(desk, 31, "2026-09-30")
    desk.on("2026-10-01", "00:30")
    desk.memo("late", received_at="2026-09-30T23:59:00+09:00")
    desk.memo("next", received_at="2026-10-01T00:01:00+09:00")
    desk.on("2026-10-08")


def closed_in(zone: str, monkeypatch) -> tuple:
    """What two closings make of it, in a new cloud."""
    stores.fill_moto()
    keys.forget()
    desk = Desk()
    stores.once("calls around midnight", desk, lambda: served(desk))
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    desk.on("2026-11-12")
    days.run_sweep()
    numbers = [number(desk, place) for place in range(len(bills(desk)))]
    kept = [files.read(papers.invoice_key("smile", each)) for each in numbers]
    assert all(kept)
    frozen = [Statement.of(desk.contract, month).serialize() for month in ("2026-09", "2026-10")]
    return bills(desk), frozen, kept


@pytest.fixture
def own_zone():
    yield
    time.tzset()


def test_the_time_zone_of_the_process_changes_nothing(own_zone, services, monkeypatch):
    first, *others = [closed_in(zone, monkeypatch) for zone in ZONES]
    assert all(other == first for other in others)
    assert len(first[0]) == 5
