"""What a contract is made of: people and addresses, gates, periods of service, what was ordered and changed, its history."""

from pynamodb.attributes import JSONAttribute, MapAttribute

from chalicelib.models.base import (
    DayAttribute,
    ListOf,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    WholeAttribute,
    list_of,
)


class Address(MapAttribute):
    id = UnicodeAttribute()
    mail = UnicodeAttribute()
    confirmed_at = UTCDateTimeAttribute(null=True)
    bounced_at = UTCDateTimeAttribute(
        null=True
    )  # it bounced for good, and has not shown since that it receives
    asked_on = DayAttribute(null=True)  # the day of its last test mail
    asked = WholeAttribute(default=0)  # how many test mails it was sent
    asked_in_vain = WholeAttribute(default=0)  # how many of them before it last bounced for good
    reminded_on = DayAttribute(null=True)
    replaces = UnicodeAttribute(
        null=True
    )  # the address that it takes over from once it is confirmed


class Person(MapAttribute):
    id = UnicodeAttribute()
    name = UnicodeAttribute()
    reading = UnicodeAttribute(null=True)
    aliases = list_of(UnicodeAttribute)
    addresses = ListOf(of=Address, default=list)
    away_until = DayAttribute(null=True)  # the last day of an absence
    deputy = UnicodeAttribute(
        null=True
    )  # the id of who is told meanwhile; the top of the roster if nobody


class GatePassed(MapAttribute):
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
    """A line of the contract's history: what happened, on which JST date, by whom, when it was written."""

    on = DayAttribute()
    event = UnicodeAttribute()
    by = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    text = UnicodeAttribute(null=True)
    was = UnicodeAttribute(null=True)  # what a change of a fact changed
    becomes = UnicodeAttribute(null=True)

    def as_json(self) -> dict:
        """As plain JSON; `at` is in UTC."""
        said = {
            "on": self.on.isoformat(),
            "event": self.event,
            "by": self.by,
            "at": self.at.isoformat(),
            "text": self.text,
        }
        return said | (
            {"was": self.was, "becomes": self.becomes} if self.was or self.becomes else {}
        )


class Declared(MapAttribute):
    """A number whose calls the client does not want reported: declared as sales (S0)."""

    number = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    by = UnicodeAttribute()
    memo = UnicodeAttribute(null=True)  # the call that it was declared for


class UseChange(MapAttribute):
    """A number was forwarded to and is shown as the client's own from a JST date on, or the other way round."""

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
    """Something ordered beside the plan: charged for every month that any day from `since` to `until` lies in.

    A month is charged once for a key, however many orders of it touch the month.
    """

    key = UnicodeAttribute()
    ordered_on = DayAttribute()
    since = DayAttribute()
    until = DayAttribute(null=True)
    details = JSONAttribute(null=True)  # the guidance's script, or the weekly windows


class ExtraLine(MapAttribute):
    """A further lent number, charged for every month that any day from `since` to `until` lies in."""

    number = UnicodeAttribute()
    use = UnicodeAttribute()
    since = DayAttribute()
    until = DayAttribute(null=True)
