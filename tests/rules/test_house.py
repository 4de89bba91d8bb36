"""House files: read as a whole, refused with file, key and remedy, enough for a new house."""

from datetime import date

import pytest

from chalicelib.rules import houses

SMILE = (houses.FOLDER / "smile.toml").read_text()

WRONG = [
    ("days = 14", "days = 0", "smile.toml: trial.days: 1から365まで"),
    ("days = 14", "dayz = 14", "smile.toml: trial.dayz: この項目は使えません"),
    ("days = 14", "dayz = 14", "smile.toml: trial.days: daysを入力してください"),
    (
        'at_end = "continues"',
        'at_end = "sometimes"',
        "smile.toml: trial.at_end: 次のいずれかを指定してください: continues",
    ),
    ('open = "09:00"', 'open = "9時"', "smile.toml: hours.open: 時刻は 09:00 の形で"),
    ('open = "09:00"', 'open = "19:00"', "smile.toml: hours: 受付の開始は終了より前"),
    ('"12-29"', '"12-32"', 'smile.toml: hours.closed.0: 日付は "12-29" の形で'),
    (
        'classes = ["*"]\nreported',
        'classes = ["test"]\nreported',
        "smile.toml: calls: 最後の行はすべてのお電話に",
    ),
    (
        "since = 2020-01-01, fee = 5500",
        "since = 2020-13-01, fee = 5500",
        "smile.toml: TOMLとして読み取れません",
    ),
    (
        "prices = [{ since = 2020-01-01, fee = 5500, included = 30, over = 165 }]",
        "prices = [{ since = 2020-01-01, fee = 1, included = 1, over = 1 },"
        " { since = 2020-01-01, fee = 2, included = 1, over = 1 }]",
        "smile.toml: plans.0.prices: 料金の期間が重なって",
    ),
    ('key = "regular"', 'key = "light"', "smile.toml: plans: 同じ key のプラン"),
    ('key = "identity"', 'key = "greeting"', "smile.toml: gates: 同じ確認項目が2回"),
    ('key = "identity"', 'key = "payment"', 'key = "identity" の項目を加えて'),
    (
        "delete_after_days = 14",
        "delete_after_days = 2",
        "smile.toml: application.remind_after_days: delete_after_days より短い",
    ),
    (
        'classes = ["business"]',
        'classes = ["*"]',
        'smile.toml: calls: "*" より後の行は使われません',
    ),
    (
        "reported = true\ncounted = true",
        "reported = false\ncounted = true",
        "smile.toml: calls.1: 報告しないお電話は数えられません",
    ),
    (
        'only = "declared"\nreported = false',
        'only = "declared"\nreported = true',
        "smile.toml: calls: 申告された番号の行",
    ),
    ('"mail"]\nextra', '"fax"]\nextra', "smile.toml: report.channels.0: 次のいずれかを"),
    ("\ndays = 90", "\ndays = 0", "smile.toml: objections.days: 1から400まで"),
    ('key = "greeting"', 'key = "eligibility"', 'key = "greeting" の項目を加えて'),
    ('"center@smile.example"', '"center"', "smile.toml: brand.office_mail: メールアドレスの形で"),
    ('"smile.example"', '"smile example"', "smile.toml: brand.mail_domain: ドメインの形で"),
    ("allowed = false", "allowed = true", "smile.toml: surcharge: 加算の範囲が必要です"),
    ("remind_days = 3", "remind_days = 999", "smile.toml: trial.remind_days: 1から60まで"),
    (
        'at_end = "continues"',
        'at_end = "lapses"',
        "smile.toml: trial.pause_days: at_end が lapses のとき",
    ),
    (
        "since = 2020-01-01, fee = 5500",
        "since = 2020-01-15, fee = 5500",
        "smile.toml: plans.0.prices: 料金は月ごとに請求します。since には月の1日を",
    ),
    (
        "e_invoice = false",
        "e_invoice = true",
        "smile.toml: issuer.registration_number: e_invoice が true のときは必要です",
    ),
    (
        "e_invoice = false",
        'e_invoice = true\nregistration_number = "T1234567890123"',
        'smile.toml: issuer.rounding: e_invoice が true のときは "half_up"',
    ),
]


