"""The statements of a house, by month and by contract."""

import pytest

from tests import stores
from tests.flows.money.bills import takes_calls

SECOND = {"mail": "second@a.example", "phone": "03-6800-2222", "company": "有限会社みなと"}


@pytest.fixture
def closed(desk):
    """A client of smile after two closings, and one who has just applied."""

    def live():
        desk.on("2026-08-25").starts("smile")
        desk.first = desk.contract
        takes_calls(desk, 2, "2026-09-29")
        desk.on("2026-11-12").signs_up("smile", **SECOND)
        desk.contract = desk.first

    stores.once("two closings at smile", desk, live)
    return desk


def listed(desk, query: str) -> list[dict]:
    return desk.get(f"/v1/statements?{query}").json["statements"]


def test_a_contract_has_its_months_the_newest_first(closed):
    rows = listed(closed, f"contract={closed.first}")
    assert [row["month"] for row in rows] == ["2026-10", "2026-09", "2026-08"]
    assert listed(closed, f"contract={closed.first}&month=2026-09") == [
        {
            "contract": closed.first,
            "client": "株式会社さくら商事",
            "month": "2026-09",
            "plan": "light",
            "counted": 2,
            "settled": 2,
            "surcharge_yen": 0,
        }
    ]


def test_a_month_lists_all_who_were_closed_in_it(closed):
    assert [row["contract"] for row in listed(closed, "month=2026-09")] == [closed.first]
    assert listed(closed, "month=2026-11") == []


def test_a_list_goes_on_behind_its_cursor(closed):
    answer = closed.get("/v1/statements?month=2026-09&limit=1").json
    assert answer["statements"] == []  # of who has just applied
    rest = listed(closed, f"month=2026-09&limit=1&cursor={answer['cursor']}")
    assert [row["contract"] for row in rest] == [closed.first]
    first = closed.get(f"/v1/statements?contract={closed.first}&limit=2").json
    rest = listed(closed, f"contract={closed.first}&limit=2&cursor={first['cursor']}")
    assert [row["month"] for row in first["statements"] + rest] == ["2026-10", "2026-09", "2026-08"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "month"),
        ("month=2026-13", "month"),
        ("month=2026-09&cursor=x", "cursor"),
        ("contract={contract}&cursor=x", "cursor"),
    ],
)
def test_what_is_not_asked_rightly_is_said_by_its_field(closed, query, field):
    answer = closed.get(f"/v1/statements?{query.format(contract=closed.first)}")
    assert (answer.status, answer.faults) == (422, [field])


def test_another_house_and_an_operator_see_nothing(closed):
    assert closed.get(f"/v1/statements?contract={closed.first}", house="mk").status == 404
    assert closed.get("/v1/statements?month=2026-09", house="mk").json["statements"] == []
    assert closed.get("/v1/statements?month=2026-09", role="operator").status == 403
