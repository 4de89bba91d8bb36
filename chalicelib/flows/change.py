"""A change: one contract on the desk, with everything that goes out in the same write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.errors import Busy, Refused
from chalicelib.flows.access import links
from chalicelib.models import Contract, History, Letter, Token
from chalicelib.models.base import Table, lost_a_race, transaction
from chalicelib.models.contract_parts import Note
from chalicelib.rules import calendar
from chalicelib.rules.contract import life, lifecycle
from chalicelib.rules.houses import House
from chalicelib.words.stored import AnyLetter, as_stored, kind_of

# Who causes a change beside an office key's owner; no owner can be named in brackets.
CLIENT = "(client)"
DATES = "(date)"
MAIL = "(mail)"

HISTORY = 60  # lines kept beside the contract, whose item may not pass 400 KB
PAGE = 40  # older lines that become a page of their own
FULL = 60  # of the 100 items that a transaction may have: what is due then comes in the next one
LETTERS_FROM = time(9, 0)  # a date's letter waits until then, for the sweep (life.md)
KEPT_AFTER = timedelta(days=30)  # how long the token of a link that is over stays in its table


class Write(NamedTuple):
    """One item of the transaction: put, changed by `actions`, or deleted, under its condition."""

    verb: str
    item: Table
    condition: Condition | None = None
    actions: Sequence[Action] = ()


# DynamoDB is sent the items in this order, and tells in it which of them were refused.
_VERBS = ("delete", "put", "update")


@dataclass
class Change:
    """`by` says who causes it: CLIENT, DATES for what a date brings, MAIL, or a key's owner."""

    contract: Contract
    house: House
    now: datetime
    by: str
    letters: list[Letter] = field(default_factory=list)
    deleted: bool = False
    is_complete: bool = False  # what follows reads what this write stores: nothing more goes in
    _writes: dict[tuple, Write] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return calendar.day_of(self.now)

    def proceed(self, event: str) -> bool:
        """Move the contract by the lifecycle table; False where the event changes nothing.

        Raises Refused with the table's sentence.
        """
        match lifecycle.answer(self.contract, event):
            case lifecycle.Refusal(sentence):
                raise Refused(sentence.format(**self._days_in_refusals()))
            case lifecycle.Moves(to):
                self.contract.status = to or self.contract.status
                return True
        return False

    def _days_in_refusals(self) -> dict[str, str]:
        ends_on = life.ends_if_noticed(self.contract, self.house, self.today)
        return {
            "ends_on": calendar.spoken_day(ends_on),
            "last_day": calendar.spoken_day(self.contract.trial_last_day),
        }

    def record(self, event: str, on: date | None = None, **rest: str | None) -> None:
        """Add a line to the contract's history; a changed fact says what it `was` and `becomes`."""
        line = Note(on=on or self.today, event=event, by=self.by, at=self.now, **rest)
        self.contract.history.append(line)

    @property
    def recorded(self) -> int:
        """How many lines the history has had: letters of different causes never share it."""
        return self.contract.history_before + len(self.contract.history)

    def write(
        self,
        facts: AnyLetter,
        on: date,
        to: list[str] | None = None,
        part: str = "",
        **whom: str,
    ) -> Letter:
        """Write a letter, to be put in the same transaction.

        Its id follows from contract, kind, date and part. `whom` names another
        client or contact than the contract's own.
        """
        kind = kind_of(facts)
        client = {"client": self.contract.client, "contact": self.contract.contact_name}
        letter = Letter(
            id=self.letter_id(kind, on, part),
            house=self.house.key,
            contract=self.contract.id,
            kind=kind,
            to=to or [self.contract.mail],
            facts=client | whom | as_stored(facts),
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

    def tell(self, facts: AnyLetter) -> Letter:
        """Write to the client about what a person has just done, however often a day."""
        return self.write(facts, self.today, part=str(self.recorded))

    def tell_office(self, facts: AnyLetter, on: date | None = None, part: str = "") -> Letter:
        """Write to the house's own office about what has just been recorded."""
        brand = self.house.brand
        return self.write(
            facts,
            on or self.today,
            [brand.office_mail],
            part or str(self.recorded),
            client=f"{brand.name} {brand.centre}",
            contact="ご担当者",
            contract=self.contract.id,
            about=self.contract.client,
        )

    def give_link(self, letter: Letter, purpose: str, days: int, target: str | None = None) -> None:
        """Let a letter's link open for `days` days: `purpose` says what its button does."""
        until = self.now + timedelta(days=days)
        token = Token(
            digest=links.digest(links.token(letter.id)),
            purpose=purpose,
            contract=self.contract.id,
            target=target,
            mail=letter.to[0],
            usable_until=until,
            deleted_after=until + KEPT_AFTER,
        )
        self.put(token)

    def put(self, item: Table, condition: Condition | None = None) -> None:
        """Put an item in the same write; put twice, it is put as it was the second time."""
        self._writes[item.identity] = Write("put", item, condition)

    def pending(self, item: Table) -> Table | None:
        """The item of the same key that this write puts already."""
        write = self._writes.get(item.identity)
        return write.item if write and write.verb == "put" else None

    def update(self, item: Table, actions: Sequence[Action], condition: Condition) -> None:
        if item.identity in self._writes:
            raise RuntimeError("two changes of one item in one write: the first would be lost")
        self._writes[item.identity] = Write("update", item, condition, actions)

    def delete(self, item: Table) -> None:
        self._writes[item.identity] = Write("delete", item)

    def forget(self) -> None:
        """Delete the contract, and write nothing of what was prepared."""
        self.deleted = True
        self.letters.clear()
        self._writes.clear()

    @property
    def is_full(self) -> bool:
        """Whether the rest should come in another write."""
        return self.is_complete or len(self.letters) + len(self._writes) >= FULL

    def commit(self) -> None:
        """Write everything. Raises Busy if the contract or another item changed meanwhile."""
        writes = self._in_order()
        try:
            with transaction() as transact:
                for write in writes:
                    _put_into(transact, write)
        except TransactWriteError as refused:
            if not lost_a_race(refused):
                raise
            self._check_letters(writes, refused)
            raise Busy(
                "同じご契約が同時に変更されました。内容をご確認のうえ、もう一度お試しください。"
            ) from None

    def _in_order(self) -> list[Write]:
        """The contract stands before its letters, so that a lost race is told from a used id."""
        if self.deleted:
            first = [Write("delete", self.contract)]
        else:
            page = self._turn_page()
            unused = Letter.id.does_not_exist()
            letters = [Write("put", letter, unused) for letter in self.letters]
            first = [Write("put", self.contract), *letters, *page]
        writes = [*first, *self._writes.values()]
        return sorted(writes, key=lambda write: _VERBS.index(write.verb))

    def _turn_page(self) -> list[Write]:
        """The oldest lines of a long history become a page of their own."""
        contract = self.contract
        if len(contract.history) <= HISTORY:
            return []
        oldest, contract.history = contract.history[:PAGE], contract.history[PAGE:]
        lines = [line.as_json() for line in oldest]
        page = History(contract.id, contract.history_before, lines=lines)
        contract.history_before += PAGE
        return [Write("put", page)]

    def _check_letters(self, writes: list[Write], refused: TransactWriteError) -> None:
        """A letter refused beside an untouched contract has a used id: asking again never helps."""
        reasons = zip(writes, refused.cancellation_reasons, strict=True)
        codes = {id(write.item): reason.code for write, reason in reasons if reason}
        if id(self.contract) in codes:
            return
        for letter in self.letters:
            if codes.get(id(letter)) == "ConditionalCheckFailed":
                raise RuntimeError(
                    f"a letter of contract {self.contract.id} has the id of another one"
                )


def _put_into(transact: TransactWrite, write: Write) -> None:
    match write.verb:
        case "put":
            transact.save(write.item, condition=write.condition)
        case "update":
            transact.update(write.item, list(write.actions), write.condition)
        case "delete":
            transact.delete(write.item)
