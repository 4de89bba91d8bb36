"""What a memo must say, its number and id, and what it counts for."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from chalicelib.rules import houses
from chalicelib.rules.calendar import JST
from chalicelib.rules.calls import memo

MK, SMILE = houses.find("mk"), houses.find("smile")
NOW = datetime(2026, 9, 15, 3, 0, tzinfo=UTC)
WHOLE = {
    "received_at": NOW,
    "class_": "business",
    "business": "お見積りの件",
    "caller": {"company": "青空商事", "name": "山田", "phone": "03-1234-5678"},
    "not_obtained": None,
    "surcharge": None,
}


def said(house=MK, **changed) -> dict[str, str]:
    return {fault.field: fault.message for fault in memo.faults(WHOLE | changed, house, NOW)}


def test_a_whole_memo_has_no_fault():
    assert memo.faults(WHOLE, MK, NOW) == memo.faults(WHOLE, SMILE, NOW) == []


@pytest.mark.parametrize(
    ("ahead", "fault"),
    [
        (timedelta(minutes=2), None),
        (timedelta(minutes=2, microseconds=1), "未来"),
        (timedelta(hours=-72), None),
        (timedelta(hours=-72, microseconds=-1), "72時間"),
    ],
)
def test_a_memo_is_taken_from_72_hours_ago_to_two_minutes_ahead(ahead, fault):
    told = said(received_at=NOW + ahead)
    assert fault in told["received_at"] if fault else told == {}


def test_an_instant_that_could_not_be_read_is_not_judged_again():
    assert said(received_at=None) == {}


@pytest.mark.parametrize(
    ("house", "changed", "fields"),
    [
        (MK, {"business": None}, {"business"}),
        (MK, {"business": None, "not_obtained": {"business": "unclear"}}, set()),
        (MK, {"caller": None}, {"caller.name", "caller.phone"}),
        (SMILE, {"caller": None}, {"caller.company", "caller.name", "caller.phone"}),
        (MK, {"caller": {"name": "山田"}, "not_obtained": {"phone": "hung_up"}}, set()),
        (MK, {"caller": None, "business": None, "class_": "hangup"}, set()),
        (MK, {"caller": None, "business": None, "class_": None}, set()),
        (MK, {"not_obtained": {"name": "unclear"}}, {"not_obtained.name"}),
        (MK, {"not_obtained": {"fax": "unclear"}}, {"not_obtained.fax"}),
        (
            MK,
            {
                "caller": {"name": "山田", "phone": "0312345678"},
                "not_obtained": {"company": "unclear"},
            },
            set(),
        ),
        (MK, {"class_": "sales", "not_obtained": {"fax": "unclear"}}, {"not_obtained.fax"}),
    ],
)
def test_every_item_of_the_house_is_given_or_said_why_not(house, changed, fields):
    assert set(said(house, **changed)) == fields


@pytest.mark.parametrize(
    ("phone", "fits"),
    [
        ("090-1234-5678", True),
        ("０３", True),
        ("非通知", True),
        ("公衆電話から", True),
        ("わかりません", False),
        ("同じ番号", False),
    ],
)
def test_a_number_has_digits_or_was_not_shown(phone, fits):
    told = said(MK, caller={"name": "山田", "phone": phone})
    assert (set(told) == set()) if fits else ("not_obtained.phone" in told["caller.phone"])


def test_a_missing_item_is_asked_for_by_the_houses_name_for_it():
    assert said(MK, caller={"name": "山田"})["caller.phone"].startswith(
        "折り返しのお電話番号を入力するか"
    )
    assert said(MK, not_obtained={"fax": "unclear"})["not_obtained.fax"].endswith(
        "business、company、name、phone"
    )


@pytest.mark.parametrize(
    ("house", "yen", "field"),
    [
        (MK, 199, "surcharge.yen"),
        (MK, 200, None),
        (MK, 300, None),
        (MK, 301, "surcharge.yen"),
        (SMILE, 200, "surcharge"),
    ],
)
def test_a_surcharge_is_within_the_houses_range(house, yen, field):
    assert set(said(house, surcharge={"yen": yen})) == ({field} if field else set())


@pytest.mark.parametrize(
    ("house", "call_class", "in_free_trial", "reported", "counts"),
    [
        (MK, "business", False, True, True),
        (MK, "business", True, True, False),
        (MK, "sales", False, False, False),
        (MK, "sales", True, False, False),
        (SMILE, "sales", False, True, False),
    ],
)
def test_what_a_call_counts_for(house, call_class, in_free_trial, reported, counts):
    why = house.call_row(call_class).why
    spared = house.call_row(call_class).counted and not counts
    assert memo.verdict(house, call_class, in_free_trial) == (
        reported,
        counts,
        f"{why}(無料お試し期間中のため数えません)" if spared else why,
    )


@pytest.mark.parametrize(
    ("identity", "letters"), [("mk-0", "H6E1Y"), ("smile-abc", "12G2P"), ("x", "Q25J2")]
)
def test_the_number_people_quote_never_changes(identity, letters):
    assert memo.number(identity, datetime(2026, 9, 14, 15, 0, tzinfo=UTC)) == f"260915-{letters}"
    assert memo.number(identity, datetime(2026, 9, 14, 14, 59, tzinfo=UTC)) == f"260914-{letters}"


def test_the_same_request_has_the_same_id_and_no_other_has_it():
    ids = {
        memo.memo_id(*each)
        for each in [
            ("mk", "a", "k"),
            ("mk", "a", "l"),
            ("mk", "b", "k"),
            ("smile", "a", "k"),
            ("mk", "a", "k"),
        ]
    }
    assert len(ids) == 4
    assert memo.memo_id("mk", "a", "k").startswith("mk-")
    assert {len(each.partition("-")[2]) for each in ids} == {32}


def test_a_body_is_the_same_whatever_the_order_of_its_fields():
    assert memo.body_digest({"a": 1, "b": ["あ"]}) == memo.body_digest({"b": ["あ"], "a": 1})
    assert memo.body_digest({"a": 1}) != memo.body_digest({"a": 2})
    assert len(memo.body_digest({"a": "\ud800"})) == 64  # half a letter has a digest too


ROOM = [{"key": "room", "name": "部屋番号"}]


@pytest.mark.parametrize(
    ("asked", "extra", "fault"),
    [
        (ROOM, {"room": "305"}, None),
        (ROOM, None, ("extra.room", "部屋番号を入力するか")),
        (ROOM, {"room": "305", "floor": "3"}, ("extra.floor", "使える項目: room")),
        (None, {"floor": "3"}, ("extra.floor", "このご契約に追加の項目はありません。")),
        (None, None, None),
    ],
)
def test_further_items_are_those_that_the_contract_asks(asked, extra, fault):
    faults = memo.faults(WHOLE | {"extra": extra}, MK, NOW, asked)
    assert [each.field for each in faults] == ([fault[0]] if fault else [])
    assert all(fault[1] in each.message for each in faults)


WRONG = SimpleNamespace(received_at=NOW, class_now=None)


@pytest.mark.parametrize(
    ("received_at", "fields"),
    [
        (NOW, []),
        (NOW + memo.CLOCK_SKEW, []),
        (NOW + memo.CLOCK_SKEW + timedelta(microseconds=1), ["received_at"]),
        (datetime(2026, 9, 1, tzinfo=JST), []),
        (datetime(2026, 8, 31, 23, 59, tzinfo=JST), ["received_at"]),
    ],
)
def test_a_correction_stays_in_its_month_and_in_the_past(received_at, fields):
    faults = list(memo.correction_faults(WRONG, "business", received_at, NOW))
    assert [fault.field for fault in faults] == fields


@pytest.mark.parametrize(
    ("class_now", "call_class", "fields"),
    [
        (None, "sales", []),
        ("sales", "sales", []),
        ("sales", None, []),
        ("sales", "business", ["class"]),
    ],
)
def test_a_correction_leaves_the_class_that_was_decided(class_now, call_class, fields):
    wrong = SimpleNamespace(received_at=NOW, class_now=class_now)
    faults = list(memo.correction_faults(wrong, call_class, NOW, NOW))
    assert [fault.field for fault in faults] == fields


@pytest.mark.parametrize(
    ("house", "last_day", "is_free"),
    [
        (MK, None, False),
        (MK, date(2026, 9, 14), False),
        (MK, date(2026, 9, 15), True),
        (MK, date(2026, 9, 16), True),
        (SMILE, date(2026, 9, 16), False),  # whose trial calls count
        (SMILE, None, False),
    ],
)
def test_a_call_is_free_up_to_the_last_day_of_a_trial_whose_calls_do_not_count(
    house, last_day, is_free
):
    contract = SimpleNamespace(trial_last_day=last_day)
    assert memo.in_free_trial(house, contract, NOW) is is_free
