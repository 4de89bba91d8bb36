"""The one place that reads the environment.

Endpoints of AWS services are not listed here: the AWS SDK itself reads
`AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`.
"""

import os

VERSION = "0.1.0"

STAGE = os.environ.get("STAGE", "local")
REGION = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "ap-northeast-1"
TABLE_PREFIX = os.environ.get("TABLE_PREFIX", f"denwaban-{STAGE}-")


def public_url() -> str:
    """Where the pages are reached from outside, without a slash at the end; links in mails start with it."""
    return os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")


def link_secret() -> bytes:
    """The secret from which the tokens in mailed links are derived.

    Raises RuntimeError where it is missing or short: a guessable secret would
    let a stranger confirm an address.
    """
    secret = os.environ.get("LINK_SECRET", "")
    if len(secret) < 32:
        raise RuntimeError("LINK_SECRET is missing or shorter than 32 characters: set it to a random string.")
    return secret.encode()


def settle_queue_url() -> str:
    """The SQS queue between `nightly` and `settle`."""
    return os.environ["SETTLE_QUEUE_URL"]


def configuration_set() -> str | None:
    """The SES configuration set that sends delivery events back to us, if there is one."""
    return os.environ.get("SES_CONFIGURATION_SET") or None


def mail_topic() -> str:
    """The ARN of the SNS topic to which SES publishes its delivery events."""
    return os.environ["MAIL_TOPIC_ARN"]


def signing_certificates() -> str:
    """How the address of every certificate begins with which SNS signs: its own host in our region, unless told otherwise."""
    own = f"https://sns.{REGION}.amazonaws.com/"
    return (os.environ.get("SNS_CERTIFICATES") or own).rstrip("/") + "/"
