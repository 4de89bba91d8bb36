"""What a diary of the bank sends: lists of records made byte by byte, and what comes back."""

import base64
from datetime import date

from tests.desk import Answer, Desk
from tests.rules.money.bank_files import END, digits, fill, joined

OWN = ("9999", "001", "1", "1234567")  # the account of the house file


def era(day: str) -> str:
    """A JST date as banks write it: 2026-09-01 is 080901."""
    on = date.fromisoformat(day)
    return f"{on.year - 2018:02}{on:%m%d}"


def row(payer: str, yen: int, on: str, number: str = "", cancel: bool = False) -> bytes:
    """One notice of list 01."""
    mark = b"1" if cancel else b" "
    day = era(on).encode()
    return (
        b"2" + fill(number, 6) + day + day + digits(yen, 10) + digits(0, 10) + b"0" * 10
        + fill(payer, 48) + fill("", 15) + fill("", 15) + mark + b" " * 72
    )  # fmt: skip


def notices(*rows: bytes, own: tuple[str, str, str, str] = OWN, count: int | None = None) -> bytes:
    """A whole list 01 of one account; `count` lies about how many came in."""
    bank, branch, kind, number = own
    head = (
        b"1010" + b"080901" * 3 + bank.encode() + fill("", 15) + branch.encode() + fill("", 15)
        + kind.encode() + number.encode() + fill("", 40) + b" " * 93
    )  # fmt: skip
    came = [int(each[19:29]) for each in rows if each[127:128] == b" "]
    back = [int(each[19:29]) for each in rows if each[127:128] == b"1"]
    trailer = (
        b"8" + digits(len(came) if count is None else count, 6) + digits(sum(came), 12)
        + digits(len(back), 6) + digits(sum(back), 12) + b" " * 163
    )  # fmt: skip
    return joined([head, *rows, trailer, END])


def sends(desk: Desk, content: bytes, name: str = "meisai.txt") -> Answer:
    """The office sends a bank's file."""
    body = {"name": name, "content": base64.b64encode(content).decode()}
    return desk.post("/v1/bank-lists", body)


def imports(desk: Desk, content: bytes) -> tuple[int, int]:
    """Import a list that must succeed: (new, known)."""
    answer = sends(desk, content)
    assert answer.status == 200, answer.text
    return answer.json["new"], answer.json["known"]


def proposals(desk: Desk) -> list[dict]:
    answer = desk.get("/v1/proposals?limit=200")
    assert answer.status == 200, answer.text
    return answer.json["proposals"]


def confirms(desk: Desk, *wishes: dict) -> list[dict]:
    answer = desk.post("/v1/proposals/confirm", {"confirmed": list(wishes)})
    assert answer.status == 200, answer.text
    return answer.json["confirmed"]


def as_proposed(proposal: dict) -> dict:
    """The wish that a proposal makes."""
    return {"payment": proposal["payment"]["id"], "invoices": proposal["invoices"]}
