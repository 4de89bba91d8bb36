"""A bank's list is read whole or not at all, and adds each of its lines once (bank.md Import)."""

import pytest

from chalicelib.models import Payment
from tests.faults.wire import Killed, Wire
from tests.flows.money.bank_days import imports, notices, row, sends
from tests.rules.money.bank_files import LISTS

TWO = (row("ｶ)ｻｸﾗ", 5920, "2026-09-01", "000001"), row("ﾀｶﾊｼ ﾕｳｷ", 2960, "2026-09-02", "000002"))


@pytest.fixture
def office(desk):
    desk.on("2026-09-10").house = "mk"
    return desk


def stored(desk) -> list[tuple[str, int]]:
    """(payer, yen) of every payment, the oldest first."""
    rows = desk.get("/v1/payments?limit=200").json["payments"]
    return sorted((row["on"], row["payer"], row["yen"]) for row in rows)


def test_a_list_brings_payments_that_wait_for_a_person(office):
    answer = sends(office, notices(*TWO), "0901.txt")
    assert answer.status == 200
    assert answer.json["name"] == "0901.txt"
    counts = [answer.json[name] for name in ("new", "known", "cancels", "debits")]
    assert counts == [2, 0, 0, 0]
    assert stored(office) == [
        ("2026-09-01", "ｶ)ｻｸﾗ", 5920),
        ("2026-09-02", "ﾀｶﾊｼ ﾕｳｷ", 2960),
    ]
    [first, _] = list(Payment.unmatched.query("mk"))
    payment = Payment.find(first.id)
    assert (payment.source, payment.by, payment.list_name) == ("bank", "office1", "0901.txt")
    assert payment.account == "9999/001/1/1234567"
    assert payment.contract is None


def test_the_same_list_adds_nothing_and_an_overlapping_one_only_the_rest(office):
    assert imports(office, notices(*TWO)) == (2, 0)
    assert imports(office, notices(*TWO)) == (0, 2)
    third = row("ﾔﾏﾀﾞ", 148, "2026-09-03", "000003")
    assert imports(office, notices(TWO[1], third)) == (1, 1)
    assert len(stored(office)) == 3


def test_two_equal_transfers_of_a_day_are_two_payments(office):
    twice = row("ﾀｶﾊｼ ﾕｳｷ", 2960, "2026-09-02")
    assert imports(office, notices(twice, twice)) == (2, 0)
    assert imports(office, notices(twice, twice)) == (0, 2)
    assert len(stored(office)) == 2


def test_a_payment_that_was_matched_or_cancelled_is_still_known(office):
    imports(office, notices(*TWO))
    [first, _] = list(Payment.unmatched.query("mk"))
    assert office.post(f"/v1/payments/{first.id}/cancellation", {"reason": "誤り"}).status == 200
    assert imports(office, notices(*TWO)) == (0, 2)
    assert Payment.find(first.id).cancelled_why == "誤り"


@pytest.mark.parametrize("bank", LISTS)
def test_the_list_of_each_online_bank(office, bank):
    answer = sends(office, LISTS[bank])
    assert (answer.json["new"], answer.json["debits"]) == (2, 1)
    assert imports(office, LISTS[bank]) == (0, 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (notices(*TWO, count=3), "行目"),
        (
            notices(*TWO, own=("9999", "001", "1", "7654321")),
            "登録されている入金口座ではありません",
        ),
        (notices(*TWO).replace(b"0000005920", b"00000059x0"), "行目"),
        (notices(*TWO).replace(b"1010", b"1011", 1), "EBCDIC"),
        (notices(*TWO)[:900], "行目"),
        (b"\r\n", "ファイルが空です"),
        ("日付,金額\r\n2026/09/01,5920\r\n".encode("cp932"), "日付,金額"),
        (b"\x00\xff\xfe" * 50, "。"),
        (b"PK\x03\x04" + bytes(range(256)) * 4, "。"),
    ],
    ids=["trailer", "account", "amount", "ebcdic", "cut", "empty", "header", "bytes", "zip"],
)
def test_a_list_that_is_not_right_is_refused_whole(office, content, words):
    answer = sends(office, content)
    assert answer.status == 422
    assert answer.faults == ["content"]
    assert words in answer.json["errors"][0]["message"]
    assert stored(office) == []


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, ["name", "content"]),
        ({"name": "a", "content": 1}, ["content"]),
        ({"name": "a", "content": " \n"}, ["content"]),
        ({"name": "a", "content": "あいう"}, ["content"]),
        ({"name": "a", "content": "YQ"}, ["content"]),
        ({"name": "a", "content": "A" * 2_900_000}, ["content"]),
        ({"name": "a\n", "content": "YQ==", "house": "smile"}, ["house", "content"]),
    ],
    ids=range(7),
)
def test_what_is_no_file_is_said_by_its_field(office, body, faults):
    answer = office.post("/v1/bank-lists", body)
    assert answer.status == 422
    assert set(answer.faults) <= set(faults)


def test_only_this_door_takes_a_large_body(office):
    large = {"name": "a", "content": "A" * 3_200_000}
    assert office.post("/v1/bank-lists", large).status == 413
    assert office.post("/v1/payments", {"payer": "A" * 300_000}).status == 413


def test_another_house_sees_nothing_of_a_list(office):
    imports(office, notices(*TWO))
    other = office.get("/v1/payments", house="smile")
    assert other.json["payments"] == []
    [first, _] = list(Payment.unmatched.query("mk"))
    assert office.get(f"/v1/payments/{first.id}", house="smile").status == 404


class Ends:
    """A fault: the process ends before the call has any effect."""

    lasting = False

    def strikes(self, _):
        raise Killed


@pytest.mark.parametrize("place", range(8))
def test_an_import_that_dies_anywhere_is_completed_by_the_next_one(office, place):
    content = notices(*(row(f"ﾅﾏｴ{yen}", yen, "2026-09-02") for yen in range(1000, 1120)))
    office.key("office")
    with Wire(cloud_prefix()).laid() as wire:
        died = False
        with wire.listening(place, Ends()):
            try:
                sends(office, content)
            except Killed:
                died = True
        assert died or len(wire.calls) <= place
        before = Payment.count()
        assert before in (0, 100, 120)
        assert imports(office, content) == (120 - before, before)
    assert Payment.count() == 120
    assert sum(yen for _, _, yen in all_of(office)) == sum(range(1000, 1120))


def all_of(desk) -> list[tuple]:
    return [(each.on, each.payer, each.yen) for each in Payment.scan()]


def cloud_prefix() -> str:
    return Payment.Meta.table_name.removesuffix("payments")
