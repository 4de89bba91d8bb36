"""The cloud in one process: moto's server with our tables, queues, bucket and identities.

Call `open_cloud` before anything of `chalicelib` is imported: it sets the
environment that the app and the AWS SDK read.
"""

import email
import email.policy
import json
import logging
import os
import secrets
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from dev.chatwork import Chatwork
from dev.store import Drawer
from dev.topic import Topic

REGION = "ap-northeast-1"
ACCOUNT = "123456789012"
BUCKET = "denwaban-files"


drawer = Drawer(None)
chatwork: Chatwork | None = None
postman: Any = None
_before: list[str] = []


def open_cloud(public_url: str, a_drawer: Drawer, dynamodb: str | None = None) -> None:
    """Start the services and point the environment at them.

    `dynamodb` is the address of a store that remembers; without one, moto's
    tables live in memory.
    """
    global drawer
    from moto.server import ThreadedMotoServer

    from dev import faster_moto

    faster_moto.install()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    drawer = a_drawer
    _before.extend(drawer.mails())
    secret = drawer.read("secret") or secrets.token_urlsafe(32)
    drawer.keep("secret", secret)
    if dynamodb:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = dynamodb
    os.environ |= _environment(f"http://{host}:{port}", public_url, secret)
    topic = Topic()
    os.environ |= topic.environment
    furnish()
    _open_chatwork()
    _open_post(topic)


def _environment(address: str, public_url: str, secret: str) -> dict[str, str]:
    """What the app and the AWS SDK read."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "STAGE": "local",
        "PUBLIC_URL": public_url,
        "LINK_SECRET": secret,
    }


def _open_post(topic: Topic) -> None:
    """An SES that tells of its mails."""
    from chalicelib.channels import ses
    from dev.postman import Postman

    global postman
    postman = Postman(ses.client(), topic)


def _open_chatwork() -> None:
    """A Chatwork in which every room exists, and every house may write to it."""
    from chalicelib.rules import houses

    global chatwork
    chatwork = Chatwork(secrets.token_hex(16))
    os.environ["CHATWORK_API"] = chatwork.address
    os.environ["CHATWORK_TOKENS"] = json.dumps(dict.fromkeys(houses.all_houses(), chatwork.token))


def furnish() -> None:
    """Tables, queues, bucket and identities, made in the cloud that the environment points at."""
    make_tables()
    make_services()


def make_tables() -> None:
    from chalicelib.models import TABLES

    for model in TABLES:
        if not model.exists():
            model.create_table(wait=True)


def make_services() -> None:
    from chalicelib.channels import queue, ses
    from chalicelib.rules import houses

    settle = queue.client().create_queue(QueueName="denwaban-settle")
    papers = queue.client().create_queue(QueueName="denwaban-papers")
    os.environ["SETTLE_QUEUE_URL"] = settle["QueueUrl"]
    dead = queue.client().create_queue(QueueName="denwaban-settle-dead")
    os.environ["SETTLE_DEAD_LETTERS_URL"] = dead["QueueUrl"]
    os.environ["PAPERS_QUEUE_URL"] = papers["QueueUrl"]
    _make_bucket()
    for house in houses.all_houses().values():
        ses.client().create_email_identity(EmailIdentity=house.brand.mail_domain)


def _make_bucket() -> None:
    """The private bucket; one that is there stays."""
    from chalicelib.channels import files

    os.environ["FILES_BUCKET"] = BUCKET
    place = {"LocationConstraint": REGION}
    with suppress(files.client().exceptions.BucketAlreadyOwnedByYou):
        files.client().create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)


def mails() -> list[EmailMessage]:
    """Every mail that SES has taken, those of earlier runs included, oldest first."""
    policy = email.policy.default
    raws = _before + _raw_mails()
    return [email.message_from_string(raw, policy=policy) for raw in raws]


def keep_mails() -> None:
    """Put the mails of this run into the drawer."""
    for place, raw in enumerate(_raw_mails(), start=len(_before)):
        drawer.keep_mail(place, raw)


def _raw_mails() -> list[str]:
    """The mails of this run, as SES got them."""
    from moto.ses.models import ses_backends

    messages = list(ses_backends[ACCOUNT][REGION].sent_messages)
    return [message.raw_data for message in messages]
