"""Every limit of a house file: what just fits, and what just does not."""

import re
from datetime import date

import pytest

from chalicelib.rules import houses
from tests.rules.test_house import SMILE


def words(count: int) -> str:
    return '"' + "0" * count + '"'


def loaded(folder, text: str, name: str = "smile.toml") -> houses.House:
    file = folder / name
    file.write_text(text)
    return houses.load(file)


def changed(section: str, key: str, value: str) -> str:
    """The file with one value of the (first) section changed, or added to it."""
    here = re.search(rf"^\[+{section}\]+.*\n(?:(?!\[).*\n)*?({key} = .*)\n", SMILE, re.M)
    if here:
        return SMILE[: here.start(1)] + f"{key} = {value}" + SMILE[here.end(1) :]
    return re.sub(rf"^(\[+{section}\]+.*)$", rf"\1\n{key} = {value}", SMILE, count=1, flags=re.M)


PRICE = "{ since = 2020-01-01, fee = 0, included = 0, over = 0 }"
LIMITS = [
    ("brand", "phone", words(20), words(21)),
    ("hours", "closed", "[]", '["12-291"]'),
    ("line", "uses", '["listed"]', "[]"),
    ("line", "prefixes", '["050123"]', '["0501234"]'),
    ("line", "prefixes", '["03"]', "[]"),
    ("line", "listed_prefixes", '["031234"]', '["0312345"]'),
    ("line", "listed_prefixes", '["03"]', "[]"),
    ("trial", "days", "1", "0"),
    ("trial", "days", "365", "366"),
    ("trial", "pause_days", "1", "0"),
    ("trial", "pause_days", "365", "366"),
    ("trial", "remind_days", "1", "0"),
    ("trial", "remind_days", "60", "61"),
    ("first_payment", "months_of_deposit", "12", "13"),
    ("first_payment", "how", words(200), words(201)),
    ("billing", "advance_months", "1", "2"),
    ("billing", "due_day", "1", "0"),
    ("billing", "due_day", "28", "29"),
    ("billing", "due_business_days_after_issue", "60", "61"),
    ("billing", "remind_every_days", "1", "0"),
    ("billing", "remind_every_days", "60", "61"),
    ("billing", "transfer_fee_yen", "2000", "2001"),
    ("issuer", "name", words(60), words(61)),
    ("issuer", "address", words(120), words(121)),
    ("issuer", "registration_number", '"T1234567890123"', '"T123456789012"'),
    ("issuer", "registration_number", '"T1234567890123"', '"t1234567890123"'),
    ("account", "bank", words(30), words(31)),
    ("account", "bank_code", '"0001"', '"001"'),
    ("account", "branch", words(30), words(31)),
    ("account", "branch_code", '"001"', '"0001"'),
    ("account", "holder", words(40), words(41)),
    ("account", "number", '"0000001"', '"000001"'),
    ("account", "client_code", '"0000000001"', '"1"'),
    ("start", "target_business_days", "1", "0"),
    ("start", "check_remind_business_days", "1", "0"),
    ("start", "check_remind_business_days", "60", "61"),
    ("closing", "day", "1", "0"),
    ("closing", "day", "20", "21"),
    ("plan_change", "flag_undone_within_months", "1", "0"),
    ("plan_change", "flag_undone_within_months", "60", "61"),
    ("roster", "remind_after_days", "1", "0"),
    ("roster", "remind_after_days", "60", "61"),
    ("application", "remind_after_days", "1", "0"),
    ("application", "delete_after_days", "3", "1"),
    ("roster", "addresses_per_person", "1", "0"),
    ("roster", "addresses_per_person", "50", "51"),
    ("report", "channels", '["mail"]', "[]"),
    ("objections", "ask_again_days", "1", "0"),
    ("objections", "ask_again_days", "1000", "1001"),
    ("answers", "question", words(100), words(101)),
    ("answers", "answer", words(400), words(401)),
    ("plans", "key", words(20), words(21)),
    ("plans", "prices", f"[{PRICE}]", "[]"),
    ("gates", "asks", words(200), words(201)),
    ("identity", "key", words(20), words(21)),
    ("calls", "classes", '["prank"]', "[]"),
    ("limits", "per_network", "1", "0"),
    ("limits", "per_recipient", "1", "0"),
    ("limits", "per_recipient_a_day", "1", "0"),
    ("limits", "in_total", "1", "0"),
    *(
        ("terms", key, words(500), words(501))
        for key in ("provision", "later", "cancel_in_trial", "cancel")
    ),
]


