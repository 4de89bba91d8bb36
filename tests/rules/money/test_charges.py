"""What is unbilled of a contract, and at which price and plan."""

from datetime import date

import pytest

from chalicelib.rules.contract.lifecycle import PREPARING, TRIAL
from chalicelib.rules.money import charges, invoice
from tests.rules.money.contracts import (
    MK,
    SMILE,
    contract,
    day,
    dearer,
    ended,
    number,
    option,
    people,
    plan,
    short,
    use,
)

TODAY = date(2026, 9, 14)
IN_TRIAL = {
    "status": TRIAL,
    "started_on": "2026-09-24",
    "trial_last_day": "2026-10-03",
    "active_from": None,
}
FIRST_MONTH = {"base": {"2026-09": "light"}}


def unbilled(given, house, up_to, today=TODAY):
    return short(charges.unbilled(given, house, up_to, today))


@pytest.mark.parametrize(
    ("house", "facts", "today", "lines", "total"),
    [
        (  # half from 1 October, the trial to the 3rd: 5,720 + 5,720
            MK,
            IN_TRIAL | {"next_plan": "half", "next_plan_on": "2026-10-01"},
            "2026-09-29",
            ["base 2026-10 1×5720", "deposit - 1×5720"],
            11_440,
        ),
        (  # a plan that counts only from the month after the first
            MK,
            IN_TRIAL | {"next_plan": "half", "next_plan_on": "2026-11-01"},
            "2026-09-29",
            ["base 2026-10 1×2960", "deposit - 1×2960"],
            5_920,
        ),
        (  # the trial ends within September, and half counts from October
            MK,
            IN_TRIAL
            | {
                "started_on": "2026-09-10",
                "trial_last_day": "2026-09-19",
                "next_plan": "half",
                "next_plan_on": "2026-10-01",
            },
            "2026-09-15",
            ["base 2026-09 1×2960", "deposit - 1×2960"],
            5_920,
        ),
        (  # the trial is skipped: paid from the day that was asked for
            MK,
            {
                "status": PREPARING,
                "wants_trial": False,
                "started_on": None,
                "active_from": None,
                "start_on": "2026-10-05",
            },
            "2026-09-15",
            ["base 2026-10 1×2960", "deposit - 1×2960"],
            5_920,
        ),
        (
            SMILE,
            {
                "status": PREPARING,
                "started_on": None,
                "active_from": None,
                "plan": "regular",
                "use": "listed",
            },
            "2026-09-15",
            ["base 2026-09 1×8800", "listed 2026-09 1×1100"],
            9_900,
        ),
        (  # the month of the start, though the paid contract begins in the next
            SMILE,
            {"status": TRIAL, "started_on": "2026-08-31", "active_from": None},
            "2026-09-02",
            ["base 2026-08 1×5500"],
            5_500,
        ),
    ],
)
def test_the_first_payment_is_the_first_month_that_is_paid_for(house, facts, today, lines, total):
    payment = charges.first_payment(contract(house, **facts), house, day(today))
    assert short(payment) == lines
    assert invoice.total(payment) == total


def test_the_first_payment_is_the_same_after_it_was_asked_for():
    given = contract(MK, **IN_TRIAL)
    payment = charges.first_payment(given, MK, day("2026-09-29"))
    given.billed = charges.note(payment, given)
    assert charges.first_payment(given, MK, day("2026-09-29")) == payment


def test_what_was_asked_at_first_is_kept_with_its_plan_and_the_deposit():
    given = contract(MK, **IN_TRIAL)
    payment = charges.first_payment(given, MK, day("2026-09-29"))
    assert charges.note(payment, given) == {"base": {"2026-10": "small"}, "deposit": {"": "2960"}}


