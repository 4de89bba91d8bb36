"""Contracts, each with roster, gates and history in one item: one strong read tells everything."""

from collections.abc import Iterator
from datetime import date, datetime

from pynamodb.attributes import BooleanAttribute, JSONAttribute, VersionAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from chalicelib.models.attributes import (
    DayAttribute,
    ListOf,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    WholeAttribute,
    list_of,
)
from chalicelib.models.base import table
from chalicelib.models.contract_money import Billed
from chalicelib.models.contract_parts import (
    Address,
    Declared,
    ExtraLine,
    GatePassed,
    Note,
    Option,
    Period,
    Person,
    PlanChange,
    UseChange,
)


class DueIndex(GlobalSecondaryIndex):
    """What the night has to do: sparse, since a contract with nothing ahead has no due date."""

    class Meta:
        index_name = "by_due"
        projection = KeysOnlyProjection()

    house = UnicodeAttribute(hash_key=True)
    due = DayAttribute(range_key=True)


class HouseIndex(GlobalSecondaryIndex):
    """A house's contracts by the time of application, with what a list shows."""

    class Meta:
        index_name = "by_house"
        projection = IncludeProjection(
            [
                "status",
                "company",
                "contact_name",
                "mail",
                "phone_number",
                "waits_for",
                "plan",
                "line",
                "due",
                "trial_last_day",
                "applied_on",
                "start_on",
                "paused_on",
                "parked_at",
            ]
        )

    house = UnicodeAttribute(hash_key=True)
    applied_at = UTCDateTimeAttribute(range_key=True)


_DURING_A_CALL = [
    *("id", "house", "status", "due", "service", "active_from", "trial_last_day", "paused_on"),
    *("company", "contact_name", "phone_number", "line", "extra_lines", "people", "declared"),
    *("plan", "plans", "options"),
    *("greeting", "answers", "disclosable", "notes", "exception", "extra_items"),
]


