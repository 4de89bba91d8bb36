"""An application: the fields of the form, and what a filled-in form means."""

from datetime import datetime

from chalicelib.errors import Fault, Invalid
from chalicelib.input.kinds import CorporateNumber, Day, Mail, Phone
from chalicelib.input.shapes import Choice, Flag, Many, Shape, Text, Ticked
from chalicelib.rules import calendar
from chalicelib.rules.house_file import PARTIES
from chalicelib.rules.houses import House

TRIALS = {"yes": "無料お試しから始める", "no": "お試しなしで契約する"}
PEOPLE_ON_FORM = 3


def shape(house: House) -> Shape:
    """The fields of a house's signup form; only what is needed to begin is required."""
    return Shape(
        "Signup",
        plan=Choice("ご希望のプラン", {plan.key: plan.name for plan in house.plans}),
        trial=_trial(house),
        party=Choice("ご契約者", PARTIES),
        company=Text("会社名・団体名", required=False),
        contact_name=Text("ご担当者のお名前"),
        contact_reading=Text("お名前のふりがな", required=False),
        mail=Mail("メールアドレス"),
        phone=Phone("お電話番号"),
        postal_address=Text("ご住所", required=False, max=200),
        corporate_number=CorporateNumber("法人番号", required=False),
        payer_kana=Text("お振込名義(カナ)", required=False, max=60),
        campaign=Flag("イベント・キャンペーン・採用募集など、期間の決まったご利用", required=False),
        use=Choice("番号の使い方", {use: use for use in house.line.uses}),
        start_on=Day("ご利用開始希望日", required=False),
        greeting=Text("電話応対時の名乗り", required=False, max=60),
        people=Many("報告を受け取る方", _person(house), min=1, max=PEOPLE_ON_FORM),
        wishes=Text("ご要望・ご質問", required=False, max=1000, lines=True),
        agreed=Ticked("お申込み内容"),
    )


def _trial(house: House) -> Choice:
    is_free = house.trial.skippable
    choices = TRIALS if is_free else {"yes": TRIALS["yes"]}
    return Choice("無料お試し", choices, required=is_free)


def _person(house: House) -> Shape:
    addresses = Many(
        "報告先のメールアドレス",
        Mail("報告先のメールアドレス"),
        min=1,
        max=house.roster.addresses_per_person,
    )
    return Shape(
        "Recipient",
        name=Text("報告を受け取る方のお名前"),
        reading=Text("ふりがな", required=False),
        addresses=addresses,
    )


def read(house: House, words: dict, now: datetime) -> dict:
    """What the words of a form mean, in their types, and `wants_trial`.

    Raises Invalid with every fault, those between fields included.
    """
    form = shape(house)
    faults: list[Fault] = []
    try:
        wish = form.read(words)
    except Invalid as invalid:
        wish = form.sound(words)
        faults += invalid.errors
    faults += _faults_between(house, wish, faults, now)
    if faults:
        places = {name: place for place, name in enumerate(form.fields)}
        raise Invalid(sorted(faults, key=lambda fault: places.get(_top(fault), -1)))
    return wish | {"wants_trial": wish["trial"] != "no"}


def _top(fault: Fault) -> str:
    """The form's field that a fault lies in: `people` of `people.0.name`."""
    return fault.field.partition(".")[0]


def _faults_between(house: House, wish: dict, faults: list[Fault], now: datetime) -> list[Fault]:
    """What does not go together; what has a fault already gets no second one."""
    between = []
    has_fault = any(fault.field == "company" for fault in faults)
    if wish["party"] == "company" and not wish["company"] and not has_fault:
        between.append(
            Fault("company", "法人でお申し込みの場合は、会社名・団体名を入力してください。")
        )
    if wish["start_on"] and wish["start_on"] < calendar.day_of(now):
        between.append(Fault("start_on", "ご利用開始希望日は、本日以降の日付を入力してください。"))
    if wish["campaign"] and wish["trial"] == "yes" and not house.trial.campaigns:
        between.append(
            Fault(
                "trial",
                "期間の決まったご利用(催事や採用募集など)は、お試しの対象外です。"
                "「お試しなし」をお選びください。",
            )
        )
    return between
