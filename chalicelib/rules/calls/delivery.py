"""How far a mail came at each of its addresses (calls.md Delivery ledger).

SES's words are mapped here, once, and added up to one state for each address.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from email.utils import parseaddr
from typing import Any, NamedTuple

STATES = {
    "handed_over": "送信済み",
    "delayed": "配信遅延",
    "delivered": "配信済み",
    "bounced_unstated": "不達(理由の通知なし)",
    "bounced_soft": "不達(一時的)",
    "bounced_hard": "不達",
    "rejected": "送信拒否",
    "complained": "迷惑メールとして申告",
}
# Within one mail the latest word counts, of two at one moment the one that stands later here.
_WITHIN = tuple(STATES)
# What no later word takes back: a dead address, a mail that SES did not send, a complaint.
_FINAL = {"bounced_hard", "rejected", "complained"}
# Of several mails to one address the mail that came furthest is how it stands.
_AMONG = (
    "rejected",
    "bounced_hard",
    "bounced_soft",
    "bounced_unstated",
    "handed_over",
    "delayed",
    "delivered",
    "complained",
)
BOUNCES = {"bounced_unstated", "bounced_soft", "bounced_hard"}
_CLASS_5 = re.compile(r"^\s*(?:smtp;\s*)?5\d\d[ -]|\b5\.\d{1,3}\.\d{1,3}\b")
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
    at = datetime.fromisoformat(facts.get("timestamp") or mail["timestamp"])
    recipients = facts.get(kind.recipients, []) if kind.recipients else mail["destination"]
    return [
        Event(
            at,
            _bounced(facts, recipient) if kind.state == "bounced_soft" else kind.state,
            mail["messageId"],
            _address(recipient),
            _words(recipient),
        )
        for recipient in recipients
    ]


def _bounced(facts: dict[str, Any], recipient: str | dict[str, Any]) -> str:
    """What kind of bounce: a status of class 5 is a hard one, whatever SES's type says."""
    said = recipient if isinstance(recipient, dict) else {}
    status = str(said.get("status") or "")
    words = _words(recipient)
    if facts.get("bounceType") == "Permanent":
        return "bounced_hard"
    if status:
        return "bounced_hard" if status.startswith("5") else "bounced_soft"
    if words:
        return "bounced_hard" if _CLASS_5.search(words) else "bounced_soft"
    return "bounced_unstated"


def is_automatic_reply(event: Event, events: Iterable[Event]) -> bool:
    """Whether a bounce is none: SES takes an absence note for one, behind its own delivery."""
    delivered = event._replace(state="delivered")
    return event.state == "bounced_unstated" and any(
        delivered.is_repeated_by(each) for each in events
    )


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
    last_words = [_last_word(events) for events in mails]
    return max(last_words, key=lambda event: (_AMONG.index(event.state), event.at), default=None)


def _last_word(events: list[Event]) -> Event:
    """How one mail stands at one address."""
    true = [event for event in events if not is_automatic_reply(event, events)]
    final = [event for event in true if event.state in _FINAL]
    if final:
        return max(final, key=lambda event: (_WITHIN.index(event.state), event.at))
    return max(true, key=lambda event: (event.at, _WITHIN.index(event.state)))


def _by_address(events: Iterable[Event]) -> dict[str, dict[str, list[Event]]]:
    """The events of each mail (by SES's id) at each address (in small letters)."""
    mails: dict[str, dict[str, list[Event]]] = {}
    for event in events:
        of_address = mails.setdefault(event.address.casefold(), {})
        of_address.setdefault(event.message, []).append(event)
    return mails
