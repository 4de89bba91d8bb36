"""Where the certificate of a message comes from.

It comes from the own host of SNS and no other, whole, in time, and while it is valid.
"""

import base64
import random
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from chalicelib import config
from chalicelib.channels import sns
from dev.topic import certificate
from tests.channels.topic_messages import EVENT, NOW, refused, said

OWN = "https://sns.ap-northeast-1.amazonaws.com/"
NAME = "SimpleNotificationService-0123456789abcdef.pem"


@pytest.fixture
def aws(topic, monkeypatch):
    """The app as it is deployed.

    Whatever it would fetch ends at a closed door of this machine, with an OSError.
    """
    monkeypatch.delenv("SNS_CERTIFICATES")
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    return topic


def test_certificates_lie_with_sns_in_our_region_unless_told_otherwise(aws, monkeypatch):
    assert config.signing_certificates() == OWN
    monkeypatch.setenv("SNS_CERTIFICATES", "http://127.0.0.1:4444")
    assert config.signing_certificates() == "http://127.0.0.1:4444/"


def test_sns_is_asked_for_its_certificate(aws):
    with pytest.raises(OSError):
        sns.opened(said(aws, SigningCertUrl=OWN + NAME), NOW)


@pytest.mark.parametrize(
    "address",
    [
        OWN.replace("https:", "http:") + NAME,
        OWN.replace("https:", "HTTPS:") + NAME,
        "https://sns.ap-northeast-1.amazonaws.com.evil.example/" + NAME,
        "https://sns.ap-northeast-1.amazonaws.com@evil.example/" + NAME,
        "https://user@sns.ap-northeast-1.amazonaws.com/" + NAME,
        "https://user:pass@sns.ap-northeast-1.amazonaws.com/" + NAME,
        "https://sns.ap-northeast-1.amazonaws.com:8443/" + NAME,
        "https://sns.us-east-1.amazonaws.com/" + NAME,
        "https://snsxap-northeast-1.amazonaws.com/" + NAME,
        "https://bucket.s3.amazonaws.com/" + NAME,
        "https://evil.example/" + OWN + NAME,
        "https:/\\evil.example/" + NAME,
        "file:///etc/ssl/" + NAME,
        "//sns.ap-northeast-1.amazonaws.com/" + NAME,
        OWN + "../" + NAME,
        OWN + "folder/" + NAME,
        OWN + "%2e%2e/" + NAME,
        OWN + "/evil.example/" + NAME,
        OWN + "@evil.example/" + NAME,
        OWN + "?Action=x&file=" + NAME,
        OWN + "#" + NAME,
        OWN + NAME + "?x=.pem",
        OWN + NAME + "#.pem",
        OWN + NAME + "\n",
        OWN + NAME + " ",
        " " + OWN + NAME,
        OWN + "a\r\nHost: evil.example.pem",
        OWN + NAME.removesuffix(".pem"),
        OWN + ".pem",
        OWN + "証明書.pem",
        OWN,
        "",
        None,
        7,
        [OWN + NAME],
    ],
)
def test_a_certificate_from_another_place_is_refused_before_anything_is_fetched(aws, address):
    refused(said(aws, SigningCertUrl=address), "another place")


def pem(text: bytes) -> bytes:
    """A certificate's file with that text between its marks."""
    return b"-----BEGIN CERTIFICATE-----\n" + text + b"\n-----END CERTIFICATE-----\n"


@contextmanager
def answering(say):
    """A server that reads a request and then does `say(stream)`; the beginning of its addresses."""

    class Handler(StreamRequestHandler):
        def handle(self):
            while self.rfile.readline().strip():
                pass
            say(self.wfile)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def is_asked_for_again(topic, monkeypatch, place):
    """The certificate lies there, and its message ends with an error that SNS meets by a repeat."""
    monkeypatch.setenv("SNS_CERTIFICATES", place)
    with pytest.raises(OSError):
        sns.opened(said(topic, SigningCertUrl=place + NAME), NOW)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n-----BEGIN CERTIFICATE-----",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n-----BEGIN",
        b"rubbish\r\n\r\n",
        b"",
    ],
    ids=["busy", "not there", "cut off", "cut off in a chunk", "no HTTP", "nothing"],
)
def test_a_certificate_that_does_not_come_whole_is_asked_for_again(topic, monkeypatch, answer):
    with answering(lambda stream: stream.write(answer)) as place:
        is_asked_for_again(topic, monkeypatch, place)


