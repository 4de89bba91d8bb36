"""What must be true at the end of every history, once all is repaired."""

from collections import Counter, defaultdict
from email import message_from_bytes, policy

from chalicelib.channels import ses
from tests.soak.asked import Request
from tests.soak.oracle import AMONG, WITHIN, Client, day_of

NOTICES = {
    "bounced",
    "bounced_office",
    "objection",
    "decision",
    "report_again",
}  # written once for each of their causes


class Checks:
    def begin_checks(self) -> None:
        self.notices: Counter[tuple[str, str]] = Counter()  # (contract, kind)
        self.left: dict[str, int] = {}  # item: how many mails had gone when SES said that one had
        self.words: dict[
            str, dict[str, dict[str, set[str]]]
        ] = {}  # item: address: mail: what SES said of it
        self.events: set[tuple] = set()
        self.reached: list[
            tuple[str, set[str]]
        ] = []  # (contract, who could be told of its calls) at each sweep

    def before_sweep(self) -> int:
        """What is sent from now on goes to those who are left of whom it was to go to, or to whom the rule names now; how many went before."""
        for client in self.clients:
            self.reached.append((client.contract, client.confirmed()))
        for request in [each for each in self.requests if each.answer and each.tellings]:
            for told in [*request.tellings]:
                left = [{"address": each} for each in told if each in request.client.confirmed()]
                request.is_told(
                    left or request.client.told(request.body.get("for"), day_of(self.now))
                )
        return len(self.wire.taken)

    def after_sweep(self, before: int) -> None:
        """Nobody who has left is told of a call."""
        for mail in self.wire.taken[before:]:
            client = next(each for each in self.clients if each.contract == mail.tags["contract"])
            assert "memo" not in mail.tags or {*mail.to} <= client.confirmed(), mail.to

    def check_mails(self) -> None:
        """Every accepted memo is there, and every mail went out once, or once more for each doubt on record, to whom it should."""
        accepted = {each.id: each for each in self.requests if each.answer}
        assert set(self.memos) == set(accepted), "memos stored are not the memos accepted"
        self.mails = defaultdict(list)
        for each in self.wire.taken:
            self.mails[each.item].append(each)
        for identity, stored in self.memos.items():
            self.check_memo(stored, accepted[identity])
        for stored in self.letters.values():
            self.check_item(stored, [stored.to])
        known = {ses.tagged(each) for each in (*self.memos, *self.letters)}
        assert set(self.mails) <= known
        for item, many in self.left.items():
            assert len(self.mails[item]) == many, (
                f"sent again although SES had said that it went: {item}"
            )
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
        assert request.tellings or (stored.handed_over_at is None and not mails)

    def check_item(self, stored, to: list[list[str]]) -> None:
        item = ses.tagged(stored.id)
        mails = self.mails[item]
        self.stats["unsure"] += len(stored.unsure)
        assert all(any({*each.to} >= {*one} for one in to) for each in mails), (mails, to)
        if self.is_held(stored):
            assert len(mails) <= len(stored.unsure)
        elif self.wire.last_word.get(item) == "rejected" and item not in self.left:
            assert stored.outbox == f"{stored.house}:office" and len(mails) <= len(stored.unsure)
        else:
            assert stored.outbox is None and stored.handed_over_at is not None
            assert 1 <= len(mails) <= 1 + len(stored.unsure), (
                f"{len(mails)} mails, {len(stored.unsure)} doubts: {stored.id}"
            )
        for again in mails[1:]:
            text = (
                message_from_bytes(again.raw, policy=policy.default)
                .get_body(("plain",))
                .get_content()
            )
            assert "重ねてお送りしている可能性" in text

    def is_held(self, stored) -> bool:
        """It waits for the office, since at one of the sweeps nobody of those it goes to was left."""
        whom = {*stored.recipients} if stored.tag == "letter" else None
        left = [
            who if whom is None else who & whom
            for contract, who in self.reached
            if contract == stored.contract
        ]
        shows_a_call = whom is None or stored.facts.get("again")
        return bool(shows_a_call and stored.outbox == f"{stored.house}:office" and not all(left))

    def check_notices(self) -> None:
        """Each bounce, objection, decision and resend has written what it should, once."""
        written = Counter(
            (each.contract, each.kind) for each in self.letters.values() if each.kind in NOTICES
        )
        assert written == +self.notices, (written, self.notices)

    def check_counts(self) -> None:
        for client in self.clients:
            of_client = [each for each in self.requests if each.answer and each.client is client]
            for month in {f"{day_of(each.received_at):%Y-%m}" for each in of_client}:
                these = [
                    each
                    for each in of_client
                    if f"{day_of(each.received_at):%Y-%m}" == month and not each.corrected_by
                ]
                counted = [each for each in these if each.judged and self.is_reported(each)]
                told = self.usage(client, month)
                assert (told["taken"], told["counted"]) == (len(these), len(counted)), told
        for request in [each for each in self.requests if each.answer]:
            if request.lines or request.class_now or request.corrected_by or request.disputed:
                self.look_at_lines(request, self.told_of(request))
            if not request.corrected_by:
                changes = sum(
                    is_now - was for each in request.versions for was, is_now in each.lines
                )
                assert request.versions[-1].counts + changes == request.judged

    def is_reported(self, request: Request) -> bool:
        return any(self.memos[each.id].handed_over_at for each in request.versions)

    def usage(self, client: Client, month: str) -> dict:
        return self.ask(
            "GET", f"/v1/contracts/{client.contract}/usage/{month}", house=client.house
        ).json

    def told_of(self, request: Request) -> dict:
        return self.ask("GET", f"/v1/memos/{request.id}", house=request.client.house).json

    def look_at_lines(self, request: Request, told: dict) -> None:
        """The memo's part of the ledger of counts, and what was decided about it."""
        lines = [(each["was"]["counts"], each["becomes"]["counts"]) for each in told["recounts"]]
        assert lines == request.lines, (lines, request.lines)
        assert (told["class"], told["disputed_as"]) == (request.call_class, request.disputed)
        assert told["corrected_by"] == (request.corrected_by and request.corrected_by.id)
        self.look_at_deliveries(request, told["report"])

    def look_at_deliveries(self, request: Request, report: dict) -> None:
        """The ledger of deliveries follows from the set of events alone, never from their order."""
        words = self.words.get(request.id, {})
        for row in report["deliveries"]:
            states = [
                max(each, key=WITHIN.index) for each in words.get(row["address"], {}).values()
            ]
            furthest = max(states, key=AMONG.index, default=None)
            allowed = (furthest,) if furthest else (None, "handed_over")
            assert row["state"] in allowed, (row, words)
        if request.id in self.left and not request.corrected_by:
            assert report["state"] == "handed_over"
