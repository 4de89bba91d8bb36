"""What the mail topic has signed is opened, and nothing else is.

The second opinion is that of `cryptography`.
"""

import base64
import hashlib
import random

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from chalicelib.channels import sns
from dev.topic import certificate, signed_text
from tests.channels.topic_messages import EVENT, NOW, refused, said, without

SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


def signed_with(message: dict, number: int) -> dict:
    """The message with that number as its signature."""
    return message | {"Signature": base64.b64encode(number.to_bytes(256, "big")).decode()}


def test_what_the_topic_has_signed_is_opened(topic):
    assert sns.opened(said(topic), NOW) == EVENT


def test_a_message_may_have_no_subject(topic):
    by_lambda = said(topic, Subject=None)
    assert sns.opened(by_lambda, NOW) == EVENT
    assert sns.opened(without(by_lambda, "Subject"), NOW) == EVENT


def test_the_certificate_is_found_under_both_spellings(topic):
    by_http = without(said(topic), "SigningCertUrl") | {"SigningCertURL": topic.address}
    assert sns.opened(by_http, NOW) == EVENT
    refused(without(by_http, "SigningCertURL"), "another place")


def test_the_record_is_that_of_lambda(topic):
    (record,) = topic.record(EVENT, NOW)["Records"]
    assert set(record) == {"EventSource", "EventVersion", "EventSubscriptionArn", "Sns"}
    assert record["EventSource"] == "aws:sns"
    assert record["EventSubscriptionArn"].startswith(topic.arn + ":")
    assert record["Sns"]["Timestamp"] == "2026-09-03T03:00:00.000Z"