class Contract(Billed):
    """One client's contract, from the application to its end."""

    class Meta:
        table_name = table("contracts")
        billing_mode = "PAY_PER_REQUEST"

    id = UnicodeAttribute(hash_key=True)
    house = UnicodeAttribute()
    status = UnicodeAttribute()
    version = VersionAttribute()
    due = DayAttribute(null=True)
    waits_for = list_of(UnicodeAttribute)

    applied_at = UTCDateTimeAttribute()
    applied_on = DayAttribute()
    form_digest = UnicodeAttribute()
    seen = JSONAttribute()  # the final screen the applicant agreed to, and when

    party = UnicodeAttribute()  # company or person
    company = UnicodeAttribute(null=True)
    contact_name = UnicodeAttribute()
    contact_reading = UnicodeAttribute(null=True)
    mail = UnicodeAttribute()
    phone = UnicodeAttribute()
    phone_number = UnicodeAttribute(null=True)
    postal_address = UnicodeAttribute(null=True)
    corporate_number = UnicodeAttribute(null=True)
    papers_name = UnicodeAttribute(null=True)  # where they differ from the contracting party's
    papers_address = UnicodeAttribute(null=True)
    invoice_name = UnicodeAttribute(null=True)
    invoice_address = UnicodeAttribute(null=True)
    wishes = UnicodeAttribute(null=True)

    plan = UnicodeAttribute()
    use = UnicodeAttribute()
    greeting = UnicodeAttribute(null=True)
    wants_trial = BooleanAttribute()
    marks = list_of(UnicodeAttribute)  # what the client is recognised by at another application
    # Earlier contracts that seem to be the same client's: contract, and by what.
    matches = JSONAttribute(default=list)
    people = ListOf(of=Person, default=list)
    line = UnicodeAttribute(null=True)
    # What operators may say, and must know: see flows/contract/instructions.py.
    answers = JSONAttribute(default=list)
    disclosable = JSONAttribute(default=list)
    notes = JSONAttribute(default=list)
    exception = UnicodeAttribute(null=True)
    # Asked beside the house's own items: [{"key": "room", "name": "部屋番号"}].
    extra_items = JSONAttribute(null=True)
    declared = ListOf(of=Declared, default=list)
    # When the client was last asked whether the declared numbers still hold.
    declared_asked_on = DayAttribute(null=True)
    former = UnicodeAttribute(null=True)
    extra_lines = ListOf(of=ExtraLine, default=list)
    options = ListOf(of=Option, default=list)
    plans = ListOf(of=PlanChange, default=list)
    uses = ListOf(of=UseChange, default=list)
    next_plan = UnicodeAttribute(null=True)
    next_plan_on = DayAttribute(null=True)
    # A wish that a closing has billed: another one may stand behind it.
    fixed_plan = UnicodeAttribute(null=True)
    fixed_plan_on = DayAttribute(null=True)

    mail_confirmed_at = UTCDateTimeAttribute(null=True)
    confirmations_sent = WholeAttribute(default=0)
    confirmation_reminded_on = DayAttribute(null=True)
    gates = ListOf(of=GatePassed, default=list)
    ready_on = DayAttribute(null=True)
    start_on = DayAttribute(null=True)
    started_on = DayAttribute(null=True)
    service = ListOf(of=Period, default=list)
    trial_last_day = DayAttribute(null=True)
    trial_reminded_on = DayAttribute(null=True)
    continuation_asked_on = DayAttribute(null=True)
    paid_on = DayAttribute(null=True)
    paid_yen = WholeAttribute(null=True)
    paused_on = DayAttribute(null=True)
    start_checks = list_of(UnicodeAttribute)
    start_check_reminded_on = DayAttribute(null=True)
    stop_on = DayAttribute(null=True)  # the last day that the client wants of a trial
    active_from = DayAttribute(null=True)
    notice_on = DayAttribute(null=True)
    ends_on = DayAttribute(null=True)  # the last day by the client's notice
    terminate_on = DayAttribute(null=True)  # the last day by the house's decision
    terminate_why = UnicodeAttribute(null=True)
    ended_on = DayAttribute(null=True)
    end_reason = UnicodeAttribute(null=True)
    refund_yen = WholeAttribute(null=True)
    # Since when the night has not been able to settle the contract.
    parked_at = UTCDateTimeAttribute(null=True)
    history = ListOf(of=Note, default=list)  # the latest lines; older ones are pages of their own
    history_before = WholeAttribute(default=0)  # how many lines those pages hold

    by_due = DueIndex()
    by_house = HouseIndex()

    @classmethod
    def during_a_call(cls, identity: str) -> "Contract | None":
        """What a call needs of a contract, read strongly, or None: to read, never to save.

        Gates and history, which grow, are left out: a memo must not get slower over the years.
        """
        try:
            return cls.get(identity, consistent_read=True, attributes_to_get=_DURING_A_CALL)
        except cls.DoesNotExist:
            return None

    @classmethod
    def park(cls, identity: str, due: date | None, now: datetime) -> None:
        """Note since when a contract cannot be settled.

        Its version is not looked at: the contract may not even be writable as a
        whole. Its `due` is noted too, since a date that came forward by a change
        of rules would not be tried again otherwise.
        """
        dated = [cls.due.set(due)] if due else []
        actions = [cls.parked_at.set(cls.parked_at | now), *dated]
        cls._get_connection().update_item(identity, actions=actions, condition=cls.id.exists())

    def turn_on(self, since: datetime) -> None:
        """The service is on from that instant."""
        self.service.append(Period(since=since))

    def turn_off(self, until: datetime) -> None:
        """The service is off from that instant, if it was on."""
        for period in self.service:
            if period.until is None:
                period.until = until

    def plan_wishes(self) -> list[PlanChange]:
        """The changes of plan that lie ahead, the nearest first."""
        wishes = [(self.fixed_plan_on, self.fixed_plan), (self.next_plan_on, self.next_plan)]
        return [PlanChange(on=on, becomes=plan) for on, plan in wishes if on]

    def passed_gates(self) -> set[str]:
        """The keys of the gates that were passed."""
        return {entry.gate for entry in self.gates}

    def has_declared(self, number: str | None) -> bool:
        """Whether calls from a normalised number are neither reported nor counted.

        A number that became the client's own never is such a number.
        """
        if number in self.own_numbers:
            return False
        return number in {entry.number for entry in self.declared}

    @property
    def own_numbers(self) -> set[str | None]:
        """What a forwarding phone may show as the caller's."""
        extra = [line.number for line in self.extra_lines]
        return {self.phone_number, self.line, *extra}

    def addresses(self) -> Iterator[tuple[Person, Address]]:
        """Every address of the roster, with whose it is."""
        for person in self.people:
            for address in person.addresses:
                yield person, address

    def address(self, identity: str) -> Address | None:
        """The address of the roster with this id, or None."""
        for _, address in self.addresses():
            if address.id == identity:
                return address
        return None

    @property
    def client(self) -> str:
        """Whom letters speak to: the company, else the person."""
        return self.company or self.contact_name
