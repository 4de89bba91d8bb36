"""The one place that reads the environment.

Endpoints of AWS services are not listed here: the AWS SDK itself reads
`AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`.
"""

import json
import os
import re
from pathlib import Path

VERSION = "0.1.0"

STAGE = os.environ.get("STAGE", "local")
REGION = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "ap-northeast-1"
TABLE_PREFIX = os.environ.get("TABLE_PREFIX", f"denwaban-{STAGE}-")


def public_url() -> str:
    """Where the pages are reached from outside; links in mails start with it.

    Without a slash at the end.
    """
    return os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")


def link_secret() -> bytes:
    """The secret from which the tokens in mailed links are derived.

    Raises RuntimeError where it is missing or short: a guessable secret would
    let a stranger confirm an address.
    """
    secret = os.environ.get("LINK_SECRET", "")
    if len(secret) < 32:
        raise RuntimeError(
            "LINK_SECRET is missing or shorter than 32 characters: set it to a random string."
        )
    return secret.encode()


def settle_queue_url() -> str:
    """The SQS queue between `nightly` and `settle`."""
    return os.environ["SETTLE_QUEUE_URL"]


def settle_dead_letters_url() -> str:
    """The SQS queue of messages that `settle` could not do."""
    return os.environ["SETTLE_DEAD_LETTERS_URL"]


def papers_queue_url() -> str:
    """The SQS queue before `papers`."""
    return os.environ["PAPERS_QUEUE_URL"]


def sending_rate() -> float:
    """Mails a second that SES lets this account send; the sweep keeps to it."""
    return float(os.environ.get("SENDING_RATE", "10"))


def configuration_set() -> str | None:
    """The SES configuration set that sends delivery events back to us, if there is one."""
    return os.environ.get("SES_CONFIGURATION_SET") or None


def chatwork_api() -> str:
    """Where Chatwork's API is reached, without a slash at the end."""
    return os.environ.get("CHATWORK_API", "https://api.chatwork.com/v2").rstrip("/")


def chatwork_token(house: str) -> str:
    """The token with which a house writes to Chatwork, from `CHATWORK_TOKENS`: `{"mk": "0123…"}`.

    Raises RuntimeError where there is none, without quoting what stands there.
    """
    token = _chatwork_tokens().get(house)
    if not isinstance(token, str) or not re.fullmatch(r"[!-~]+", token.strip()):
        raise RuntimeError(
            f"CHATWORK_TOKENS names no token of the house {house}: "
            f'set it to JSON, {{"{house}": "…"}}.'
        )
    return token.strip()


def _chatwork_tokens() -> dict[str, object]:
    try:
        tokens = json.loads(os.environ.get("CHATWORK_TOKENS") or "{}")
    except ValueError:
        return {}
    return tokens if isinstance(tokens, dict) else {}


def mail_topic() -> str:
    """The ARN of the SNS topic to which SES publishes its delivery events."""
    return os.environ["MAIL_TOPIC_ARN"]


def signing_certificates() -> str:
    """How the address of every certificate begins with which SNS signs.

    Its own host in our region, unless the environment names another.
    """
    own = f"https://sns.{REGION}.amazonaws.com/"
    return (os.environ.get("SNS_CERTIFICATES") or own).rstrip("/") + "/"


def files_bucket() -> str:
    """The private S3 bucket in which papers are kept."""
    return os.environ["FILES_BUCKET"]


def paper_fonts() -> Path:
    """The folder with the typeface of the papers; `make fonts` fills the one on this machine."""
    own = Path(__file__).parent.parent / ".tools" / "fonts"
    return Path(os.environ.get("PAPER_FONTS") or own)
