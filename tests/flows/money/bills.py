"""What a diary of money reads: invoices as short rows, and calls by the dozen."""

from datetime import date, time

from chalicelib.rules import calendar
from dev import days
from tests.desk import Desk, jst


def takes_calls(desk: Desk, count: int, on: str, **facts) -> list[str]:
    """So many calls of a day, written down at its end; the ids of their memos."""
    desk.on(on, "18:00")
    day = date.fromisoformat(on)
    ids = []
    for place in range(count):
        moment = calendar.at(day, time(9 + place // 12, place % 12 * 5))
        phone = f"090-1234-{place:04}"  # nobody calls twice
        caller = {"company": "青葉電機", "name": "佐藤", "phone": phone}
        said = {"received_at": jst(moment), "caller": caller} | facts
        answer = desk.memo(f"{on}-{place}-{len(facts)}", **said)
        assert answer.status == 201, answer.text
        ids.append(answer.json["id"])
    return ids


def invoices(desk: Desk) -> list[dict]:
    """The contract's invoices in the order in which they were issued."""
    listed = desk.get(f"/v1/invoices?contract={desk.contract}&limit=200").json["invoices"]
    rows = [desk.get(f"/v1/invoices/{row['number']}").json for row in listed]
    return sorted(rows, key=lambda row: (row["issued_on"], row["number"]))


def number(desk: Desk, place: int) -> str:
    """The number of the contract's invoice at that place, the last one at -1."""
    return invoices(desk)[place]["number"]


def bills(desk: Desk) -> list[tuple]:
    """Each invoice: (part of its number, issued, due, its lines, total)."""
    return [
        (
            row["number"].removeprefix(f"{desk.contract}-"),
            row["issued_on"],
            row["due_on"],
            [short(line) for line in row["lines"]],
            row["total_yen"],
        )
        for row in invoices(desk)
    ]


def short(line: dict) -> str:
    """A line in one word: what, of which month, how many times how much."""
    month = line["month"] or "-"
    return f"{line['kind']} {month} {line['quantity']}×{line['unit_yen']}"


def pays(desk: Desk, yen: int, on: str, *numbers: str, key: str = "", payer: str = "ｻｸﾗ") -> dict:
    """The office records a transfer, and matches it where invoices are named."""
    body = {"on": on, "yen": yen, "payer": payer, "invoices": list(numbers) or None}
    body = {name: fact for name, fact in body.items() if fact is not None}
    key = key or f"pay-{on}-{yen}-{'-'.join(numbers)}"
    answer = desk.post("/v1/payments", body, **{"idempotency-key": key})
    assert answer.status == 201, answer.text
    return answer.json


def wakes(desk: Desk, day: str, clock_time: str = "10:00") -> Desk:
    """Live only the last of the nights until that day: those before it were missed."""
    desk.moment = calendar.at(date.fromisoformat(day), days.NIGHT)
    days.run_night(desk.moment)
    desk.moment = calendar.at(date.fromisoformat(day), days.MORNING)
    days.run_sweep()
    return desk.at(day, clock_time)


def lines(desk: Desk, place: int) -> list[str]:
    """The lines of the contract's invoice at that place, the last one at -1."""
    return [short(line) for line in invoices(desk)[place]["lines"]]


def issued(desk: Desk) -> list[tuple]:
    """Each invoice: (when it was issued, its lines)."""
    return [(row[1], row[3]) for row in bills(desk)]


def hires(desk: Desk, count: int) -> list[str]:
    """So many more people receive reports from now on; their ids."""
    ids = []
    for place in range(count):
        address = f"more{desk.moment:%m%d%H%M}{place}@sakura.example"
        added = desk.does("people", {"name": f"増田{place}", "addresses": [address]})
        desk.presses("テストメール", to=address)
        ids.append(added["people"][-1]["id"])
    return ids
