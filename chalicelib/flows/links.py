"""Links in mails. A link's token follows from its letter and a secret, so that it need not be stored to be sent again."""

import base64
import hashlib
import hmac

from chalicelib import config


def token(letter_id: str) -> str:
    """The 256-bit token of a letter's link, as it stands in the address."""
    raw = hmac.new(config.link_secret(), f"link:{letter_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def digest(token_as_sent: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token_as_sent.encode()).hexdigest()


def address(letter_id: str) -> str:
    """The full address of a letter's confirmation page."""
    return f"{config.public_url()}/confirm/{token(letter_id)}"
