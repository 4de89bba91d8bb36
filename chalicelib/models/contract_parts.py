"""What a contract is made of.

People and addresses, gates, periods of service, what was ordered and changed, its history.
"""

from pynamodb.attributes import JSONAttribute, MapAttribute

from chalicelib.models.attributes import (
    DayAttribute,
    ListOf,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    WholeAttribute,
    list_of,
)


class Address(MapAttribute):
    """A mail address or a Chatwork room that reports go to, once it is confirmed."""

    id = UnicodeAttribute()
    mail = UnicodeAttribute()
    confirmed_at = UTCDateTimeAttribute(null=True)
    # When the address bounced for good; it has not shown since that it receives.
    bounced_at = UTCDateTimeAttribute(null=True)
    asked_on = DayAttribute(null=True)  # the day of its last test mail
    asked = WholeAttribute(default=0)  # how many test mails the address was sent
    asked_in_vain = WholeAttribute(default=0)  # how many of them before its last bounce for good
    reminded_on = DayAttribute(null=True)
    # The id of the address that this one takes over from once it is confirmed.
    replaces = UnicodeAttribute(null=True)


class Person(MapAttribute):
    """Somebody on the roster."""

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    reading = UnicodeAttribute(null=True)
    aliases = list_of(UnicodeAttribute)
    addresses = ListOf(of=Address, default=list)
    away_until = DayAttribute(null=True)  # the last day of an absence
    # The id of the person who is told meanwhile; None stands for the top of the roster.
    deputy = UnicodeAttribute(null=True)


class GatePassed(MapAttribute):
    """A gate that was passed: when, by whom, and on which ground."""

    gate = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    by = UnicodeAttribute()
    ground = UnicodeAttribute()
    facts = JSONAttribute(null=True)


class Period(MapAttribute):
    """A time in which the service was on, half-open."""

    since = UTCDateTimeAttribute()
    until = UTCDateTimeAttribute(null=True)


class Note(MapAttribute):
    """A line of the contract's history.

    What happened, on which JST date, by whom, and when the line was written.
    """

    on = DayAttribute()
    event = UnicodeAttribute()
    by = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    text = UnicodeAttribute(null=True)
    was = UnicodeAttribute(null=True)  # what a change of a fact changed
    becomes = UnicodeAttribute(null=True)

    def as_json(self) -> dict:
        """As plain JSON; `at` is in UTC."""
        line = {
            "on": self.on.isoformat(),
            "event": self.event,
            "by": self.by,
            "at": self.at.isoformat(),
            "text": self.text,
        }
        if self.was or self.becomes:
            line |= {"was": self.was, "becomes": self.becomes}
        return line


class Declared(MapAttribute):
    """A number whose calls the client does not want reported: declared as sales (S0)."""

    number = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    by = UnicodeAttribute()
    memo = UnicodeAttribute(null=True)  # the call that the number was declared for


class UseChange(MapAttribute):
    """A lent number changed its use on a JST date: from forwarding to listed, or back."""

    on = DayAttribute()
    number = UnicodeAttribute()
    was = UnicodeAttribute()
    becomes = UnicodeAttribute()


class PlanChange(MapAttribute):
    """A plan gave way to another on a JST date."""

    on = DayAttribute()
    was = UnicodeAttribute()
    becomes = UnicodeAttribute()


class Option(MapAttribute):
    """Something ordered beside the plan.

    Charged for every month that any day from `since` to `until` lies in. A
    month is charged once for a key, however many orders of it touch the month.
    """

    key = UnicodeAttribute()
    ordered_on = DayAttribute()
    since = DayAttribute()
    until = DayAttribute(null=True)
    details = JSONAttribute(null=True)  # the guidance's script, or the weekly windows


class ExtraLine(MapAttribute):
    """A further lent number.

    Charged for every month that any day from `since` to `until` lies in.
    """

    number = UnicodeAttribute()
    use = UnicodeAttribute()
    since = DayAttribute()
    until = DayAttribute(null=True)


class ExtraPeople(MapAttribute):
    """From a JST date on, so many people are charged for beside those included."""

    on = DayAttribute()
    count = WholeAttribute()


class OpenInvoice(MapAttribute):
    """An invoice that is not paid in full; `open_yen` is what is missing."""

    number = UnicodeAttribute()
    issued_on = DayAttribute()
    due_on = DayAttribute(null=True)  # None where nothing is overdue by a date
    total_yen = WholeAttribute()
    open_yen = WholeAttribute()
    reminded_on = DayAttribute(null=True)
