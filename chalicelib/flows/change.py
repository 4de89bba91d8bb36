"""A change: one contract on the desk, together with everything that goes out in the same write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib import log
from chalicelib.errors import Busy, Refused
from chalicelib.flows.access import links
from chalicelib.models import Contract, History, Letter, Line, Mark, Memo, Recount, Token
from chalicelib.models.base import lost_a_race, transaction
from chalicelib.models.contract_parts import Note, Period
from chalicelib.models.line import FREE, LENT, QUARANTINED
from chalicelib.rules import calendar
from chalicelib.rules.contract import life, lifecycle
from chalicelib.rules.houses import House

CLIENT, DATES, MAIL = (
    "(client)",
    "(date)",
    "(mail)",
)  # in brackets, since no key's owner can be named so
HISTORY = 60  # lines kept beside the contract, whose item may not pass 400 KB; older ones become pages of 40
PAGE = 40
FULL = 60  # items of one transaction, which may have 100: what dates still ask for then comes in the next
LETTERS_FROM = time(
    9, 0
)  # letters caused by a date wait until then and leave with the sweep (life.md)


@dataclass
class Change:
    """`by` says who causes the changes: CLIENT, DATES for what a date brings, or an office key's owner."""

    contract: Contract
    house: House
    now: datetime
    by: str
    letters: list[Letter] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    lines: list[tuple[Line, Condition]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    dropped_marks: list[Mark] = field(default_factory=list)
    judged: list[tuple[Memo, Sequence[Action], Condition]] = field(default_factory=list)
    recounts: list[Recount] = field(default_factory=list)
    deleted: bool = False

    @property
    def today(self) -> date:
        return calendar.day_of(self.now)

    def proceed(self, event: str) -> bool:
        """Move the contract by the lifecycle table; False where it changes nothing. Raises Refused with its sentence."""
        match lifecycle.answer(self.contract, event):
            case lifecycle.Refusal(sentence):
                raise Refused(sentence.format(**self._dates_of_refusals()))
            case lifecycle.Moves(to):
                self.contract.status = to or self.contract.status
                return True
        return False

    @property
    def is_full(self) -> bool:
        """Whether so much goes out in this write that the rest should come in another."""
        return len(self.letters) + len(self.tokens) + len(self.lines) + len(self.marks) >= FULL

    @property
    def notes(self) -> int:
        """How many lines the history has had: no two letters of different causes share it."""
        return self.contract.history_before + len(self.contract.history)

    def _dates_of_refusals(self) -> dict[str, str]:
        ends_on = life.ends_if_noticed(self.contract, self.house, self.today)
        days = {"ends_on": ends_on, "last_day": self.contract.trial_last_day}
        return {name: calendar.spoken_day(day) for name, day in days.items()}

    def note(self, event: str, on: date | None = None, **rest: str | None) -> None:
        """Add a line to the contract's history; a change of a fact says what it `was` and what it `becomes`."""
        self.contract.history.append(
            Note(on=on or self.today, event=event, by=self.by, at=self.now, **rest)
        )

    def write(
        self, kind: str, on: date, to: list[str] | None = None, part: str = "", **facts
    ) -> Letter:
        """Write a letter, to be kept in the same transaction; its id follows from contract, kind, date and part."""
        letter = Letter(
            id=self.letter_id(kind, on, part),
            house=self.house.key,
            contract=self.contract.id,
            kind=kind,
            to=to or [self.contract.mail],
            facts={"client": self.contract.client, "contact": self.contract.contact_name} | facts,
            written_at=self.now,
        )
        if self.by == DATES:
            letter.wait_until(max(self.now, calendar.at(self.today, LETTERS_FROM)))
        else:
            letter.lease(self.now)
        self.letters.append(letter)
        return letter

    def letter_id(self, kind: str, on: date, part: str = "") -> str:
        return "#".join(filter(None, (self.contract.id, kind, on.isoformat(), part)))

    def tell(self, kind: str, **facts) -> Letter:
        """Write to the client about what a person has just done and noted, however often on one day."""
        return self.write(kind, self.today, part=str(self.notes), **facts)

    def tell_office(self, kind: str, on: date | None = None, part: str = "", **facts) -> Letter:
        """Write to the house's own office about what has just been noted."""
        brand = self.house.brand
        to_office = {"client": f"{brand.name} {brand.centre}", "contact": "ご担当者"}
        about = {"contract": self.contract.id, "about": self.contract.client}
        return self.write(
            kind,
            on or self.today,
            [brand.office_mail],
            part or str(self.notes),
            **to_office | about | facts,
        )

    def give_link(self, letter: Letter, purpose: str, days: int, target: str | None = None) -> None:
        """Let a letter's link open for `days` days: `purpose` says what its button does."""
        until = self.now + timedelta(days=days)
        self.tokens.append(
            Token(
                digest=links.digest(links.token(letter.id)),
                purpose=purpose,
                contract=self.contract.id,
                target=target,
                mail=letter.to[0],
                usable_until=until,
                deleted_after=until + timedelta(days=30),
            )
        )

    def lend(self, number: str, use: str) -> None:
        """Put a number of the pool on this contract; the write fails if it is on another one by then."""
        free = (Line.state == FREE) | (
            (Line.state == QUARANTINED) & (Line.quarantined_until < self.today)
        )
        line = Line(
            number=number,
            house=self.house.key,
            contract=self.contract.id,
            use=use,
            state=LENT,
            lent_on=self.today,
        )
        self.lines.append((line, (Line.house == self.house.key) & free))

    def use_line(self, number: str, use: str) -> None:
        """A number of this contract is used in another way from now on."""
        line = self._own_line(number)
        if line:
            line.use = use
            self.lines.append((line, (Line.contract == self.contract.id) & (Line.state == LENT)))

    def turn_on(self, since: datetime) -> None:
        """The service is on from that instant."""
        self.contract.service.append(Period(since=since))

    def turn_off(self, until: datetime) -> None:
        """The service is off from that instant, if it was on."""
        for period in self.contract.service:
            if period.until is None:
                period.until = until

    def take_back(self, number: str, last_day: date) -> None:
        """A number of this contract goes into quarantine after its last day of service (houses.md 2)."""
        line = self._own_line(number)
        if line:
            line.state = QUARANTINED
            line.quarantined_until = last_day + timedelta(days=self.house.line.quarantine_days)
            self.lines.append((line, Line.contract == self.contract.id))

    def _own_line(self, number: str) -> Line | None:
        line = Line.find(number)
        if line is None or line.contract != self.contract.id:
            log.alarm("line is not this contract's", contract=self.contract.id)
            return None
        return line

    def keep(self) -> None:
        """Write all of it or nothing. Raises Busy if the contract or a number changed meanwhile."""
        self.contract.parked_at = None
        self.contract.due = life.next_due(self.contract, self.house)
        self.contract.waits_for = [
            gate.key for gate in life.missing_to_start(self.contract, self.house)
        ]
        older = self._turn_page()
        try:
            with transaction() as write:
                self._put_all(write, older)
        except TransactWriteError as refused:
            if lost_a_race(refused):
                self._check_letters(
                    [reason.code if reason else None for reason in refused.cancellation_reasons]
                )
                raise Busy(
                    "同じご契約が同時に変更されました。内容をご確認のうえ、もう一度お試しください。"
                ) from None
            raise

    def _turn_page(self) -> list[History]:
        """The oldest lines of a long history as a page of its own."""
        contract = self.contract
        if len(contract.history) <= HISTORY:
            return []
        page, contract.history = contract.history[:PAGE], contract.history[PAGE:]
        written = History(
            contract.id, contract.history_before, lines=[note.told() for note in page]
        )
        contract.history_before += PAGE
        return [written]

    def _check_letters(self, codes: list[str | None]) -> None:
        """Deletes come first, then the contract, then its letters: if they alone are refused, asking again never helps."""
        place = len(self.dropped_marks)
        if (
            codes[place] is None
            and "ConditionalCheckFailed" in codes[place + 1 : place + 1 + len(self.letters)]
        ):
            raise RuntimeError(f"a letter of contract {self.contract.id} has the id of another one")

    def _put_all(self, write: TransactWrite, older: list[History]) -> None:
        for mark in self.dropped_marks:
            write.delete(mark)
        if self.deleted:
            write.delete(self.contract)
            for letter in self.letters:
                write.delete(letter)
            return
        write.save(self.contract)
        for letter in self.letters:
            write.save(letter, condition=Letter.id.does_not_exist())
        for line, condition in self.lines:
            write.save(line, condition=condition)
        for item in (*older, *self.tokens, *self.marks, *self.recounts):
            write.save(item)
        for memo, actions, untouched in self.judged:
            write.update(memo, list(actions), untouched)
