"""The pool of numbers that a house lends, and what a contract does with its own (houses.md 2)."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from pynamodb.exceptions import PutError

from chalicelib.errors import Fault, Invalid, NotFound, Refused
from chalicelib.flows.change import Change
from chalicelib.input import phones
from chalicelib.models import Line
from chalicelib.models.base import condition_failed
from chalicelib.models.contract_parts import ExtraLine, UseChange
from chalicelib.models.line import FREE, LENT, QUARANTINED
from chalicelib.rules import calendar
from chalicelib.rules.house_file import USES
from chalicelib.rules.houses import House

STATES = {FREE: "空き", LENT: "貸出中", QUARANTINED: "休止中"}


def add(house: House, number: str) -> Line:
    """Put a number into the pool. Raises Refused if it is in one already, Invalid where the house lends no such number."""
    normal = _normal(number)
    _check_prefix(house, normal, house.line.prefixes)
    line = Line(number=normal, house=house.key, state=FREE)
    try:
        line.save(condition=Line.number.does_not_exist())
    except PutError as refused:
        if condition_failed(refused):
            raise Refused("この番号はすでに登録されています。") from None
        raise
    return line


def listed(
    house: House, state: str | None, after: str | None, limit: int, today: date
) -> list[Line]:
    """The house's numbers in order, those of one state today if asked, beginning after one of them."""
    found: Iterator[Line] = Line.pool(house.key, after)
    return list(islice((line for line in found if state in (None, line.state_on(today))), limit))


def tell(line: Line, today: date) -> dict:
    """A number as the office sees it on the JST date `today`; a quarantine that is over is a free number."""
    state = line.state_on(today)
    until = line.quarantined_until if state == QUARANTINED else None
    holder = (line.contract, line.use) if state != FREE else (None, None)
    return {
        "number": line.number,
        "state": state,
        "contract": holder[0],
        "use": holder[1],
        "quarantined_until": until.isoformat() if until else None,
    }


def check_free(change: Change, number: str, use: str) -> str:
    """The number in its one form if it can be lent for this use today. Raises Invalid or Refused with the reason."""
    normal, house = _normal(number), change.house
    _check_prefix(
        house, normal, house.line.listed_prefixes if use == "listed" else house.line.prefixes
    )
    line = Line.find(normal)
    if line is None or line.house != house.key:
        raise Refused(
            "この番号は、貸し出し用の番号として登録されていません。先に番号を登録してください。"
        )
    if line.state == LENT:
        raise Refused("この番号は、ほかのご契約で使われています。別の番号をお選びください。")
    if line.state_on(change.today) != FREE:
        until = calendar.spoken_day(line.quarantined_until)
        raise Refused(f"この番号は{until}まで貸し出しを休止しています。別の番号をお選びください。")
    return normal


def switch_use(change: Change, number: str, use: str) -> None:
    """From now on a number of the contract is forwarded to, or shown as the client's own: never both (S1 Q2)."""
    contract = change.contract
    change.proceed("line_changed")
    normal = _normal(number)
    extra = _extra(change, normal)
    if normal != contract.line and extra is None:
        raise NotFound("この番号は、このご契約の番号ではありません。")
    was = extra.use if extra else contract.use
    if was == use:
        return
    if use == "listed":
        _check_prefix(change.house, normal, change.house.line.listed_prefixes)
    if extra:
        extra.use = use
    else:
        contract.use = use
    change.use_line(normal, use)
    contract.uses.append(UseChange(on=change.today, number=normal, was=was, becomes=use))
    change.note("use_changed", text=normal, was=was, becomes=use)
    yen = change.house.line.listed_option_yen
    change.tell(
        "line",
        number=normal,
        change="use",
        use_name=USES[use],
        use=use,
        yen=yen,
        day=change.today.isoformat(),
    )


def add_extra(change: Change, number: str, use: str) -> None:
    """Lend a further number. Raises Refused where the house has one number a contract."""
    contract, house = change.contract, change.house
    change.proceed("line_changed")
    if house.line.extra_number_yen is None:
        raise Refused(
            "この事業者では、番号は1契約につき1つです。2つ目の番号は、別のご契約として承ります。"
        )
    normal = _normal(number)
    if extra := _extra(change, normal):
        if extra.use == use:
            return
        raise Refused(
            "この番号はすでにこのご契約の番号です。使い方を変える場合は、使い方の変更をお選びください。"
        )
    check_free(change, number, use)
    change.lend(normal, use)
    contract.extra_lines.append(ExtraLine(number=normal, use=use, since=change.today))
    change.note("line_added", text=normal)
    yen = house.line.extra_number_yen
    change.tell(
        "line",
        number=normal,
        change="added",
        use_name=USES[use],
        use=use,
        yen=yen,
        day=change.today.isoformat(),
    )


def drop_extra(change: Change, number: str) -> None:
    """Take a further number back today; its month is charged in full. Raises NotFound where it is not one of these."""
    change.proceed("line_changed")
    normal = _normal(number)
    extra = _extra(change, normal)
    if extra is None:
        raise NotFound("この番号は、このご契約の追加の番号ではありません。")
    extra.until = change.today
    change.take_back(normal, change.today)
    change.note("line_removed", text=normal)
    yen = change.house.line.extra_number_yen
    facts = {
        "use_name": USES[extra.use],
        "use": extra.use,
        "yen": yen,
        "day": change.today.isoformat(),
    }
    change.tell("line", number=normal, change="removed", **facts)


def _extra(change: Change, number: str) -> ExtraLine | None:
    return next(
        (
            each
            for each in change.contract.extra_lines
            if each.number == number and each.until is None
        ),
        None,
    )


def _normal(number: str) -> str:
    normal = phones.normalise(number)
    if normal is None:
        raise Invalid(
            [
                Fault(
                    "number",
                    "電話番号として読み取れません。市外局番から入力してください(例: 03-1234-5678)。",
                )
            ]
        )
    return normal


def _check_prefix(house: House, number: str | None, prefixes: list[str]) -> None:
    if not (number or "").startswith(tuple(prefixes)):
        raise Invalid(
            [
                Fault(
                    "number",
                    "この使い方で貸し出せる番号ではありません。先頭: " + "、".join(prefixes),
                )
            ]
        )
