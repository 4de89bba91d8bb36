"""The public form: fill in, look at the final screen, apply. Nothing typed is ever lost."""

import re
import secrets
from collections.abc import Iterable
from typing import Any

from chalice import Blueprint, Response

from chalicelib.errors import Fault, Invalid
from chalicelib.flows.public import application, signup
from chalicelib.handlers.answers import html_answer
from chalicelib.handlers.http import find_house, page
from chalicelib.handlers.incoming import Visit
from chalicelib.rules import calendar
from chalicelib.rules.contract import offer
from chalicelib.rules.house_file import PARTIES, USES
from chalicelib.rules.houses import House

routes = Blueprint(__name__)

Typed = dict[str, str]  # the form's flat fields as they were sent

# Not no-store: the back button shows the same page with the same key and all that was typed, and
# so the form still makes one contract.
_BACK = "private, no-cache"
_PERSON = re.compile(r"people\.(\d+)\.(?:addresses\.(\d+)|(\w+))")
# The form's own fields, which are no part of the application.
_OWN = ("form_key", "seen", "step", "website")


@page(routes, "GET", "/{house}/signup")
def show_form(visit: Visit, house: str) -> Response:
    return _form(visit, find_house(house), {}, _new_key())


@page(routes, "POST", "/{house}/signup")
def take_form(visit: Visit, house: str) -> Response:
    """`step` says which button was pressed: check (the final screen), edit (go back) or apply."""
    its = find_house(house)
    typed: Typed = visit.body
    form_key = _key_of(typed)
    if typed.get("website"):
        # Only a machine fills this field in, and is told what everybody is told.
        receipt = signup.contract_id(its, form_key)
        return _done(visit, its, receipt, typed.get("mail", ""), True)
    if typed.get("step") == "edit":
        return _form(visit, its, typed, form_key)
    fields = _nested(its, typed)
    if typed.get("step") == "apply":
        known = signup.find(its, form_key, fields)
        if known:
            contract, same = known
            return _done(visit, its, contract.id, contract.mail, same)
    return _check_or_apply(visit, its, typed, form_key, fields)


def _check_or_apply(
    visit: Visit, house: House, typed: Typed, form_key: str, fields: dict
) -> Response:
    """Who applies must have seen the final screen as it is now."""
    try:
        wish = application.read(house, fields, visit.now)
    except Invalid as problem:
        return _form(visit, house, typed, form_key, problem.errors, status=422)
    facts = signup.offered(house, wish, visit.now)
    version = offer.digest(facts)
    applies = typed.get("step") == "apply"
    if applies and typed.get("seen") == version:
        contract, same = signup.apply(house, form_key, fields, wish, visit.network, visit.now)
        return _done(visit, house, contract.id, contract.mail, same)
    return html_answer(
        "public/final.html",
        visit,
        cache=_BACK,
        house=house,
        offer=facts,
        typed={name: value for name, value in typed.items() if name not in _OWN},
        wish=wish,
        form_key=form_key,
        seen=version,
        changed=applies,
        parties=PARTIES,
        uses=USES,
    )


def _done(visit: Visit, house: House, receipt: str, mail: str, same: bool) -> Response:
    return html_answer(
        "public/done.html", visit, house=house, receipt=receipt, mail=mail, same=same
    )


def _form(
    visit: Visit,
    house: House,
    typed: Typed,
    form_key: str,
    faults: Iterable[Fault] = (),
    status: int = 200,
) -> Response:
    today = calendar.day_of(visit.now)
    listed = [Fault(_flat(fault.field, typed, house), fault.message) for fault in faults]
    return html_answer(
        "public/signup.html",
        visit,
        status,
        _BACK,
        house=house,
        typed=typed,
        plans=[(plan, house.price(plan.key, today)) for plan in house.plans],
        form_key=form_key,
        faults=listed,
        # Of several faults of one field, the first stands beside the field.
        wrong={fault.field: fault.message for fault in reversed(listed)},
        parties=PARTIES,
        trials=application.TRIALS,
        uses=USES,
        people=range(1, application.PEOPLE_ON_FORM + 1),
        addresses=range(1, _addresses(house) + 1),
    )


def _new_key() -> str:
    return secrets.token_urlsafe(24)


def _key_of(typed: Typed) -> str:
    """The key that the form was given when it was opened, or a new one."""
    key = typed.get("form_key", "")
    if re.fullmatch(r"[\w-]{20,60}", key, re.ASCII):
        return key
    return _new_key()


def _addresses(house: House) -> int:
    """How many addresses a person has on the form; more are taken by telephone."""
    return min(house.roster.addresses_per_person, 2)


def _nested(house: House, typed: Typed) -> dict[str, Any]:
    """The form's flat fields as the application they describe; what was left blank is absent."""
    filled = {name: value for name, value in typed.items() if value.strip()}
    fields: dict[str, Any] = {
        name: filled[name] for name in application.shape(house).fields if name in filled
    }
    fields["people"] = [_one_person(filled, row, house) for row in _rows(typed, house)]
    return fields


def _one_person(filled: Typed, row: int, house: House) -> dict[str, Any]:
    person: dict[str, Any] = {}
    for part in ("name", "reading"):
        if f"person{row}_{part}" in filled:
            person[part] = filled[f"person{row}_{part}"]
    mails = [filled[name] for name in _mail_names(filled, row, house)]
    if mails:
        person["addresses"] = mails
    return person


def _rows(typed: Typed, house: House) -> list[int]:
    """The rows of people in which anything was typed; the first always counts."""
    rows = range(1, application.PEOPLE_ON_FORM + 1)
    return [row for row in rows if row == 1 or _is_filled(typed, row, house)]


def _is_filled(typed: Typed, row: int, house: House) -> bool:
    names = [f"person{row}_name", f"person{row}_reading"]
    is_named = any(typed.get(name, "").strip() for name in names)
    return is_named or bool(_mail_names(typed, row, house))


def _mail_names(typed: Typed, row: int, house: House) -> list[str]:
    """The row's fields for addresses in which something was typed."""
    names = [f"person{row}_mail{place + 1}" for place in range(_addresses(house))]
    return [name for name in names if typed.get(name, "").strip()]


def _flat(field: str, typed: Typed, house: House) -> str:
    """The form's name for what a fault names: `people.1.addresses.0` is `person2_mail1`."""
    match = _PERSON.match(field)
    if not match:
        return field
    place, address, part = match.groups()
    row = _rows(typed, house)[int(place)]
    if address is not None:
        return _mail_names(typed, row, house)[int(address)]
    if part == "addresses":
        part = "mail1"
    return f"person{row}_{part}"
