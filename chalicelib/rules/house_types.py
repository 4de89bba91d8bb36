"""A house's rules as immutable records: one class for each part of its file.

Yen include tax, dates and times of day are Japan's, and a part that a house may leave out is None.
"""

from datetime import date, time
from typing import Literal

from chalicelib.record import Record

CutOff = Literal["closing", "none"]


class Brand(Record):
    """Under which name and from which addresses the house speaks."""

    name: str
    centre: str
    phone: str
    mail_domain: str
    office_mail: str
    address: str


class Hours(Record):
    """When the centre's operators take calls; `closed` are the days of closure, `12-29` each."""

    open: time
    close: time
    closed: tuple[str, ...]


class LineRules(Record):
    """What the house lends numbers for, how they begin, and how long a returned one rests."""

    uses: tuple[str, ...]
    listed_option_yen: int
    prefixes: tuple[str, ...]
    listed_prefixes: tuple[str, ...]
    quarantine_days: int
    extra_number_yen: int | None


class Trial(Record):
    """The free trial (houses.md 3)."""

    days: int
    counted_from: Literal["application", "start"]
    first_day_counts: bool
    at_end: Literal["continues", "lapses"]
    skippable: bool
    calls_count: bool
    remind_days: int
    remind_unit: Literal["calendar", "business"]
    pause_days: int | None
    money_back_less_transfer_fee: bool
    campaigns: bool


class FirstPayment(Record):
    """What is paid before the paid contract begins, and how."""

    months_of_deposit: int
    when: Literal["before_start", "at_continuation"]
    how: str


class Start(Record):
    """How soon a service should run, and when its client is reminded to check it."""

    target_business_days: int | None
    check_remind_business_days: int


class Closing(Record):
    """The day of the month that closes it."""

    day: int


class PlanChanges(Record):
    """From when another plan counts (houses.md 5)."""

    cut_off: CutOff
    in_trial: Literal["at_once", "by_cut_off"]
    flag_undone_within_months: int | None


class Leaving(Record):
    """Until when a notice ends the contract with its month (houses.md 6)."""

    cut_off: CutOff


class Option(Record):
    """What can be ordered beside the plan: yen a month, ready so many business days later."""

    key: str
    name: str
    yen: int
    ready_business_days: int


class Application(Record):
    """How long an application waits for its confirmation."""

    remind_after_days: int
    delete_after_days: int


class Roster(Record):
    """How many people and addresses receive reports, and yen a month for each further person."""

    addresses_per_person: int
    people_free: int
    extra_person_yen: int
    remind_after_days: int


class Report(Record):
    """Who is told of a call, by which ways, under which subject and sender (houses.md 7)."""

    who: Literal["everyone", "asked_for"]
    subject: str
    sender: Literal["fixed", "operator"]
    channels: tuple[str, ...]
    extra_items: bool


class Price(Record):
    """From a JST date on: the fee a month, the calls it includes, and yen for each call over."""

    since: date
    fee: int
    included: int
    over: int


class Plan(Record):
    """A plan with its prices, the oldest first (houses.md 4)."""

    key: str
    name: str
    prices: tuple[Price, ...]


class Item(Record):
    """What every caller is asked."""

    key: str
    name: str


class Gate(Record):
    """What has to be passed before the service may start (houses.md 10)."""

    key: str
    name: str
    waits_on: Literal["client", "office"]
    only: Literal["match", "trial", "no_trial"] | None
    asks: str


class IdentityMethod(Record):
    """A way to show who one is, within the JST dates of its law, both included."""

    key: str
    name: str
    valid_from: date | None
    valid_until: date | None


class CallRow(Record):
    """What some classes of calls mean (houses.md 8)."""

    classes: tuple[str, ...]
    only: Literal["declared"] | None
    reported: bool
    counted: bool
    items: Literal["required", "optional"]
    why: str


class Objections(Record):
    """Who decides that a call was a sales call, and within how many days."""

    decided_by: Literal["client", "office"]
    days: int
    ask_again_days: int | None


class Surcharge(Record):
    """What an operator may add for special service, in yen a call."""

    allowed: bool
    min: int | None
    max: int | None

    def takes(self, yen: int) -> bool:
        """Whether so many yen may be added to a call, where anything may."""
        assert self.min is not None  # no house file loads that allows it without a range
        assert self.max is not None
        return self.min <= yen <= self.max


class Limits(Record):
    """Mails an hour that strangers can cause."""

    per_network: int
    per_recipient: int
    per_recipient_a_day: int
    in_total: int


class Answer(Record):
    """A question of the public site, and what is answered (houses.md 12)."""

    question: str
    answer: str


class Terms(Record):
    """Sentences of the final screen that the law asks for."""

    provision: str
    later: str
    cancel_in_trial: str
    cancel: str