@pytest.mark.parametrize(("section", "key", "fits", "too_far"), LIMITS)
def test_a_value_fits_up_to_its_limit(tmp_path, section, key, fits, too_far):
    loaded(tmp_path, changed(section, key, fits))
    with pytest.raises(houses.BadHouseFile) as refused:
        loaded(tmp_path, changed(section, key, too_far))
    is_list = section in ("plans", "gates", "identity", "calls", "answers")
    place = "[.]0" if is_list else ""
    assert re.match(rf"smile\.toml: {section}{place}\.{key}", str(refused.value))


def rows(name: str) -> list[str]:
    return re.findall(rf"^\[\[{name}\]\].*\n(?:(?!\[).*\n)*", SMILE, re.M)


@pytest.mark.parametrize("name", ["plans", "items", "gates", "identity", "calls", "answers"])
def test_a_list_that_may_not_be_empty(tmp_path, name):
    emptied = SMILE
    for row in rows(name):
        emptied = emptied.replace(row, "")
    with pytest.raises(houses.BadHouseFile, match=f"{name}: 1件から"):
        loaded(tmp_path, f"{name} = []\n{emptied}")


ONE = {
    "answers": '[[answers]]\nquestion = "?"\nanswer = "!"\n',
    "items": '[[items]]\nkey = "name"\nname = "お名前"\n',
    "identity": '[[identity]]\nkey = "in_person"\nname = "対面"\n',
    "calls": '[[calls]]\nclasses = ["*"]\nreported = true\ncounted = true\n'
    'items = "optional"\nwhy = "お電話"\n',
    "plans": f'[[plans]]\nkey = "one"\nname = "1つ"\nprices = [{PRICE}]\n',
}


def with_rows(name: str, new: str) -> str:
    first, *others = rows(name)
    text = SMILE.replace(first, new)
    for row in others:
        text = text.replace(row, "")
    return text


@pytest.mark.parametrize("name", ONE)
def test_one_row_is_enough(tmp_path, name):
    assert len(getattr(loaded(tmp_path, with_rows(name, ONE[name])), name)) == 1


def test_a_house_has_up_to_twenty_plans(tmp_path):
    plans = [ONE["plans"].replace('"one"', f'"p{number}"') for number in range(21)]
    assert len(loaded(tmp_path, with_rows("plans", "".join(plans[:20]))).plans) == 20
    with pytest.raises(houses.BadHouseFile, match="plans: 1件から20件まで"):
        loaded(tmp_path, with_rows("plans", "".join(plans)))


def test_a_house_answers_up_to_forty_questions(tmp_path):
    assert len(loaded(tmp_path, with_rows("answers", ONE["answers"] * 40)).answers) == 40
    with pytest.raises(houses.BadHouseFile, match="answers: 1件から40件まで"):
        loaded(tmp_path, with_rows("answers", ONE["answers"] * 41))


def test_a_house_has_up_to_two_options_and_none_of_them_twice(tmp_path):
    first, second = rows("options")
    assert [option.key for option in loaded(tmp_path, SMILE).options] == ["guidance", "windows"]
    with pytest.raises(houses.BadHouseFile, match="options: 0件から2件まで"):
        loaded(tmp_path, SMILE.replace(second, second + second))
    with pytest.raises(houses.BadHouseFile, match="options: 同じ key のオプションが2つあります"):
        loaded(tmp_path, SMILE.replace(second, first))


