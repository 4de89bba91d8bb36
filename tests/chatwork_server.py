"""Chatwork in a test: the fake of the local run, with house mk's token."""

import json
import os
from contextlib import contextmanager

from dev.chatwork import Chatwork

TOKEN = "0123456789abcdef0123456789abcdef"


@contextmanager
def running(*endings, rooms: set[str] | None = None, foreign: set[str] | None = None):
    """A Chatwork that ends its requests with the `endings` in turn, the last one forever.

    `dev.chatwork` says what an ending may be.
    """
    chatwork = Chatwork(TOKEN, rooms, foreign)
    chatwork.endings += endings
    try:
        with pointed_at(chatwork.address):
            yield chatwork
    finally:
        chatwork.close()


@contextmanager
def pointed_at(address: str, tokens: str = json.dumps({"mk": TOKEN})):
    """Chatwork's API at another address, and what stands in the secret."""
    before = {name: os.environ.get(name) for name in ("CHATWORK_API", "CHATWORK_TOKENS")}
    os.environ |= {"CHATWORK_API": address, "CHATWORK_TOKENS": tokens}
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value