@pytest.mark.parametrize(("right", "wrong", "said"), WRONG)
def test_a_file_that_cannot_be_right_is_refused_in_words(tmp_path, right, wrong, said):
    assert right in SMILE
    file = tmp_path / "smile.toml"
    file.write_text(SMILE.replace(right, wrong, 1))
    with pytest.raises(houses.BadHouseFile) as refused:
        houses.load(file)
    assert said in str(refused.value)


def test_everything_wrong_is_said_at_once(tmp_path):
    file = tmp_path / "smile.toml"
    file.write_text(
        SMILE.replace("days = 14", "days = 0", 1).replace('open = "09:00"', 'open = "x"')
    )
    with pytest.raises(houses.BadHouseFile) as refused:
        houses.load(file)
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("house", "plan", "fee", "included", "over"),
    [
        ("mk", "small", 2960, 20, 148),
        ("mk", "half", 5720, 40, 143),
        ("mk", "standard", 11040, 80, 138),
        ("smile", "light", 5500, 30, 165),
        ("smile", "regular", 8800, 60, 154),
        ("smile", "business", 16500, 120, 143),
    ],
)
def test_published_prices(house, plan, fee, included, over):
    price = houses.find(house).price(plan, date(2026, 9, 1))
    assert (price.fee, price.included, price.over) == (fee, included, over)


def test_a_price_changes_from_its_day_on(tmp_path):
    old = "prices = [{ since = 2020-01-01, fee = 5500, included = 30, over = 165 }]"
    new = old[:-1] + ", { since = 2027-04-01, fee = 6000, included = 30, over = 170 }]"
    file = tmp_path / "smile.toml"
    file.write_text(SMILE.replace(old, new))
    house = houses.load(file)
    assert [
        house.price("light", date(2027, 3, 31)).fee,
        house.price("light", date(2027, 4, 1)).fee,
    ] == [5500, 6000]


REPORTED_AND_COUNTED = {
    "smile": {
        "business": (1, 1),
        "doubtful": (1, 1),
        "sales": (1, 0),
        "wrong_number": (1, 0),
        "prank": (1, 0),
        "hangup": (1, 0),
        "test": (1, 0),
    },
    "mk": {
        "business": (1, 1),
        "doubtful": (1, 1),
        "sales": (0, 0),
        "wrong_number": (0, 0),
        "prank": (0, 0),
        "hangup": (1, 1),
        "test": (1, 1),
    },
}


@pytest.mark.parametrize(
    ("house", "call_class"),
    [(house, each) for house, table in REPORTED_AND_COUNTED.items() for each in table],
)
def test_what_counts(house, call_class):
    row = houses.find(house).call_row(call_class)
    assert (row.reported, row.counted) == REPORTED_AND_COUNTED[house][call_class]


def test_a_class_without_a_row_falls_to_the_last(tmp_path):
    file = tmp_path / "smile.toml"
    file.write_text(SMILE.replace('classes = ["test"]', 'classes = ["sales"]'))
    assert houses.load(file).call_row("test").why == "分類のないお電話"


def test_the_digest_is_short_and_follows_every_house_file(tmp_path, monkeypatch):
    for file in houses.FOLDER.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    known = houses.digest()
    monkeypatch.setattr(houses, "FOLDER", tmp_path)
    assert houses.digest() == known
    assert len(known) == 16
    for name in ("mk.toml", "smile.toml"):
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b"# ")
        assert houses.digest() != known
        known = houses.digest()


def test_a_house_says_its_account_in_words():
    account = houses.find("smile").account
    assert account.text == "みほん銀行 本店 普通 1234567"
    assert account._replace(kind="current").text == "みほん銀行 本店 当座 1234567"


def test_a_house_whose_bank_takes_no_files_has_no_client_code(tmp_path):
    file = tmp_path / "smile.toml"
    file.write_text(SMILE.replace('client_code = "1234567890"\n', ""))
    assert houses.load(file).account.client_code is None
