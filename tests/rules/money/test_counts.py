"""Calls over, surcharges, and their corrections as lines."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.money import counts, invoice
from chalicelib.rules.money.counts import Count
from tests.rules.money.contracts import short

SEPTEMBER = SimpleNamespace(month="2026-09", plan="small", included=20, over_yen=148)
CALLS = st.integers(0, 100)
YEN = st.integers(0, 3_000)


@pytest.mark.parametrize(("calls", "over"), [(0, 0), (19, 0), (20, 0), (21, 1), (45, 25)])
def test_what_the_fee_includes_is_not_over(calls, over):
    assert counts.calls_over(SEPTEMBER, calls) == over


@pytest.mark.parametrize(
    ("calls", "surcharges", "expected"),
    [
        (0, [], []),
        (20, [], []),
        (21, [], ["overage 2026-09 1×148"]),
        (25, [], ["overage 2026-09 5×148"]),
        (  # the same amounts are one line, the smallest first
            22,
            [300, 200, 300, 250],
            [
                "overage 2026-09 2×148",
                "surcharge 2026-09 1×200",
                "surcharge 2026-09 1×250",
                "surcharge 2026-09 2×300",
            ],
        ),
        (3, [200], ["surcharge 2026-09 1×200"]),
    ],
)
def test_a_frozen_month_is_billed_by_calls_over_and_surcharges(calls, surcharges, expected):
    assert short(counts.billed(SEPTEMBER, calls, surcharges)) == expected


def test_a_line_of_calls_over_says_how_they_were_counted():
    over, surcharge = counts.billed(SEPTEMBER, 23, [200])
    assert over.key == "small"
    assert over.note == "2026年9月のコール数23件のうち、基本料金に含まれる20件を超えた分"
    assert surcharge.key == "200"


@pytest.mark.parametrize(
    ("was", "now", "expected", "total"),
    [
        (Count(21, 0), Count(21, 0), [], 0),
        (Count(15, 0), Count(20, 0), [], 0),  # nothing is over before or after
        (Count(21, 0), Count(19, 0), ["count_changed 2026-09 1×-148"], -148),  # of 21, two
        (Count(19, 0), Count(20, 0), [], 0),  # one of them counted again
        (Count(25, 0), Count(22, 0), ["count_changed 2026-09 3×-148"], -444),
        (Count(19, 0), Count(23, 0), ["count_changed 2026-09 3×148"], 444),
        (Count(5, 200), Count(4, 0), ["surcharge_changed 2026-09 1×-200"], -200),
        (Count(5, 0), Count(5, 300), ["surcharge_changed 2026-09 1×300"], 300),
        (  # −148 and −250
            Count(22, 500),
            Count(21, 250),
            ["count_changed 2026-09 1×-148", "surcharge_changed 2026-09 1×-250"],
            -398,
        ),
    ],
)
def test_a_correction_is_calls_over_now_less_calls_over_before(was, now, expected, total):
    lines = counts.corrected(SEPTEMBER, was, now, "")
    assert short(lines) == expected
    assert invoice.total(lines) == total


@pytest.mark.parametrize(("why", "note"), [("9月3日のお電話", "9月3日のお電話"), ("", None)])
def test_a_correction_says_what_it_corrects_and_why(why, note):
    (line,) = counts.corrected(SEPTEMBER, Count(21, 0), Count(19, 0), why)
    assert line.label == "コール数の訂正(21件から19件)"
    assert line.key == "2026-09"
    assert line.note == note


@given(st.lists(st.tuples(CALLS, YEN), min_size=1, max_size=6))
def test_corrections_end_where_the_last_count_would_have_begun(history):
    steps = [Count(0, 0), *(Count(*each) for each in history)]
    billed = [
        invoice.total(counts.corrected(SEPTEMBER, was, now, ""))
        for was, now in zip(steps, steps[1:], strict=False)
    ]
    calls, yen = history[-1]
    assert sum(billed) == max(0, calls - 20) * 148 + yen


@given(CALLS, st.lists(st.sampled_from([200, 250, 300]), max_size=9))
def test_all_surcharges_are_billed(calls, surcharges):
    lines = counts.billed(SEPTEMBER, calls, surcharges)
    assert invoice.total(lines) == max(0, calls - 20) * 148 + sum(surcharges)
