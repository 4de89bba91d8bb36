"""Handing a message to a Chatwork room: one attempt, and an honest word about how it ended.

The API (https://developer.chatwork.com/reference/post-rooms-room_id-messages)
takes up to 65,535 characters, 300 requests in 5 minutes from one token and 10
messages in 10 seconds to one room, and knows no idempotency key: repeating is
the outbox's decision.
"""

import functools
import json
from typing import TYPE_CHECKING

from chalicelib import config
from chalicelib.channels.outcome import NEVER, RETRY, SENT, UNSURE, Outcome

if TYPE_CHECKING:
    import urllib3

GONE = {"chatwork-403", "chatwork-404"}  # the room itself takes nothing, whatever is sent
CONNECT_SECONDS = 1
READ_SECONDS = 3
# Refused again every time: a message that is none or too long, a room that is not there or closed
# to us. A bad token waits: it is soon a good one where somebody is changing it.
_NEVER = {400, 403, 404, 413, 422}
_BRACKETS = str.maketrans("[]", "［］")


def send(house: str, room: str, text: str) -> Outcome:
    """Post a text to a room in the name of a house.

    Chatwork reads the notation in the text: what people typed goes through
    `plain` first. A problem is a short code, `chatwork-404`; neither token nor
    text nor room ever stands in it.
    """
    import urllib3

    try:
        token = config.chatwork_token(house)
    except RuntimeError:
        return Outcome(RETRY, problem="chatwork-no-token")  # our own fault, soon mended
    try:
        return _outcome(_post(token, room, text))
    except urllib3.exceptions.ConnectTimeoutError as unreached:
        # Also a refused connection, and a name that is not found.
        return Outcome(RETRY, problem=_named(unreached))
    except urllib3.exceptions.HTTPError as lost:
        return Outcome(UNSURE, problem=_named(lost))


def plain(text: str) -> str:
    """Text as typed, with brackets that Chatwork does not read.

    `[To:1]` in it calls nobody, and `[code]` hides nothing. Every tag needs a
    half-width bracket, so the full-width one ends them all, also those that no
    list knows. The full-width bracket is the usual one of a Japanese text. An
    invisible character would depend on what Chatwork strips, and would travel
    along when a client copies a name.
    """
    return text.translate(_BRACKETS)


def _post(token: str, room: str, text: str) -> "urllib3.BaseHTTPResponse":
    # Every message has a connection of its own: a connection that is kept while Lambda sleeps is
    # dead, and the end of its message would be in doubt.
    headers = {"x-chatworktoken": token, "accept": "application/json", "connection": "close"}
    address = f"{config.chatwork_api()}/rooms/{room}/messages"
    fields = {"body": text, "self_unread": "0"}
    return _pool().request(
        "POST",
        address,
        fields=fields,
        encode_multipart=False,
        headers=headers,
        redirect=False,  # whoever a redirect leads to must not be shown the token
    )


def _outcome(answer: "urllib3.BaseHTTPResponse") -> Outcome:
    """What an answer says of the message.

    A status from 300 to 499 means that the message was refused before it was
    posted. A success without a message's id is no answer of the API, and tells
    nothing.
    """
    problem = f"chatwork-{answer.status}"
    message_id = _message_id(answer.data) if answer.status == 200 else ""
    if message_id:
        return Outcome(SENT, message_id)
    if answer.status < 300 or answer.status >= 500:
        return Outcome(UNSURE, problem=problem)
    kind = NEVER if answer.status in _NEVER else RETRY
    return Outcome(kind, problem=problem)


def _message_id(body: bytes) -> str:
    """The id of the posted message, or an empty text."""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    message_id = answer.get("message_id") if isinstance(answer, dict) else None
    return str(message_id) if isinstance(message_id, str | int) else ""


def _named(error: Exception) -> str:
    return f"chatwork-{type(error).__name__}"


@functools.cache
def _pool() -> "urllib3.PoolManager":
    """The one pool of the process: made once, since it loads the certificates that it trusts."""
    import urllib3

    limits = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    return urllib3.PoolManager(timeout=limits, retries=False, maxsize=50)
