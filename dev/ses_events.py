"""What SES publishes about a mail, event by event, as its documentation and what others have received show it.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html: fields may be added at any time,
one event may speak of one recipient or of several, and the same event may come twice or before an earlier one.
"""

import hashlib
from datetime import datetime, timedelta
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
    """A mail that SES has taken: its id, our tags, the addresses as they were handed over, and when."""

    message_id: str
    tags: dict[str, str]
    to: list[str]
    at: datetime
    source: str = "Denwaban <report@mk.example>"
    reply_to: str = "office@mk.example"
    subject: str = "Report 128"


def send(mail: Mail) -> Event:
    return _event("Send", mail, "send", {})


def delivery(mail: Mail, at: datetime, recipients: list[str] | None = None) -> Event:
    """The other side's server has taken it. Only here does SES know the address it sent from."""
    told = {
        "timestamp": instant(at),
        "processingTimeMillis": round((at - mail.at) / timedelta(milliseconds=1)),
        "recipients": recipients or mail.to,
        "smtpResponse": "250 2.0.0 taken, thank you",
        "remoteMtaIp": "203.0.113.25",
        "reportingMTA": _REPORTER,
    }
    event = _event("Delivery", mail, "delivery", told)
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
    told = {
        "timestamp": instant(at),
        "delayType": kind,
        "expirationTime": instant(mail.at + timedelta(hours=14)),
        "delayedRecipients": delayed,
        "reportingMTA": _REPORTER,
    }
    return _without_headers(_event("DeliveryDelay", mail, "deliveryDelay", told))


def bounce(
    mail: Mail,
    at: datetime,
    recipients: list[str] | None = None,
    kind: str = "Permanent",
    subtype: str = "General",
    explained: bool = True,
) -> Event:
    """Given up: for good (Permanent) or for this time (Transient). Unexplained, where no delivery status notification came."""
    status, words = _BOUNCES[kind, subtype]
    why = {"action": "failed", "status": status, "diagnosticCode": words} if explained else {}
    told = {
        "feedbackId": _feedback(mail, "bounce", at),
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [{"emailAddress": each} | why for each in recipients or mail.to],
        "timestamp": instant(at),
    }
    return _event(
        "Bounce",
        mail,
        "bounce",
        told | ({"reportingMTA": f"dns; {_REPORTER}"} if explained else {}),
    )


def complaint(
    mail: Mail, at: datetime, recipients: list[str] | None = None, explained: bool = True
) -> Event:
    """Somebody has called it spam; `recipients` are all who may have. Unexplained, where no feedback report came."""
    why = (
        {
            "userAgent": "Sakura-FBL/1.0",
            "complaintFeedbackType": "abuse",
            "arrivalDate": instant(at),
        }
        if explained
        else {}
    )
    told = {
        "feedbackId": _feedback(mail, "complaint", at),
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": each} for each in recipients or mail.to],
        "timestamp": instant(at),
    }
    return _event("Complaint", mail, "complaint", told | why)


def reject(mail: Mail) -> Event:
    """SES took it, found a virus, and sent nothing."""
    return _event("Reject", mail, "reject", {"reason": "Bad content"})


def rendering_failure(mail: Mail) -> Event:
    """Of mails by SES's own templates, which we do not use."""
    told = {"errorMessage": "The value 'name' is not among the data.", "templateName": "letter"}
    return _without_headers(_event("Rendering Failure", mail, "failure", told))


def _event(kind: str, mail: Mail, key: str, told: Event) -> Event:
    return {"eventType": kind, "mail": _mail(mail), key: told}


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
    mail = {
        name: value
        for name, value in event["mail"].items()
        if name not in ("headers", "commonHeaders")
    }
    return event | {"mail": mail}


def _domain(mail: Mail) -> str:
    return mail.source.rpartition("@")[2].rstrip(">")


def _feedback(mail: Mail, kind: str, at: datetime) -> str:
    """The same for the same feedback, so that an event sent twice is recognisable."""
    made = hashlib.sha256(f"{mail.message_id} {kind} {instant(at)}".encode()).hexdigest()
    return f"0106{made[:12]}-{made[12:20]}-{made[20:24]}-{made[24:28]}-{made[28:32]}-{made[32:44]}-000000"
