"""The page behind a mailed link: looking changes nothing, pressing its button does."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.errors import NotFound, Refused
from chalicelib.flows import contract as contracts
from chalicelib.flows import links
from chalicelib.flows.case import CLIENT, Case
from chalicelib.models import Contract, Token
from chalicelib.rules import contract as life
from chalicelib.rules import house as houses


class Sight(NamedTuple):
    """What the holder of a link may see: the purpose, the house, and whether the button was pressed before."""

    purpose: str
    house: houses.House
    contract: Contract
    mail: str
    target: str | None
    done: bool


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
    if not done and contract.status == life.ENDED:
        raise Refused(life.LIFE[life.ENDED, "address_confirmed"][1])
    return Sight(found.purpose, house, contract, found.mail, found.target, done)


def _is_done(contract: Contract, found: Token) -> bool:
    if found.purpose == "mail":
        if contract.mail != found.mail:
            raise Refused("このメールアドレスは訂正されました。新しいメールアドレスに届いた確認メールをご利用ください。")
        return contract.mail_confirmed_at is not None
    address = contract.address(found.target)
    if address is None or address.mail != found.mail:
        raise Refused("このメールアドレスは、報告先の登録から外れています。")
    return address.confirmed_at is not None


def press(token: str, now: datetime) -> Sight:
    """Do what a link is for; pressed again it shows the same and changes nothing."""
    sight = look(token, now)
    if sight.done:
        return sight
    contracts.change(sight.house, sight.contract.id, now, CLIENT, lambda case: _act(case, sight))
    return look(token, now)


def _act(case: Case, sight: Sight) -> None:
    if sight.target is None:
        contracts.confirm_mail(case)
    else:
        contracts.confirm_address(case, sight.target, sight.mail)
