"""Records of fixed width as the banks of Japan exchange them (bank.md Records).

A layout is rows of data: first byte, last byte, name. Bytes count from 1; `""` names bytes that
are blank or that nobody here needs.
"""

from datetime import date

from chalicelib.record import Record
from chalicelib.rules.money import bank_entries

REIWA = 2018  # added to a year of the era, which began in 2019


class Field(Record):
    """Some bytes of a record. Digits stand at the right behind zeros, letters at the left."""

    first: int
    last: int
    name: str
    is_digits: bool

    @property
    def width(self) -> int:
        return self.last - self.first + 1


Layout = tuple[Field, ...]
Row = tuple[int, int, str]


def _layout(*rows: Row, digits: str = "") -> Layout:
    """A layout; `digits` lists the fields that are written as numbers."""
    return tuple(Field(*row, row[2] in digits.split()) for row in rows)


NOTICE_HEADER = _layout(
    (1, 1, "record"), (2, 3, "kind_of_list"), (4, 4, "code"),
    (5, 10, "made_on"), (11, 16, "from_on"), (17, 22, "to_on"),
    (23, 26, "bank"), (27, 41, "bank_name"), (42, 44, "branch"), (45, 59, "branch_name"),
    (60, 60, "kind"), (61, 67, "number"), (68, 107, "holder"), (108, 200, ""),
)  # fmt: skip
NOTICE = _layout(
    (1, 1, "record"), (2, 7, "bank_number"), (8, 13, "on"), (14, 19, "value_on"),
    (20, 29, "yen"), (30, 39, "cheques_yen"), (40, 49, "payer_code"), (50, 97, "payer"),
    (98, 112, "from_bank"), (113, 127, "from_branch"), (128, 128, "cancel"),
    (129, 148, "edi"), (149, 200, ""),
)  # fmt: skip
# Some banks repeat both amounts with twelve digits, and leave the short ones 0 where ten are few.
WIDE_NOTICE = _layout(
    *[(field.first, field.last, field.name) for field in NOTICE if field.last <= 128],
    (129, 140, "wide_yen"), (141, 152, "wide_cheques_yen"), (153, 172, "edi"), (173, 200, ""),
)  # fmt: skip
NOTICE_TRAILER = _layout(
    (1, 1, "record"), (2, 7, "count"), (8, 19, "total"),
    (20, 25, "cancel_count"), (26, 37, "cancel_total"), (38, 200, ""),
)  # fmt: skip
NOTICE_END = _layout((1, 1, "record"), (2, 11, "records"), (12, 16, "accounts"), (17, 200, ""))

STATEMENT_HEADER = _layout(
    (1, 1, "record"), (2, 3, "kind_of_list"), (4, 4, "code"),
    (5, 10, "made_on"), (11, 16, "from_on"), (17, 22, "to_on"),
    (23, 26, "bank"), (27, 41, "bank_name"), (42, 44, "branch"), (45, 59, "branch_name"),
    (60, 62, ""), (63, 63, "kind"), (64, 73, "number"), (74, 113, "holder"),
    (114, 114, "sign_before"), (115, 115, "passbook"), (116, 129, "balance_before"),
    (130, 200, ""),
)  # fmt: skip
STATEMENT = _layout(
    (1, 1, "record"), (2, 9, "bank_number"), (10, 15, "on"), (16, 21, "value_on"),
    (22, 22, "direction"), (23, 24, "sort"), (25, 36, "yen"), (37, 48, "cheques_yen"),
    (49, 54, "presented_on"), (55, 60, "returned_on"), (61, 61, "cheque_kind"),
    (62, 68, "cheque_number"), (69, 71, "other_branch"), (72, 81, "payer_code"),
    (82, 129, "payer"), (130, 144, "from_bank"), (145, 159, "from_branch"),
    (160, 179, "summary"), (180, 199, "edi"), (200, 200, ""),
)  # fmt: skip
STATEMENT_TRAILER = _layout(
    (1, 1, "record"), (2, 7, "count"), (8, 20, "total"), (21, 26, "debit_count"),
    (27, 39, "debit_total"), (40, 40, "sign_after"), (41, 54, "balance_after"),
    (55, 61, "lines"), (62, 200, ""),
)  # fmt: skip
STATEMENT_END = _layout((1, 1, "record"), (2, 200, ""))

TRANSFER_HEADER = _layout(
    (1, 1, "record"), (2, 3, "kind_of_list"), (4, 4, "code"), (5, 14, "client_code"),
    (15, 54, "name"), (55, 58, "on"), (59, 62, "bank"), (63, 77, "bank_name"),
    (78, 80, "branch"), (81, 95, "branch_name"), (96, 96, "kind"), (97, 103, "number"),
    (104, 120, ""),
    digits="client_code",
)  # fmt: skip
TRANSFER = _layout(
    (1, 1, "record"), (2, 5, "bank"), (6, 20, "bank_name"), (21, 23, "branch"),
    (24, 38, "branch_name"), (39, 42, "clearing_house"), (43, 43, "kind"), (44, 50, "number"),
    (51, 80, "holder"), (81, 90, "yen"), (91, 91, "is_new"), (92, 101, "reference_1"),
    (102, 111, "reference_2"), (112, 112, "way"), (113, 113, "edi_mark"), (114, 120, ""),
    digits="yen",
)  # fmt: skip
TRANSFER_TRAILER = _layout(
    (1, 1, "record"), (2, 7, "count"), (8, 19, "total"), (20, 120, ""),
    digits="count total",
)  # fmt: skip
TRANSFER_END = _layout((1, 1, "record"), (2, 120, ""))


def cut(layout: Layout, record: bytes) -> dict[str, bytes]:
    """The fields of a record by name, cut by bytes: a wide letter in a name moves nothing."""
    return {field.name: record[field.first - 1 : field.last] for field in layout if field.name}


def write(layout: Layout, **values: str | int) -> bytes:
    """A record in cp932. Fields without a value are blank, or 0 where they hold a number.

    Raises ValueError for a value that is too long, and TypeError for a name nobody knows.
    """
    unknown = values.keys() - {field.name for field in layout}
    if unknown:
        raise TypeError(f"the layout has no {', '.join(sorted(unknown))}")
    return b"".join(_written(field, values.get(field.name, "")) for field in layout)


def _written(field: Field, value: str | int) -> bytes:
    content = str(value).encode("cp932")
    if len(content) > field.width:
        raise ValueError(f"{field.name} has more than {field.width} bytes")
    return content.rjust(field.width, b"0") if field.is_digits else content.ljust(field.width)


def text(content: bytes) -> str:
    """The letters of a field without the blanks around them. Raises ValueError for none."""
    return content.decode("cp932").strip()


def number(content: bytes) -> int:
    """A number of whole yen or of records. Raises ValueError for anything but digits."""
    digits = content.strip()
    if not digits.isdigit():
        raise ValueError("no digits")
    return int(digits)


def day(content: bytes, today: date) -> date:
    """A date `080901` of the running era: 2026-09-01. Raises ValueError for none."""
    if not content.isdigit():
        raise ValueError("no digits")
    year, month, day_of_month = (int(content[place : place + 2]) for place in (0, 2, 4))
    return bank_entries.day(year + REIWA, month, day_of_month, today)