def test_a_closed_day_longer_than_any_is_told_its_length(tmp_path):
    with pytest.raises(houses.BadHouseFile, match=r"hours\.closed\.0: closedは5文字以内"):
        loaded(tmp_path, changed("hours", "closed", '["12-291"]'))


@pytest.mark.parametrize("name", ["smile-2.toml", "スマイル.toml"])
def test_a_houses_key_is_plain_letters_and_digits(tmp_path, name):
    with pytest.raises(houses.BadHouseFile, match="英数字だけの名前"):
        loaded(tmp_path, SMILE, name)


@pytest.mark.parametrize("name", ["portal.toml", "Desk.toml", "v1.toml", "confirm.toml"])
def test_a_houses_key_is_no_way_of_another_page(tmp_path, name):
    with pytest.raises(houses.BadHouseFile, match="次以外のファイル名に.*portal"):
        loaded(tmp_path, SMILE, name)


def test_the_number_comes_last(tmp_path):
    swapped = (
        SMILE.replace('key = "number"', 'key = "-"')
        .replace('key = "address"', 'key = "number"')
        .replace('key = "-"', 'key = "address"')
    )
    with pytest.raises(houses.BadHouseFile, match="番号の発行は最後です"):
        loaded(tmp_path, swapped)


def test_no_row_may_stand_after_the_one_that_fits_everything(tmp_path):
    with pytest.raises(houses.BadHouseFile, match='"\\*" より後の行は使われません'):
        loaded(tmp_path, SMILE.replace('classes = ["test"]', 'classes = ["*"]'))


def test_a_centre_that_closes_as_it_opens_is_refused(tmp_path):
    with pytest.raises(houses.BadHouseFile, match="受付の開始は終了より前"):
        loaded(tmp_path, SMILE.replace('close = "18:00"', 'close = "09:00"'))


@pytest.mark.parametrize(
    ("range_", "right"),
    [
        ("min = 1\nmax = 1", True),
        ("min = 200\nmax = 300", True),
        ("min = 300\nmax = 200", False),
        ("min = 0\nmax = 300", False),
        ("min = 1", False),
        ("max = 1", False),
    ],
)
def test_a_surcharge_has_a_range(tmp_path, range_, right):
    text = SMILE.replace("allowed = false", f"allowed = true\n{range_}")
    if right:
        assert loaded(tmp_path, text).surcharge.allowed
        return
    with pytest.raises(houses.BadHouseFile, match="加算の範囲が必要です"):
        loaded(tmp_path, text)


@pytest.mark.parametrize(
    ("house", "operator", "sender"),
    [
        ("mk", "sato", "sato@mk.example"),
        ("mk", None, "report@mk.example"),
        ("smile", "sato", "report@smile.example"),
        ("smile", None, "report@smile.example"),
    ],
)
def test_whose_name_a_mail_bears(house, operator, sender):
    assert houses.find(house).sender(operator) == sender


def test_a_house_keeps_declared_numbers_where_a_row_of_its_calls_is_for_them():
    assert houses.find("smile").keeps_declared is True
    assert houses.find("mk").keeps_declared is False


def test_look_ups_of_what_is_not_there():
    mk = houses.find("mk")
    assert mk.gate("payment").only == "no_trial"
    assert mk.gate("parking") is None
    assert houses.find("nobody") is None
    assert houses.find("smile").option("windows").yen == 0
    assert houses.find("smile").option("parking") is None
    assert mk.option("windows") is None
    with pytest.raises(KeyError, match="huge"):
        mk.plan("huge")


def test_before_the_first_price_the_first_price_holds(tmp_path):
    later = (
        "prices = [{ since = 2020-01-01, fee = 1, included = 1, over = 1 },"
        " { since = 2027-01-01, fee = 2, included = 1, over = 1 }]"
    )
    house = loaded(tmp_path, re.sub(r"^prices = .*$", later, SMILE, count=1, flags=re.M))
    assert [
        house.price("light", day).fee
        for day in (date(2019, 12, 31), date(2026, 12, 31), date(2027, 1, 1))
    ] == [1, 1, 2]
