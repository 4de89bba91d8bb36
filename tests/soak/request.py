"""What somebody wants stored, and how it stands since then by the oracle.

A request is a memo, or the correction of one.
"""

from dataclasses import dataclass, field
from datetime import datetime

from tests.soak.oracle import Client


@dataclass(eq=False)
class Request:
    """A memo that somebody wants taken.

    `possible` is what may have been stored, one entry an attempt.
    """

    client: Client
    owner: str
    key: str
    body: dict
    possible: list[tuple[list[dict], bool, bool]] = field(default_factory=list)
    answer: bytes | None = None
    id: str = ""
    recipients: list[dict] = field(default_factory=list)
    counts: bool = False
    reported: bool = False
    surely_sent: bool = False
    # what came later
    corrected_by: "Request | None" = None
    class_now: str | None = None
    counts_now: bool | None = None
    disputed: str | None = None
    tellings: list[list[str]] = field(default_factory=list)  # to whom its mail may have gone
    # the lines of the ledger: what it counted and what it counts
    lines: list[tuple[bool, bool]] = field(default_factory=list)
    resends: dict[str, list[dict]] = field(default_factory=dict)  # recipients by key

    @property
    def received_at(self) -> datetime:
        return datetime.fromisoformat(self.body["received_at"])

    @property
    def path(self) -> str:
        return "/v1/memos"

    @property
    def judged(self) -> bool:
        return self.counts if self.counts_now is None else self.counts_now

    @property
    def call_class(self) -> str:
        return self.class_now or self.body["class"]

    @property
    def versions(self) -> "list[Request]":
        """This one and those that it took the place of."""
        return [self]

    def expected(self, now: datetime) -> int:
        """The status with which it is answered if it is new."""
        return self.client.verdict(self.received_at, now)

    def outcomes(self, now: datetime) -> list[tuple[list[dict], bool, bool]]:
        """What may be stored of it now."""
        return [self.client.decide(self.body, self.received_at, now)]

    def accept(self, raw: bytes, answer: dict, reported: bool) -> None:
        self.answer, self.id, self.reported = raw, answer["id"], reported
        self.recipients, self.counts = answer["reported_to"], answer["counts"]
        self.tell(self.recipients)

    def tell(self, to: list[dict]) -> None:
        """Its mail may go to these."""
        addresses = list(dict.fromkeys(each["address"] for each in to))
        if addresses and addresses not in self.tellings:
            self.tellings.append(addresses)

    def becomes(self, call_class: str, to: list[dict]) -> None:
        """It is judged to be of another class, of which some hear only now."""
        was, self.class_now, self.disputed = self.judged, call_class, None
        self.counts_now = self.client.worth(call_class, self.received_at)[1]
        if was != self.counts_now:
            self.lines.append((was, self.counts_now))
        self.tell(to)


@dataclass(eq=False)
class Correction(Request):
    wrong: Request = field(kw_only=True)

    @property
    def received_at(self) -> datetime:
        return self.wrong.received_at

    @property
    def path(self) -> str:
        return f"/v1/memos/{self.wrong.id}/corrections"

    @property
    def versions(self) -> list[Request]:
        return [self, *self.wrong.versions]

    def expected(self, _: datetime) -> int:
        if self.wrong.corrected_by:
            return 409
        return 422 if self.wrong.class_now and self.body["class"] != self.wrong.class_now else 201

    def outcomes(self, now: datetime) -> list[tuple[list[dict], bool, bool]]:
        """What may be stored of it now.

        Where the wrong report may have been read, its readers hear of the right
        one, whatever its class is now.
        """
        possible = super().outcomes(now)
        counts = self.client.worth(self.body["class"], self.received_at)[1]
        for readers in self._readers():
            to = self.client.recipients_and(readers, self.body.get("for"), now)
            possible.append((to, counts, True))
        return possible

    def _readers(self) -> list[set[str]]:
        """Who may have read the wrong report: one set for each way it may have gone."""
        if not self.wrong.tellings:
            return []
        first = {each["address"] for each in self.wrong.recipients}
        return [first, *map(set, self.wrong.tellings)]

    def accept(self, raw: bytes, answer: dict, reported: bool) -> None:
        super().accept(raw, answer, reported)
        self.wrong.corrected_by, self.disputed = self, self.wrong.disputed
        if self.wrong.judged != self.counts:
            self.lines.append((self.wrong.judged, self.counts))