def test_nobody_waits_long_for_a_certificate(topic, monkeypatch):
    monkeypatch.setattr(sns, "_PATIENCE", 0.1)
    enough = Event()
    with answering(lambda _: enough.wait(60)) as place:
        is_asked_for_again(topic, monkeypatch, place)
        enough.set()


def test_a_redirect_is_not_followed(topic, monkeypatch):
    moved = f"HTTP/1.1 302 Found\r\nLocation: {topic.address}\r\nContent-Length: 0\r\n\r\n".encode()
    with answering(lambda stream: stream.write(moved)) as place:
        is_asked_for_again(topic, monkeypatch, place)


def test_a_failure_is_not_remembered(topic):
    message = said(topic, SigningCertUrl=topic.publish(b""))
    with pytest.raises(OSError):
        sns.opened(message, NOW)
    topic.files[message["SigningCertUrl"].removeprefix(topic.place)] = certificate(topic.key)
    assert sns.opened(message, NOW) == EVENT


@pytest.mark.parametrize(
    ("since", "until", "good"),
    [
        (NOW, NOW + timedelta(days=1), True),
        (NOW - timedelta(days=1), NOW, True),
        # From 2050 on, a certificate writes its dates in another way.
        (NOW - timedelta(days=9), datetime(2055, 1, 1, tzinfo=UTC), True),
        (NOW + timedelta(seconds=1), NOW + timedelta(days=1), False),
        (NOW - timedelta(days=1), NOW - timedelta(seconds=1), False),
    ],
)
def test_a_certificate_counts_while_it_is_valid(topic, since, until, good):
    message = said(topic, SigningCertUrl=topic.publish(certificate(topic.key, since, until)))
    if good:
        assert sns.opened(message, NOW) == EVENT
    else:
        refused(message, "not valid now")


def test_a_certificate_that_was_read_once_still_ends(topic):
    address = topic.publish(certificate(topic.key, NOW, NOW + timedelta(days=1)))
    message = said(topic, SigningCertUrl=address)
    assert sns.opened(message, NOW) == EVENT
    refused(message, "not valid now", NOW + timedelta(days=2))


def test_a_certificate_is_fetched_once(topic):
    message = said(topic, SigningCertUrl=topic.publish(certificate(topic.key)))
    assert sns.opened(message, NOW) == EVENT
    topic.files.pop(message["SigningCertUrl"].removeprefix(topic.place))
    assert sns.opened(message, NOW) == EVENT


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: certificate(rsa.generate_private_key(65537, 1024)), "weak key"),
        (lambda: certificate(ec.generate_private_key(ec.SECP256R1())), "without an RSA key"),
        (lambda: b"<html>busy</html>", "unreadable"),
        (lambda: pem(b"AAAA"), "unreadable"),
        (lambda: pem(b"MAMwAQA="), "unreadable"),
        (lambda: b" " * 20_001, "too long"),
    ],
)
def test_a_certificate_of_another_kind_is_refused(topic, make, why):
    refused(said(topic, SigningCertUrl=topic.publish(make())), why)


def test_a_damaged_certificate_is_refused_or_does_not_fit(topic):
    """Each of these ends with Forged: no error of the decoder gets out."""
    chance = random.Random(11)
    whole = x509.load_pem_x509_certificate(certificate(topic.key)).public_bytes(Encoding.DER)
    for _ in range(150):
        address = topic.publish(pem(base64.b64encode(damaged(whole, chance))))
        with pytest.raises(sns.Forged):
            sns.opened(said(topic, SigningCertUrl=address), NOW)


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """The bytes with four more among them, every other time cut short."""
    length = chance.choice([len(whole), chance.randrange(len(whole))])
    broken = bytearray(whole[:length])
    for _ in range(4):
        byte = chance.randrange(256)
        place = chance.randrange(len(broken)) if broken else 0
        broken.insert(place, byte)
    return bytes(broken)


def test_the_decoder_is_loaded_only_when_a_certificate_is_read():
    code = "import sys, chalicelib.channels.sns; print('pyasn1' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_a_function_that_was_told_no_topic_fails_rather_than_refuses(topic, monkeypatch):
    monkeypatch.delenv("MAIL_TOPIC_ARN")
    with pytest.raises(KeyError):
        sns.opened(said(topic), NOW)
