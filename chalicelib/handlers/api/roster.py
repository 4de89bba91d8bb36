"""The office: who is told of a client's calls, and at which addresses."""

from typing import Any

from chalice import Blueprint

from chalicelib.flows.contract import addresses, people, test_mail
from chalicelib.handlers.actions import Action, open_actions
from chalicelib.input.kinds import Day, Mail, Room
from chalicelib.input.shapes import Many, Number, Shape, Text

routes = Blueprint(__name__)

_WHERE = Shape(
    "AddressGiven",
    mail=Mail("報告先のメールアドレス", required=False),
    chatwork=Room("Chatworkのルーム", required=False),
)
_MAIL = Mail("報告先のメールアドレス")
_DESCRIBED: dict[str, Any] = {
    "reading": Text("ふりがな", required=False),
    "aliases": Many("別名・役職名", Text("別名", max=40), required=False, max=10),
    "position": Number("名簿の順番(1が先頭)", min=1, max=people.PEOPLE, required=False),
    "away_until": Day("ご不在の最終日", required=False),
    "deputy": Text("ご不在中に報告を受ける方の番号", required=False, max=10, example="p2"),
}
_PERSON_ADDED = Shape(
    "PersonAdded",
    name=Text("お名前"),
    addresses=Many("報告先のメールアドレス", _MAIL, required=False, max=20),
    **_DESCRIBED,
)
_GROUND = Text("根拠(確認した事実)", max=300, example="お電話で受信を確認")

_PERSON = "/people/{person}"
_ADDRESS = _PERSON + "/addresses/{address}"

open_actions(
    routes,
    [
        Action(
            "add_person",
            "POST",
            "/people",
            "Add somebody to the roster; each address gets a test mail",
            people.add_person,
            _PERSON_ADDED,
        ),
        Action(
            "change_person",
            "PATCH",
            _PERSON,
            "Change a person: names, place in the roster, an absence with a deputy",
            people.change_person,
            Shape("PersonChanged", name=Text("お名前", required=False), **_DESCRIBED),
        ),
        Action(
            "end_absence",
            "DELETE",
            _PERSON + "/absence",
            "An absence is over",
            people.come_back,
        ),
        Action(
            "remove_person",
            "DELETE",
            _PERSON,
            "Take somebody off the roster",
            people.remove_person,
        ),
        Action(
            "add_address",
            "POST",
            _PERSON + "/addresses",
            "Add an address: no reports until its button is pressed",
            addresses.add,
            _WHERE,
        ),
        Action(
            "change_address",
            "PATCH",
            _ADDRESS,
            "Put a new address in an old one's place, once it is confirmed",
            addresses.replace,
            _WHERE,
        ),
        Action(
            "remove_address",
            "DELETE",
            _ADDRESS,
            "Take an address off",
            addresses.remove,
        ),
        Action(
            "send_test_mail",
            "POST",
            _ADDRESS + "/test-mail",
            "Send the test mail once more",
            test_mail.send_again,
        ),
        Action(
            "confirm_address",
            "POST",
            _ADDRESS + "/confirmation",
            "Record that the client has told the office of the test mail's receipt",
            addresses.confirm_by_word,
            Shape("AddressConfirmed", ground=_GROUND),
        ),
    ],
)
