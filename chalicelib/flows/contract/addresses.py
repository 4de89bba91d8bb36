"""Addresses that reports go to: each proves itself, an old one lives until then (houses.md 7)."""

from collections.abc import Iterable

from chalicelib.errors import NotFound, Refused, wrong
from chalicelib.flows.change import Change
from chalicelib.input import rooms
from chalicelib.models.contract_parts import Address, Person
from chalicelib.rules.contract import lifecycle

LINK_DAYS = 30  # how long a report address may be confirmed by its test mail [D]


def add(change: Change, person: str, mail: str | None = None, chatwork: str | None = None) -> str:
    """Register a mail address or a room; until its button is pressed, it gets no reports.

    `person` is an id of the roster, `chatwork` a room's number. Returns the
    address's id. Raises NotFound, Invalid, and Refused where the person has
    enough of them.
    """
    return _register(change, person, _one_of(mail, chatwork))


def _one_of(mail: str | None, chatwork: str | None) -> str:
    """The one address that was given, as the roster keeps it. Raises Invalid for none and both."""
    if mail and chatwork is None:
        return mail
    if chatwork and mail is None:
        return rooms.address_of(chatwork)
    raise wrong(
        "mail",
        "報告先は、メールアドレス(mail)かルーム(chatwork)のどちらか一方を入力してください。",
    )


def _register(change: Change, person: str, mail: str, replaces: str | None = None) -> str:
    change.proceed("people_changed")
    member = person_of(change, person)
    _check_address(change, member, mail, replaces)
    used = [address.id.removeprefix(member.id) for address in member.addresses]
    address = Address(id=member.id + next_id("a", used), mail=mail, replaces=replaces)
    member.addresses.append(address)
    change.record("address_added", text=address.id)
    return address.id


def _check_address(change: Change, person: Person, mail: str, replaces: str | None) -> None:
    house = change.house
    if rooms.room_of(mail) and "chatwork" not in house.report.channels:
        raise wrong(
            "chatwork",
            "この事業者の報告はメールのみです。メールアドレスを登録してください。",
        )
    if any(address.mail.lower() == mail.lower() for address in person.addresses):
        raise wrong("mail", "このメールアドレスは、この方の報告先としてすでに登録されています。")
    staying = [
        address
        for address in person.addresses
        if address.id != replaces and address.replaces is None
    ]
    most = house.roster.addresses_per_person
    if len(staying) >= most:
        raise Refused(
            f"お一人につき登録できるメールアドレスは{most}件までです。"
            "不要なアドレスを先に削除してください。"
        )


def replace(
    change: Change,
    person: str,
    address: str,
    mail: str | None = None,
    chatwork: str | None = None,
) -> None:
    """Put a new address in an old one's place, which lives until the new one is confirmed.

    `person` and `address` are ids of the roster. Raises as `add`.
    """
    becomes = _one_of(mail, chatwork)
    member = person_of(change, person)
    old = address_of(member, address)
    if old.confirmed_at:
        # Of several changes asked for, the last one wins.
        member.addresses = [each for each in member.addresses if each.replaces != old.id]
        _register(change, person, becomes, old.id)
    else:
        member.addresses = [each for each in member.addresses if each is not old]
        _register(change, person, becomes, old.replaces)


def remove(change: Change, person: str, address: str) -> None:
    """Take an address off. Raises NotFound, and Refused for the contract's last confirmed one."""
    change.proceed("people_changed")
    member = person_of(change, person)
    old = address_of(member, address)
    refuse_losing_the_last(change, {old.id})
    member.addresses = [
        each for each in member.addresses if each is not old and each.replaces != old.id
    ]
    change.record("address_removed", text=old.id)


def confirm(change: Change, address_id: str, mail: str | None, ground: str | None = None) -> None:
    """An address has shown that it receives, by its button or, with the `ground`, by word.

    Raises Refused if it is no longer registered.
    """
    contract = change.contract
    address = contract.address(address_id)
    if address is None or mail not in (None, address.mail):
        raise Refused("このメールアドレスは、報告先の登録から外れています。")
    if address.confirmed_at or not change.proceed("address_confirmed"):
        return
    address.confirmed_at = change.now
    address.bounced_at = None
    change.record("address_confirmed", text=f"{address_id}: {ground}" if ground else address_id)
    if address.replaces:
        for person in contract.people:
            person.addresses = [each for each in person.addresses if each.id != address.replaces]
        change.record("address_removed", text=address.replaces)
        address.replaces = None


def confirm_by_word(change: Change, person: str, address: str, ground: str) -> None:
    """The client has told the office that the test mail arrived (doors.md).

    Raises NotFound, and Refused where none can have arrived.
    """
    entry = address_of(person_of(change, person), address)
    if entry.bounced_at and entry.asked == entry.asked_in_vain:
        raise Refused(
            "このアドレスには報告が届きませんでした。"
            "先にテストメールを送り直し、届いたことをご確認ください。"
        )
    confirm(change, entry.id, None, ground)


def person_of(change: Change, person_id: str) -> Person:
    """Somebody on the roster. Raises NotFound."""
    for person in change.contract.people:
        if person.id == person_id:
            return person
    raise NotFound("この方は名簿に登録されていません。")


def address_of(person: Person, address_id: str) -> Address:
    for address in person.addresses:
        if address.id == address_id:
            return address
    raise NotFound("このメールアドレスは、この方の報告先に登録されていません。")


def refuse_losing_the_last(change: Change, going: set[str]) -> None:
    """The last confirmed address stays, or nobody could be told of a call."""
    contract = change.contract
    confirmed = {address.id for _, address in contract.addresses() if address.confirmed_at}
    if confirmed and confirmed <= going and contract.status != lifecycle.APPLIED:
        raise Refused(
            "確認済みの報告先がなくなるため、削除できません。"
            "先に別のメールアドレスを登録し、確認を済ませてください。"
        )


def next_id(prefix: str, used: Iterable[str]) -> str:
    """The next free id; a number is never given twice while the one before it is there."""
    numbers = [int(each.removeprefix(prefix)) for each in used]
    return f"{prefix}{max(numbers, default=0) + 1}"
