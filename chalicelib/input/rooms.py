"""What an address of the roster is: a mail address, or a Chatwork room."""

import re


def room_of(address: str) -> str | None:
    """The number of the room that an address of the roster means; None for a mail address."""
    room = re.fullmatch(r"chatwork:([1-9][0-9]{0,18})", address)
    return room and room[1]


def address_of(room: str) -> str:
    """How a room stands on the roster, beside mail addresses: `chatwork:123456`."""
    return f"chatwork:{room}"
