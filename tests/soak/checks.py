"""What must be true at the end of every history, once all is repaired."""

from collections import Counter, defaultdict
from datetime import datetime

from chalicelib.channels import ses
from tests.soak.oracle import AMONG, Client, day_of, last_word
from tests.soak.request import Request

# Letters that are written once for each of their causes.
NOTICES = {"bounced", "bounced_office", "objection", "decision", "report_again"}


class Checks:
    def begin_checks(self) -> None:
        self.notices: Counter[tuple[str, str]] = Counter()  # (contract, kind)
        # item: how many mails had gone when SES said that one had
        self.left: dict[str, int] = {}
        # item: address: mail: what SES said of it
        self.words: dict[str, dict[str, dict[str, set[tuple[datetime, str]]]]] = {}
        self.events: set[tuple] = set()
        # (contract, who could be told of its calls) at each sweep
        self.reached: list[tuple[str, set[str]]] = []

    def before_sweep(self) -> int:
        """Note whom the mails of this sweep may reach; how many mails went before.

        A mail goes to those who are left of its recipients, or to whom the rule
        names now.
        """
        for client in self.clients:
            self.reached.append((client.contract, client.confirmed()))
        for request in [each for each in self.requests if each.answer and each.tellings]:
            confirmed = request.client.confirmed()
            for telling in [*request.tellings]:
                left = [{"address": each} for each in telling if each in confirmed]
                by_rule = request.client.recipients(request.body.get("for"), day_of(self.now))
                request.tell(left or by_rule)
        return len(self.wire.taken)

    def after_sweep(self, before: int) -> None:
        """Nobody who has left is told of a call."""
        for mail in self.wire.taken[before:]:
            client = self.client_of(mail.tags["contract"])
            assert "memo" not in mail.tags or {*mail.to} <= client.confirmed(), mail.to

    def client_of(self, contract: str) -> Client:
        (client,) = [each for each in self.clients if each.contract == contract]
        return client

    def check_mails(self) -> None:
        """Every accepted memo is there, and every mail went out to whom it should.

        It went once, or once more for each doubt on record.
        """
        accepted = {each.id: each for each in self.requests if each.answer}
        assert set(self.memos) == set(accepted), "memos stored are not the memos accepted"
        self.mails = defaultdict(list)
        for each in self.wire.taken:
            self.mails[each.item].append(each)
        for identity, stored in self.memos.items():
            self.check_memo(stored, accepted[identity])
        for stored in self.letters.values():
            self.check_item(stored, [stored.to])
        items = {ses.tagged(each) for each in (*self.memos, *self.letters)}
        assert set(self.mails) <= items
        for item, many in self.left.items():
            problem = f"sent again although SES had said that it went: {item}"
            assert len(self.mails[item]) == many, problem
        written = {(each.kind, each.to[0]) for each in self.letters.values()}
        for client in self.clients:
            assert set(client.letters) <= written, set(client.letters) - written
        self.stats.update({"memo taken": len(self.memos), "mail": len(self.wire.taken)})

    def check_memo(self, stored, request: Request) -> None:
        if request.tellings and not request.corrected_by:
            self.check_item(stored, request.tellings)
            return
        mails = self.mails[stored.id]
        self.stats["unsure"] += len(stored.unsure)
        assert all(list(each.to) in request.tellings for each in mails), (mails, request.tellings)
        assert len(mails) <= 1 + len(stored.unsure)
        held = request.reported and not request.corrected_by  # there was nobody left to tell
        assert stored.outbox == (f"{stored.house}:office" if held else None)
        if not request.tellings:
            assert stored.handed_over_at is None
            assert not mails

    def check_item(self, stored, to: list[list[str]]) -> None:
        item = ses.tagged(stored.id)
        mails = self.mails[item]
        self.stats["unsure"] += len(stored.unsure)
        assert all(any({*each.to} >= {*one} for one in to) for each in mails), (mails, to)
        if self.is_held(stored):
            assert len(mails) <= len(stored.unsure)
        elif self.wire.last_word.get(item) == "rejected" and item not in self.left:
            assert stored.outbox == f"{stored.house}:office"
            assert len(mails) <= len(stored.unsure)
        else:
            assert stored.outbox is None
            assert stored.handed_over_at is not None
            counts = f"{len(mails)} mails, {len(stored.unsure)} doubts: {stored.id}"
            assert 1 <= len(mails) <= 1 + len(stored.unsure), counts
        for again in mails[1:]:
            assert "重ねてお送りしている可能性" in again.text

    def is_held(self, stored) -> bool:
        """It waits for the office: at one of the sweeps none of its recipients was left."""
        is_letter = stored.tag == "letter"
        left = [who for contract, who in self.reached if contract == stored.contract]
        if is_letter:
            left = [who & {*stored.recipients} for who in left]
        shows_a_call = not is_letter or stored.facts.get("again")
        return bool(shows_a_call and stored.outbox == f"{stored.house}:office" and not all(left))

    def check_notices(self) -> None:
        """Each bounce, objection, decision and resend has written what it should, once."""
        notices = [each for each in self.letters.values() if each.kind in NOTICES]
        written = Counter((each.contract, each.kind) for each in notices)
        assert written == +self.notices, (written, self.notices)

    def check_counts(self) -> None:
        accepted = [each for each in self.requests if each.answer]
        for client in self.clients:
            self.check_usage(client, [each for each in accepted if each.client is client])
        for request in accepted:
            if request.lines or request.class_now or request.corrected_by or request.disputed:
                self.look_at_lines(request, self.ask_memo(request))
            if not request.corrected_by:
                lines = [line for each in request.versions for line in each.lines]
                changes = sum(is_now - was for was, is_now in lines)
                assert request.versions[-1].counts + changes == request.judged

    def check_usage(self, client: Client, accepted: list[Request]) -> None:
        """Each month's count of a client is that of its memos as they are judged."""
        months = defaultdict(list)
        for each in accepted:
            months[f"{day_of(each.received_at):%Y-%m}"].append(each)
        for month, requests in months.items():
            last = [each for each in requests if not each.corrected_by]
            counted = [each for each in last if each.judged and self.is_reported(each)]
            usage = self.ask_usage(client, month)
            assert usage["taken"] == len(last), usage
            assert usage["counted"] == len(counted), usage

    def is_reported(self, request: Request) -> bool:
        return any(self.memos[each.id].handed_over_at for each in request.versions)

    def ask_usage(self, client: Client, month: str) -> dict:
        path = f"/v1/contracts/{client.contract}/usage/{month}"
        return self.ask("GET", path, house=client.house).json

    def ask_memo(self, request: Request, by=("office1", 0)) -> dict:
        return self.ask("GET", f"/v1/memos/{request.id}", house=request.client.house, by=by).json

    def look_at_lines(self, request: Request, memo: dict) -> None:
        """The memo's part of the ledger of counts, and what was decided about it."""
        lines = [(each["was"]["counts"], each["becomes"]["counts"]) for each in memo["recounts"]]
        assert lines == request.lines, (lines, request.lines)
        assert (memo["class"], memo["disputed_as"]) == (request.call_class, request.disputed)
        assert memo["corrected_by"] == (request.corrected_by and request.corrected_by.id)
        self.look_at_deliveries(request, memo["report"])

    def look_at_deliveries(self, request: Request, report: dict) -> None:
        """The ledger of deliveries follows from the set of events alone, never from their order."""
        words = self.words.get(request.id, {})
        for row in report["deliveries"]:
            of_each_mail = words.get(row["address"], {}).values()
            states = [last_word(each) for each in of_each_mail]
            furthest = max(states, key=AMONG.index, default=None)
            allowed = (furthest,) if furthest else (None, "handed_over")
            assert row["state"] in allowed, (row, words)
        if request.id in self.left and not request.corrected_by:
            assert report["state"] == "handed_over"