@pytest.mark.parametrize(
    ("house", "facts", "up_to", "expected"),
    [
        (SMILE, {}, "2026-08", []),
        (SMILE, {}, "2026-09", ["base 2026-09 1×5500"]),
        (SMILE, {"billed": FIRST_MONTH}, "2026-09", []),
        (
            SMILE,
            {"billed": FIRST_MONTH},
            "2026-11",
            ["base 2026-10 1×5500", "base 2026-11 1×5500"],
        ),
        (  # the last month of service is the last one billed
            SMILE,
            {"billed": FIRST_MONTH, "ends_on": "2026-10-31"},
            "2026-12",
            ["base 2026-10 1×5500"],
        ),
        (  # ordered on 20 September, after that month's closing: three months at October's
            SMILE,
            {
                "billed": {"base": {"2026-09": "light", "2026-10": "light"}},
                "options": [option("guidance", "2026-09-20")],
            },
            "2026-11",
            [
                "base 2026-11 1×5500",
                "option 2026-09 1×1100",
                "option 2026-10 1×1100",
                "option 2026-11 1×1100",
            ],
        ),
        (  # given up, and ordered again in the month that was billed of it
            SMILE,
            {
                "billed": {"base": {"2026-09": "light"}, "option:guidance": {"2026-09": "1100"}},
                "options": [
                    option("guidance", "2026-09-02", "2026-09-10"),
                    option("guidance", "2026-09-20", "2026-10-02"),
                ],
            },
            "2026-10",
            ["base 2026-10 1×5500", "option 2026-10 1×1100"],
        ),
        (  # the fourth person of 30 September to 1 October: two months of 210
            MK,
            {
                "billed": {"base": {"2026-09": "small"}, "deposit": {"": "2960"}},
                "extra_people": people(("2026-09-30", 1), ("2026-10-01", 0)),
            },
            "2026-12",
            [
                "base 2026-10 1×2960",
                "base 2026-11 1×2960",
                "base 2026-12 1×2960",
                "person 2026-09 1×210",
                "person 2026-10 1×210",
            ],
        ),
        (
            MK,
            {
                "billed": {"base": {"2026-09": "small"}, "deposit": {"": "2960"}},
                "extra_lines": [number("0367000001", "2026-10-31")],
            },
            "2026-10",
            ["base 2026-10 1×2960", "number 2026-10 1×1100"],
        ),
        (  # listed on 20 October: September stays as it was
            SMILE,
            {
                "billed": FIRST_MONTH,
                "use": "listed",
                "uses": [use("2026-10-20", "forwarding", "listed")],
            },
            "2026-11",
            [
                "base 2026-10 1×5500",
                "base 2026-11 1×5500",
                "listed 2026-10 1×1100",
                "listed 2026-11 1×1100",
            ],
        ),
        (  # each month at the plan in force at its end
            SMILE,
            {
                "billed": FIRST_MONTH,
                "plan": "regular",
                "plans": [plan("2026-11-01", "light", "regular")],
                "next_plan": "business",
                "next_plan_on": "2026-12-01",
            },
            "2026-12",
            ["base 2026-10 1×5500", "base 2026-11 1×8800", "base 2026-12 1×16500"],
        ),
        (  # nothing is billed of a month within the free trial
            MK,
            {"started_on": "2026-08-27", "active_from": "2026-09-05"},
            "2026-09",
            ["base 2026-09 1×2960", "deposit - 1×2960"],
        ),
        (MK, {"active_from": "2026-10-01"}, "2026-09", []),
    ],
)
def test_what_is_unbilled_up_to_a_month(house, facts, up_to, expected):
    assert unbilled(contract(house, **facts), house, up_to) == expected


def test_a_price_changes_with_its_month():
    house = dearer(SMILE, "light", "2026-10-01", 6_000)
    assert unbilled(contract(house), house, "2026-10") == [
        "base 2026-09 1×5500",
        "base 2026-10 1×6000",
    ]


@pytest.mark.parametrize(
    ("house", "billed", "facts", "up_to", "expected"),
    [
        (  # changed at once within the trial: 8,800 − 5,500 = 3,300
            SMILE,
            FIRST_MONTH,
            {"plan": "regular", "plans": [plan("2026-09-08", "light", "regular")]},
            "2026-10",
            ["base 2026-10 1×8800", "plan_difference 2026-09 1×3300"],
        ),
        (  # and back again: 5,500 − 8,800
            SMILE,
            {"base": {"2026-09": "regular"}},
            {"plan": "light", "plans": [plan("2026-09-08", "regular", "light")]},
            "2026-09",
            ["plan_difference 2026-09 1×-3300"],
        ),
        (  # only of the months whose plan is another, the earliest first: 16,500 − 8,800
            SMILE,
            {"base": {"2026-10": "regular", "2026-09": "regular", "2026-08": "business"}},
            {"plan": "business", "started_on": "2026-08-10", "active_from": "2026-08-24"},
            "2026-10",
            ["plan_difference 2026-09 1×7700", "plan_difference 2026-10 1×7700"],
        ),
    ],
)
def test_a_plan_changed_at_once_makes_a_difference_to_the_months_billed_before(
    house, billed, facts, up_to, expected
):
    assert unbilled(contract(house, billed=billed, **facts), house, up_to) == expected


def test_a_difference_of_plans_is_that_of_the_months_own_prices():
    house = dearer(dearer(SMILE, "regular", "2026-10-01", 9_000), "light", "2026-10-01", 6_000)
    facts = {"plan": "regular", "plans": [plan("2026-09-08", "light", "regular")]}
    billed = {"base": {"2026-09": "light", "2026-10": "light"}}
    assert unbilled(contract(house, billed=billed, **facts), house, "2026-10") == [
        "plan_difference 2026-09 1×3300",  # 8,800 − 5,500
        "plan_difference 2026-10 1×3000",  # 9,000 − 6,000
    ]


BILLED_AHEAD = {"base": {"2026-09": "light", "2026-10": "light", "2026-11": "regular"}}


