"""What an applicant is shown before the last button."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import houses
from chalicelib.rules.contract import offer

MK, SMILE = houses.find("mk"), houses.find("smile")
TODAY = date(2026, 9, 1)  # a Tuesday
DEPOSIT, OPTION = "保証金(解約時にご精算のうえお返しします)", "03番号貸し出しオプション(1か月分)"


def shown(house, today=TODAY, **wish):
    plan = "small" if house is MK else "light"
    return offer.offer(
        house,
        {"plan": plan, "use": "forwarding", "start_on": None, "wants_trial": True} | wish,
        today,
    )


@pytest.mark.parametrize(
    ("house", "plan", "use", "lines", "a_month"),
    [
        (
            MK,
            "small",
            "forwarding",
            [("スモールプラン 月額基本料金(1か月分)", 2960), (DEPOSIT, 2960)],
            2960,
        ),
        (
            MK,
            "half",
            "listed",
            [("ハーフプラン 月額基本料金(1か月分)", 5720), (DEPOSIT, 5720)],
            5720,
        ),
        (SMILE, "light", "forwarding", [("ライトコース 月額基本料金(1か月分)", 5500)], 5500),
        (
            SMILE,
            "light",
            "listed",
            [("ライトコース 月額基本料金(1か月分)", 5500), (OPTION, 1100)],
            6600,
        ),
    ],
)
def test_the_first_payment_and_a_month(house, plan, use, lines, a_month):
    told = shown(house, plan=plan, use=use)
    assert told["lines"] == [list(line) for line in lines]
    assert told["total"] == sum(yen for _, yen in lines)
    assert told["monthly"] == a_month


def test_two_months_of_deposit_are_twice_the_fee(tmp_path):
    file = tmp_path / "two.toml"
    file.write_text(
        (houses.FOLDER / "mk.toml")
        .read_text()
        .replace("months_of_deposit = 1", "months_of_deposit = 2")
    )
    assert shown(houses.load(file), plan="small")["lines"][-1] == [DEPOSIT, 5920]


def test_the_price_is_that_of_the_first_day_of_service(tmp_path):
    old = "fee = 5500, included = 30, over = 165 }]"
    file = tmp_path / "dearer.toml"
    dearer = old[:-1] + ", { since = 2026-10-01, fee = 6000, included = 31, over = 170 }]"
    file.write_text((houses.FOLDER / "smile.toml").read_text().replace(old, dearer))
    house = houses.load(file)

    def price(start_on):
        wish = {"plan": "light", "use": "forwarding", "start_on": start_on, "wants_trial": True}
        told = offer.offer(house, wish, TODAY)
        return told["monthly"], told["included"], told["over"], told["total"]

    assert price(None) == price(date(2026, 9, 30)) == (5500, 30, 165, 5500)
    assert price(date(2026, 10, 1)) == (6000, 31, 170, 6000)


TRIALS = [
    (SMILE, None, "2026-09-15", "14日間、最終日は2026年9月15日(火)"),
    (SMILE, date(2026, 9, 15), "2026-09-15", "14日間、最終日は2026年9月15日(火)"),
    (SMILE, date(2026, 9, 16), "2026-09-15", "お試し期間は2026年9月15日(火)までのため"),
    (MK, None, None, "ご利用開始日を1日目として10日間"),
    (MK, date(2026, 9, 7), "2026-09-16", "10日間、最終日は2026年9月16日(水)"),
]


@pytest.mark.parametrize(("house", "start_on", "last", "words"), TRIALS)
def test_when_the_trial_ends(house, start_on, last, words):
    told = shown(house, start_on=start_on)
    assert told["trial_last_day"] == last
    assert told["trial"].startswith(words)


def test_without_a_trial_it_is_paid_from_the_first_day():
    told = shown(MK, wants_trial=False, start_on=date(2026, 9, 7))
    assert (told["trial_last_day"], told["turns_paid"]) == (None, "ご利用開始日から有料です。")
    assert told["trial"].startswith("無料お試しなし")
    assert told["pay_when"].startswith("サービスの開始前に5,920円を")
    assert told["cancel"] == MK.terms.cancel
    assert told["only_to_continue"] is False


@pytest.mark.parametrize(
    ("house", "start_on", "words"),
    [
        (SMILE, None, "サービスの開始前に5,500円を"),
        (MK, None, "お試しの後も継続される場合のみ、お試し期間の最終日までに5,920円を"),
        (
            MK,
            date(2026, 9, 7),
            "お試しの後も継続される場合のみ、お試し最終日の2026年9月16日(水)までに5,920円を",
        ),
    ],
)
def test_when_to_pay(house, start_on, words):
    told = shown(house, start_on=start_on)
    assert told["pay_when"].startswith(words)
    assert told["only_to_continue"] is (house is MK)


def test_the_day_and_the_amount_from_which_a_trial_turns_paid():
    told = shown(SMILE)
    assert "2026年9月16日(水)から有料" in told["turns_paid"]
    assert "月額5,500円" in told["turns_paid"]
    assert shown(MK)["turns_paid"].startswith("自動的に有料になることはありません。")


def test_a_trial_that_begins_with_the_service_turns_paid_on_the_day_after_its_last(tmp_path):
    file = tmp_path / "later.toml"
    file.write_text(
        (houses.FOLDER / "smile.toml")
        .read_text()
        .replace('counted_from = "application"', 'counted_from = "start"')
    )
    wish = {"plan": "light", "use": "forwarding", "start_on": None, "wants_trial": True}
    assert "お試し最終日の翌日から有料" in offer.offer(houses.load(file), wish, TODAY)["turns_paid"]


def test_a_start_after_the_trials_end_has_no_trial_to_turn_or_cancel():
    late, in_time = (
        shown(SMILE, start_on=date(2026, 9, 16)),
        shown(SMILE, start_on=date(2026, 9, 15)),
    )
    assert late["turns_paid"] == "ご利用開始日から有料です。"
    assert late["cancel"] == SMILE.terms.cancel
    assert in_time["cancel"] == SMILE.terms.cancel_in_trial + SMILE.terms.cancel


@pytest.mark.parametrize(
    ("start_on", "only_to_continue", "pay_when"),
    [
        (
            None,
            True,
            "お試しの後も継続される場合のみ、お試し最終日の2026年9月15日(火)までに5,500円を",
        ),
        (
            date(2026, 9, 15),
            True,
            "お試しの後も継続される場合のみ、お試し最終日の2026年9月15日(火)までに5,500円を",
        ),
        (date(2026, 9, 16), False, "サービスの開始前に5,500円を"),
    ],
)
def test_a_start_after_the_trials_end_leaves_nothing_to_pay_for_only_to_continue(
    tmp_path, start_on, only_to_continue, pay_when
):
    file = tmp_path / "later.toml"
    file.write_text(
        (houses.FOLDER / "smile.toml")
        .read_text()
        .replace('when = "before_start"', 'when = "at_continuation"')
    )
    wish = {"plan": "light", "use": "forwarding", "start_on": start_on, "wants_trial": True}
    told = offer.offer(houses.load(file), wish, TODAY)
    assert told["only_to_continue"] is only_to_continue
    assert told["pay_when"].startswith(pay_when)


@pytest.mark.parametrize(
    ("house", "start_on", "start", "target", "first_answered"),
    [
        (SMILE, None, "手続きの完了後すぐ", "2026年9月4日(金)ごろ", None),
        (MK, None, "手続きの完了後すぐ", None, None),
        (SMILE, date(2026, 9, 7), "2026年9月7日(月)", None, None),
        (SMILE, date(2026, 9, 5), "2026年9月5日(土)", None, "2026年9月7日(月)"),
        (SMILE, date(2026, 9, 21), "2026年9月21日(月)", None, "2026年9月24日(木)"),
    ],
)
def test_when_it_starts_and_who_answers_then(house, start_on, start, target, first_answered):
    told = shown(house, start_on=start_on)
    assert (told["start"], told["target"]) == (start, target)
    assert (
        f"受付は{first_answered}から" in told["closed_start"]
        if first_answered
        else told["closed_start"] is None
    )


def test_the_houses_own_words_are_shown():
    told = shown(SMILE)
    assert (told["provision"], told["later"], told["how"]) == (
        SMILE.terms.provision,
        SMILE.terms.later,
        SMILE.first_payment.how,
    )


@given(
    st.sampled_from([MK, SMILE]),
    st.dates(TODAY, TODAY + timedelta(days=60)) | st.none(),
    st.booleans(),
)
def test_facts_survive_being_stored_and_their_digest_knows_each_change(
    house, start_on, wants_trial
):
    told = shown(house, start_on=start_on, wants_trial=wants_trial)
    stored = json.loads(json.dumps(dict(reversed(told.items()))))
    assert offer.digest(stored) == offer.digest(told)
    assert len(offer.digest(told)) == 32
    assert offer.digest(told | {"total": told["total"] + 1}) != offer.digest(told)
