"""A topic on this machine: it signs as SNS does, and its certificate lies on loopback.

`Topic().environment` is what the app must know of the topic; `record` gives the
event that Lambda would hand to a function.
"""

import base64
import json
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from chalicelib import clock

ARN = "arn:aws:sns:ap-northeast-1:123456789012:denwaban-mail-events"
SUBJECT = "Amazon SES Email Event Notification"  # of every event that SES publishes
# The local stack's clock may run far ahead.
BEGINNING, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2080, 1, 1, tzinfo=UTC)
_HASHES = {"1": hashes.SHA1, "2": hashes.SHA256}
_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")


class Topic:
    """A topic with its key. It serves `files` by name until `close` or the end of the process."""

    def __init__(self, arn: str = ARN):
        self.arn = arn
        self.key = rsa.generate_private_key(65537, 2048)
        self.files: dict[str, bytes] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _serving(self.files))
        Thread(target=self._server.serve_forever, daemon=True).start()
        self.place = f"http://127.0.0.1:{self._server.server_port}/"
        self.address = self.publish(certificate(self.key))

    @property
    def environment(self) -> dict[str, str]:
        return {"MAIL_TOPIC_ARN": self.arn, "SNS_CERTIFICATES": self.place}

    def publish(self, pem: bytes) -> str:
        """Serve one more certificate; its address, which no other has ever had."""
        name = f"SimpleNotificationService-{uuid.uuid4().hex}.pem"
        self.files[name] = pem
        return self.place + name

    def record(
        self, message: dict[str, Any], at: datetime | None = None, version: str = "2"
    ) -> dict[str, Any]:
        """The event of one message, published at an instant or now.

        Version 1 is what a topic does by default.
        """
        unsubscribe = f"{self.place}?Action=Unsubscribe&SubscriptionArn={self._subscription}"
        notice = {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "TopicArn": self.arn,
            "Subject": SUBJECT,
            "Message": json.dumps(message, ensure_ascii=False) + "\n",  # SES ends its JSON so
            "Timestamp": instant(at or clock.now()),
            "SignatureVersion": version,
            "SigningCertUrl": self.address,
            "UnsubscribeUrl": unsubscribe,
            "MessageAttributes": {},
        }
        return {"Records": [self.carried(self.signed(notice))]}

    def carried(self, notice: dict[str, Any]) -> dict[str, Any]:
        """A message in the record in which Lambda brings it."""
        return {
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": self._subscription,
            "Sns": notice,
        }

    @property
    def _subscription(self) -> str:
        return f"{self.arn}:5f0c3d1e-8a0b-4c57-9a55-0d2f6f1b7e42"

    def signed(
        self, notice: dict[str, Any], key: rsa.RSAPrivateKey | None = None
    ) -> dict[str, Any]:
        """The message with a true signature over its words, by the topic's key or another."""
        algorithm = _HASHES[notice["SignatureVersion"]]()
        signer = key or self.key
        signature = signer.sign(signed_text(notice), padding.PKCS1v15(), algorithm)
        return notice | {"Signature": base64.b64encode(signature).decode()}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def signed_text(notice: dict[str, Any]) -> bytes:
    """What SNS signs of a message."""
    names = [name for name in _SIGNED if notice.get(name) is not None]
    return "".join(f"{name}\n{notice[name]}\n" for name in names).encode()


def certificate(key: Any, since: datetime = BEGINNING, until: datetime = END) -> bytes:
    """A certificate for a key by that key, as PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    alternative = x509.SubjectAlternativeName([x509.DNSName("sns.amazonaws.com")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(alternative, critical=False)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def instant(at: datetime) -> str:
    """An instant as AWS writes it: UTC, with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _serving(files: dict[str, bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = files.get(self.path.removeprefix("/"), b"")
            self.send_response(200 if file else 404)
            self.send_header("content-type", "application/x-pem-file")
            self.send_header("content-length", str(len(file)))
            self.end_headers()
            self.wfile.write(file)

        def log_message(self, *args) -> None:
            pass

    return Handler
