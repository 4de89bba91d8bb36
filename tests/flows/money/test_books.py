"""Books, the close as a job of its own, recounts and dead letters (money.md The close)."""

import json

import pytest

import app
from chalicelib.channels import queue
from chalicelib.config import settle_dead_letters_url
from chalicelib.models import Book, Invoice, Progress, Statement
from dev import days
from tests import stores
from tests.flows.money.bills import bills, invoices, number, pays, takes_calls


def checked(desk) -> tuple[list, list]:
    """What the books of today say: (what is wrong, what the next closing puts right)."""
    days.run_books(desk.moment)
    parts = list(Book.query(f"{desk.house}#{desk.today}"))
    assert parts[-1].part == "head"
    return (
        [finding for part in parts for finding in part.findings],
        [difference for part in parts for difference in part.differences],
    )


@pytest.fixture
def closed(desk):
    """An MK contract with a closed September of 21 calls, one over its plan."""

    def live():
        desk.on("2026-08-24").starts("mk")
        desk.does("continuation")
        desk.passes("payment", yen=5920)
        desk.calls = takes_calls(desk, 21, "2026-09-15")
        desk.on("2026-10-14")

    stores.once("september of mk", desk, live)
    return desk


def test_good_books_have_no_findings(closed):
    desk = closed
    assert checked(desk) == ([], [])
    head = Book.get(f"mk#{desk.today}", "head")
    part = Book.get(f"mk#{desk.today}", "0001")
    assert (head.parts, head.contracts) == (1, 1)
    assert (part.contracts, part.invoices, part.statements) == (1, 2, 2)


def test_a_correction_is_listed_until_the_next_closing_bills_it(closed):
    desk = closed
    desk.decides(desk.calls[0], "sales", "営業と判明")
    difference = {
        "contract": desk.contract,
        "month": "2026-09",
        "settled": 21,
        "counted": 20,
        "surcharge_yen": 0,
    }
    assert checked(desk) == ([], [difference])
    desk.on("2026-11-11")
    assert bills(desk)[-1][3] == ["base 2026-11 1×2960", "count_changed 2026-09 1×-148"]
    assert checked(desk) == ([], [])


def test_a_count_that_nobody_changed_by_the_ledger_is_found_and_billed(closed):
    """A memo damaged by hand, months later: the ledger knows nothing of it."""
    desk = closed
    desk.on("2026-12-15")
    stores.damage("memos", desk.calls[0], counts=False)
    stores.damage("memos", desk.calls[1], counts=False)
    findings, [difference] = checked(desk)
    assert findings == []
    assert (difference["settled"], difference["counted"]) == (21, 19)
    desk.on("2027-01-13")
    assert "count_changed 2026-09 1×-148" in bills(desk)[-1][3]
    assert checked(desk) == ([], [])


def test_recount_by_hand_first_says_what_it_would_do(closed):
    desk = closed
    desk.on("2026-12-15")
    stores.damage("memos", desk.calls[0], counts=False)
    event = {"house": "mk", "contract": desk.contract, "time": desk.moment.isoformat()}
    dry = app.recount(event, None)
    assert [each["month"] for each in dry["differences"]] == ["2026-09"]
    desk.on("2027-01-13")
    assert "count_changed 2026-09 1×-148" not in bills(desk)[-1][3]
    app.recount(event | {"dry_run": False, "time": desk.moment.isoformat()}, None)
    desk.on("2027-02-11")
    assert "count_changed 2026-09 1×-148" in bills(desk)[-1][3]


def test_recount_says_what_is_missing():
    assert app.recount({"house": "nobody"}, None) == {"error": "house: send one of mk, smile"}


DAMAGE = [
    ("total_yen", 1, ["lines are not the total", "tax rates are not the total"]),
    ("open_yen", 7, ["open amount differs"]),
]


@pytest.mark.parametrize(("attribute", "value", "found"), DAMAGE)
def test_a_damaged_invoice_is_found(closed, capfd, attribute, value, found):
    desk = closed
    stores.damage("invoices", number(desk, -1), key="number", **{attribute: value})
    findings, _ = checked(desk)
    assert [finding["what"] for finding in findings] == found
    assert '{"alarm": "books do not check", "house": "mk"' in capfd.readouterr().err


def test_an_invoice_that_is_gone_is_found(closed):
    desk = closed
    Invoice(number(desk, -1)).delete()
    findings, _ = checked(desk)
    what = [finding["what"] for finding in findings]
    assert "invoice missing" in what
    assert "billed and kept differ" in what
    assert "calls over billed otherwise" in what


def test_a_statement_that_is_gone_is_found(closed):
    desk = closed
    Statement(desk.contract, "2026-09").delete()
    findings, _ = checked(desk)
    assert [finding["what"] for finding in findings] == ["month not frozen"]


def test_a_closing_is_complete_when_nobody_is_left(desk):
    desk.on("2026-08-24").starts("mk")
    desk.on("2026-09-10")
    assert Progress.find("close#mk#2026-09") is None
    desk.on("2026-09-11")
    assert Progress.find("close#mk#2026-09").state == "complete"


def test_a_closing_that_is_not_complete_by_morning_is_an_alarm(closed, capfd):
    desk = closed
    stores.damage("contracts", desk.contract, plan="gone")
    desk.on("2026-11-11")
    record = Progress.find("close#mk#2026-11")
    assert (record.state, record.left) == ("open", 1)
    days.run_books(desk.moment)
    err = capfd.readouterr().err
    assert '{"alarm": "close not complete", "house": "mk", "month": "2026-11", "left": 1}' in err
    stores.damage("contracts", desk.contract, plan="small")
    desk.on("2026-11-12")
    assert Progress.find("close#mk#2026-11").state == "complete"
    assert bills(desk)[-1][1] == "2026-11-10"


def test_dead_letters_go_back_and_complete_the_close(closed):
    desk = closed
    before = len(invoices(desk))
    desk.at("2026-11-12")
    message = {"house": "mk", "now": desk.moment.isoformat(), "contracts": [desk.contract]}
    queue.client().send_message(QueueUrl=settle_dead_letters_url(), MessageBody=json.dumps(message))
    assert app.redrive({}, None) == {"settle": 1}
    assert app.redrive({"dry_run": False}, None) == {"settle": 1}
    days.drain()
    assert Invoice.count() == before + 1
    assert app.redrive({}, None) == {"settle": 0}


def test_a_short_payment_keeps_the_books_right(closed):
    desk = closed
    pays(desk, 1000, "2026-10-14", number(desk, -1))
    pays(desk, 9000, "2026-10-14", number(desk, -1), number(desk, -2))
    assert checked(desk) == ([], [])
    assert desk.look()["paid_yen"] == 5920
