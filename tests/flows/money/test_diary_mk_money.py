"""MK over eight months: what is billed, what is paid, and what goes back (money.md)."""

from tests.flows.money.bills import bills, invoices, number, pays, takes_calls


def test_a_contract_of_eight_months(desk):
    desk.on("2026-08-03").starts("mk")
    desk.on("2026-08-10").does("continuation")
    assert bills(desk) == [
        (
            "202608-1",
            "2026-08-10",
            "2026-08-12",
            ["base 2026-08 1×2960", "deposit - 1×2960"],
            5920,
        )
    ]
    desk.on("2026-08-11").passes("payment", yen=5920)
    takes_calls(desk, 3, "2026-08-11")  # within the free trial
    assert desk.on("2026-08-13").status == "active"
    takes_calls(desk, 5, "2026-08-20")

    desk.on("2026-09-11")
    assert bills(desk)[1:] == [
        ("202609-1", "2026-09-10", "2026-09-28", ["base 2026-09 1×2960"], 2960)
    ]
    pays(desk, 2960, "2026-09-11", number(desk, -1))

    calls = takes_calls(desk, 22, "2026-09-15")
    angry = takes_calls(desk, 1, "2026-09-16", surcharge={"yen": 200, "reason": "長時間のお電話"})
    desk.on("2026-10-14")
    assert bills(desk)[2:] == [
        (
            "202610-1",
            "2026-10-13",
            "2026-10-27",
            ["base 2026-10 1×2960", "overage 2026-09 3×148", "surcharge 2026-09 1×200"],
            2960 + 444 + 200,
        )
    ]
    pays(desk, 3000, "2026-10-14", number(desk, -1))
    assert invoices(desk)[-1]["open_yen"] == 604

    # After the freeze two of 23 calls turn out not to count, one of them with its surcharge.
    desk.on("2026-10-20")
    assert desk.decides(calls[0], "sales", "営業と判明").status == 200
    assert desk.decides(angry[0], "sales", "営業と判明").status == 200
    desk.does("plan", {"plan": "half"})
    desk.on("2026-11-05").has_line("03-6700-9001")
    desk.does("lines", {"number": "03-6700-9001", "use": "forwarding"})
    takes_calls(desk, 4, "2026-11-05")
    desk.on("2026-11-11")
    assert bills(desk)[3:] == [
        (
            "202611-1",
            "2026-11-10",
            "2026-11-27",
            [
                "base 2026-11 1×5720",
                "number 2026-11 1×1100",
                "count_changed 2026-09 2×-148",
                "surcharge_changed 2026-09 1×-200",
            ],
            5720 + 1100 - 296 - 200,
        )
    ]
    assert [line["note"] for line in invoices(desk)[-1]["lines"]][2] is None

    # Overdue: the rest of October. Paid twice: November, whose double is credit.
    assert "未払いの金額: 604円" in desk.letter("お支払いのご確認のお願い")
    pays(desk, 604, "2026-11-11", number(desk, 2))
    desk.on("2026-11-12")
    pays(desk, 6324, "2026-11-12", number(desk, 3))
    double = pays(desk, 6324, "2026-11-12")
    assert double["contract"] is None
    matched = desk.post(f"/v1/payments/{double['id']}/match", {"invoices": [number(desk, 3)]})
    assert matched.json["credit_yen"] == 6324

    # Four people who receive reports, one more than is free, after November's closing.
    desk.on("2026-11-20")
    for name in ("鈴木", "田中", "山田"):
        address = f"{len(name)}{ord(name[0])}@sakura.example"
        desk.does("people", {"name": name, "addresses": [address]})
        desk.presses("テストメール", to=address)
    assert "月額210円" in desk.letter("報告先の人数による料金のお知らせ")
    desk.on("2026-12-11")
    assert bills(desk)[4:] == [
        (
            "202612-1",
            "2026-12-10",
            "2026-12-28",
            [
                "base 2026-12 1×5720",
                "number 2026-12 1×1100",
                "person 2026-11 1×210",
                "person 2026-12 1×210",
            ],
            5720 + 1100 + 210 + 210,
        )
    ]
    december = invoices(desk)[-1]
    assert (december["credit_yen"], december["payable_yen"]) == (6324, 7240 - 6324)
    pays(desk, 916, "2026-12-11", december["number"])

    desk.on("2026-12-20").does("lines/03-6700-9001", method="DELETE")
    takes_calls(desk, 45, "2026-12-21")
    desk.on("2027-01-13")
    assert bills(desk)[5:] == [
        (
            "202701-1",
            "2027-01-12",
            "2027-01-27",
            ["base 2027-01 1×5720", "person 2027-01 1×210", "overage 2026-12 5×143"],
            5720 + 210 + 715,
        )
    ]

    # Leaves in January, pays two invoices late in one transfer, and has the deposit back.
    desk.on("2027-01-20").does("notice")
    takes_calls(desk, 41, "2027-01-21")
    assert desk.on("2027-02-01").status == "ended"
    desk.on("2027-02-11")
    assert bills(desk)[6:] == [
        ("202702-1", "2027-02-10", "2027-03-01", ["overage 2027-01 1×143"], 143)
    ]
    assert desk.get("/v1/payouts").json["payouts"] == []
    desk.on("2027-02-15")
    pays(desk, 6645 + 143, "2027-02-15", number(desk, 5), number(desk, 6))
    [payout] = desk.get("/v1/payouts?open=1").json["payouts"]
    assert payout["parts"] == [{"reason": "deposit", "yen": 2960}]
    assert (payout["yen"], payout["fee_yen"], payout["net_yen"]) == (2960, 440, 2520)
    sent = desk.post(f"/v1/payouts/{payout['id']}/paid", {"on": "2027-02-15"})
    assert sent.json["paid_on"] == "2027-02-15"
    assert "お振込額: 2,520円" in desk.letter("ご返金のお知らせ")

    # Nothing more follows, however long one waits.
    assert len(bills(desk.on("2027-08-01"))) == 7
    assert desk.ahead == []
    total = sum(row[-1] for row in bills(desk))
    assert total == 5920 + 2960 + 3604 + 6324 + 7240 + 6645 + 143
    assert sum(row["open_yen"] for row in invoices(desk)) == 0
