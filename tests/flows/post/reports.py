"""Reports of house mk, and what SES and the office say of them."""

import app
from chalicelib.channels import ses
from chalicelib.models import Contract, Letter, Memo
from dev import ses_events
from tests.desk import Desk

PC, MOBILE, SUZUKI = "pc@sakura.example", "mobile@sakura.example", "suzuki@sakura.example"
ROOM = "chatwork:123456"


def takes_memo(desk: Desk, **facts) -> Memo:
    """An operator writes down a call; the memo as it is stored after its first try."""
    return Memo.find(desk.memo(**facts).json["id"])


def adds_room(desk: Desk) -> None:
    """鈴木 reads the room as well, confirmed by word."""
    desk.does("people/p2/addresses", {"chatwork": "123456"})
    desk.does("people/p2/addresses/p2a2/confirmation", {"ground": "お電話で確認"})


def mail_of(
    desk: Desk, item: Memo | Letter, to: list[str], message: str = "ses-1", at=None
) -> ses_events.Mail:
    """A mail of an item as SES knows it."""
    tags = {item.tag: ses.tagged(item.id), "contract": item.contract, "stage": "test"}
    return ses_events.Mail(message, tags, to, at or desk.moment)


def tells(desk: Desk, event: dict) -> list[str]:
    """SES publishes an event through its topic."""
    return app.mail_events(desk.topic.record(event, desk.moment), None)["ended"]


def report_of(desk: Desk, memo: Memo) -> dict:
    """What an operator sees of a memo's report."""
    return desk.memo_screen(memo.id)["report"]


def states(desk: Desk, memo: Memo) -> dict[str, str | None]:
    """The state of a report at each of its addresses."""
    return {line["address"]: line["state"] for line in report_of(desk, memo)["deliveries"]}


def confirmed_addresses(desk: Desk) -> list[str]:
    people = Contract.find(desk.contract).people
    return [each.mail for person in people for each in person.addresses if each.confirmed_at]
