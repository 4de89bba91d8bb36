"""What ought to happen: houses.md 7 and 8, calls.md and the contract's dates in a few plain lines.

Nothing here imports a rule of ours; where the product and this file differ,
one of the two is wrong.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone

JST = timezone(timedelta(hours=9))
DAY = timedelta(days=1)
YES, NO = True, False

# houses.md 8: (reported, counted)
CALLS = {
    "smile": {
        "business": (YES, YES),
        "doubtful": (YES, YES),
        "sales": (YES, NO),
        "wrong_number": (YES, NO),
        "prank": (YES, NO),
        "hangup": (YES, NO),
        "test": (YES, NO),
    },
    "mk": {
        "business": (YES, YES),
        "doubtful": (YES, YES),
        "sales": (NO, NO),
        "wrong_number": (NO, NO),
        "prank": (NO, NO),
        "hangup": (YES, YES),
        "test": (YES, YES),
    },
}
CLASSES = list(CALLS["mk"])

# Whom the callers ask for, and who is meant by it.
WANTED = {
    None: None,
    "髙橋 美咲": "髙橋 美咲",
    "ﾀｶﾊｼ ﾐｻｷ様": "髙橋 美咲",
    "佐藤": "佐藤 一郎",
    "部長": "佐藤 一郎",
    "鈴木さん": "鈴木 花子",
    "田中　実": "田中 実",
    "山本": None,
}
NUMBERS = {
    "090-1234-5678": "09012345678",
    "０９０－１２３４－５６７８": "09012345678",
}  # those that a telephone could call
# How a mail stands at an address: of one mail the later word in this order, of several the mail that came furthest.
WITHIN = ["delayed", "delivered", "bounced_soft", "bounced_hard", "complained"]
AMONG = ["bounced_hard", "bounced_soft", "delayed", "delivered", "complained"]
JOINS = "田中 実"  # who may come onto a roster


def day_of(moment: datetime) -> date:
    return moment.astimezone(JST).date()


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JST)


@dataclass
class Address:
    mail: str
    confirmed: bool
    replaces: str | None = None  # the address whose place it takes once it is confirmed
    confirmed_at: datetime | None = None  # None of a confirmed one: before the history began
    bounced_at: datetime | None = None


@dataclass
class Person:
    name: str
    addresses: list[Address]
    away_until: date | None = None
    deputy: str | None = None

    @property
    def reached_at(self) -> list[str]:
        return [each.mail for each in self.addresses if each.confirmed]


@dataclass
class Client:
    """A contract as it ought to stand."""

    house: str
    contract: str
    line: str
    status: str
    trial_last: date
    people: list[Person]
    on: list[list[datetime | None]]  # [since, until] of each time in which the service was on
    asked: bool = False
    paid_on: date | None = None
    paused_on: date | None = None
    terminate_on: date | None = None
    letters: list[tuple[str, str | None]] = field(
        default_factory=list
    )  # (kind, recipient) that must have been written
    declared: set[str] = field(default_factory=set)

    def copy(self) -> "Client":
        people = [
            replace(each, addresses=[replace(one) for one in each.addresses])
            for each in self.people
        ]
        return replace(
            self,
            people=people,
            on=[[*each] for each in self.on],
            letters=[*self.letters],
            declared={*self.declared},
        )

    # memos

    def verdict(self, received_at: datetime, now: datetime) -> int:
        """The status with which a new memo of a call at that moment is answered."""
        if not now - timedelta(hours=72) <= received_at <= now + timedelta(minutes=2):
            return 422
        served = any(
            since - timedelta(minutes=2) <= received_at and (not until or received_at < until)
            for since, until in self.on
        )
        return 201 if served else 409

    def decide(
        self, body: dict, received_at: datetime, now: datetime, told_before: bool = False
    ) -> tuple[list[dict], bool, bool]:
        """(who is told of it, whether it counts once that has happened, whether somebody ought to be told)."""
        reported, counts = self.worth(body["class"], received_at)
        if (
            self.house == "smile"
            and NUMBERS.get(body["caller"]["phone"]) in self.declared
            and not told_before
        ):
            reported = counts = NO
        return self.told(body.get("for"), day_of(now)) if reported else [], counts, reported

    def worth(self, call_class: str, received_at: datetime) -> tuple[bool, bool]:
        """(reported, counted) of a class of call at that moment."""
        reported, counted = CALLS[self.house][call_class]
        return reported, counted and not (
            self.house == "mk" and day_of(received_at) <= self.trial_last
        )

    def told(self, wanted: str | None, today: date) -> list[dict]:
        if self.house == "smile":
            return [
                {"person": each.name, "address": mail}
                for each in self.people
                for mail in each.reached_at
            ]
        for each in self._in_turn(self.person(WANTED[wanted]) or self.people[0], today):
            if each.reached_at:
                return [{"person": each.name, "address": mail} for mail in each.reached_at]
        return []

    def told_also(self, wanted: str | None, now: datetime, readers: set[str]) -> list[dict]:
        """As `told`, and those of some readers who still can be reached."""
        told = self.told(wanted, day_of(now))
        reached = [
            {"person": each.name, "address": mail}
            for each in self.people
            for mail in each.reached_at
        ]
        return told + [each for each in reached if each["address"] in readers and each not in told]

    def _in_turn(self, meant: Person, today: date) -> list[Person]:
        """Whoever is meant, a deputy in their absence, the roster from its top; the absent before nobody at all."""
        here = [each for each in self.people if each.away_until is None or each.away_until < today]
        if meant in here:
            return [meant, *here, *self.people]
        return [*[each for each in here if each.name == meant.deputy], *here, meant, *self.people]

    # the roster

    def person(self, name: str | None) -> Person | None:
        return next((each for each in self.people if each.name == name), None)

    def address(self, mail: str) -> Address:
        return next(
            each for person in self.people for each in person.addresses if each.mail == mail
        )

    def confirmed(self) -> set[str]:
        return {mail for each in self.people for mail in each.reached_at}

    def bounce(self, mail: str, sent_at: datetime, at: datetime) -> None:
        """For good: until it is confirmed again, unless that has happened since the mail was sent."""
        for address in [
            one
            for each in self.people
            for one in each.addresses
            if one.mail == mail and one.confirmed
        ]:
            if address.confirmed_at is None or address.confirmed_at <= sent_at:
                address.confirmed, address.bounced_at = False, at

    def confirm(self, mail: str, now: datetime) -> None:
        address = self.address(mail)
        if not address.confirmed:
            address.confirmed_at, address.bounced_at = now, None
            address.confirmed, gone, address.replaces = True, address.replaces, None
            for each in self.people:
                each.addresses = [one for one in each.addresses if one.mail != gone]

    # dates

    def live(self, today: date) -> None:
        """Everything that the dates up to today bring."""
        while (due := self._due()) and due[0] <= today:
            due[1](due[0])

    def _due(self):
        ahead = []
        if self.status != "ended" and self.terminate_on:
            ahead.append((self.terminate_on + DAY, self._end))
        if self.status == "trial":
            ahead.append((self.trial_last + DAY, self._end_trial))
        if self.paused_on:
            ahead.append((self.paused_on + timedelta(days=14), self._end))
        return min(ahead, key=lambda each: each[0], default=None)

    def _end_trial(self, on: date) -> None:
        if self.house == "smile" or (self.asked and self.paid_on):
            self.status = "active"
        elif self.asked:
            self.status, self.paused_on = "preparing", on
            self.off(midnight(on))
        else:
            self._end(on)

    def _end(self, on: date) -> None:
        self.end(midnight(on))

    def end(self, moment: datetime) -> None:
        self.status, self.paused_on, self.terminate_on = "ended", None, None
        self.off(moment)

    def off(self, moment: datetime) -> None:
        if self.on and self.on[-1][1] is None:
            self.on[-1][1] = moment

    def pay(self, now: datetime) -> None:
        self.paid_on = day_of(now)
        if self.paused_on:
            self.status, self.paused_on = "active", None
            self.on.append([now, None])

    # beside the product

    def facts(self) -> tuple:
        """What the office sees of it, for a comparison with `seen`."""
        return self.status, self.terminate_on, [
            (each.name, each.away_until, each.deputy, [(one.mail, one.confirmed, one.replaces) for one in each.addresses])
            for each in self.people
        ]  # fmt: skip


def seen(told: dict) -> tuple:
    """A contract as the API tells it, in the words of `Client.facts`."""
    names = {each["id"]: each["name"] for each in told["people"]} | {None: None}
    mails = {one["id"]: one["mail"] for each in told["people"] for one in each["addresses"]} | {
        None: None
    }
    return told["status"], _day(told["terminate_on"]), [
        (
            each["name"],
            _day(each["away_until"]),
            names[each["deputy"]],
            [(one["mail"], one["confirmed"], mails[one["replaces"]]) for one in each["addresses"]],
        )
        for each in told["people"]
    ]  # fmt: skip


def _day(told: str | None) -> date | None:
    return told and date.fromisoformat(told)
