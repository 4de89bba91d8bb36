"""The free trial: when it ends, when its client is reminded (houses.md 3). All dates are JST."""

import re
import unicodedata
from datetime import date, timedelta

from chalicelib.rules import calendar
from chalicelib.rules.houses import House

_COMPANY_FORMS = (
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
    "(株)",
    "(有)",
    "(同)",
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ーｰ─", "-"))


def last_day(house: House, applied_on: date, started_on: date | None) -> date | None:
    """The trial's last day; None while it cannot be known yet.

    smile counts from the application and, by Civil Code 140, not that day
    itself; mk counts from the start, and that day too.
    """
    first = applied_on if house.trial.counted_from == "application" else started_on
    if first is None:
        return None
    return first + timedelta(days=house.trial.days - (1 if house.trial.first_day_counts else 0))


def remind_on(house: House, last: date) -> date:
    """The day on which the client is told what will happen at the trial's end."""
    if house.trial.remind_unit == "business":
        return calendar.add_business_days(last, -house.trial.remind_days, house)
    return last - timedelta(days=house.trial.remind_days)


def marks(
    *,
    phone: str | None,
    mail: str | None,
    corporate_number: str | None = None,
    name: str | None = None,
    address: str | None = None,
) -> list[str]:
    """What a client is recognised by when applying again (houses.md 3): `kind:value` each.

    `phone` is normalised. A mark only raises the question; whether it is the
    same client is decided by a person.
    """
    whole = f"{_folded_name(name)}|{_folded_address(address)}" if name and address else None
    values = {
        "phone": phone,
        "mail": mail and mail.lower(),
        "corporate_number": corporate_number,
        "name_and_address": whole,
    }
    return [f"{kind}:{value}" for kind, value in values.items() if value]


def _folded_name(name: str) -> str:
    """A name as it is compared: without width, spaces, and the form of the company."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    for form in _COMPANY_FORMS:
        plain = plain.replace(form, "")
    return "".join(plain.split())


def _folded_address(address: str) -> str:
    """An address as it is compared: 1丁目2番3号 and 1-2-3 are the same."""
    dashed = unicodedata.normalize("NFKC", address).translate(_DASHES)
    plain = "".join(dashed.casefold().split())
    plain = re.sub(r"(?<=\d)(丁目|番地の?|番)(?=\d)", "-", plain)
    return re.sub(r"(?<=\d)(丁目|番地|番|号)", "", plain).removeprefix("〒")
