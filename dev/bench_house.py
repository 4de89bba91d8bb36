"""A house for the bench of the close: clients since September, with the calls of a month."""

import os
from datetime import UTC, date, datetime, timedelta
from typing import Any

HOUSE = "mk"
FROZEN = "2026-10"  # the month whose calls are counted
MEMOS = int(os.environ.get("MEMOS") or 60)  # of each contract in the month


def closing() -> Any:
    """The closing that all contracts await: that of November, which counts October."""
    from chalicelib.rules import houses
    from chalicelib.rules.money import closes

    closing = closes.ahead(_contract("any"), houses.all_houses()[HOUSE])
    assert closing is not None and closing.freezes == FROZEN
    return closing


def _contract(identity: str) -> Any:
    """A client since September who has paid everything up to now."""
    from chalicelib.models import Contract
    from chalicelib.models.contract_parts import Address, Period, Person

    began = datetime(2026, 9, 1, tzinfo=UTC)
    mail = f"{identity}@client.example"
    address = Address(id="p1a1", mail=mail, confirmed_at=began)
    return Contract(
        id=identity,
        house=HOUSE,
        status="active",
        waits_for=[],
        applied_at=began,
        applied_on=date(2026, 8, 17),
        form_digest="x",
        seen={"offer": {}},
        party="company",
        company="株式会社みほん商事",
        contact_name="髙橋 美咲",
        mail=mail,
        phone="03-6800-1000",
        plan="small",
        use="forwarding",
        line="0367001234",
        wants_trial=True,
        people=[Person(id="p1", name="髙橋 美咲", addresses=[address])],
        started_on=date(2026, 9, 1),
        active_from=date(2026, 9, 1),
        service=[Period(since=began)],
        start_checks=["call", "greeting", "report"],
        billed={"base": {"2026-09": "small", "2026-10": "small"}},
        closed_through="2026-10",
        frozen_at=datetime(2026, 10, 10, 15, tzinfo=UTC),
    )


def save_contracts(first: int, end: int) -> None:
    """Contracts of which each awaits the closing, with its calls of the month before."""
    from chalicelib.models import Contract, Memo

    due = closing().due
    identities = [f"{HOUSE}-{number:010}" for number in range(first, end)]
    with Contract.batch_write() as batch:
        for identity in identities:
            contract = _contract(identity)
            contract.due = due
            batch.save(contract)
    with Memo.batch_write() as batch:
        for identity in identities:
            for place in range(MEMOS):
                batch.save(_memo(identity, place))


def _memo(contract: str, place: int) -> Any:
    """A call of the month that counts and was reported at once."""
    from chalicelib.models import Memo

    at = datetime(2026, 10, 1 + place % 28, 1 + place // 28, tzinfo=UTC)
    return Memo(
        id=f"{contract}-{place:04}",
        contract=contract,
        house=HOUSE,
        contract_month=f"{contract}#{FROZEN}",
        received_at=at,
        taken_at=at,
        taker="bench",
        number=f"1001-{place:05}",
        operator="operator1",
        call_class="business",
        reported=True,
        counts=True,
        why="billable",
        caller_number="09012345678",
        caller_name="佐藤",
        caller_company="青葉電機",
        body_digest="x",
        handed_over_at=at + timedelta(seconds=2),
        message_id="x",
    )
