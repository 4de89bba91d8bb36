"""The public form: fill in, look at the final screen, apply. Nothing typed is ever lost."""

import re
import secrets

from chalice import Blueprint, Response

from chalicelib.errors import Fault, Invalid
from chalicelib.flows.public import application, signup
from chalicelib.handlers.http import find_house, html_answer, page
from chalicelib.rules import calendar
from chalicelib.rules.contract import offer
from chalicelib.rules.house_file import PARTIES, USES

routes = Blueprint(__name__)

# Not no-store: the back button shows the same page with the same key and everything typed, so still one contract.
_BACK = "private, no-cache"
_PERSON = re.compile(r"people\.(\d+)\.(?:addresses\.(\d+)|(\w+))")
_CARRIED = (
    "form_key",
    "seen",
    "step",
    "website",
)  # the form's own fields, no part of the application


@page(routes, "GET", "/{house}/signup")
def show_form(asked, house) -> Response:
    return _form(asked, find_house(house), {}, secrets.token_urlsafe(24))


@page(routes, "POST", "/{house}/signup")
def take_form(asked, house) -> Response:
    """`step` says which button was pressed: check (see the final screen), edit (go back) or apply."""
    found, typed = find_house(house), asked.body
    form_key = typed.get("form_key", "")
    if not re.fullmatch(r"[\w-]{20,60}", form_key, re.ASCII):
        form_key = secrets.token_urlsafe(24)
    if typed.get(
        "website"
    ):  # the field that only a machine sees: it is told what everybody is told
        return _done(asked, found, signup.contract_id(found, form_key), typed.get("mail", ""), True)
    if typed.get("step") == "edit":
        return _form(asked, found, typed, form_key)
    given = _nested(found, typed)
    if typed.get("step") == "apply" and (known := signup.find(found, form_key, given)):
        return _done(asked, found, known[0].id, known[0].mail, known[1])
    try:
        wish = application.read(found, given, asked.now)
    except Invalid as wrong:
        return _form(asked, found, typed, form_key, wrong.errors, status=422)
    facts = signup.offered(found, wish, asked.now)
    version = offer.digest(facts)
    if typed.get("step") != "apply" or typed.get("seen") != version:
        changed = typed.get("step") == "apply"
        shown = {name: value for name, value in typed.items() if name not in _CARRIED}
        return html_answer(
            "public/final.html",
            asked,
            cache=_BACK,
            house=found,
            offer=facts,
            typed=shown,
            wish=wish,
            form_key=form_key,
            seen=version,
            changed=changed,
            parties=PARTIES,
            uses=USES,
        )
    contract, same = signup.apply(found, form_key, given, wish, asked.network, asked.now)
    return _done(asked, found, contract.id, contract.mail, same)


def _done(asked, house, receipt: str, mail: str, same: bool) -> Response:
    return html_answer(
        "public/done.html", asked, house=house, receipt=receipt, mail=mail, same=same
    )


def _form(asked, house, typed: dict, form_key: str, faults=(), status: int = 200) -> Response:
    faults = [Fault(_flat(fault.field, typed, house), fault.message) for fault in faults]
    return html_answer(
        "public/signup.html",
        asked,
        status,
        _BACK,
        house=house,
        typed=typed,
        plans=[(plan, house.price(plan.key, calendar.day_of(asked.now))) for plan in house.plans],
        form_key=form_key,
        faults=faults,
        wrong={fault.field: fault.message for fault in reversed(faults)},
        parties=PARTIES,
        trials=application.TRIALS,
        uses=USES,
        people=range(1, application.PEOPLE_ON_FORM + 1),
        addresses=range(1, _addresses(house) + 1),
    )


def _addresses(house) -> int:
    """How many addresses a person has on the form; more are taken by telephone."""
    return min(house.roster.addresses_per_person, 2)


def _nested(house, typed: dict) -> dict:
    """The form's flat fields as the application they describe; what was left blank is absent."""
    filled = {name: value for name, value in typed.items() if value.strip()}
    own = {name: filled[name] for name in application.shape(house).fields if name in filled}
    return own | {"people": [_one_person(filled, row, house) for row in _rows(typed, house)]}


def _one_person(filled: dict, row: int, house) -> dict:
    mails = [filled[name] for name in _mail_names(filled, row, house)]
    said = {part: filled.get(f"person{row}_{part}") for part in ("name", "reading")}
    return {part: value for part, value in said.items() if value} | (
        {"addresses": mails} if mails else {}
    )


def _rows(typed: dict, house) -> list[int]:
    """The rows of people in which anything was typed; the first always counts."""
    names = [
        f"{part}"
        for part in ("name", "reading", *(f"mail{place + 1}" for place in range(_addresses(house))))
    ]
    return [
        row
        for row in range(1, application.PEOPLE_ON_FORM + 1)
        if row == 1 or any(typed.get(f"person{row}_{name}", "").strip() for name in names)
    ]


def _mail_names(typed: dict, row: int, house) -> list[str]:
    names = [f"person{row}_mail{place + 1}" for place in range(_addresses(house))]
    return [name for name in names if typed.get(name, "").strip()]


def _flat(field: str, typed: dict, house) -> str:
    """The form's name for a field that a fault names: `people.1.addresses.0` is `person2_mail1`."""
    found = _PERSON.match(field)
    if not found:
        return field
    row = _rows(typed, house)[int(found[1])]
    if found[2] is not None:
        return _mail_names(typed, row, house)[int(found[2])]
    return f"person{row}_mail1" if found[3] == "addresses" else f"person{row}_{found[3]}"
