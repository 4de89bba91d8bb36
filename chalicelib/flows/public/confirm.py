"""The page behind a mailed link: looking changes nothing, pressing its button does."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.errors import NotFound, Refused
from chalicelib.flows.access import links
from chalicelib.flows.change import CLIENT, Change
from chalicelib.flows.contract import addresses, count, start
from chalicelib.flows.engine import contracts
from chalicelib.flows.post import act
from chalicelib.input import phones
from chalicelib.models import Contract, Token
from chalicelib.rules.contract import life, lifecycle
from chalicelib.rules.houses import House, all_houses

GONE = (
    "このリンクは無効か、有効期限が切れています。"
    "お手数ですが、メールに記載の窓口までご連絡ください。"
)


class Sight(NamedTuple):
    """What the holder of a link may see; `done` says whether the button was pressed before.

    `resumed` are the numbers that this press took off the declared ones, None
    where the link was only looked at.
    """

    purpose: str
    house: House
    contract: Contract
    mail: str
    target: str | None
    done: bool
    resumed: list[str] | None = None


def look(token: str, now: datetime) -> Sight:
    """What a link is for.

    Raises NotFound for a link that is unknown or expired, Refused for one that was overtaken.
    """
    record = Token.find(links.digest(token))
    if record is None or record.usable_until < now or record.purpose == links.PAPER:
        raise NotFound(GONE)
    house = all_houses()[record.contract.partition("-")[0]]
    try:
        contract = contracts.load(house, record.contract, now)
    except NotFound:
        raise NotFound(GONE) from None
    done = _is_done(contract, record)
    if not done and contract.status == lifecycle.ENDED:
        raise Refused(
            "このご契約は終了しています。再度のご利用は、新しいお申し込みとして承ります。"
        )
    return Sight(record.purpose, house, contract, record.mail, record.target, done)


def _is_done(contract: Contract, record: Token) -> bool:
    """Whether nothing is left to press. Raises Refused for a link that was overtaken."""
    if record.purpose == "declared":
        return not contract.declared
    if record.purpose == "start_check":
        return set(contract.start_checks) >= set(life.CHECKS)
    if record.target is None:
        return _is_mail_confirmed(contract, record)
    return _is_address_confirmed(contract, record)


def _is_mail_confirmed(contract: Contract, record: Token) -> bool:
    """The applicant's own address."""
    if contract.mail_confirmed_at is not None:
        return True
    if contract.mail != record.mail:
        raise Refused(
            "このメールアドレスは訂正されました。"
            "新しいメールアドレスに届いた確認メールをご利用ください。"
        )
    return False


def _is_address_confirmed(contract: Contract, record: Token) -> bool:
    """An address of the roster; one that bounced needs a test mail written after the bounce."""
    address = contract.address(record.target)
    if address is None or address.mail != record.mail:
        raise Refused("このメールアドレスは、報告先の登録から外れています。")
    written_at = record.usable_until - timedelta(days=addresses.LINK_DAYS)
    if address.bounced_at and written_at < address.bounced_at:
        raise Refused(
            "このアドレスへの報告が届かなかったため、新しいテストメールでの確認が必要です。"
            "窓口までご連絡ください。"
        )
    return address.confirmed_at is not None


def press(token: str, now: datetime, ticked: Collection[str] = ()) -> Sight:
    """Do what a link is for; pressed again it shows the same and changes nothing.

    `ticked` are the boxes that were ticked: points of a start check, or
    declared numbers to take off. Raises as `look`.
    """
    sight = look(token, now)
    if sight.done:
        return sight

    def story(change: Change) -> None:
        _act(change, sight, ticked)

    act.on_contract(sight.house, sight.contract.id, now, CLIENT, story)
    sight = look(token, now)
    resumed = [number for number in ticked if _is_off(sight.contract, number)]
    return sight._replace(resumed=resumed)


def _is_off(contract: Contract, number: str) -> bool:
    """Whether a ticked box was a number, and is no longer declared."""
    is_normal = phones.normalise(number) == number
    return is_normal and not contract.has_declared(number)


def _act(change: Change, sight: Sight, ticked: Collection[str]) -> None:
    if sight.purpose == "declared":
        _take_off(change, ticked)
    elif sight.purpose == "start_check":
        start.check_start(change, [point for point in life.CHECKS if point in ticked])
    elif sight.target is None:
        start.confirm_mail(change, sight.mail)
    else:
        addresses.confirm(change, sight.target, sight.mail)


def _take_off(change: Change, ticked: Collection[str]) -> None:
    declared = [entry.number for entry in change.contract.declared]
    for number in declared:
        if number in ticked:
            count.take_off(change, number)
