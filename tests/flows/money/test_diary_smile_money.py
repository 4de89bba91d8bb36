"""Smile over a year: paid in advance, plans around closings, options, an end by the house."""

import pytest

from tests.flows.money.bills import bills, invoices, number, pays, takes_calls


def test_a_contract_of_ten_months(desk):
    """Started after August's closing; each month is billed in the closing before it."""
    desk.on("2026-08-25").starts("smile", use="forwarding")
    assert bills(desk) == [("202608-1", "2026-08-25", None, ["base - 1×5500"], 5500)]
    takes_calls(desk, 33, "2026-08-28")  # calls of a trial count here
    desk.on("2026-09-02").does("plan", {"plan": "regular"})  # in the trial: at once
    assert desk.on("2026-09-09").status == "active"
    assert bills(desk)[1:] == [
        ("202608-2", "2026-09-09", "2026-09-30", ["base 2026-09 1×8800"], 8800)
    ]
    desk.on("2026-09-11")
    assert bills(desk)[2:] == [
        (
            "202609-1",
            "2026-09-10",
            "2026-09-30",
            ["base 2026-10 1×8800", "overage 2026-08 3×165"],
            8800 + 495,
        )
    ]
    pays(desk, 8800 + 9295, "2026-09-11", number(desk, 1), number(desk, 2))

    # An option ordered after the closing: the next one bills three months of it.
    desk.on("2026-09-20").does("options/guidance", {"script": "本日の受付は終了しました。"})
    takes_calls(desk, 62, "2026-09-21")
    desk.on("2026-10-14")
    assert bills(desk)[3:] == [
        (
            "202610-1",
            "2026-10-13",
            "2026-10-30",
            [
                "base 2026-11 1×8800",
                "option 2026-09 1×1100",
                "option 2026-10 1×1100",
                "option 2026-11 1×1100",
                "overage 2026-09 2×154",
            ],
            8800 + 3300 + 308,
        )
    ]
    # Given up now, it stays until the last month that was billed.
    desk.does("options/guidance", method="DELETE")
    assert desk.look()["options"][0]["until"] == "2026-11-30"
    pays(desk, 12408, "2026-10-14", number(desk, -1))

    # A smaller plan, asked for in time for December.
    desk.on("2026-11-10").does("plan", {"plan": "light"})
    desk.on("2026-11-11")
    assert bills(desk)[4:] == [
        ("202611-1", "2026-11-10", "2026-11-30", ["base 2026-12 1×5500"], 5500)
    ]
    # Notice in December before the closing: nothing is billed for January.
    desk.on("2026-12-01").does("notice")
    desk.on("2026-12-12")
    assert len(bills(desk)) == 5
    # Withdrawn after the closing: January is due at once.
    desk.on("2026-12-15").does("notice", method="DELETE")
    assert bills(desk)[5:] == [
        ("202612-1", "2026-12-15", "2026-12-28", ["base 2027-01 1×5500"], 5500)
    ]
    pays(desk, 11000, "2026-12-15", number(desk, 4), number(desk, 5))
    desk.on("2027-02-09").does("notice")
    desk.on("2027-05-01")
    assert bills(desk)[6:] == [
        ("202701-1", "2027-01-12", "2027-01-29", ["base 2027-02 1×5500"], 5500)
    ]
    assert desk.look()["end_reason"] == "left"
    assert [row["open_yen"] for row in invoices(desk)] == [0, 0, 0, 0, 0, 0, 5500]


def test_a_month_billed_in_advance_goes_back_when_the_house_ends_the_contract(desk):
    desk.on("2026-08-25").starts("smile")
    desk.on("2026-10-14")
    for place in (1, 2, 3):
        pays(desk, 5500, "2026-10-14", number(desk, place))
    desk.does("termination", {"on": "2026-10-20", "reason": "ご契約内容と異なるご利用のため"})
    desk.on("2026-11-11")
    assert bills(desk)[4:] == [
        ("202611-1", "2026-11-10", "2026-11-30", ["returned 2026-11 1×-5500"], -5500)
    ]
    [payout] = desk.get("/v1/payouts").json["payouts"]
    assert (payout["parts"], payout["net_yen"]) == ([{"reason": "credit", "yen": 5500}], 5060)


def test_a_missed_close_is_made_up_two_months_later_with_its_own_dates(desk):
    desk.on("2026-08-25").starts("smile")
    desk.on("2026-09-09")
    takes_calls(desk, 31, "2026-09-08")
    desk.at("2026-11-20").look()  # no night since
    made_up = bills(desk)
    assert [(row[1], row[2], row[4]) for row in made_up[2:]] == [
        ("2026-09-10", "2026-09-30", 5500),
        ("2026-10-13", "2026-10-30", 5500 + 165),
        ("2026-11-10", "2026-11-30", 5500),
    ]
    desk.on("2026-11-21")
    assert bills(desk) == made_up
    # Of the reminders that were missed only the last one goes out: of 19 November here.
    assert len(desk.subjects(f"お支払いのご確認のお願い({number(desk, 1)})")) == 1


@pytest.mark.parametrize("stop_on", ["2026-09-01", "2026-09-15"])
def test_a_trial_that_is_stopped_costs_nothing_but_the_transfer(desk, stop_on):
    desk.on("2026-09-01").starts("smile")
    desk.on(stop_on).does("stop")
    assert [(row[3], row[4]) for row in bills(desk)] == [
        (["base - 1×5500"], 5500),
        (["base - 1×-5500"], -5500),
    ]
    [payout] = desk.get("/v1/payouts").json["payouts"]
    assert payout["parts"] == [{"reason": "trial", "yen": 5500}]
    assert (payout["fee_yen"], payout["net_yen"]) == (440, 5060)


def test_a_listed_number_is_an_option_of_its_months(desk):
    desk.on("2026-09-01").starts("smile", use="forwarding")
    desk.on("2026-10-20").does("lines/03-6700-1234", {"use": "listed"}, method="PATCH")
    desk.on("2026-11-11")
    assert bills(desk)[-1][3] == [
        "base 2026-12 1×5500",
        "listed 2026-10 1×1100",
        "listed 2026-11 1×1100",
        "listed 2026-12 1×1100",
    ]
