"""How far a mail came at each of its addresses (calls.md Delivery ledger).

SES's words are mapped here, once, and added up to one state for each address.
"""

from collections.abc import Iterable
from datetime import datetime
from email.utils import parseaddr
from typing import Any, NamedTuple

STATES = {
    "handed_over": "送信済み",
    "delayed": "配信遅延",
    "delivered": "配信済み",
    "bounced_soft": "不達(一時的)",
    "bounced_hard": "不達",
    "rejected": "送信拒否",
    "complained": "迷惑メールとして申告",
}
# Within one mail a later word weighs more: what was delivered may still come back, and only what
# arrived is complained of.
_WITHIN = tuple(STATES)
# Of several mails to one address the mail that came furthest is how it stands.
_AMONG = (
    "rejected",
    "bounced_hard",
    "bounced_soft",
    "handed_over",
    "delayed",
    "delivered",
    "complained",
)
BOUNCES = {"bounced_soft", "bounced_hard"}
LEFT = set(STATES) - {"rejected"}  # what SES says only of a mail that has left us


class _Kind(NamedTuple):
    """What a kind of event means, and where it keeps its facts and the recipients it names."""

    state: str
    part: str
    recipients: str | None


_KINDS = {
    "Send": _Kind("handed_over", "send", None),
    "Delivery": _Kind("delivered", "delivery", "recipients"),
    "DeliveryDelay": _Kind("delayed", "deliveryDelay", "delayedRecipients"),
    "Bounce": _Kind("bounced_soft", "bounce", "bouncedRecipients"),
    "Complaint": _Kind("complained", "complaint", "complainedRecipients"),
    "Reject": _Kind("rejected", "reject", None),
    "Rendering Failure": _Kind("rejected", "failure", None),
}


class Event(NamedTuple):
    """One thing that SES told of one address.

    `at` is an instant, `message` SES's id of the mail, `words` the words of the
    address's own server, which are told on and not kept.
    """

    at: datetime
    state: str
    message: str
    address: str
    words: str = ""

    @property
    def line(self) -> str:
        """How it is kept with its mail."""
        return f"{self.at.isoformat()} {self.state} {self.message} {self.address}"

    @classmethod
    def of_line(cls, line: str) -> "Event":
        """The event that is kept as that line."""
        at, state, message, address = line.split(" ", 3)
        return cls(datetime.fromisoformat(at), state, message, address)

    def is_repeated_by(self, event: "Event") -> bool:
        """Whether another event says the same of the same mail and address, at whatever time."""
        mine = (self.state, self.message, self.address)
        return mine == (event.state, event.message, event.address)

    def is_among(self, events: Iterable["Event"]) -> bool:
        """Whether it is kept already: SES tells an event more than once."""
        return self.line in {event.line for event in events}


def read(event: dict[str, Any]) -> list[Event]:
    """What an SES event says of each address it names.

    Nothing for a kind that tells nothing of delivery. Raises KeyError,
    TypeError or ValueError for what is no event of SES.
    """
    kind = _KINDS.get(event["eventType"])
    if kind is None:
        return []
    mail = event["mail"]
    facts = event.get(kind.part) or {}
    is_final = kind.state == "bounced_soft" and facts.get("bounceType") == "Permanent"
    state = "bounced_hard" if is_final else kind.state
    at = datetime.fromisoformat(facts.get("timestamp") or mail["timestamp"])
    recipients = facts.get(kind.recipients, []) if kind.recipients else mail["destination"]
    return [
        Event(at, state, mail["messageId"], _address(recipient), _words(recipient))
        for recipient in recipients
    ]


def sent_at(event: dict[str, Any]) -> datetime:
    """The instant at which the mail of an event was handed to SES."""
    return datetime.fromisoformat(event["mail"]["timestamp"])


def _address(recipient: str | dict[str, Any]) -> str:
    """The address, however SES writes it.

    With a name, or with its local part in quotes, as an old carrier address needs.
    """
    text = recipient if isinstance(recipient, str) else str(recipient["emailAddress"])
    address = parseaddr(text)[1] or text.strip()
    local, _, domain = address.rpartition("@")
    plain = local.strip('"')
    return f"{plain}@{domain.lower()}"


def _words(recipient: str | dict[str, Any]) -> str:
    if isinstance(recipient, str):
        return ""
    words = recipient.get("diagnosticCode") or ""
    return str(words)[:300]


def ledger(
    recipients: Iterable[str], done: Iterable[str], events: Iterable[Event]
) -> list[dict[str, Any]]:
    """How it stands at each of `recipients`, `at` being the instant since when.

    `done` are those it was handed over for; `events` come in any order. Never
    backwards: an event that comes late or twice changes nothing.
    """
    handed_over, mails = set(done), _by_address(events)
    rows = []
    for address in dict.fromkeys(recipients):
        last = _furthest(mails.get(address.casefold(), {}).values())
        state = last.state if last else None
        if state is None and address in handed_over:
            state = "handed_over"
        name = STATES.get(state or "", "未送信")
        at = last.at if last else None
        rows.append({"address": address, "state": state, "state_name": name, "at": at})
    return rows


def _furthest(mails: Iterable[list[Event]]) -> Event | None:
    """The event that says how far the mails to one address came, each at its last word."""
    last_words = [
        max(events, key=lambda event: (_WITHIN.index(event.state), event.at)) for events in mails
    ]
    return max(last_words, key=lambda event: (_AMONG.index(event.state), event.at), default=None)


def _by_address(events: Iterable[Event]) -> dict[str, dict[str, list[Event]]]:
    """The events of each mail (by SES's id) at each address (in small letters)."""
    mails: dict[str, dict[str, list[Event]]] = {}
    for event in events:
        of_address = mails.setdefault(event.address.casefold(), {})
        of_address.setdefault(event.message, []).append(event)
    return mails
