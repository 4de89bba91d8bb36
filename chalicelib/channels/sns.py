"""Whether a message is truly the mail topic's.

SNS signs each message, and the address of the certificate comes with it. The
certificate is trusted for the host that serves it over TLS, so everything
hangs on its address being SNS's own. PKCS #1 v1.5 is checked as RFC 8017 8.2.2
says: the block that must have been signed is built whole and compared, and no
padding is ever read, so none can be read too kindly.
https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import base64
import hashlib
import json
import re
import urllib.request
from datetime import UTC, datetime
from functools import lru_cache
from http.client import HTTPException
from typing import Any, NamedTuple

from chalicelib import config

# In the order in which they are signed; a message may have no subject.
_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_NEEDED = set(_SIGNED) - {"Subject"}
_VERSION = "2"  # as the topic is set; a signature of version 1 is by SHA-1, and not the topic's
# What RFC 8017 9.2 puts in front of a digest by SHA-256.
_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
_RSA = "1.2.840.113549.1.1.1"
_PATIENCE = 3  # seconds
_LARGEST = 20_000  # bytes of a certificate; SNS's has about 2,000


class Forged(Exception):
    """Why a message is not taken, in a few words and without anything from the message."""


class NoEvent(Forged):
    """The topic's own message, but none of an event.

    SES tests a new destination with a plain sentence.
    """


class Certificate(NamedTuple):
    """The public key of a certificate and the instants between which it may be used."""

    modulus: int
    exponent: int
    since: datetime
    until: datetime


def opened(record: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The topic's message: the JSON object in a record's `Message`.

    `record` is the `Sns` part of a Lambda record. Raises Forged, or OSError
    where the certificate cannot be fetched just now: the same record may be
    good later.
    """
    text = _signed_text(record)
    if record["TopicArn"] != config.mail_topic():
        raise Forged("another topic")
    signature = _signature(record)
    certificate = _certificate(_address(record))
    if not certificate.since <= now <= certificate.until:
        raise Forged("a certificate that is not valid now")
    if not _has_signed(certificate, text, signature):
        raise Forged("the signature does not fit")
    return _event(record["Message"])


def _signed_text(record: dict[str, Any]) -> bytes:
    """Names and values, a line each.

    A line break in another value than the message could pass off one value as two.
    """
    # Lambda writes a missing subject as null.
    fields = {name: record[name] for name in _SIGNED if record.get(name) is not None}
    are_texts = all(isinstance(value, str) for value in fields.values())
    if not are_texts or not fields.keys() >= _NEEDED:
        raise Forged("a value is missing or no text")
    if fields["Type"] != "Notification":
        raise Forged("no notification")
    if any("\n" in fields[name] for name in fields.keys() - {"Message"}):
        raise Forged("a line break in a value")
    lines = [f"{name}\n{value}\n" for name, value in fields.items()]
    try:
        return "".join(lines).encode()
    except UnicodeEncodeError:
        raise Forged("a value that is no text") from None


def _signature(record: dict[str, Any]) -> bytes:
    """The bytes of a record's signature."""
    if record.get("SignatureVersion") != _VERSION:
        raise Forged("an unknown kind of signature")
    try:
        return base64.b64decode(record.get("Signature") or "", validate=True)
    except (TypeError, ValueError):
        raise Forged("an unreadable signature") from None


def _address(record: dict[str, Any]) -> str:
    """The address of a record's certificate.

    Nothing but a plain file name may follow the beginning that we know: no
    user, query, folder or other host fits in.
    """
    # Lambda's spelling, and the spelling of HTTP.
    address = record.get("SigningCertUrl") or record.get("SigningCertURL")
    ours = re.escape(config.signing_certificates()) + r"[A-Za-z0-9-]+\.pem"
    if not isinstance(address, str) or not re.fullmatch(ours, address):
        raise Forged("a certificate from another place")
    return address


def _has_signed(key: Certificate, text: bytes, signature: bytes) -> bool:
    """Whether the signature opens to the block that must have been signed."""
    length = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != length or number >= key.modulus:
        return False
    block = pow(number, key.exponent, key.modulus).to_bytes(length, "big")
    return block == _block(text, length)


def _block(text: bytes, length: int) -> bytes:
    """The `length` bytes that a true signature of `text` opens to."""
    ending = b"\x00" + _PREFIX + hashlib.sha256(text).digest()
    filling = b"\xff" * (length - 2 - len(ending))
    return b"\x00\x01" + filling + ending


def _event(message: str) -> dict[str, Any]:
    try:
        event = json.loads(message)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise NoEvent("no JSON object")
    return event


@lru_cache(maxsize=10)
def _certificate(address: str) -> Certificate:
    """A certificate is fetched once a process; a failure is not remembered."""
    return _read(_fetch(address))


class _Straight(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **more: Any) -> None:
        """Never: a certificate is where its address says, or the redirect is an HTTPError."""


def _fetch(address: str) -> bytes:
    try:
        with urllib.request.build_opener(_Straight).open(address, timeout=_PATIENCE) as answer:
            pem = answer.read(_LARGEST + 1)
            outstanding = answer.length
    except HTTPException as broken:
        raise OSError("the certificate could not be fetched") from broken
    if len(pem) > _LARGEST:
        raise Forged("a certificate that is too long")
    if outstanding:
        raise OSError("the certificate did not come whole")
    return pem


def _read(pem: bytes) -> Certificate:
    """The first certificate of a PEM file."""
    from pyasn1.error import PyAsn1Error

    try:
        certificate = _decoded(pem)
    except (PyAsn1Error, LookupError, ValueError, TypeError, AttributeError) as unreadable:
        # The bytes are somebody else's, and may have any shape.
        raise Forged("an unreadable certificate") from unreadable
    if certificate.modulus.bit_length() < 2048 or certificate.exponent < 3:
        raise Forged("a certificate with a weak key")
    return certificate


def _decoded(pem: bytes) -> Certificate:
    """A certificate by RFC 5280 4.1. The decoder is loaded here, since nothing else needs it."""
    from pyasn1.codec.der import decoder

    body = re.findall(rb"-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----", pem)[0]
    certificate = decoder.decode(base64.b64decode(body))[0]
    to_be_signed = certificate[0]
    validity, public_key = to_be_signed[4], to_be_signed[6]
    algorithm, key = public_key[0], public_key[1]
    if str(algorithm[0]) != _RSA:
        raise Forged("a certificate without an RSA key")
    numbers = decoder.decode(key.asOctets())[0]
    return Certificate(
        modulus=int(numbers[0]),
        exponent=int(numbers[1]),
        since=validity[0].asDateTime.astimezone(UTC),
        until=validity[1].asDateTime.astimezone(UTC),
    )
