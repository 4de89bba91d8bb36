"""A record holds exactly its fields, and never changes."""

import pytest

from chalicelib.record import Record


class Price(Record):
    fee: int
    included: int


PRICE = Price(2960, included=20)


def test_a_record_says_its_fields():
    assert (PRICE.fee, PRICE.included) == (2960, 20)
    assert Price._fields == ("fee", "included")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        ((1,), {}),
        ((1, 2, 3), {}),
        ((1,), {"fee": 2}),
        ((1, 2), {"over": 3}),
        ((), {"fee": 1, "over": 2}),
    ],
)
def test_another_set_of_fields_is_no_such_record(values, named):
    with pytest.raises(TypeError, match="Price has the fields fee, included"):
        Price(*values, **named)


def test_a_record_never_changes():
    with pytest.raises(AttributeError):
        PRICE.fee = 1
    with pytest.raises(AttributeError):
        del PRICE.fee
    assert PRICE.fee == 2960


def test_records_are_equal_by_their_values():
    assert Price(1, 2) == Price(included=2, fee=1)
    assert Price(1, 2) != Price(1, 3)


def test_a_record_with_other_values_is_another_one():
    assert PRICE._replace(fee=1) == Price(1, 20)
    assert PRICE.fee == 2960
