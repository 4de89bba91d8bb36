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
NAMES = {
    None: None,
    "髙橋 美咲": "髙橋 美咲",
    "ﾀｶﾊｼ ﾐｻｷ様": "髙橋 美咲",
    "佐藤": "佐藤 一郎",
    "部長": "佐藤 一郎",
    "鈴木さん": "鈴木 花子",
    "田中　実": "田中 実",
    "山本": None,
}
# The numbers that a telephone could call.
NUMBERS = {"090-1234-5678": "09012345678", "０９０－１２３４－５６７８": "09012345678"}
# How a mail stands at an address: of one mail the last word by its own time, at one moment the
# later one in this order; nothing takes the last two back. Of several mails the one that came
# furthest.
WITHIN = ["delayed", "delivered", "bounced_soft", "bounced_hard", "complained"]
FINAL = WITHIN[-2:]
AMONG = ["bounced_hard", "bounced_soft", "delayed", "delivered", "complained"]
JOINS = "田中 実"  # who may come onto a roster


def day_of(moment: datetime) -> date:
    return moment.astimezone(JST).date()


def whole_milliseconds(moment: datetime) -> datetime:
    """As SES tells a moment."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def last_word(said: set[tuple[datetime, str]]) -> str:
    """How one mail stands at one address after these words of SES."""
    final = [state for _, state in said if state in FINAL]
    if final:
        return max(final, key=WITHIN.index)
    return max(said, key=lambda word: (word[0], WITHIN.index(word[1])))[1]


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

    def reached(self) -> list[dict]:
        """As the API names who is told of a call."""
        return [{"person": self.name, "address": mail} for mail in self.reached_at]


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
    # (kind, recipient) of the letters that must have been written
    letters: list[tuple[str, str | None]] = field(default_factory=list)
    declared: set[str] = field(default_factory=set)

    def copy(self) -> "Client":
        people = []
        for person in self.people:
            addresses = [replace(address) for address in person.addresses]
            people.append(replace(person, addresses=addresses))
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
        for since, until in self.on:
            has_begun = since - timedelta(minutes=2) <= received_at
            if has_begun and (not until or received_at < until):
                return 201
        return 409

    def decide(
        self, body: dict, received_at: datetime, now: datetime
    ) -> tuple[list[dict], bool, bool]:
        """What is stored of a call.

        (its recipients, whether it counts once they are told, whether somebody
        ought to be told).
        """
        reported, counts = self.worth(body["class"], received_at)
        if self.house == "smile" and NUMBERS.get(body["caller"]["phone"]) in self.declared:
            reported = counts = NO
        to = self.recipients(body.get("for"), day_of(now)) if reported else []
        return to, counts, reported

    def worth(self, call_class: str, received_at: datetime) -> tuple[bool, bool]:
        """(reported, counted) of a class of call at that moment."""
        reported, counted = CALLS[self.house][call_class]
        if self.house == "mk" and day_of(received_at) <= self.trial_last:
            counted = NO
        return reported, counted

    def recipients(self, name: str | None, today: date) -> list[dict]:
        """Who is told of a call for somebody of that name."""
        if self.house == "smile":
            return self.reached()
        for person in self._in_turn(self.person(NAMES[name]) or self.people[0], today):
            if person.reached_at:
                return person.reached()
        return []

    def recipients_and(self, readers: set[str], name: str | None, now: datetime) -> list[dict]:
        """The recipients, and those of some readers who still can be reached."""
        first = self.recipients(name, day_of(now))
        others = [each for each in self.reached() if each["address"] in readers]
        return first + [each for each in others if each not in first]

    def reached(self) -> list[dict]:
        """Everybody at every address that is confirmed."""
        return [each for person in self.people for each in person.reached()]

    def _in_turn(self, meant: Person, today: date) -> list[Person]:
        """Whoever is meant, a deputy in their absence, the roster from its top.

        The absent come before nobody at all.
        """
        here = [each for each in self.people if each.away_until is None or each.away_until < today]
        if meant in here:
            return [meant, *here, *self.people]
        deputies = [each for each in here if each.name == meant.deputy]
        return [*deputies, *here, meant, *self.people]

    # the roster

    def person(self, name: str | None) -> Person | None:
        return next((each for each in self.people if each.name == name), None)

    def find_address(self, mail: str) -> Address | None:
        addresses = [each for person in self.people for each in person.addresses]
        return next((each for each in addresses if each.mail == mail), None)

    def address(self, mail: str) -> Address:
        address = self.find_address(mail)
        assert address, mail
        return address

    def confirmed(self) -> set[str]:
        return {mail for each in self.people for mail in each.reached_at}

    def bounce(self, mail: str, sent_at: datetime, at: datetime) -> None:
        """For good: until it is confirmed again.

        Nothing happens if it was confirmed since the mail was sent.
        """
        for address in [each for person in self.people for each in person.addresses]:
            if address.mail != mail or not address.confirmed:
                continue
            if address.confirmed_at is None or address.confirmed_at <= sent_at:
                address.confirmed, address.bounced_at = False, at

    def confirm(self, mail: str, now: datetime) -> None:
        address = self.address(mail)
        if address.confirmed:
            return
        gone = address.replaces
        address.confirmed, address.replaces = True, None
        address.confirmed_at, address.bounced_at = now, None
        for person in self.people:
            person.addresses = [each for each in person.addresses if each.mail != gone]

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
        """What the office sees of it, for a comparison with `facts_of`."""
        people = []
        for person in self.people:
            addresses = [(each.mail, each.confirmed, each.replaces) for each in person.addresses]
            people.append((person.name, person.away_until, person.deputy, addresses))
        return self.status, self.terminate_on, people


def facts_of(contract: dict) -> tuple:
    """A contract as the API tells it, in the words of `Client.facts`."""
    names: dict = {None: None}
    mails: dict = {None: None}
    for person in contract["people"]:
        names[person["id"]] = person["name"]
        mails |= {each["id"]: each["mail"] for each in person["addresses"]}
    people = []
    for person in contract["people"]:
        addresses = [
            (each["mail"], each["confirmed"], mails[each["replaces"]])
            for each in person["addresses"]
        ]
        deputy, away_until = names[person["deputy"]], _day(person["away_until"])
        people.append((person["name"], away_until, deputy, addresses))
    return contract["status"], _day(contract["terminate_on"]), people


def _day(text: str | None) -> date | None:
    return text and date.fromisoformat(text)
