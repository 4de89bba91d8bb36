"""A new house is a file: nothing of it is in the code."""

import pytest

from chalicelib.rules import houses
from dev import cloud

TINY = """
options = []

[brand]
name = "ちいさな電話番"
centre = "受付"
phone = "06-6000-0000"
mail_domain = "tiny.example"
office_mail = "office@tiny.example"
address = "大阪市"

[hours]
open = "08:00"
close = "20:00"
closed = []

[line]
uses = ["listed"]
listed_option_yen = 500
prefixes = ["06"]
listed_prefixes = ["06"]
quarantine_days = 7

[trial]
days = 3
counted_from = "start"
first_day_counts = false
at_end = "continues"
skippable = false
calls_count = true
remind_days = 1
remind_unit = "calendar"
money_back_less_transfer_fee = false
campaigns = true

[first_payment]
months_of_deposit = 0
when = "at_continuation"
how = "口座振替"

[billing]
advance_months = 0
due_business_days_after_issue = 3
remind_every_days = 5
transfer_fee_yen = 0
payout_less_transfer_fee = false
statement = true

[issuer]
name = "さんばんめ"
address = "大阪市"
rounding = "down"
e_invoice = false

[account]
bank = "みほん銀行"
bank_code = "9999"
branch = "本店"
branch_code = "001"
kind = "current"
number = "7654321"
holder = "サンバンメ"

[start]
check_remind_business_days = 2

[closing]
day = 15

[plan_change]
cut_off = "closing"
in_trial = "by_cut_off"

[leaving]
cut_off = "none"

[application]
remind_after_days = 1
delete_after_days = 5

[roster]
addresses_per_person = 1
people_free = 1
extra_person_yen = 100
remind_after_days = 2

[report]
who = "asked_for"
subject = "お電話がありました"
sender = "fixed"
channels = ["mail"]
extra_items = false

[[plans]]
key = "only"
name = "ひとつだけ"
prices = [{ since = 2020-01-01, fee = 1000, included = 5, over = 100 }]

[[items]]
key = "name"
name = "お名前"

[[gates]]
key = "mail"
name = "メールの確認"
waits_on = "client"
asks = "ボタンを押してください。"

[[gates]]
key = "greeting"
name = "名乗り"
waits_on = "client"
asks = "お知らせください。"

[[gates]]
key = "identity"
name = "本人確認"
waits_on = "client"
asks = "書類をお送りください。"

[[gates]]
key = "payment"
name = "ご入金"
waits_on = "client"
only = "no_trial"
asks = "お振り込みください。"

[[gates]]
key = "address"
name = "報告先の確認"
waits_on = "client"
asks = "ボタンを押してください。"

[[gates]]
key = "number"
name = "番号のお知らせ"
waits_on = "office"
asks = "お待ちください。"

[[identity]]
key = "ic_chip"
name = "ICチップの読み取り"

[[calls]]
classes = ["*"]
reported = true
counted = true
items = "optional"
why = "すべてのお電話"

[objections]
decided_by = "office"
days = 30

[surcharge]
allowed = false

[limits]
per_network = 5
per_recipient = 5
per_recipient_a_day = 20
in_total = 5

[[answers]]
question = "何時までですか"
answer = "20時までです。"

[terms]
provision = "すぐにご利用いただけます。"
later = "毎月末日までにお支払いください。"
cancel_in_trial = "お試し中は無料です。"
cancel = "いつでもおやめいただけます。"
"""


@pytest.fixture
def tiny(house_files, desk):
    """A desk beside whose houses a third one stands."""
    (house_files / "tiny.toml").write_text(TINY)
    houses.all_houses.cache_clear()
    cloud.furnish()
    return desk


def test_a_new_house_needs_no_code(tiny):
    desk = tiny
    desk.on("2026-09-01").signs_up("tiny", plan="only", use="listed", trial="", greeting="")
    desk.presses("お申し込みを受け付けました")
    assert desk.look()["waits_for"] == ["greeting", "identity", "address", "number"]
    desk.presses("テストメール")
    desk.passes("greeting", "identity")
    desk.passes("number", number="06-6000-1234", use="listed")
    assert desk.status == "trial"
    assert desk.look()["trial_last_day"] == "2026-09-04"
    memo = desk.memo(line="06-6000-1234", business=None, caller=None, **{"class": "prank"})
    assert memo.json["why"] == "すべてのお電話"
    assert desk.mails()[-1]["subject"] == "お電話がありました"
    desk.on("2026-09-03")
    assert "お試し期間は2026年9月4日(金)までです" in desk.subjects()
    assert desk.on("2026-09-05").status == "active"
    assert desk.counted("2026-09") == 1
