"""A house's rules as immutable records: one class for each part of its file.

Named tuples, since Python makes a frozen dataclass seven times as slowly at every cold start.
Yen include tax, dates and times of day are Japan's, and a part that a house may leave out is None.
"""

from datetime import date, time
from typing import Literal, NamedTuple

CutOff = Literal["closing", "none"]


class Brand(NamedTuple):
    """Under which name and from which addresses the house speaks."""

    name: str
    centre: str
    phone: str
    mail_domain: str
    office_mail: str
    address: str


class Hours(NamedTuple):
    """When the centre's operators take calls; `closed` are the days of closure, `12-29` each."""

    open: time
    close: time
    closed: tuple[str, ...]


class LineRules(NamedTuple):
    """What the house lends numbers for, how they begin, and how long a returned one rests."""

    uses: tuple[str, ...]
    listed_option_yen: int
    prefixes: tuple[str, ...]
    listed_prefixes: tuple[str, ...]
    quarantine_days: int
    extra_number_yen: int | None


class Trial(NamedTuple):
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


class FirstPayment(NamedTuple):
    """What is paid before the paid contract begins, and how."""

    months_of_deposit: int
    when: Literal["before_start", "at_continuation"]
    how: str
    account: str


class Start(NamedTuple):
    """How soon a service should run, and when its client is reminded to check it."""

    target_business_days: int | None
    check_remind_business_days: int


class Closing(NamedTuple):
    """The day of the month that closes it."""

    day: int


class PlanChanges(NamedTuple):
    """From when another plan counts (houses.md 5)."""

    cut_off: CutOff
    in_trial: Literal["at_once", "by_cut_off"]
    flag_undone_within_months: int | None


class Leaving(NamedTuple):
    """Until when a notice ends the contract with its month (houses.md 6)."""

    cut_off: CutOff


class Option(NamedTuple):
    """What can be ordered beside the plan: yen a month, ready so many business days later."""

    key: str
    name: str
    yen: int
    ready_business_days: int


class Application(NamedTuple):
    """How long an application waits for its confirmation."""

    remind_after_days: int
    delete_after_days: int


class Roster(NamedTuple):
    """How many people and addresses receive reports, and yen a month for each further person."""

    addresses_per_person: int
    people_free: int
    extra_person_yen: int
    remind_after_days: int


class Report(NamedTuple):
    """Who is told of a call, by which ways, under which subject and sender (houses.md 7)."""

    who: Literal["everyone", "asked_for"]
    subject: str
    sender: Literal["fixed", "operator"]
    channels: tuple[str, ...]
    extra_items: bool


class Price(NamedTuple):
    """From a JST date on: the fee a month, the calls it includes, and yen for each call over."""

    since: date
    fee: int
    included: int
    over: int


class Plan(NamedTuple):
    """A plan with its prices, the oldest first (houses.md 4)."""

    key: str
    name: str
    prices: tuple[Price, ...]


class Item(NamedTuple):
    """What every caller is asked."""

    key: str
    name: str


class Gate(NamedTuple):
    """What has to be passed before the service may start (houses.md 10)."""

    key: str
    name: str
    waits_on: Literal["client", "office"]
    only: Literal["match", "trial", "no_trial"] | None
    asks: str


class IdentityMethod(NamedTuple):
    """A way to show who one is, within the JST dates of its law, both included."""

    key: str
    name: str
    valid_from: date | None
    valid_until: date | None


class CallRow(NamedTuple):
    """What some classes of calls mean (houses.md 8)."""

    classes: tuple[str, ...]
    only: Literal["declared"] | None
    reported: bool
    counted: bool
    items: Literal["required", "optional"]
    why: str


class Objections(NamedTuple):
    """Who decides that a call was a sales call, and within how many days."""

    decided_by: Literal["client", "office"]
    days: int
    ask_again_days: int | None


class Surcharge(NamedTuple):
    """What an operator may add for special service, in yen a call."""

    allowed: bool
    min: int | None
    max: int | None

    def takes(self, yen: int) -> bool:
        """Whether so many yen may be added to a call, where anything may."""
        assert self.min is not None  # no house file loads that allows it without a range
        assert self.max is not None
        return self.min <= yen <= self.max


class Limits(NamedTuple):
    """Mails an hour that strangers can cause."""

    per_network: int
    per_recipient: int
    in_total: int


class Answer(NamedTuple):
    """A question of the public site, and what is answered (houses.md 12)."""

    question: str
    answer: str


class Terms(NamedTuple):
    """Sentences of the final screen that the law asks for."""

    provision: str
    later: str
    cancel_in_trial: str
    cancel: str
