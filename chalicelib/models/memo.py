"""Call memos: one item is record, idempotency record, meter event and outbox."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from chalicelib.models.attributes import UnicodeAttribute, UTCDateTimeAttribute, WholeAttribute
from chalicelib.models.base import table
from chalicelib.models.outgoing import Outgoing
from chalicelib.models.waiting import WaitingIndex
from chalicelib.rules import calendar


class MonthIndex(GlobalSecondaryIndex):
    """A contract's memos of one JST month in the order of the calls: what the meter reads."""

    class Meta:
        index_name = "by_contract_month"
        projection = IncludeProjection(
            [
                "number",
                "call_class",
                "reported",
                "counts",
                "why",
                "caller_number",
                "caller_name",
                "caller_company",
                "surcharge_yen",
                "handed_over_at",
                "told_before",
            ]
            + ["class_now", "counts_now", "why_now", "corrected_by", "told_now"]
        )

    contract_month = UnicodeAttribute(hash_key=True)
    received_at = UTCDateTimeAttribute(range_key=True)
    caller_number = UnicodeAttribute(null=True)


class DisputedIndex(GlobalSecondaryIndex):
    """A house's memos whose count the client has objected to, until the office decides: sparse."""

    class Meta:
        index_name = "disputed"
        projection = KeysOnlyProjection()

    disputed = UnicodeAttribute(hash_key=True)
    disputed_at = UTCDateTimeAttribute(range_key=True)


class MemoWaiting(WaitingIndex):
    class Meta(WaitingIndex.Meta):
        pass


class Memo(Outgoing):
    """A repeat is answered from what was stored first: what came later stands beside it."""

    class Meta:
        table_name = table("memos")
        billing_mode = "PAY_PER_REQUEST"

    contract_month = UnicodeAttribute()  # mk-7KQ2MAB3DE#2026-09
    received_at = UTCDateTimeAttribute()
    taken_at = UTCDateTimeAttribute()
    taker = UnicodeAttribute()  # which attempt's put this was
    number = UnicodeAttribute()
    operator = UnicodeAttribute()
    call_class = UnicodeAttribute()
    reported = BooleanAttribute()
    counts = BooleanAttribute()
    why = UnicodeAttribute()
    caller_number = UnicodeAttribute(null=True)
    caller_name = UnicodeAttribute(null=True)
    caller_company = UnicodeAttribute(null=True)
    surcharge_yen = WholeAttribute(null=True)
    body_digest = UnicodeAttribute()
    text = JSONAttribute(null=True)  # what the caller said
    reported_to = JSONAttribute(default=list)
    asked_for = UnicodeAttribute(null=True)  # the person on the roster who was asked for
    route_note = UnicodeAttribute(null=True)
    earlier = JSONAttribute(null=True)  # the day's earlier calls from that number
    extra_items = JSONAttribute(null=True)  # the contract's further items as they were asked
    corrects = UnicodeAttribute(null=True)  # the memo that this one takes the place of
    version = WholeAttribute(null=True)  # of a correction: 2, 3, …
    revises = BooleanAttribute(null=True)  # it corrects what was, or was to be, reported
    told_before = UTCDateTimeAttribute(null=True)  # when an earlier version was first handed over

    tag = "memo"
    resends = JSONAttribute(null=True)  # when a person had it sent again, by whom, to whom
    told_now = JSONAttribute(null=True)  # who is told instead of those first chosen
    corrected_by = UnicodeAttribute(null=True)  # the memo that took its place
    class_now = UnicodeAttribute(null=True)  # as it was judged later, with what follows
    counts_now = BooleanAttribute(null=True)
    why_now = UnicodeAttribute(null=True)
    disputed = UnicodeAttribute(null=True)  # the house, while the office has to decide
    disputed_at = UTCDateTimeAttribute(null=True)
    disputed_as = UnicodeAttribute(null=True)
    received_by_client_at = UTCDateTimeAttribute(null=True)  # the button of the report was pressed

    by_contract_month = MonthIndex()
    by_dispute = DisputedIndex()
    waiting = MemoWaiting()

    def mark_handed_over(self, moment: datetime, message_id: str, way: str = "") -> bool:
        """As for any mail; its later versions count as reported: the client knows of the call."""
        marked = super().mark_handed_over(moment, message_id, way)
        if self.handed_over_at:
            noted = [Memo.told_before.set(self.handed_over_at)]
            self._change_later_versions(noted, Memo.told_before.does_not_exist())
        return marked

    def give_back(self, now: datetime, address: str, message_id: str, problem: str) -> bool:
        """As for any mail; where it told nobody, that no longer counts for later versions."""
        was_told_at = self.handed_over_at
        is_back = super().give_back(now, address, message_id, problem)
        if is_back and was_told_at and self.handed_over_at is None:
            undone = [Memo.told_before.remove()]
            self._change_later_versions(undone, Memo.told_before == was_told_at)
        return is_back

    def _change_later_versions(self, actions: list[Any], condition: Condition) -> None:
        later = self.corrected_by
        while later:
            version = Memo(later)
            version.changed(actions, condition)
            later = version.corrected_by

    @property
    def is_overtaken(self) -> bool:
        """Nobody has to look at a report whose correction goes out in its place."""
        return self.corrected_by is not None

    @property
    def recipients(self) -> list[str]:
        return list(dict.fromkeys(each["address"] for each in self.told_now or self.reported_to))

    def newest(self) -> "Memo":
        """The version that stands now."""
        if self.corrected_by is None:
            return self
        return Memo.get(self.corrected_by, consistent_read=True).newest()

    @property
    def class_of_now(self) -> str:
        return self.class_now or self.call_class

    @classmethod
    def tell_instead(
        cls, told: list[dict], asked_for: str | None, note: str | None
    ) -> list[Action]:
        """What changes in a memo that goes to others than those first chosen.

        Its answer is made of what stays.
        """
        return [
            cls.told_now.set(told),
            cls.asked_for.set(asked_for) if asked_for else cls.asked_for.remove(),
            cls.route_note.set(note) if note else cls.route_note.remove(),
        ]

    @classmethod
    def of_the_same_day(cls, memo: "Memo") -> list[dict]:
        """The same day's calls from the same number, as the report names them: time and number."""
        if memo.caller_number is None:
            return []
        midnight = calendar.at(calendar.day_of(memo.received_at), calendar.MIDNIGHT)
        month = calendar.month_of(memo.received_at)
        calls = cls.of_month(memo.contract, month, since=midnight, caller=memo.caller_number)
        return [
            {"at": f"{call.received_at.astimezone(calendar.JST):%H:%M}", "number": call.number}
            for call in calls
            if call.is_earlier_than(memo)
        ]

    def is_earlier_than(self, memo: "Memo") -> bool:
        """Whether the report of `memo` names this call: neither it itself nor its wrong version."""
        if self.corrected_by or self.id in (memo.id, memo.corrects):
            return False
        return self.reported and self.received_at <= memo.received_at

    @classmethod
    def of_month(
        cls, contract: str, month: str, since: datetime | None = None, caller: str | None = None
    ) -> list["Memo"]:
        """A contract's memos of a JST month, oldest first, with the index's attributes only.

        `since` leaves out earlier calls, `caller` (a normalised number) those of others.
        """
        later = MonthIndex.received_at >= since if since else None
        theirs = MonthIndex.caller_number == caller if caller else None
        memos = cls.by_contract_month.query(
            f"{contract}#{month}", range_key_condition=later, filter_condition=theirs
        )
        return list(memos)
