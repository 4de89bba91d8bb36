"""The events that the local stack makes up have the form of those that SES sends."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dev import ses_events

FIXTURES = Path(__file__).parents[1] / "fixtures" / "ses"
SENT_AT = datetime(2026, 9, 3, 1, 15, 7, 412000, tzinfo=UTC)
LATER = SENT_AT + timedelta(seconds=2)
TAGS = {"item": "m-1", "contract": "mk-1", "stage": "test"}
MAIL = ses_events.Mail("0106-1", TAGS, ["misaki@sakura.example", "desk@sakura.example"], SENT_AT)
EVENTS = {
    "send": ses_events.send(MAIL),
    "delivery": ses_events.delivery(MAIL, LATER),
    "delivery_delay": ses_events.delay(MAIL, LATER),
    "bounce_permanent": ses_events.bounce(MAIL, LATER),
    "bounce_transient": ses_events.bounce(MAIL, LATER, kind="Transient", subtype="MailboxFull"),
    "bounce_unexplained": ses_events.bounce(
        MAIL, LATER, None, "Undetermined", "Undetermined", False
    ),
    "complaint": ses_events.complaint(MAIL, LATER),
    "complaint_unexplained": ses_events.complaint(MAIL, LATER, explained=False),
    "reject": ses_events.reject(MAIL),
    "rendering_failure": ses_events.rendering_failure(MAIL),
}


def form(value):
    """Keys and types, without the words; of a list, the forms that occur in it."""
    if isinstance(value, dict):
        return {name: form(each) for name, each in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(form(each), sort_keys=True) for each in value})
    return type(value).__name__


def test_every_form_that_is_on_record_is_made():
    assert {path.stem for path in FIXTURES.glob("*.json")} == set(EVENTS)


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_has_the_form_on_record(name):
    on_record = json.loads((FIXTURES / f"{name}.json").read_text())
    assert form(EVENTS[name]) == form(on_record)
    assert EVENTS[name]["eventType"] == on_record["eventType"]


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_names_its_mail_and_every_tag_is_a_list(name):
    mail = EVENTS[name]["mail"]
    assert mail["messageId"] == "0106-1"
    for tag, value in TAGS.items():
        assert mail["tags"][tag] == [value]


def test_an_event_may_speak_of_some_of_the_recipients():
    some = ["desk@sakura.example"]
    assert ses_events.delivery(MAIL, LATER, some)["delivery"]["recipients"] == some
    for event, key, people in [
        (ses_events.delay(MAIL, LATER, some), "deliveryDelay", "delayedRecipients"),
        (ses_events.bounce(MAIL, LATER, some), "bounce", "bouncedRecipients"),
        (ses_events.complaint(MAIL, LATER, some), "complaint", "complainedRecipients"),
    ]:
        assert [each["emailAddress"] for each in event[key][people]] == some
        assert event["mail"]["destination"] == MAIL.to


def test_instants_have_milliseconds_and_a_delivery_knows_how_long_it_took():
    delivery = EVENTS["delivery"]["delivery"]
    assert delivery["timestamp"] == "2026-09-03T01:15:09.412Z"
    assert delivery["processingTimeMillis"] == 2000
