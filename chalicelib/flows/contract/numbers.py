"""What a contract does with the numbers it is lent (houses.md 2)."""

from collections.abc import Sequence
from datetime import date, timedelta

from chalicelib import log
from chalicelib.errors import NotFound, Refused, wrong
from chalicelib.flows import lookup
from chalicelib.flows.change import Change
from chalicelib.input import phones
from chalicelib.models import Contract, Line
from chalicelib.models.contract_parts import ExtraLine, UseChange
from chalicelib.models.line import FREE, LENT, QUARANTINED
from chalicelib.rules import calendar
from chalicelib.rules.house_file import USES
from chalicelib.words import letters


def check_free(change: Change, number: str, use: str) -> str:
    """The number in its one form if it can be lent for this use today.

    Raises Invalid or Refused with the reason.
    """
    normal = normal_form(number)
    rules = change.house.line
    check_prefix(normal, rules.listed_prefixes if use == "listed" else rules.prefixes)
    line = lookup.line(change.house, normal)
    if line is None:
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
    """From now on a number is forwarded to, or shown as the client's own: never both (S1 Q2)."""
    contract = change.contract
    change.proceed("line_changed")
    normal = normal_form(number)
    extra = _extra(contract, normal)
    if normal != contract.line and extra is None:
        raise NotFound("この番号は、このご契約の番号ではありません。")
    was = extra.use if extra else contract.use
    if was == use:
        return
    if use == "listed":
        check_prefix(normal, change.house.line.listed_prefixes)
    if extra:
        extra.use = use
    else:
        contract.use = use
    _switch(change, normal, use)
    contract.uses.append(UseChange(on=change.today, number=normal, was=was, becomes=use))
    change.record("use_changed", text=normal, was=was, becomes=use)
    _say(change, normal, "use", use, change.house.line.listed_option_yen)


def add_extra(change: Change, number: str, use: str) -> None:
    """Lend a further number. Raises Refused where the house has one number a contract."""
    contract = change.contract
    change.proceed("line_changed")
    yen = change.house.line.extra_number_yen
    if yen is None:
        raise Refused(
            "この事業者では、番号は1契約につき1つです。2つ目の番号は、別のご契約として承ります。"
        )
    normal = normal_form(number)
    extra = _extra(contract, normal)
    if extra and extra.use == use:
        return
    if extra:
        raise Refused(
            "この番号はすでにこのご契約の番号です。"
            "使い方を変える場合は、使い方の変更をお選びください。"
        )
    check_free(change, number, use)
    lend(change, normal, use)
    contract.extra_lines.append(ExtraLine(number=normal, use=use, since=change.today))
    change.record("line_added", text=normal)
    _say(change, normal, "added", use, yen)


def drop_extra(change: Change, number: str) -> None:
    """Take a further number back today; its month is charged in full.

    Raises NotFound where the number is not one of the contract's further ones.
    """
    change.proceed("line_changed")
    normal = normal_form(number)
    extra = _extra(change.contract, normal)
    if extra is None:
        raise NotFound("この番号は、このご契約の追加の番号ではありません。")
    extra.until = change.today
    take_back(change, normal, change.today)
    change.record("line_removed", text=normal)
    _say(change, normal, "removed", extra.use, change.house.line.extra_number_yen)


def _say(change: Change, number: str, what: str, use: str, yen: int | None) -> None:
    change.tell(
        letters.Line(
            number=number,
            change=what,
            use_name=USES[use],
            use=use,
            yen=yen,
            day=change.today,
        )
    )


def _extra(contract: Contract, number: str) -> ExtraLine | None:
    """The further number that is lent now."""
    for extra in contract.extra_lines:
        if extra.number == number and extra.until is None:
            return extra
    return None


def normal_form(number: str) -> str:
    """A number in its one form. Raises Invalid for what is no telephone number."""
    normal = phones.normalise(number)
    if normal is None:
        raise wrong(
            "number",
            "電話番号として読み取れません。市外局番から入力してください(例: 03-1234-5678)。",
        )
    return normal


def check_prefix(number: str, prefixes: Sequence[str]) -> None:
    """Raises Invalid where the house lends no number that begins like this one."""
    if not number.startswith(tuple(prefixes)):
        listed = "、".join(prefixes)
        raise wrong("number", f"この使い方で貸し出せる番号ではありません。先頭: {listed}")


def lend(change: Change, number: str, use: str) -> None:
    """Put a number of the pool on the contract; the write fails if another has it by then."""
    line = Line(
        number=number,
        house=change.house.key,
        contract=change.contract.id,
        use=use,
        state=LENT,
        lent_on=change.today,
    )
    is_over = (Line.state == QUARANTINED) & (Line.quarantined_until < change.today)
    change.put(line, (Line.house == change.house.key) & ((Line.state == FREE) | is_over))


def take_back(change: Change, number: str, last_day: date) -> None:
    """A number of the contract goes into quarantine after its last day of service (houses.md 2)."""
    line = _own_line(change, number)
    if line:
        line.state = QUARANTINED
        line.quarantined_until = last_day + timedelta(days=change.house.line.quarantine_days)
        change.put(line, Line.contract == change.contract.id)


def lend_again(change: Change, number: str) -> None:
    """A number that still rests after this contract is its own again. Raises Refused."""
    line = lookup.line(change.house, number)
    spoken = phones.display(number)
    if line is None or line.contract != change.contract.id:
        raise Refused(
            f"番号 {spoken} は、すでにほかのご契約に貸し出されています。"
            "ご返金のうえ、新しいお申し込みとして承ってください。"
        )
    if line.state_on(change.today) != QUARANTINED:
        raise Refused(
            f"番号 {spoken} の休止期間が終わっています。"
            "ご返金のうえ、新しいお申し込みとして承ってください。"
        )
    line.state = LENT
    line.quarantined_until = None
    change.put(line, (Line.contract == change.contract.id) & (Line.state == QUARANTINED))


def _switch(change: Change, number: str, use: str) -> None:
    line = _own_line(change, number)
    if line:
        line.use = use
        change.put(line, (Line.contract == change.contract.id) & (Line.state == LENT))


def _own_line(change: Change, number: str) -> Line | None:
    line = Line.find(number)
    if line is None or line.contract != change.contract.id:
        log.alarm("line is not this contract's", contract=change.contract.id)
        return None
    return line
