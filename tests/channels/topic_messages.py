"""Messages of the mail topic as its tests say them, and how they are refused."""

from datetime import UTC, datetime

import pytest

from chalicelib.channels import sns
from dev import ses_events

NOW = datetime(2026, 9, 3, 3, 0, tzinfo=UTC)
MAIL = ses_events.Mail(
    "0106-1", {"item": "m-1"}, ["misaki@sakura.example"], NOW, subject="さくら商事 様"
)
EVENT = ses_events.bounce(MAIL, NOW)


def said(topic, version="2", **other) -> dict:
    """A message as Lambda hands it over, saying something else than usual, truly signed."""
    return topic.signed(topic.record(EVENT, NOW, version)["Records"][0]["Sns"] | other)


def refused(message, why, now=NOW) -> None:
    """Such a message is refused for that reason, in few words and without what it says."""
    with pytest.raises(sns.Forged, match=why) as refusal:
        sns.opened(message, now)
    assert len(str(refusal.value)) < 60
    assert "sakura" not in str(refusal.value)


def without(message, *names) -> dict:
    return {name: value for name, value in message.items() if name not in names}
