"""A long history: what the office sees of it, and its pages."""

import pytest


@pytest.mark.truth
def test_a_long_history_turns_its_pages(true_desk):
    desk = true_desk
    desk.starts("smile")
    for number in range(40):
        place = "あ" * 150 + str(number)
        desk.does("", {"papers_address": place, "invoice_address": place}, method="PATCH")
    contract = desk.look()
    assert contract["history_before"] >= 40
    assert len(contract["history"]) <= 60
    lines = desk.get(f"/v1/contracts/{desk.contract}/history").json["history"]
    assert len(lines) == contract["history_before"] + len(contract["history"])
    assert [line["event"] for line in lines][:2] == ["signed_up", "mail_confirmed"]
    assert [line["becomes"][150:] for line in lines if line["text"] == "papers_address"] == [
        str(n) for n in range(40)
    ]
