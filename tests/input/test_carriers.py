"""Carriers' addresses: which broken ones are let in, and that quoting loses nothing."""

import email
from email import policy
from email.headerregistry import Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.input import carriers
from chalicelib.input.kinds import Mail
from chalicelib.rules import houses
from chalicelib.words import mail

FIELD = Mail("メールアドレス")
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
LOCALS = st.text(LETTERS + "._-" + "." * 20, min_size=1, max_size=64)
HOSTILE = st.text(LETTERS + '."\\<>()[],;:@ \r\n\0\t\u3000é', max_size=20)
DOMAINS = st.sampled_from(
    ["docomo.ne.jp", "ezweb.ne.jp", "au.com", "sakura.example", "Docomo.Ne.Jp"]
)


def sent_to(*mails: str):
    """The To header of a mail to these addresses, as a receiver's parser reads it."""
    house = houses.find("mk")
    raw = mail.message(
        mail.Words("件名", "text\n", "<p>html</p>"), house, list(mails), house.sender()
    )
    return email.message_from_bytes(raw, policy=policy.default)["to"]


@pytest.mark.parametrize(
    ("typed", "kept", "in_a_mail"),
    [
        ("a..b@docomo.ne.jp", "a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp'),
        ("a.b.@docomo.ne.jp", "a.b.@docomo.ne.jp", '"a.b."@docomo.ne.jp'),
        ("a..b.@ezweb.ne.jp", "a..b.@ezweb.ne.jp", '"a..b."@ezweb.ne.jp'),
        ("_a-...9@ezweb.ne.jp", "_a-...9@ezweb.ne.jp", '"_a-...9"@ezweb.ne.jp'),
        ("Taro..S@DOCOMO.ne.jp", "Taro..S@docomo.ne.jp", '"Taro..S"@docomo.ne.jp'),
        ("ａ．．ｂ＠ｄｏｃｏｍｏ．ｎｅ．ｊｐ", "a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp'),
        (
            "a…b@docomo.ne.jp",
            "a...b@docomo.ne.jp",
            '"a...b"@docomo.ne.jp',
        ),  # a phone writes three dots as one letter
        (
            "a" * 62 + "..@docomo.ne.jp",
            "a" * 62 + "..@docomo.ne.jp",
            '"' + "a" * 62 + '.."@docomo.ne.jp',
        ),
    ],
)
def test_old_addresses_are_kept_raw_and_quoted_in_a_mail(typed, kept, in_a_mail):
    assert FIELD.read(typed) == kept
    assert carriers.is_fragile(kept)
    assert carriers.quoted(kept) == in_a_mail


@pytest.mark.parametrize(
    "mail", ["a.b@docomo.ne.jp", "a-b@ezweb.ne.jp", "pc@sakura.example", "o'neil+x@sakura.example"]
)
def test_sound_addresses_stand_as_they_are(mail):
    assert FIELD.read(mail) == mail
    assert not carriers.is_fragile(mail)
    assert carriers.quoted(mail) == mail


@pytest.mark.parametrize(
    "typed",
    [
        f"a..b@{domain}"
        for domain in (
            "gmail.com",
            "au.com",
            "softbank.ne.jp",
            "i.softbank.jp",
            "rakumail.jp",
            "uqmobile.jp",
        )
    ]
    + [
        "a.@sakura.example",
        "a..b@mail.docomo.ne.jp",
        "a..b@docomo.ne.jp.evil.example",
        "a..b@docomoXne.jp",
        "a..b@evildocomo.ne.jp",
    ]
    + [
        ".a@docomo.ne.jp",
        "..@docomo.ne.jp",
        "a" * 63 + "..@docomo.ne.jp",
        "a..b@docomo.ne.jp.",
        "a..b@docomo..ne.jp",
    ]
    + [
        f"{local}@docomo.ne.jp"
        for local in (
            '"a..b"',
            'a.."b',
            "a..\\",
            "a..b>",
            "<a..b",
            "a..b c",
            "a..b,c",
            "a..@x",
            "a..é",
            "a..(b)",
        )
    ],
)
def test_what_is_refused_with_the_sentence(typed):
    with pytest.raises(
        ValueError,
        match="メールアドレスの形が正しくありません。name@example.jp の形で入力してください。",
    ):
        FIELD.read(typed)
    assert carriers.quoted(typed) == typed


@pytest.mark.parametrize(
    "hostile",
    [
        "a..b\r\nBcc: x@y.example\r\n@docomo.ne.jp",
        "a..b@docomo.ne.jp\nBcc: x@y.example",
        "a..\n@docomo.ne.jp",
    ],
)
def test_a_line_break_is_neither_read_nor_sent(hostile):
    with pytest.raises(ValueError):
        FIELD.read(hostile)
    with pytest.raises(ValueError):
        sent_to(hostile)
    assert not carriers.is_fragile(hostile + "\n")
    assert not carriers.is_fragile("a..b@docomo.ne.jp\n")


@settings(deadline=None)  # the first one waits for what is loaded on first use
@given(LOCALS | HOSTILE, DOMAINS)
def test_every_accepted_address_parses_back_from_its_quoted_form(local, domain):
    try:
        kept = FIELD.read(f"{local}@{domain}")
    except ValueError:
        return
    read = Address(addr_spec=carriers.quoted(kept))
    assert f"{read.username}@{read.domain}" == kept
    header = sent_to(kept, "pc@sakura.example")
    assert [f"{each.username}@{each.domain}" for each in header.addresses] == [
        kept,
        "pc@sakura.example",
    ]
    assert not header.defects


@pytest.mark.parametrize(
    ("mail", "name"),
    [
        ("a@docomo.ne.jp", "ドコモ"),
        ("a..b@docomo.ne.jp", "ドコモ"),
        ("a@EZWEB.ne.jp", "au・UQ mobile"),
        ("a@au.com", "au・UQ mobile"),
        ("a@uqmobile.jp", "au・UQ mobile"),
        ("a@i.softbank.jp", "ソフトバンク・ワイモバイル"),
        ("a@t.vodafone.ne.jp", "ソフトバンク・ワイモバイル"),
        ("a@ymobile.ne.jp", "ソフトバンク・ワイモバイル"),
        ("a@rakumail.jp", "楽天モバイル"),
        ("docomo.ne.jp@sakura.example", None),
        ("a@mail.docomo.ne.jp", None),
        ("a@gmail.com", None),
    ],
)
def test_whose_address_it_is(mail, name):
    found = carriers.carrier(mail)
    assert (found and found.name) == name


def test_carriers_of_several_addresses_are_named_once():
    found = carriers.among(["a@au.com", "b@sakura.example", "c@ezweb.ne.jp", "d@docomo.ne.jp"])
    assert [each.name for each in found] == ["au・UQ mobile", "ドコモ"]
