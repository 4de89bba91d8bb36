"""What SES would tell of the local run's mails: whether they arrived.

As with SES's own mailbox simulator, the address says what becomes of its mail:
`bounce@…`, `full@…` (a soft bounce), `late@…` and `spam@…`, with anything
behind the word. Every other address takes it.
"""

from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Any

from chalicelib import clock
from dev import ses_events
from dev.ses_events import Event, Mail
from dev.topic import Topic

Ends = Callable[[Mail, list[str]], Event]


def _at_once(write: Callable[..., Event], **how: str) -> Ends:
    def end(mail: Mail, to: list[str]) -> Event:
        return write(mail, clock.now(), to, **how)

    return end


_ARRIVES = (_at_once(ses_events.delivery),)
_ENDS = {
    "bounce": (_at_once(ses_events.bounce),),
    "full": (_at_once(ses_events.bounce, kind="Transient", subtype="MailboxFull"),),
    "late": (_at_once(ses_events.delay), *_ARRIVES),
    "spam": (*_ARRIVES, _at_once(ses_events.complaint)),
}


class Postman:
    """Sees what the app hands to SES; `tell` brings the app the events of those mails."""

    def __init__(self, client: Any, topic: Topic):
        self.topic = topic
        self._taken: SimpleQueue[Mail] = SimpleQueue()
        client.meta.events.register("before-parameter-build.sesv2.SendEmail", self._see)
        client.meta.events.register("after-call.sesv2.SendEmail", self._take)

    def _see(self, params: dict, context: dict, **_: Any) -> None:
        context["request"] = params

    def _take(self, parsed: dict, context: dict, **_: Any) -> None:
        if "MessageId" not in parsed:
            return
        request = context["request"]
        tags = {tag["Name"]: tag["Value"] for tag in request["EmailTags"]}
        to = request["Destination"]["ToAddresses"]
        self._taken.put(Mail(parsed["MessageId"], tags, to, clock.now()))

    def tell(self) -> None:
        """Everything that has happened to the mails taken since the last time.

        The notices that the app sends of them are mails too.
        """
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
        for end in _ends_of(address):
            yield end(mail, [address])


def _ends_of(address: str) -> tuple[Ends, ...]:
    name = address.strip('"')
    for word, ends in _ENDS.items():
        if name.startswith(word):
            return ends
    return _ARRIVES
