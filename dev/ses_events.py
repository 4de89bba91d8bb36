"""What SES publishes about a mail, event by event.

The forms are those of its documentation and of what others have received:
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
SES may add fields at any time, one event may speak of one recipient or of
several, and the same event may come twice or before an earlier one.
"""

import hashlib
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from dev.topic import instant

Event = dict[str, Any]
ACCOUNT = "123456789012"
_REPORTER = "b224-11.smtp-out.ap-northeast-1.amazonses.com"
_BOUNCES = {  # of a type and subtype: the status and the words of the other side
    ("Permanent", "General"): ("5.1.1", "smtp; 550 5.1.1 no such mailbox here"),
    ("Permanent", "NoEmail"): ("5.1.1", "smtp; 550 5.1.1 address unknown"),
    ("Permanent", "OnAccountSuppressionList"): (
        "5.1.1",
        "not sent: the address is on the account's suppression list",
    ),
    ("Transient", "General"): ("4.4.7", "smtp; 451 4.4.7 given up after many tries"),
    ("Transient", "MailboxFull"): ("4.2.2", "smtp; 452 4.2.2 mailbox is full"),
    ("Transient", "ContentRejected"): ("5.7.1", "smtp; 554 5.7.1 content refused"),
    ("Undetermined", "Undetermined"): ("5.0.0", "smtp; 550 refused"),
}
_DELAYS = {
    "MailboxFull": ("4.2.2", "smtp; 452 4.2.2 mailbox is full"),
    "TransientCommunicationFailure": ("4.4.1", "smtp; 421 4.4.1 host does not answer"),
    "RecipientServerError": ("4.3.0", "smtp; 450 4.3.0 try again later"),
    "SpamDetected": ("4.7.0", "smtp; 421 4.7.0 too many mails from this address"),
}


class Mail(NamedTuple):
    """A mail that SES has taken: its id, our tags, the addresses as we gave them, and when."""

    message_id: str
    tags: dict[str, str]
    to: list[str]
    at: datetime
    source: str = "Denwaban <report@mk.example>"
    reply_to: str = "office@mk.example"
    subject: str = "Report 128"


def send(mail: Mail) -> Event:
    """SES has accepted the mail and will try to deliver it."""
    return _event("Send", mail, "send", {})


def delivery(mail: Mail, at: datetime, recipients: list[str] | None = None) -> Event:
    """The other side's server has taken it. Only here does SES know the address it sent from."""
    details = {
        "timestamp": instant(at),
        "processingTimeMillis": round((at - mail.at) / timedelta(milliseconds=1)),
        "recipients": recipients or mail.to,
        "smtpResponse": "250 2.0.0 taken, thank you",
        "remoteMtaIp": "203.0.113.25",
        "reportingMTA": _REPORTER,
    }
    event = _event("Delivery", mail, "delivery", details)
    event["mail"]["tags"]["ses:outgoing-ip"] = ["198.51.100.11"]
    return event


def delay(
    mail: Mail, at: datetime, recipients: list[str] | None = None, kind: str = "MailboxFull"
) -> Event:
    """SES goes on trying until `expirationTime`. It leaves the headers out here."""
    status, words = _DELAYS[kind]
    delayed = [
        {"emailAddress": each, "status": status, "diagnosticCode": words}
        for each in recipients or mail.to
    ]
    details = {
        "timestamp": instant(at),
        "delayType": kind,
        "expirationTime": instant(mail.at + timedelta(hours=14)),
        "delayedRecipients": delayed,
        "reportingMTA": _REPORTER,
    }
    return _without_headers(_event("DeliveryDelay", mail, "deliveryDelay", details))


def bounce(
    mail: Mail,
    at: datetime,
    recipients: list[str] | None = None,
    kind: str = "Permanent",
    subtype: str = "General",
    explained: bool = True,
) -> Event:
    """Given up: for good (Permanent) or for this time (Transient).

    The event is unexplained where no delivery status notification came.
    """
    status, words = _BOUNCES[kind, subtype]
    why, reporter = {}, {}
    if explained:
        why = {"action": "failed", "status": status, "diagnosticCode": words}
        reporter = {"reportingMTA": f"dns; {_REPORTER}"}
    details = {
        "feedbackId": _feedback(mail, "bounce", at),
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [{"emailAddress": each} | why for each in recipients or mail.to],
        "timestamp": instant(at),
    }
    return _event("Bounce", mail, "bounce", details | reporter)


def complaint(
    mail: Mail, at: datetime, recipients: list[str] | None = None, explained: bool = True
) -> Event:
    """Somebody has called it spam; `recipients` are all who may have.

    The event is unexplained where no feedback report came.
    """
    report = {}
    if explained:
        report = {
            "userAgent": "Sakura-FBL/1.0",
            "complaintFeedbackType": "abuse",
            "arrivalDate": instant(at),
        }
    details = {
        "feedbackId": _feedback(mail, "complaint", at),
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": each} for each in recipients or mail.to],
        "timestamp": instant(at),
    }
    return _event("Complaint", mail, "complaint", details | report)


def reject(mail: Mail) -> Event:
    """SES took it, found a virus, and sent nothing."""
    return _event("Reject", mail, "reject", {"reason": "Bad content"})


def rendering_failure(mail: Mail) -> Event:
    """Of mails by SES's own templates, which we do not use."""
    why = {"errorMessage": "The value 'name' is not among the data.", "templateName": "letter"}
    return _without_headers(_event("Rendering Failure", mail, "failure", why))


def _event(kind: str, mail: Mail, key: str, details: Event) -> Event:
    return {"eventType": kind, "mail": _mail(mail), key: details}


def _mail(mail: Mail) -> Event:
    headers = {
        "From": mail.source,
        "To": ", ".join(mail.to),
        "Reply-To": mail.reply_to,
        "Subject": mail.subject,
    }
    common = {
        "from": [mail.source],
        "replyTo": [mail.reply_to],
        "to": mail.to,
        "messageId": mail.message_id,
    }
    return {
        "timestamp": instant(mail.at),
        "source": mail.source,
        "sourceArn": f"arn:aws:ses:ap-northeast-1:{ACCOUNT}:identity/{_domain(mail)}",
        "sendingAccountId": ACCOUNT,
        "messageId": mail.message_id,
        "destination": mail.to,
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "commonHeaders": common | {"subject": mail.subject},
        "tags": _own_tags(mail) | {name: [value] for name, value in mail.tags.items()},
    }


def _own_tags(mail: Mail) -> dict[str, list[str]]:
    return {
        "ses:source-tls-version": ["TLSv1.3"],
        "ses:operation": ["SendEmail"],
        "ses:configuration-set": ["denwaban-local"],
        "ses:source-ip": ["192.0.2.20"],
        "ses:from-domain": [_domain(mail)],
        "ses:caller-identity": ["denwaban-sweep"],
    }


def _without_headers(event: Event) -> Event:
    mail = dict(event["mail"])
    for name in ("headers", "commonHeaders"):
        del mail[name]
    return event | {"mail": mail}


def _domain(mail: Mail) -> str:
    return mail.source.rpartition("@")[2].rstrip(">")


def _feedback(mail: Mail, kind: str, at: datetime) -> str:
    """The same for the same feedback, so that an event sent twice is recognisable."""
    digest = hashlib.sha256(f"{mail.message_id} {kind} {instant(at)}".encode()).hexdigest()
    ends = [12, 20, 24, 28, 32, 44]
    parts = [digest[start:end] for start, end in pairwise([0, *ends])]
    return f"0106{'-'.join(parts)}-000000"
