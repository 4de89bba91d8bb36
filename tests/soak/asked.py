"""What somebody asked to be stored: a memo, or the correction of one, and how it stands by the oracle since."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.soak.oracle import Client


@dataclass(eq=False)
class Request:
    """A memo that somebody asked to be taken; `decided` is what may have been stored, one entry an attempt."""

    client: Client
    owner: str
    key: str
    body: dict
    decided: list[tuple[list[dict], bool, bool]] = field(default_factory=list)
    answer: bytes | None = None
    id: str = ""
    told: list[dict] = field(default_factory=list)
    counts: bool = False
    reported: bool = False
    surely_sent: bool = False
    # what came later
    corrected_by: "Request | None" = None
    class_now: str | None = None
    counts_now: bool | None = None
    disputed: str | None = None
    tellings: list[list[str]] = field(default_factory=list)  # to whom its mail may have gone
    lines: list[tuple[bool, bool]] = field(
        default_factory=list
    )  # of the ledger: what it counted and what it counts
    resends: dict[str, list[dict]] = field(default_factory=dict)  # who was told by which key

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

    def accepted(self, raw: bytes, told: dict, reported: bool) -> None:
        self.answer, self.id, self.reported = raw, told["id"], reported
        self.told, self.counts = told["reported_to"], told["counts"]
        self.is_told(self.told)

    def is_told(self, to: list[dict]) -> None:
        addresses = list(dict.fromkeys(each["address"] for each in to))
        if addresses and addresses not in self.tellings:
            self.tellings.append(addresses)

    def becomes(self, call_class: str, now_told: list[dict]) -> None:
        """It is judged to be of another class."""
        was, self.class_now, self.disputed = self.judged, call_class, None
        self.counts_now = self.client.worth(call_class, self.received_at)[1]
        if was != self.counts_now:
            self.lines.append((was, self.counts_now))
        self.is_told(now_told)


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
        """Where the wrong report may have been read, its readers hear of the right one, whatever its class is now."""
        plain = super().outcomes(now)
        counts = self.client.worth(self.body["class"], self.received_at)[1]
        readers = (
            [{each["address"] for each in self.wrong.told}, *map(set, self.wrong.tellings)]
            if self.wrong.tellings
            else []
        )
        return plain + [
            (self.client.told_also(self.body.get("for"), now, known), counts, True)
            for known in readers
        ]

    def accepted(self, raw: bytes, told: dict, reported: bool) -> None:
        super().accepted(raw, told, reported)
        self.wrong.corrected_by, self.disputed = self, self.wrong.disputed
        if self.wrong.judged != self.counts:
            self.lines.append((self.wrong.judged, self.counts))
