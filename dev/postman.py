"""What SES would tell of the local run's mails: that they arrived or, where the address asks for it, that they did not.

As with SES's own mailbox simulator the address says what becomes of its mail:
`bounce@…`, `full@…` (a soft bounce), `late@…` and `spam@…`, with anything behind the word.
"""

from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Any

from chalicelib import clock
from dev import ses_events
from dev.ses_events import Event, Mail
from dev.topic import Topic

Ends = Callable[[Mail, list[str]], Event]


def _at_once(made: Callable[..., Event], **how: str) -> Ends:
    return lambda mail, to: made(mail, clock.now(), to, **how)


_ARRIVES = (_at_once(ses_events.delivery),)
_ENDS = {
    "bounce": (_at_once(ses_events.bounce),),
    "full": (_at_once(ses_events.bounce, kind="Transient", subtype="MailboxFull"),),
    "late": (_at_once(ses_events.delay), *_ARRIVES),
    "spam": (*_ARRIVES, _at_once(ses_events.complaint)),
}


class Postman:
    """Sees what the app hands to SES, and tells the app's topic function of it when asked to `tell`."""

    def __init__(self, client: Any, topic: Topic):
        self.topic = topic
        self._taken: SimpleQueue[Mail] = SimpleQueue()
        client.meta.events.register("before-parameter-build.sesv2.SendEmail", self._see)
        client.meta.events.register("after-call.sesv2.SendEmail", self._take)

    def _see(self, params: dict, context: dict, **_: Any) -> None:
        context["asked"] = params

    def _take(self, parsed: dict, context: dict, **_: Any) -> None:
        if "MessageId" in parsed:
            asked = context["asked"]
            tags = {each["Name"]: each["Value"] for each in asked["EmailTags"]}
            self._taken.put(
                Mail(parsed["MessageId"], tags, asked["Destination"]["ToAddresses"], clock.now())
            )

    def tell(self) -> None:
        """Everything that has happened to the mails taken since the last time, their notices' own fate included."""
        import app

        while True:
            try:
                mail = self._taken.get_nowait()
            except Empty:
                return
            for event in _events(mail):
                app.mail_events(self.topic.record(event, clock.now()), None)


def _events(mail: Mail) -> Iterator[Event]:
    yield ses_events.send(mail)
    for address in mail.to:
        ends = next(
            (ends for word, ends in _ENDS.items() if address.strip('"').startswith(word)), _ARRIVES
        )
        yield from (end(mail, [address]) for end in ends)
