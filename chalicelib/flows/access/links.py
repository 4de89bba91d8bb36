"""Links in mails.

A link's token follows from its letter and a secret, so that the token need not
be stored to be sent again.
"""

import base64
import hashlib
import hmac

from chalicelib import config

PAPER = "paper"  # the purpose of a link to a paper, and the first part of its address


def token(letter_id: str) -> str:
    """The 256-bit token of a letter's link, as it stands in the address."""
    return _proof(f"link:{letter_id}")


def memo_token(memo_id: str) -> str:
    """The token of a report's link: the memo's id with a proof of 256 bits that we gave it out.

    Nothing of it is stored.
    """
    proof = _proof(f"memo:{memo_id}")
    return f"{memo_id}.{proof}"


def _proof(text: str) -> str:
    raw = hmac.new(config.link_secret(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def memo_of(token_as_sent: str) -> str | None:
    """The id of the memo whose link this is; None for any other token."""
    memo_id = token_as_sent.partition(".")[0]
    ours = memo_token(memo_id)
    is_ours = hmac.compare_digest(ours.encode(), token_as_sent.encode())
    return memo_id if is_ours else None


def digest(token_as_sent: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token_as_sent.encode()).hexdigest()


def address(token_to_send: str, page: str = "confirm") -> str:
    """The full address of the page behind a token."""
    return f"{config.public_url()}/{page}/{token_to_send}"
