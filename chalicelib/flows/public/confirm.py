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
from chalicelib.rules import houses
from chalicelib.rules.contract import life, lifecycle


class Sight(NamedTuple):
    """What the holder of a link may see: the purpose, the house, and whether the button was pressed before.

    `resumed` are the numbers that this press has taken off the list of declared ones; None where it was only looked.
    """

    purpose: str
    house: houses.House
    contract: Contract
    mail: str
    target: str | None
    done: bool
    resumed: list[str] | None = None


_GONE = "このリンクは無効か、有効期限が切れています。お手数ですが、メールに記載の窓口までご連絡ください。"


def look(token: str, now: datetime) -> Sight:
    """What a link is for. Raises NotFound for an unknown or expired one, Refused for one that was overtaken."""
    found = Token.find(links.digest(token))
    if found is None or found.usable_until < now:
        raise NotFound(_GONE)
    house = houses.all_houses()[found.contract.partition("-")[0]]
    try:
        contract = contracts.load(house, found.contract, now)
    except NotFound:
        raise NotFound(_GONE) from None
    done = _is_done(contract, found)
    if not done and contract.status == lifecycle.ENDED:
        raise Refused(
            "このご契約は終了しています。再度のご利用は、新しいお申し込みとして承ります。"
        )
    return Sight(found.purpose, house, contract, found.mail, found.target, done)


def _is_done(contract: Contract, found: Token) -> bool:
    if found.purpose == "declared":
        return not contract.declared
    if found.purpose == "start_check":
        return set(contract.start_checks) >= set(life.CHECKS)
    if found.target is None:
        if contract.mail != found.mail and contract.mail_confirmed_at is None:
            raise Refused(
                "このメールアドレスは訂正されました。新しいメールアドレスに届いた確認メールをご利用ください。"
            )
        return contract.mail_confirmed_at is not None
    registered = contract.address(found.target)
    if registered is None or registered.mail != found.mail:
        raise Refused("このメールアドレスは、報告先の登録から外れています。")
    if registered.bounced_at and found.usable_until < registered.bounced_at + timedelta(
        days=addresses.LINK_DAYS
    ):
        raise Refused(
            "このアドレスへの報告が届かなかったため、新しいテストメールでの確認が必要です。窓口までご連絡ください。"
        )
    return registered.confirmed_at is not None


def press(token: str, now: datetime, ticked: Collection[str] = ()) -> Sight:
    """Do what a link is for; pressed again it shows the same and changes nothing.

    `ticked` are the boxes that were ticked: points of a start check, or declared numbers to take off.
    """
    sight = look(token, now)
    if sight.done:
        return sight
    act.on_contract(
        sight.house, sight.contract.id, now, CLIENT, lambda change: _act(change, sight, ticked)
    )
    then = look(token, now)
    return then._replace(resumed=[each for each in ticked if _is_off(then.contract, each)])


def _is_off(contract: Contract, number: str) -> bool:
    return phones.normalise(number) == number and not contract.has_declared(number)


def _act(change: Change, sight: Sight, ticked: Collection[str]) -> None:
    if sight.purpose == "declared":
        for number in [each.number for each in change.contract.declared if each.number in ticked]:
            count.take_off(change, number)
    elif sight.purpose == "start_check":
        start.check_start(change, [point for point in life.CHECKS if point in ticked])
    elif sight.target is None:
        start.confirm_mail(change, sight.mail)
    else:
        addresses.confirm(change, sight.target, sight.mail)
