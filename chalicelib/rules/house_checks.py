"""What no single field of a house file can show: what can never be right together."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from chalicelib.errors import Fault
from chalicelib.input.kinds import Day
from chalicelib.rules.house import House
from chalicelib.rules.house_types import Plan

# Ways of the site that are no house's, those that are still to be opened among them.
RESERVED = {
    *("api", "assets", "confirm", "desk", "dev", "docs", "errand", "estimate", "health", "healthz"),
    *("inquiry", "login", "logout", "office", "openapi", "paper", "papers", "portal", "press"),
    *("prod", "public", "session", "signup", "static", "v1", "well"),
}


class Contradiction(NamedTuple):
    """Where `holds` is true of a house, `field` of its file is wrong, and `remedy` says so."""

    holds: Callable[[House], bool]
    field: str
    remedy: str


def contradictions(house: House) -> list[Fault]:
    """Everything in a house file that cannot be right together, a sentence with the remedy each."""
    together = [Fault(check.field, check.remedy) for check in _TOGETHER if check.holds(house)]
    return [*together, *_row_faults(house)]


def _has_no_plain_key(house: House) -> bool:
    return not (house.key.isascii() and house.key.isalnum())


def _has_a_reserved_key(house: House) -> bool:
    return house.key.lower() in RESERVED


def _has_a_plan_twice(house: House) -> bool:
    return len({plan.key for plan in house.plans}) < len(house.plans)


def _has_an_option_twice(house: House) -> bool:
    return len({option.key for option in house.options}) < len(house.options)


def _has_a_gate_twice(house: House) -> bool:
    return len({gate.key for gate in house.gates}) < len(house.gates)


def _ends_without_the_number(house: House) -> bool:
    return house.gates[-1].key != "number"


def _ends_without_a_row_for_all(house: House) -> bool:
    last = house.calls[-1]
    return last.classes != ("*",) or last.only is not None


def _has_rows_behind_the_one_for_all(house: House) -> bool:
    return any("*" in row.classes and not row.only for row in house.calls[:-1])


def _tells_of_declared_calls(house: House) -> bool:
    return any(row.only and (row.reported or row.counted) for row in house.calls)


def _lapses_without_a_pause(house: House) -> bool:
    return house.trial.at_end == "lapses" and house.trial.pause_days is None


def _has_no_range_of_surcharge(house: House) -> bool:
    if not house.surcharge.allowed:
        return False
    least, most = house.surcharge.min or 0, house.surcharge.max or 0
    return not 0 < least <= most


def _closes_before_it_opens(house: House) -> bool:
    return house.hours.open >= house.hours.close


def _deletes_before_it_reminds(house: House) -> bool:
    return house.application.remind_after_days >= house.application.delete_after_days


def _has_e_invoices_without_a_registration(house: House) -> bool:
    return house.issuer.e_invoice and house.issuer.registration_number is None


def _rounds_down_in_e_invoices(house: House) -> bool:
    """Cut off, the tax of sums like 120 yen is not that of their net (e_invoice.md)."""
    return house.issuer.e_invoice and house.issuer.rounding == "down"


_TOGETHER = (
    Contradiction(
        _has_no_plain_key,
        "",
        "ファイル名が事業者のキーになります。英数字だけの名前にしてください(例: mk.toml)。",
    ),
    Contradiction(
        _has_a_reserved_key,
        "",
        f"このキーはほかのページのアドレスに使われます。次以外のファイル名にしてください: "
        f"{'、'.join(sorted(RESERVED))}",
    ),
    Contradiction(
        _has_a_plan_twice,
        "plans",
        "同じ key のプランが2つあります。別の key にしてください。",
    ),
    Contradiction(
        _ends_without_a_row_for_all,
        "calls",
        "最後の行はすべてのお電話に当てはまる必要があります。"
        'classes = ["*"] の行で終えてください。',
    ),
    Contradiction(
        _has_rows_behind_the_one_for_all,
        "calls",
        '"*" より後の行は使われません。classes = ["*"] は最後の行だけにしてください。',
    ),
    Contradiction(
        _has_a_gate_twice,
        "gates",
        "同じ確認項目が2回あります。1つだけ残してください。",
    ),
    Contradiction(
        _ends_without_the_number,
        "gates",
        '番号の発行は最後です。key = "number" の項目を末尾に移してください。',
    ),
    Contradiction(
        _tells_of_declared_calls,
        "calls",
        '申告された番号の行(only = "declared")は、報告も計上もしない行にしてください。',
    ),
    Contradiction(
        _lapses_without_a_pause,
        "trial.pause_days",
        "at_end が lapses のときは必要です。ご入金のない継続を何日待つかを書いてください。",
    ),
    Contradiction(
        _has_no_range_of_surcharge,
        "surcharge",
        "加算の範囲が必要です。min と max を円で書いてください。",
    ),
    Contradiction(
        _closes_before_it_opens,
        "hours",
        "受付の開始は終了より前でなければなりません。open か close を直してください。",
    ),
    Contradiction(
        _deletes_before_it_reminds,
        "application.remind_after_days",
        "delete_after_days より短い日数にしてください。",
    ),
    Contradiction(
        _has_e_invoices_without_a_registration,
        "issuer.registration_number",
        "e_invoice が true のときは必要です。T で始まる登録番号を書いてください。",
    ),
    Contradiction(
        _rounds_down_in_e_invoices,
        "issuer.rounding",
        'e_invoice が true のときは "half_up" にしてください。切り捨てでは規格の検算に合いません。',
    ),
    Contradiction(
        _has_an_option_twice,
        "options",
        "同じ key のオプションが2つあります。1つだけ残してください。",
    ),
)


def _row_faults(house: House) -> Iterator[Fault]:
    """Faults of single rows, each at its place in its list."""
    for place, plan in enumerate(house.plans):
        if not _is_in_order(plan):
            yield Fault(
                f"plans.{place}.prices",
                "料金の期間が重なっています。since は1回ずつ、古い順に書いてください。",
            )
        if any(price.since.day != 1 for price in plan.prices):
            yield Fault(
                f"plans.{place}.prices",
                "料金は月ごとに請求します。since には月の1日を書いてください(例: 2027-01-01)。",
            )
    for place, row in enumerate(house.calls):
        if row.counted and not row.reported:
            yield Fault(
                f"calls.{place}",
                "報告しないお電話は数えられません。counted を false にしてください。",
            )
    for needed in ("mail", "greeting", "identity", "payment", "address"):
        if house.gate(needed) is None:
            yield Fault(
                "gates",
                f'これなしにサービスは開始できません。key = "{needed}" の項目を加えてください。',
            )
    for place, day in enumerate(house.hours.closed):
        if not _is_month_day(day):
            yield Fault(f"hours.closed.{place}", '日付は "12-29" の形で書いてください。')


def _is_in_order(plan: Plan) -> bool:
    since = [price.since for price in plan.prices]
    return since == sorted(set(since))


def _is_month_day(text: str) -> bool:
    """Whether it is `12-29` or the like; a leap year is asked, so that 02-29 is one."""
    try:
        Day("day").read(f"2000-{text}")
    except ValueError:
        return False
    return True
