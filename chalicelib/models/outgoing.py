"""What happens to a mail that has to leave: how each event's next state is stored.

The answers stand in rules/calls/outbox.py. Every change is made on condition
that the mail is as it was read; each method says whether it was.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.models.records import Receipt
from chalicelib.models.waiting import LEASE, Waiting, way_to
from chalicelib.rules.calls import outbox
from chalicelib.rules.calls.delivery import Event

# A mail whose end is in doubt again and again is repeated ever more slowly: each may ring a phone.
REPEATS = [
    LEASE,
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
]


class Outgoing(Waiting):
    class Meta:
        abstract = True

    def after(
        self, event: str, at: datetime | None = None, lease: timedelta = LEASE
    ) -> list[Action] | None:
        """What an event at the instant `at` changes in the item as it was read, or None."""
        answer = outbox.answer(self, event)
        if isinstance(answer, outbox.Stays):
            return None
        return self._entering(answer.to, at, lease)

    def _entering(self, state: str, at: datetime | None, lease: timedelta) -> list[Action]:
        """How a state is stored."""
        cls = type(self)
        if state in (outbox.NONE, outbox.LEFT, outbox.OVERTAKEN):
            return [cls.outbox.remove(), cls.next_try_at.remove(), cls.attempt_since.remove()]
        assert at is not None  # what waits has a time
        if state == outbox.TRYING:
            return [
                cls.outbox.set(self.house),
                cls.next_try_at.set(at + lease),
                cls.attempt_since.set(at),
                cls.tries.set(self.tries + 1),
            ]
        where = self.house if state == outbox.WAITING else outbox.office(self.house)
        return [cls.outbox.set(where), cls.next_try_at.set(at), cls.attempt_since.remove()]

    def claim(self, now: datetime, changes: Sequence[Action] = ()) -> bool:
        """Take the lease, with `changes`; False if somebody else has it.

        An attempt that was begun and whose end nobody wrote down may have
        sent the mail: that doubt is put on record with the claim.
        """
        cls = type(self)
        lease = REPEATS[min(len(self.unsure), len(REPEATS) - 1)]
        actions = self.after("claimed", now, lease)
        if actions is None:
            return False
        if self.attempt_since:
            actions.append(cls.unsure.set(cls.unsure.append([self.attempt_since])))
        return self._if_untouched([*actions, *changes])

    def retry_at(self, moment: datetime, problem: str) -> bool:
        """It has certainly not left: try again then."""
        return self._with_problem("refused", moment, problem)

    def leave_to_office(self, now: datetime, problem: str) -> bool:
        """It can never leave as it is: a person has to look at it."""
        return self._with_problem("refused_for_good", now, problem)

    def _with_problem(self, event: str, at: datetime, problem: str) -> bool:
        actions = self.after(event, at)
        if actions is None:
            return False
        return self._if_untouched([*actions, type(self).problem.set(problem)])

    def way_left(self, way: str, moment: datetime, message_id: str) -> bool:
        """One way is done: out of the outbox if it was the last.

        False if somebody else was faster to say so.
        """
        if self.open_ways.keys() - {way}:
            noted = self._note_sent(way, moment, message_id)
            if not noted:
                self.refresh(consistent_read=True)
            if self.open_ways or self.outbox is None:
                return noted
        return self.mark_handed_over(moment, message_id, way)

    def _note_sent(self, way: str, moment: datetime, message_id: str) -> bool:
        """One way of several is done; the lease goes on for the others.

        Ways noted by somebody else meanwhile stay noted.
        """
        cls = type(self)
        actions = [
            *self._handed_over(way, moment, message_id),
            cls.sent.set((cls.sent | []).append([way])),
        ]
        return self.changed(
            actions, self.unchanged("next_try_at", "outbox") & ~cls.sent.contains(way)
        )

    def mark_handed_over(self, moment: datetime, message_id: str, way: str = "") -> bool:
        """All of it has left, `way` the last: out of the outbox for good."""
        cls = type(self)
        actions = self.after("left")
        if actions is None:
            return False
        noted = self._handed_over(way, moment, message_id)
        if self._if_untouched([*noted, *actions]):
            return True
        # Taken out of the outbox meanwhile, by a correction: that it left is still true.
        self.changed(noted, cls.outbox.does_not_exist() & cls.handed_over_at.does_not_exist())
        return False

    def _handed_over(self, way: str, moment: datetime, message_id: str) -> list[Action]:
        """Of a mail with several ways it is kept which of them a message was."""
        cls = type(self)
        actions: list[Action] = [
            cls.handed_over_at.set(cls.handed_over_at | moment),
            cls.message_id.set(message_id),
        ]
        if way and len(self.ways) > 1:
            receipt = Receipt(way, message_id)
            actions.append(cls.ids.set((cls.ids | []).append([receipt.line])))
        return actions

    def give_back(self, now: datetime, address: str, message_id: str, problem: str) -> bool:
        """SES took the mail to `address` and then did not send it.

        That way is open again, and a person has to look at it.
        """
        cls = type(self)
        way = way_to(address, self.ways) or ""
        done = set(self.done())
        others = [each for each, to in self.ways.items() if each != way and done.issuperset(to)]
        undone: list[Action] = [cls.sent.set(others), cls.problem.set(problem)]
        if not others:
            undone.append(cls.handed_over_at.remove())
        actions = self.after("rejected", now) or []
        return self.changed([*actions, *undone], self._took(way, message_id))

    def _took(self, way: str, message_id: str) -> Condition:
        """That this message is the one that left by this way last."""
        cls = type(self)
        if len(self.ways) > 1:
            return cls.ids.contains(Receipt(way, message_id))
        return cls.message_id.does_not_exist() | (cls.message_id == message_id)

    def note_event(self, event: Event) -> None:
        """Keep what SES told of it; told twice it is kept once. Events come in any order."""
        cls = type(self)
        kept = cls.mail_events.set((cls.mail_events | []).append([event.line]))
        self.changed([kept], ~cls.mail_events.contains(event))

    def _if_untouched(self, actions: list[Action]) -> bool:
        return self.changed(actions, self.unchanged("next_try_at", "outbox"))
