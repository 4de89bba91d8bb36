"""The office: who is told of a client's calls, and at which addresses."""

from typing import Any

from chalice import Blueprint

from chalicelib.errors import Fault, Invalid
from chalicelib.flows.contract import addresses, people
from chalicelib.handlers.actions import CONTRACT, change
from chalicelib.handlers.http import api
from chalicelib.input import rooms
from chalicelib.input.kinds import Day, Mail, Room
from chalicelib.input.shapes import Many, Number, Shape, Text

routes = Blueprint(__name__)

_DESCRIBED: dict[str, Any] = {
    "reading": Text("ふりがな", required=False),
    "aliases": Many("別名・役職名", Text("別名", max=40), required=False, max=10),
    "position": Number("名簿の順番(1が先頭)", min=1, max=people.PEOPLE, required=False),
    "away_until": Day("ご不在の最終日", required=False),
    "deputy": Text("ご不在中に報告を受ける方の番号", required=False, max=10, example="p2"),
}
_ADDRESSES = Many("報告先のメールアドレス", Mail("報告先のメールアドレス"), required=False, max=20)
_WHERE = Shape(
    "AddressGiven",
    mail=Mail("報告先のメールアドレス", required=False),
    chatwork=Room("Chatworkのルーム", required=False),
)
_PERSON = "/v1/contracts/{contract}/people/{person}"
_ADDRESS = _PERSON + "/addresses/{address}"


@api(
    routes,
    "POST",
    "/v1/contracts/{contract}/people",
    "Add somebody to the roster; each address gets a test mail",
    takes=Shape("PersonAdded", name=Text("お名前"), addresses=_ADDRESSES, **_DESCRIBED),
    gives=CONTRACT,
)
def add_person(asked, contract):
    return change(asked, contract, lambda change: people.add_person(change, asked.body))


@api(
    routes,
    "PATCH",
    _PERSON,
    "Change a person: names, place in the roster, an absence with a deputy",
    takes=Shape("PersonChanged", name=Text("お名前", required=False), **_DESCRIBED),
    gives=CONTRACT,
)
def change_person(asked, contract, person):
    return change(asked, contract, lambda change: people.change_person(change, person, asked.body))


@api(routes, "DELETE", _PERSON + "/absence", "An absence is over", gives=CONTRACT)
def end_absence(asked, contract, person):
    return change(asked, contract, lambda change: people.come_back(change, person))


@api(routes, "DELETE", _PERSON, "Take somebody off the roster", gives=CONTRACT)
def remove_person(asked, contract, person):
    return change(asked, contract, lambda change: people.remove_person(change, person))


@api(
    routes,
    "POST",
    _PERSON + "/addresses",
    "Add an address: no reports until its button is pressed",
    takes=_WHERE,
    gives=CONTRACT,
)
def add_address(asked, contract, person):
    return change(asked, contract, lambda change: addresses.add(change, person, _where(asked.body)))


@api(
    routes,
    "PATCH",
    _ADDRESS,
    "Put a new address in an old one's place, once it is confirmed",
    takes=_WHERE,
    gives=CONTRACT,
)
def change_address(asked, contract, person, address):
    return change(
        asked,
        contract,
        lambda change: addresses.replace(change, person, address, _where(asked.body)),
    )


def _where(said: dict) -> str:
    """The one address that was given, a mail address or a Chatwork room. Raises Invalid for none and for both."""
    if (said["mail"] is None) is (said["chatwork"] is None):
        raise Invalid(
            [
                Fault(
                    "mail",
                    "報告先は、メールアドレス(mail)かルーム(chatwork)のどちらか一方を入力してください。",
                )
            ]
        )
    return said["mail"] or rooms.address_of(said["chatwork"])


@api(routes, "DELETE", _ADDRESS, "Take an address off", gives=CONTRACT)
def remove_address(asked, contract, person, address):
    return change(asked, contract, lambda change: addresses.remove(change, person, address))


@api(routes, "POST", _ADDRESS + "/test-mail", "Send the test mail once more", gives=CONTRACT)
def send_test_mail(asked, contract, person, address):
    return change(
        asked, contract, lambda change: addresses.send_test_mail_again(change, person, address)
    )


@api(
    routes,
    "POST",
    _ADDRESS + "/confirmation",
    "Record that the client has told the office of the test mail's receipt",
    takes=Shape(
        "AddressConfirmed", ground=Text("根拠(確認した事実)", max=300, example="お電話で受信を確認")
    ),
    gives=CONTRACT,
)
def confirm_address(asked, contract, person, address):
    return change(
        asked,
        contract,
        lambda change: addresses.confirm_by_word(change, person, address, asked.body["ground"]),
    )
