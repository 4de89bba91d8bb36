"""One line is the same line in every file that holds it, and only of the house's accounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Fault, Invalid
from chalicelib.rules.money import bank_lists
from chalicelib.rules.money.bank_lists import identity
from tests.rules.money.bank_files import (
    END,
    LISTS,
    TODAY,
    joined,
    notice,
    notice_header,
    notice_trailer,
    notices,
    statement,
    statement_header,
    statement_trailer,
)

ACCOUNT = bank_lists.account("0005", "123", "1", "0001234567")


def identities(content: bytes) -> list[str]:
    return [identity(entry) for entry in bank_lists.read(content, TODAY).entries]


def list_01(*records: bytes, total: int) -> bytes:
    return joined([notice_header(), *records, notice_trailer(len(records), total), END])


@pytest.mark.parametrize("content", [*LISTS.values(), joined([*notices(1, 2, 2), END])])
def test_the_same_file_has_the_same_identities_and_no_two_alike(content):
    first, second = identities(content), identities(content)
    assert first == second
    assert len(set(first)) == len(first)


def test_two_equal_transfers_of_a_day_are_two_payments():
    entries = bank_lists.read(list_01(notice(), notice(), total=11_440), TODAY).entries
    assert [entry.copy for entry in entries] == [0, 1]
    assert len({identity(entry) for entry in entries}) == 2


def test_equal_transfers_to_two_accounts_are_no_copies():
    other = [notice_header(number="7654321"), notice(), notice_trailer(1, 5720)]
    entries = bank_lists.read(joined([*notices(5720), *other, END]), TODAY).entries
    assert [entry.copy for entry in entries] == [0, 0]
    assert len({identity(entry) for entry in entries}) == 2


@given(st.lists(st.integers(1, 3), max_size=8), st.integers(0, 8))
def test_a_file_that_overlaps_adds_only_what_is_new(amounts, known):
    earlier = identities(joined([*notices(*amounts[:known]), END]))
    later = identities(joined([*notices(*amounts), END]))
    assert set(earlier) <= set(later)
    assert len(set(later)) == len(amounts)


@given(st.permutations(range(3)))
def test_the_order_of_a_file_makes_no_difference(order):
    for content in LISTS.values():
        header, *rows = content.rstrip().split(b"\n")
        turned = b"\n".join([header.rstrip(), *(rows[place].rstrip() for place in order)])
        assert set(identities(turned)) == set(identities(content))


@pytest.mark.parametrize(
    "facts",
    [{"yen": 5721}, {"payer": "ﾀﾅｶ"}, {"on": "080902"}, {"bank_number": "000002"}],
)
def test_whatever_differs_is_another_line(facts):
    yen = facts.get("yen", 5720)
    assert identities(list_01(notice(**facts), total=yen)) != identities(
        list_01(notice(), total=5720)
    )


def test_a_cancelled_notice_is_another_line_than_the_notice():
    records = [notice_header(), notice(), notice(cancel="1"), notice_trailer(1, 5720), END]
    assert len(set(identities(joined(records)))) == 2


def test_a_change_of_what_we_read_out_of_a_text_changes_no_identity():
    entry = bank_lists.read(LISTS["0038"], TODAY).entries[0]
    other = entry._replace(payer="x", key="x", is_transfer=not entry.is_transfer, line=99)
    assert identity(other) == identity(entry)


def test_an_identity_never_changes_from_one_version_to_the_next():
    records = [notice_header(), notice(cancel="1"), notice_trailer(0, 0), END]
    assert identities(joined(records))[0][:16] == "396eccea9e6dbda1"
    assert identities(LISTS["0038"])[0][:16] == "13169a5c91fbe550"


@pytest.mark.parametrize("number", ["0012345", "0000012345"])
def test_zeros_in_front_of_an_account_fill_seven_digits(number):
    assert bank_lists.account("0005", "123", "1", number) == "0005/123/1/0012345"


def test_an_account_is_the_same_with_seven_digits_and_with_ten():
    records = [statement_header(), statement(), statement_trailer((1, 5720), (0, 0)), END]
    for content in (joined(records), joined([*notices(5720), END])):
        assert len(bank_lists.read(content, TODAY, {ACCOUNT}).entries) == 1


def test_a_record_of_an_account_that_is_not_the_houses_refuses_the_file():
    with pytest.raises(Invalid) as fault:
        bank_lists.read(joined([*notices(5720), END]), TODAY, ["0005/123/1/7654321"])
    sentence = (
        "2行目の口座(0005/123/1/1234567)が、登録されている入金口座ではありません。"
        "登録されている口座の明細をダウンロードして取り込んでください。"
    )
    assert fault.value.errors == (Fault("file", sentence),)


def test_a_csv_names_no_account_and_is_not_held_against_those_of_the_house():
    assert len(bank_lists.read(LISTS["0038"], TODAY, [ACCOUNT]).entries) == 2