@pytest.mark.parametrize(
    ("house", "last", "facts", "expected"),
    [
        (
            SMILE,
            "2026-11-30",
            {
                "billed": BILLED_AHEAD,
                "plan": "regular",
                "plans": [plan("2026-11-01", "light", "regular")],
            },
            [],
        ),
        (  # the base fee at the plan that it was billed at
            SMILE,
            "2026-09-20",
            {"billed": BILLED_AHEAD},
            ["returned 2026-10 1×-5500", "returned 2026-11 1×-8800"],
        ),
        (  # an option at the price that it was billed at, not at today's
            SMILE,
            "2026-10-01",
            {
                "billed": BILLED_AHEAD
                | {"option:guidance": {"2026-11": "1000", "2026-10": "1100"}},
                "options": [option("guidance", "2026-10-01")],
            },
            ["returned 2026-11 1×-8800", "returned 2026-11 1×-1000"],
        ),
        (MK, "2026-09-20", {"billed": {"base": {"2026-09": "small"}, "deposit": {"": "2960"}}}, []),
        (  # what of the last month is still unbilled
            MK,
            "2026-10-31",
            {
                "billed": {"base": {"2026-09": "small"}, "deposit": {"": "2960"}},
                "extra_lines": [number("0367000001", "2026-09-05")],
            },
            ["base 2026-10 1×2960", "number 2026-09 1×1100", "number 2026-10 1×1100"],
        ),
        (
            MK,
            "2026-09-30",
            {
                "billed": {
                    "base": {"2026-09": "small"},
                    "deposit": {"": "2960"},
                    "number:0367000001": {"2026-09": "1100", "2026-10": "1100"},
                    "person:2": {"2026-10": "210"},
                },
            },
            ["returned 2026-10 1×-1100", "returned 2026-10 1×-210"],
        ),
    ],
)
def test_an_end_gives_back_the_months_behind_it_that_were_billed_in_advance(
    house, last, facts, expected
):
    given = ended(house, last, **facts)
    assert unbilled(given, house, "2026-12", day("2026-12-20")) == expected


def test_a_month_that_was_given_back_is_no_longer_kept_as_billed():
    given = ended(SMILE, "2026-09-20", billed=BILLED_AHEAD)
    given.billed = charges.note(charges.unbilled(given, SMILE, "2026-10", TODAY), given)
    assert given.billed == {"base": {"2026-09": "light"}}
    assert unbilled(given, SMILE, "2026-12") == []


LABELS = [
    (SMILE, {"plan": "regular"}, "レギュラーコース 月額基本料金"),
    (SMILE, {"use": "listed"}, "03番号貸し出しオプション"),
    (SMILE, {"options": [option("guidance", "2026-09-01")]}, "時間外ガイダンス(独自の音声)"),
    (
        MK,
        {"extra_lines": [number("0367000001", "2026-09-01")]},
        "追加の電話番号 03-6700-0001",
    ),
    (MK, {"extra_people": people(("2026-09-01", 1))}, "報告先の追加(4人目)"),
]


@pytest.mark.parametrize(("house", "facts", "label"), LABELS)
def test_a_line_says_what_it_is_for(house, facts, label):
    lines = charges.unbilled(contract(house, **facts), house, "2026-09", TODAY)
    assert label in [line.label for line in lines]


def test_a_difference_and_a_return_name_what_was_billed():
    changed = contract(SMILE, plan="regular", billed=FIRST_MONTH)
    left = ended(SMILE, "2026-09-20", billed=BILLED_AHEAD)
    (difference,) = charges.unbilled(changed, SMILE, "2026-09", TODAY)
    _, returned = charges.unbilled(left, SMILE, "2026-09", TODAY)
    assert difference.label == "プラン変更の差額(ライトコースからレギュラーコース)"
    assert returned.label == "ご利用終了による返金(レギュラーコース 月額基本料金)"


def test_only_what_is_for_a_month_is_spoken_as_a_month():
    payment = charges.first_payment(contract(MK), MK, TODAY)
    assert charges.spoken(payment) == [
        ("スモールプラン 月額基本料金(1か月分)", 2_960),
        ("保証金(解約時にご精算のうえお返しします)", 2_960),
    ]


def test_a_deposit_bears_no_tax():
    payment = charges.first_payment(contract(MK), MK, TODAY)
    assert [line.rate for line in payment] == [10, 0]


def test_what_a_deposit_is_of_some_lines():
    lines = [
        invoice.line("base", "", "", "2026-10", 2_960),
        invoice.line("deposit", "", "", None, 2_960, 2, rate=0),
    ]
    assert charges.deposit(lines) == 5_920
    assert charges.deposit([]) == 0


@pytest.mark.parametrize(("becomes", "yen"), [("regular", 3_300), ("business", 11_000)])
def test_a_plan_changed_in_the_trial_is_settled_though_the_house_ends_the_contract(becomes, yen):
    """Light for 5,500, then 8,800 or 16,500, and over before its first close."""
    given = ended(
        SMILE,
        "2026-09-08",
        plan=becomes,
        plans=[plan("2026-09-02", "light", becomes)],
        active_from="2026-09-04",
        billed={"base": {"2026-09": "light"}},
    )
    [line] = charges.unbilled(given, SMILE, "2026-10", TODAY)
    assert (line.kind, line.yen) == ("plan_difference", yen)