@pytest.mark.parametrize(
    "changed",
    [
        {"Message": '{"eventType": "Delivery"}'},
        {"MessageId": "another"},
        {"Subject": None},
        {"Subject": "Another subject"},
        {"Timestamp": "2026-09-03T03:00:00.001Z"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_was_changed_after_it_was_signed_is_refused(topic, changed):
    refused(said(topic) | changed, "does not fit")


def test_a_subject_that_was_not_signed_is_refused(topic):
    refused(said(topic, Subject=None) | {"Subject": "added"}, "does not fit")


def test_another_topic_is_refused_even_where_sns_has_truly_signed_it(topic):
    refused(said(topic, TopicArn=topic.arn + "-of-a-stranger"), "another topic")
    refused(said(topic, TopicArn=topic.arn + "\n"), "line break")
    refused(said(topic, TopicArn="x") | {"TopicArn": topic.arn}, "does not fit")


@pytest.mark.parametrize(
    "kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation", "notification", ""]
)
def test_what_is_no_notification_is_refused(topic, kind):
    refused(said(topic, Type=kind), "no notification")


@pytest.mark.parametrize("name", ["Message", "MessageId", "Timestamp", "TopicArn", "Type"])
def test_a_value_that_is_missing_or_no_text_is_refused(topic, name):
    message = said(topic)
    for broken in (
        without(message, name),
        message | {name: None},
        message | {name: 7},
        message | {name: ["a"]},
    ):
        refused(broken, "missing or no text")
    refused(message | {"Subject": 7}, "missing or no text")
    refused({}, "missing or no text")


def test_text_that_cannot_be_written_down_is_refused(topic):
    refused(said(topic) | {"Message": '{"a": "\ud800"}'}, "no text")


def test_one_signature_does_not_fit_two_messages(topic):
    """Without a subject, the same bytes could be a message whose id ends with that subject."""
    message = said(topic)
    shifted = without(message, "Subject") | {
        "MessageId": f"{message['MessageId']}\nSubject\n{message['Subject']}"
    }
    assert signed_text(shifted) == signed_text(message)
    refused(shifted, "line break")
    longer = f"{message['Message']}\nMessageId\n{message['MessageId']}"
    refused(said(topic, Message=longer), "no JSON object")


@pytest.mark.parametrize(
    "message", ["Successfully validated the topic.", "", "[]", "null", '"text"', "{"]
)
def test_what_is_truly_signed_but_no_event_has_a_name_of_its_own(topic, message):
    with pytest.raises(sns.NoEvent):
        sns.opened(said(topic, Message=message), NOW)


def test_another_key_is_refused(topic):
    stranger = rsa.generate_private_key(65537, 2048)
    refused(topic.signed(said(topic), stranger), "does not fit")


@pytest.mark.parametrize("version", ["1", "3", "0", "", None, 2, ["2"], "２"])
def test_an_unknown_kind_of_signature_is_refused(topic, version):
    refused(said(topic) | {"SignatureVersion": version}, "unknown kind")


def test_the_older_kind_of_signature_is_none_even_where_it_is_true(topic):
    """The topic signs by SHA-256; by SHA-1 signs whoever wants to be taken for it."""
    refused(said(topic, version="1"), "unknown kind")
    refused(said(topic, version="1") | {"SignatureVersion": "2"}, "does not fit")
    refused(said(topic) | {"SignatureVersion": "1"}, "unknown kind")


@pytest.mark.parametrize("signature", ["not base64!", "AAA", "\u3042", 7, ["AAAA"]])
def test_a_signature_that_cannot_be_read_is_refused(topic, signature):
    refused(said(topic) | {"Signature": signature}, "unreadable signature")


def test_a_true_signature_is_written_in_one_way_only(topic):
    true = said(topic)["Signature"]
    for each in (f"{true}\n", f" {true}", f"{true[:8]}!{true[8:]}", f"{true}="):
        refused(said(topic) | {"Signature": each}, "unreadable signature")


@pytest.mark.parametrize("bits", [2050, 3072])
def test_a_longer_key_is_as_good(topic, bits):
    key = rsa.generate_private_key(65537, bits)
    message = topic.signed(said(topic, SigningCertUrl=topic.publish(certificate(key))), key)
    assert sns.opened(message, NOW) == EVENT
    refused(message | {"MessageId": "another"}, "does not fit")


def test_a_signature_that_is_longer_or_shorter_is_refused(topic):
    message = said(topic)
    true = base64.b64decode(message["Signature"])
    modulus = topic.key.public_key().public_numbers().n
    beyond = int.from_bytes(true, "big") + modulus  # the same remainder, one modulus further
    variants = [
        true[:-1],
        true[1:],
        b"\x00" + true,
        true + b"\x00",
        b"",
        b"\x00" * 256,
        b"\xff" * 256,
        beyond.to_bytes(257, "big"),
    ]
    for each in variants:
        refused(message | {"Signature": base64.b64encode(each).decode()}, "does not fit")
    refused(message | {"Signature": None}, "does not fit")


def test_cryptography_says_the_same_of_every_flipped_bit(topic):
    chance, kind = random.Random(7), hashes.SHA256()
    message = said(topic)
    file = topic.files[topic.address.removeprefix(topic.place)]
    key = x509.load_pem_x509_certificate(file).public_key()
    true = base64.b64decode(message["Signature"])
    key.verify(true, signed_text(message), padding.PKCS1v15(), kind)
    for _ in range(100):
        wrong = (int.from_bytes(true, "big") ^ 1 << chance.randrange(2047)).to_bytes(256, "big")
        with pytest.raises(InvalidSignature):
            key.verify(wrong, signed_text(message), padding.PKCS1v15(), kind)
        refused(message | {"Signature": base64.b64encode(wrong).decode()}, "does not fit")


def blocks(text):
    """The block that should have been signed, and those that a lenient reader has taken for it."""
    digest = hashlib.sha256(text).digest()
    info = SHA256 + digest
    shorter = bytes([0x30, SHA256[1] - 2, 0x30, SHA256[3] - 2])
    plain = shorter + SHA256[4:-4] + SHA256[-2:] + digest  # without the NULL
    full = 256 - 3 - len(info)
    yield b"\x00\x01" + b"\xff" * full + b"\x00" + info
    yield b"\x00\x01" + b"\xff" * 8 + b"\x00" + info + b"\x00" * (full - 8)
    yield b"\x00\x01" + b"\x00" + info + b"\x5a" * full
    yield b"\x00\x01" + b"\xff" * (full - 4) + b"\x00" + info + b"\x5a" * 4
    yield b"\x00\x02" + b"\xff" * full + b"\x00" + info
    yield b"\x00\x01" + b"\xff" * (full - 1) + b"\x7f\x00" + info
    yield b"\x00\x01" + b"\xff" * (full + 2) + b"\x00" + plain
    yield b"\x00\x01" + b"\xff" * (253 - len(digest)) + b"\x00" + digest
    yield b"\x00" * (256 - len(info)) + info


def test_only_the_one_right_block_is_taken_even_from_the_owner_of_the_key(topic):
    message = said(topic)
    private = topic.key.private_numbers().d
    modulus = topic.key.public_key().public_numbers().n
    right, *wrong = (
        pow(int.from_bytes(block, "big"), private, modulus)
        for block in blocks(signed_text(message))
    )
    assert len(wrong) == 8
    assert sns.opened(signed_with(message, right), NOW) == EVENT
    for number in wrong:
        refused(signed_with(message, number), "does not fit")


def cube_root(number: int) -> int:
    """The least whole number whose cube is not below `number`."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high) // 2
        if middle**3 < number:
            low = middle + 1
        else:
            high = middle
    return low


def test_a_cube_root_is_no_signature(topic):
    """Under exponent 3, anybody can write a block that begins rightly and ends in rubbish.

    (Bleichenbacher 2006)
    """
    small = rsa.generate_private_key(3, 2048)
    address = topic.publish(certificate(small))
    message = topic.signed(said(topic, SigningCertUrl=address), small)
    assert sns.opened(message, NOW) == EVENT
    lenient = list(blocks(signed_text(message)))[2]
    begins = lenient[: lenient.index(b"\x5a" * 100)]
    number = cube_root(int.from_bytes(lenient, "big"))
    assert (number**3).to_bytes(256, "big").startswith(begins)
    refused(signed_with(message, number), "does not fit")
