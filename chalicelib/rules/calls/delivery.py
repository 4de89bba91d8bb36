"""How far a mail came at each of its addresses: SES's words, mapped once, and what they add up to (calls.md Delivery ledger)."""

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
# Within one mail a later word weighs more: what was delivered may still come back, and only what arrived is complained of.
_WITHIN = tuple(STATES)
# Of several mails to one address the one that came furthest is how it stands.
_AMONG = (
    "rejected",
    "bounced_hard",
    "bounced_soft",
    "handed_over",
    "delayed",
    "delivered",
    "complained",
)
_KINDS = {
    "Send": ("handed_over", "send", None),
    "Delivery": ("delivered", "delivery", "recipients"),
    "DeliveryDelay": ("delayed", "deliveryDelay", "delayedRecipients"),
    "Bounce": ("bounced_soft", "bounce", "bouncedRecipients"),
    "Complaint": ("complained", "complaint", "complainedRecipients"),
    "Reject": ("rejected", "reject", None),
    "Rendering Failure": ("rejected", "failure", None),
}
BOUNCES = {"bounced_soft", "bounced_hard"}
LEFT = set(STATES) - {"rejected"}  # what SES says only of a mail that has left us


class Told(NamedTuple):
    """One thing that SES told of one address: when, the state, SES's id of the mail, the address, its server's own words."""

    at: datetime
    state: str
    message: str
    address: str
    words: str = ""

    @property
    def line(self) -> str:
        """How it is kept with its mail; the same event told twice is the same line."""
        return f"{self.at.isoformat()} {self.state} {self.message} {self.address}"


def read(event: dict[str, Any]) -> list[Told]:
    """What an SES event says, of each address it names; nothing for a kind that tells nothing of delivery.

    Raises KeyError, TypeError or ValueError for what is no event of SES.
    """
    found = _KINDS.get(event["eventType"])
    if found is None:
        return []
    state, part, named = found
    said, mail = event.get(part) or {}, event["mail"]
    if state == "bounced_soft" and said.get("bounceType") == "Permanent":
        state = "bounced_hard"
    at = datetime.fromisoformat(said.get("timestamp") or mail["timestamp"])
    recipients = said.get(named, []) if named else mail["destination"]
    return [Told(at, state, mail["messageId"], _address(each), _words(each)) for each in recipients]


def sent_at(event: dict[str, Any]) -> datetime:
    """When the mail of an event was handed to SES."""
    return datetime.fromisoformat(event["mail"]["timestamp"])


def _address(recipient: str | dict) -> str:
    """Whether SES writes it with a name, or quotes its local part, as an old carrier address needs."""
    given = recipient if isinstance(recipient, str) else recipient["emailAddress"]
    address = parseaddr(given)[1] or given.strip()
    local, _, domain = address.rpartition("@")
    return f"{local.strip(chr(34))}@{domain.lower()}"


def _words(recipient: str | dict) -> str:
    return "" if isinstance(recipient, str) else str(recipient.get("diagnosticCode") or "")[:300]


def ledger(recipients: Iterable[str], done: Iterable[str], told: Iterable[str]) -> list[dict]:
    """How it stands at each of `recipients`: `done` are those it was handed over for, `told` the kept lines, in any order.

    Never backwards: a word that comes late or twice changes nothing.
    """
    handed_over, mails = set(done), _by_address(told)
    rows = []
    for address in dict.fromkeys(recipients):
        states = [
            max(each, key=lambda pair: (_WITHIN.index(pair[0]), pair[1]))
            for each in mails.get(address.casefold(), {}).values()
        ]
        state, at = max(
            states, key=lambda pair: (_AMONG.index(pair[0]), pair[1]), default=(None, None)
        )
        if state is None and address in handed_over:
            state = "handed_over"
        rows.append(
            {
                "address": address,
                "state": state,
                "state_name": STATES.get(state or "", "未送信"),
                "at": at,
            }
        )
    return rows


def _by_address(lines: Iterable[str]) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """address: mail: its (state, when) pairs."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for line in lines:
        at, state, message, address = line.split(" ", 3)
        found.setdefault(address.casefold(), {}).setdefault(message, []).append((state, at))
    return found
